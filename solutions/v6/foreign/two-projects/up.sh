#!/bin/sh
# The network comes first, then each project by itself, as when other people run the proxy. LABCHECK_PREFIX keeps runs apart.
set -eu
cd "$(dirname "$0")"
export LABCHECK_PREFIX=${LABCHECK_PREFIX:-v6two}
docker network create --label "labcheck.test=$LABCHECK_PREFIX" "$LABCHECK_PREFIX-stairs"
docker compose -p "$LABCHECK_PREFIX-rooms" -f rooms.compose.yaml up --detach --wait
docker compose -p "$LABCHECK_PREFIX-hall" -f hall.compose.yaml up --detach --wait
