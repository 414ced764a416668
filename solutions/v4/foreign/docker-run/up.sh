#!/bin/sh
# No compose file: a network, a volume and three containers. LABCHECK_PREFIX keeps runs apart.
set -eu
cd "$(dirname "$0")"
p=${LABCHECK_PREFIX:-v4run}
label="labcheck.test=$p"
docker build --quiet --label "$label" --tag "$p-counter" ../flask/web
docker network create --label "$label" "$p-floor"
docker volume create --label "$label" "$p-books"
docker run --detach --name "$p-ledger" --label "$label" --network "$p-floor" \
  --volume "$p-books:/var/lib/mysql" \
  --volume "$PWD/clerk.sh:/docker-entrypoint-initdb.d/clerk.sh:ro" \
  --volume "$PWD/ledger-root.txt:/run/secrets/root:ro" \
  --volume "$PWD/counter.txt:/run/secrets/clerk:ro" \
  --env MARIADB_ROOT_PASSWORD_FILE=/run/secrets/root --env MARIADB_ROOT_HOST=localhost --env MARIADB_DATABASE=shop_ledger \
  --health-cmd 'healthcheck.sh --connect --innodb_initialized' --health-interval 1s --health-retries 60 \
  mariadb:11.8
until [ "$(docker inspect --format '{{.State.Health.Status}}' "$p-ledger")" = healthy ]; do sleep 0.2; done
docker run --detach --name "$p-counter" --label "$label" --network "$p-floor" --publish 127.0.0.1::8000 \
  --volume "$PWD/counter.txt:/run/secrets/clerk:ro" \
  --env STORE_HOST="$p-ledger" --env STORE_SCHEMA=shop_ledger --env STORE_USER=clerk --env STORE_PASSWORD_FILE=/run/secrets/clerk \
  --env INSERTER=/register --env FETCH=/lookup \
  "$p-counter"
docker run --detach --name "$p-desk" --label "$label" --network "$p-floor" --publish 127.0.0.1::80 \
  --env PMA_HOST="$p-ledger" phpmyadmin:5.2
