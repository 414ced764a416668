#!/bin/sh
set -eu
p=${LABCHECK_PREFIX:-v6run}
docker rm --force --volumes "$p-window" "$p-counter" "$p-ledger"
docker volume rm "$p-books"
docker network rm "$p-pavement" "$p-office"
docker rmi "$p-counter"
