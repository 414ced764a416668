#!/bin/sh
# The database comes first, then a person at its console, then the application. LABCHECK_PREFIX keeps runs apart.
set -eu
cd "$(dirname "$0")"
p=${LABCHECK_PREFIX:-v4hand}
label="labcheck.test=$p"
docker build --quiet --label "$label" --tag "$p-site" ../flask/web
docker network create --label "$label" "$p-inside"
docker volume create --label "$label" "$p-shelves"
docker run --detach --name "$p-archive" --label "$label" --network "$p-inside" --network-alias archive \
  --volume "$p-shelves:/var/lib/mysql" --volume "$PWD/archive-root.txt:/run/secrets/root:ro" \
  --env MARIADB_ROOT_PASSWORD_FILE=/run/secrets/root --env MARIADB_DATABASE=archive \
  --health-cmd 'healthcheck.sh --connect --innodb_initialized' --health-interval 1s --health-retries 60 \
  mariadb:11.8
until [ "$(docker inspect --format '{{.State.Health.Status}}' "$p-archive")" = healthy ]; do sleep 0.2; done
docker exec --interactive "$p-archive" \
  sh -c 'MYSQL_PWD=$(cat /run/secrets/root) exec mariadb --protocol=socket -uroot archive' < by-hand.sql
docker run --detach --name "$p-site" --label "$label" --network "$p-inside" --publish 127.0.0.1::8000 \
  --volume "$PWD/site.txt:/run/secrets/site:ro" \
  --env STORE_HOST=archive --env STORE_SCHEMA=archive --env STORE_USER=site --env STORE_PASSWORD_FILE=/run/secrets/site \
  --env TABLES_ARE_THERE=yes "$p-site"
docker run --detach --name "$p-console" --label "$label" --network "$p-inside" --publish 127.0.0.1::80 \
  --env PMA_HOST=archive phpmyadmin:5.2
