#!/bin/sh
set -eu
cd "$(dirname "$0")"
export LABCHECK_PREFIX=${LABCHECK_PREFIX:-v4-random}
docker compose down --volumes --timeout 1 --rmi local
