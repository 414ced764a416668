#!/bin/bash
# The first start makes the cluster and what the environment asks for; every start ends in postgres.
#
#   POSTGRES_PASSWORD[_FILE], POSTGRES_USER[_FILE] (postgres), POSTGRES_DB[_FILE] (the user's name),
#   POSTGRES_INITDB_ARGS, POSTGRES_HOST_AUTH_METHOD (scram-sha-256)
#   /docker-entrypoint-initdb.d: *.sh (run when executable, else sourced), *.sql, *.sql.gz, in the order of their names
set -euo pipefail
shopt -s nullglob

# setting NAME [DEFAULT]: the variable, or the file that NAME_FILE names
setting() {
  local file="$1_FILE"
  if [[ -n ${!file:-} ]]; then cat -- "${!file}"; else printf %s "${!1:-${2:-}}"; fi
}

run_scripts() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) echo "running $file"; if [[ -x $file ]]; then "$file"; else . "$file"; fi ;;
      *.sql) echo "running $file"; "${psql[@]}" --dbname "$POSTGRES_DB" --file "$file" ;;
      *.sql.gz) echo "running $file"; gunzip --stdout "$file" | "${psql[@]}" --dbname "$POSTGRES_DB" ;;
      *) echo "ignoring $file" ;;
    esac
  done
}

first_start() {
  local auth=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256} words=()
  if [[ -z $POSTGRES_PASSWORD && $auth != trust ]]; then
    echo "Error: Database is uninitialized and superuser password is not specified: set POSTGRES_PASSWORD (or POSTGRES_HOST_AUTH_METHOD=trust)" >&2
    exit 1
  fi
  read -ra words <<<"${POSTGRES_INITDB_ARGS:-}"
  if [[ -n $POSTGRES_PASSWORD ]]; then
    initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") "${words[@]}"
  else
    initdb --username="$POSTGRES_USER" "${words[@]}"
  fi
  printf '\nhost all all all %s\n' "$auth" >>"$PGDATA/pg_hba.conf"

  export PGPASSWORD=$POSTGRES_PASSWORD
  psql=(psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --no-password --no-psqlrc)
  # No network yet: nobody may find a half-made database ready.
  pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
  if [[ $POSTGRES_DB != postgres ]]; then
    "${psql[@]}" --dbname postgres --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
  fi
  run_scripts
  pg_ctl -D "$PGDATA" -m fast -w stop
  unset PGPASSWORD
}

[[ ${1:-} == -* ]] && set -- postgres "$@"
[[ ${1:-} == postgres ]] || exec "$@"
POSTGRES_PASSWORD=$(setting POSTGRES_PASSWORD)
POSTGRES_USER=$(setting POSTGRES_USER postgres)
POSTGRES_DB=$(setting POSTGRES_DB "$POSTGRES_USER")
export POSTGRES_PASSWORD POSTGRES_USER POSTGRES_DB
unset POSTGRES_PASSWORD_FILE POSTGRES_USER_FILE POSTGRES_DB_FILE
if [[ $(id -u) == 0 ]]; then
  install -d -o postgres -g postgres -m 700 "$PGDATA"
  install -d -o postgres -g postgres -m 2775 /run/postgresql
  find "$PGDATA" ! -user postgres -exec chown postgres: {} +
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi
if [[ ! -s $PGDATA/PG_VERSION ]]; then first_start; fi
exec "$@"
