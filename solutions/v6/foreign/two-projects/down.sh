#!/bin/sh
set -eu
cd "$(dirname "$0")"
export LABCHECK_PREFIX=${LABCHECK_PREFIX:-v6two}
docker compose -p "$LABCHECK_PREFIX-hall" -f hall.compose.yaml down --volumes --timeout 1 --rmi local
docker compose -p "$LABCHECK_PREFIX-rooms" -f rooms.compose.yaml down --volumes --timeout 1 --rmi local
docker network rm "$LABCHECK_PREFIX-stairs"
