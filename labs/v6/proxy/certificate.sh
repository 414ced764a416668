#!/bin/sh
# Makes a key and a certificate that is signed by itself: at the first start, and when less than 30 days of it are left.
set -eu
# TODO(v6-certificate): `openssl req -x509` makes both. The certificate has to name localhost and 127.0.0.1, and last a while.
