#!/bin/sh
# A new certificate with every container.
set -eu
openssl req -x509 -newkey rsa:2048 -noenc -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
  -keyout /etc/nginx/window.key -out /etc/nginx/window.crt 2>/dev/null
