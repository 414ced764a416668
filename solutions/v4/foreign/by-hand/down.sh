#!/bin/sh
set -eu
p=${LABCHECK_PREFIX:-v4hand}
docker rm --force --volumes "$p-site" "$p-archive" "$p-console"
docker volume rm "$p-shelves"
docker network rm "$p-inside"
docker rmi "$p-site"
