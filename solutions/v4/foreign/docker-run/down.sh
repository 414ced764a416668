#!/bin/sh
set -eu
p=${LABCHECK_PREFIX:-v4run}
docker rm --force --volumes "$p-counter" "$p-ledger" "$p-desk"
docker volume rm "$p-books"
docker network rm "$p-floor"
docker rmi "$p-counter"
