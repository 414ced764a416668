#!/bin/bash
# healthcheck.sh --connect --innodb_initialized: succeeds when every test named succeeds.
# The account it signs in with is made at the first start; its password never leaves the data folder.
account=/var/lib/mysql/.my-healthcheck.cnf

connect() { # a sign-in over TCP that is refused still shows a server that answers
  mariadb-admin --defaults-file="$account" --protocol=tcp --host=127.0.0.1 --skip-ssl ping
}
innodb_initialized() {
  [[ $(mariadb --defaults-file="$account" --protocol=socket --skip-ssl --skip-column-names --silent --execute \
    "SELECT 1 FROM information_schema.ENGINES WHERE engine = 'innodb' AND support IN ('YES', 'DEFAULT', 'ENABLED')") == 1 ]]
}

if (( $# == 0 )); then echo "name at least one test: --connect, --innodb_initialized" >&2; exit 1; fi
for test in "$@"; do
  case $test in
    --defaults-file=*|--defaults-extra-file=*) account=${test#*=} ;;
    --su-mysql|--su=mysql|--no-defaults) ;;
    --connect) connect >/dev/null || exit 1 ;;
    --innodb_initialized) innodb_initialized || exit 1 ;;
    *) echo "healthcheck.sh: no test is called $test" >&2; exit 1 ;;
  esac
done
