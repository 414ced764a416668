#!/bin/sh
set -eu
[ -s /keys/porter.key ] || openssl req -x509 -newkey rsa:2048 -noenc -days 90 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout /keys/porter.key -out /keys/porter.crt 2>/dev/null
