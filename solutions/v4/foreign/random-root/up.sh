#!/bin/sh
# The database's container is made anew on the data of the first, whose log alone told root's password.
set -eu
cd "$(dirname "$0")"
export LABCHECK_PREFIX=${LABCHECK_PREFIX:-v4-random}
docker compose up --detach --build --wait archive
docker compose up --detach --wait --force-recreate archive
docker compose up --detach --build --wait
