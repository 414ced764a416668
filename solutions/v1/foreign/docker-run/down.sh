#!/bin/sh
set -eu
p=${LABCHECK_PREFIX:-v1run}
docker rm --force --volumes "$p-shopfront"
