#!/bin/sh
# Makes a key and a certificate that is signed by itself: at the first start, and when less than 30 days of it are left.
set -eu
# region v6-certificate
# starter: # TODO(v6-certificate): `openssl req -x509` makes both. The certificate has to name localhost and 127.0.0.1, and last a while.
cd /etc/nginx/tls
if [ -s site.key ] && openssl x509 -in site.crt -noout -checkend 2592000 >/dev/null 2>&1; then exit 0; fi
umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 365 \
  -subj /CN=localhost -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1' \
  -keyout new.key -out new.crt 2>/dev/null
mv new.key site.key
mv new.crt site.crt
# endregion v6-certificate
