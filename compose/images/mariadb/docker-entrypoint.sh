#!/bin/bash
# The first start makes the data folder and what the environment asks for; every start ends in mariadbd.
#
#   MARIADB_ROOT_PASSWORD[_FILE], MARIADB_ALLOW_EMPTY_ROOT_PASSWORD, MARIADB_RANDOM_ROOT_PASSWORD, MARIADB_ROOT_HOST
#   MARIADB_DATABASE[_FILE], MARIADB_USER[_FILE], MARIADB_PASSWORD[_FILE]      (MYSQL_… are read as well)
#   /docker-entrypoint-initdb.d: *.sh (run when executable, else sourced), *.sql, *.sql.gz, in the order of their names
set -euo pipefail
shopt -s nullglob

DATA=/var/lib/mysql
SOCKET=/run/mysqld/mysqld.sock
SETTINGS=(ROOT_PASSWORD ROOT_HOST DATABASE USER PASSWORD ALLOW_EMPTY_ROOT_PASSWORD RANDOM_ROOT_PASSWORD)

note() { printf '%s [entrypoint] %s\n' "$(date --iso-8601=seconds)" "$*" >&2; }
die() { note "ERROR: $*"; exit 1; }

# read_settings: MARIADB_X, MYSQL_X or the file that either names becomes LAB_X, so that root alone needs to read secrets.
read_settings() {
  local name prefix value file
  for name in "${SETTINGS[@]}"; do
    for prefix in MARIADB MYSQL; do
      value="${prefix}_$name" file="${prefix}_${name}_FILE"
      [[ -n ${!value:-} && -n ${!file:-} ]] && die "both $value and $file are set; set one of them"
      if [[ -n ${!file:-} ]]; then
        [[ -r ${!file} ]] || die "$file names ${!file}, which cannot be read"
        export "LAB_$name=$(<"${!file}")"; break
      elif [[ -n ${!value:-} ]]; then
        export "LAB_$name=${!value}"; break
      fi
    done
  done
}
forget_settings() { unset LAB_SETTINGS "${SETTINGS[@]/#/LAB_}"; }

text() { local v=${1//\\/\\\\}; printf "'%s'" "${v//\'/\'\'}"; } # an SQL string
name() { printf '`%s`' "${1//\`/\`\`}"; }                        # an SQL name

check_settings() {
  [[ -n ${LAB_ROOT_PASSWORD:-}${LAB_ALLOW_EMPTY_ROOT_PASSWORD:-}${LAB_RANDOM_ROOT_PASSWORD:-} ]] || die \
    "Database is uninitialized and password option is not specified: set one of MARIADB_ROOT_PASSWORD, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD, MARIADB_RANDOM_ROOT_PASSWORD"
  [[ ${LAB_USER:-} != root ]] || die \
    "MARIADB_USER=root: MARIADB_USER and MARIADB_PASSWORD make a regular user and cannot be used for root; set MARIADB_ROOT_PASSWORD"
  if [[ -n ${LAB_USER:-} && -z ${LAB_PASSWORD:-} ]]; then
    note "MARIADB_USER is set and MARIADB_PASSWORD is not: the user is not made"
    unset LAB_USER
  fi
}

# mariadb-install-db leaves accounts for root on other names of this host, without a password: they go.
first_accounts() {
  local host=${LAB_ROOT_HOST:-%} root_password user database
  root_password=$(text "${LAB_ROOT_PASSWORD:-}")
  echo "DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host <> 'localhost');"
  echo "FLUSH PRIVILEGES;"
  echo "CREATE USER healthcheck@localhost IDENTIFIED BY $(text "$1"), healthcheck@'127.0.0.1' IDENTIFIED BY $(text "$1");"
  if [[ -n ${LAB_DATABASE:-} ]]; then echo "CREATE DATABASE IF NOT EXISTS $(name "$LAB_DATABASE");"; fi
  if [[ -n ${LAB_USER:-} ]]; then
    user="$(text "$LAB_USER")@'%'"
    echo "CREATE USER $user IDENTIFIED BY $(text "$LAB_PASSWORD");"
    # In a grant an underscore is a wildcard.
    if [[ -n ${LAB_DATABASE:-} ]]; then
      database=$(name "${LAB_DATABASE//_/\\_}")
      echo "GRANT ALL ON $database.* TO $user;"
    fi
  fi
  if [[ $host != localhost ]]; then
    echo "CREATE USER root@$(text "$host") IDENTIFIED BY $root_password;"
    echo "GRANT ALL ON *.* TO root@$(text "$host") WITH GRANT OPTION;"
  fi
  echo "ALTER USER root@localhost IDENTIFIED BY $root_password;"
}

# Scripts may call it by this name, as in the official image.
docker_process_sql() {
  MYSQL_PWD=${LAB_ROOT_PASSWORD:-} mariadb --socket="$SOCKET" --user=root ${LAB_DATABASE:+--database="$LAB_DATABASE"} "$@"
}
run_scripts() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) if [[ -x $file ]]; then note "running $file"; "$file"; else note "sourcing $file"; . "$file"; fi ;;
      *.sql) note "running $file"; docker_process_sql <"$file" ;;
      *.sql.gz) note "running $file"; gunzip --stdout "$file" | docker_process_sql ;;
      *) note "ignoring $file" ;;
    esac
  done
}

first_start() {
  local server health
  if [[ -n ${LAB_RANDOM_ROOT_PASSWORD:-} ]]; then
    export LAB_ROOT_PASSWORD; LAB_ROOT_PASSWORD=$(head -c 24 /dev/urandom | base64 | tr -d '+/=')
    note "GENERATED ROOT PASSWORD: $LAB_ROOT_PASSWORD"
  fi
  note "making the data folder"
  mariadb-install-db --datadir="$DATA" --skip-test-db --auth-root-authentication-method=normal --skip-log-bin >/dev/null
  # No network yet: nobody may find a half-made database healthy.
  mariadbd --skip-networking --socket="$SOCKET" --log-warnings=0 &
  server=$!
  for (( i = 0; i < 600; i++ )); do
    mariadb-admin --socket="$SOCKET" --user=root ping >/dev/null 2>&1 && break
    [[ -d /proc/$server ]] || die "the server that prepares the database has died"
    sleep 0.1
  done
  health=$(head -c 24 /dev/urandom | base64 | tr -d '+/=')
  first_accounts "$health" | mariadb --socket="$SOCKET" --user=root
  ( umask 077; printf '[client]\nuser=healthcheck\npassword=%s\n' "$health" >"$DATA/.my-healthcheck.cnf" )
  run_scripts
  # An orderly shutdown, as of mariadb-admin, which would look only once a second whether it has ended.
  kill -TERM "$server"
  wait "$server"
  note "the database is ready for its first start"
}

[[ ${1:-} == -* ]] && set -- mariadbd "$@"
[[ ${1:-} == mariadbd || ${1:-} == mysqld ]] || exec "$@"
for word in "$@"; do case $word in --help|-\?|--version|-V|--print-defaults) exec "$@" ;; esac; done

if [[ -z ${LAB_SETTINGS:-} ]]; then read_settings; fi
if [[ $(id -u) == 0 ]]; then
  install -d -o mysql -g mysql /run/mysqld
  find "$DATA" ! -user mysql -exec chown mysql: {} +
  export LAB_SETTINGS=read
  exec setpriv --reuid=mysql --regid=mysql --init-groups "$0" "$@"
fi
if [[ ! -d $DATA/mysql ]]; then check_settings; first_start; fi
forget_settings
exec "$@"
