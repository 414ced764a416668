#!/bin/sh
# One container, no compose file. LABCHECK_PREFIX keeps runs apart.
set -eu
cd "$(dirname "$0")"
p=${LABCHECK_PREFIX:-v1run}
docker run --detach --name "$p-shopfront" --label "labcheck.test=$p" \
  --publish 127.0.0.1::80 \
  --volume "$PWD/page.html:/usr/share/nginx/html/index.html:ro" \
  nginx:1.26
