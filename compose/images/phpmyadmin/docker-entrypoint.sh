#!/bin/sh
# Settings of PHP and Apache from the environment; those of phpMyAdmin itself are read by config.inc.php.
#
#   UPLOAD_LIMIT, MEMORY_LIMIT, MAX_EXECUTION_TIME, TZ, HIDE_PHP_VERSION, APACHE_PORT
set -e

secret=/var/lib/phpmyadmin/blowfish
if [ ! -s "$secret" ]; then
  head -c 32 /dev/urandom | base64 >"$secret"
  chown www-data: "$secret"
  chmod 600 "$secret"
fi

setting() { if [ -n "$2" ]; then echo "$1 = $2"; fi; }
for folder in /etc/php/*/apache2/conf.d; do
  {
    setting upload_max_filesize "$UPLOAD_LIMIT"
    setting post_max_size "$UPLOAD_LIMIT"
    setting memory_limit "$MEMORY_LIMIT"
    setting max_execution_time "$MAX_EXECUTION_TIME"
    setting date.timezone "$TZ"
    setting expose_php "${HIDE_PHP_VERSION:+Off}"
  } >"$folder/99-environment.ini"
done

export APACHE_PORT="${APACHE_PORT:-80}"
echo "Listen $APACHE_PORT" >/etc/apache2/ports.conf
. /etc/apache2/envvars
mkdir -p "$APACHE_RUN_DIR"
rm -f "$APACHE_PID_FILE"
exec "$@"
