#!/bin/sh
# No compose file. The counter is started on one network and joins the other. LABCHECK_PREFIX keeps runs apart.
set -eu
cd "$(dirname "$0")"
p=${LABCHECK_PREFIX:-v6run}
label="labcheck.test=$p"
docker build --quiet --label "$label" --tag "$p-counter" web
docker network create --label "$label" "$p-pavement"
docker network create --label "$label" --internal "$p-office"
docker volume create --label "$label" "$p-books"
docker run --detach --name "$p-ledger" --label "$label" --network "$p-office" --restart unless-stopped \
  --volume "$p-books:/var/lib/mysql" \
  --volume "$PWD/clerk.sh:/docker-entrypoint-initdb.d/clerk.sh:ro" \
  --volume "$PWD/ledger-root.txt:/run/secrets/root:ro" \
  --volume "$PWD/counter.txt:/run/secrets/clerk:ro" \
  --env MARIADB_ROOT_PASSWORD_FILE=/run/secrets/root --env MARIADB_ROOT_HOST=localhost --env MARIADB_DATABASE=shop_ledger \
  --health-cmd 'healthcheck.sh --connect --innodb_initialized' --health-interval 1s --health-retries 60 \
  mariadb:11.8
until [ "$(docker inspect --format '{{.State.Health.Status}}' "$p-ledger")" = healthy ]; do sleep 0.2; done
docker create --name "$p-counter" --label "$label" --network "$p-office" --restart unless-stopped \
  --volume "$PWD/counter.txt:/run/secrets/clerk:ro" \
  --env STORE_HOST="$p-ledger" --env STORE_SCHEMA=shop_ledger --env STORE_USER=clerk --env STORE_PASSWORD_FILE=/run/secrets/clerk \
  --env INSERTER=/register --env FETCH=/lookup \
  "$p-counter"
docker network connect --alias counter "$p-pavement" "$p-counter"
docker start "$p-counter"
docker run --detach --name "$p-window" --label "$label" --network "$p-pavement" --restart unless-stopped \
  --publish 127.0.0.1::8843 \
  --volume "$PWD/site.conf:/etc/nginx/conf.d/default.conf:ro" --volume "$PWD/key.sh:/docker-entrypoint.d/10-key.sh:ro" \
  nginx:1.26
