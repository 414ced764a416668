#!/bin/sh
# Key and certificate in one file, as HAProxy wants them.
set -eu
file=/certificates/site.pem
if [ ! -s "$file" ]; then
  openssl req -x509 -newkey rsa:2048 -noenc -days 90 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
    -keyout "$file.key" -out "$file.crt" 2>/dev/null
  cat "$file.crt" "$file.key" > "$file"
fi
exec haproxy -W -db -f /etc/haproxy/haproxy.cfg
