#!/usr/bin/env bash
# debian:trixie-slim from the machine's own Debian mirror. As root on a Debian, with `docker` on PATH.
# Scratch files go to $LABCHECK_ENGINE_CACHE.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${LABCHECK_ENGINE_CACHE:-/var/cache/labcheck/engine}
RELEASE=trixie
TAG=debian:trixie-slim

. "$HERE/../../engine/apt-sources.sh"
mkdir -p "$CACHE"
if ! command -v mmdebstrap >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q update
  apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends mmdebstrap debian-archive-keyring
fi

sources=$(apt_sources "$RELEASE" "$CACHE")
root="$CACHE/$RELEASE-slim.tar"
trap 'rm -f "$root"' EXIT
cat > "$CACHE/slim.dpkg" <<'S'
force-unsafe-io
path-exclude=/usr/share/man/*
path-exclude=/usr/share/doc/*
path-include=/usr/share/doc/*/copyright
path-exclude=/usr/share/info/*
path-exclude=/usr/share/lintian/*
path-exclude=/usr/share/locale/*
path-include=/usr/share/locale/locale.alias
S
mmdebstrap --mode=root --variant=minbase --dpkgopt="$CACHE/slim.dpkg" \
  --aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' --include=ca-certificates \
  --customize-hook='rm -f "$1"/var/lib/apt/lists/*_* "$1"/var/cache/apt/*.bin "$1"/var/log/apt/* "$1"/var/log/*.log "$1"/etc/resolv.conf "$1"/etc/hostname' \
  "$RELEASE" "$root" "$sources"

docker import \
  -c 'CMD ["bash"]' \
  -c 'LABEL labcheck.origin=debian-packages labcheck.stands-for=debian:trixie-slim' \
  -c 'LABEL org.opencontainers.image.title="debian trixie-slim, made by labcheck"' \
  -c 'LABEL org.opencontainers.image.description="Not the official debian image: Debian packages put together by mmdebstrap."' \
  -c 'LABEL org.opencontainers.image.vendor=labcheck org.opencontainers.image.version=trixie' \
  -m 'made by labcheck from Debian packages' "$root" "$TAG"
