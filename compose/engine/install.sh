#!/usr/bin/env bash
# From a bare Debian or Ubuntu to a running Docker Engine with Compose v2 and Buildx, as root, from the
# distribution's own packages. A step whose result is there already is skipped, so running it twice is harmless.
#
# Debian 12 ships Compose v1 only: there the packages of the next release are unpacked beside the system, under a
# prefix, and the system's own packages stay as they are.
#
# A second engine beside a first one needs a prefix, data, run folder and socket of its own, and by FLAGS a bridge of
# its own: two engines on one machine share the firewall's chains.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PREFIX=${LABCHECK_ENGINE_PREFIX:-/opt/labcheck/engine}
CACHE=${LABCHECK_ENGINE_CACHE:-/var/cache/labcheck/engine}
DATA=${LABCHECK_ENGINE_DATA:-/var/lib/docker}
RUN=${LABCHECK_ENGINE_RUN:-/run/labcheck-engine}
SOCKET=${LABCHECK_ENGINE_SOCKET:-/var/run/docker.sock}
FLAGS=${LABCHECK_ENGINE_FLAGS:-}
BIN=${LABCHECK_ENGINE_BIN-/usr/local/bin}
PLUGINS=${LABCHECK_ENGINE_PLUGINS:-/usr/local/lib/docker/cli-plugins}
NEXT=trixie

. "$HERE/apt-sources.sh"
export PATH="$PREFIX/usr/bin:$PREFIX/usr/sbin:$PATH:/usr/sbin:/sbin" DEBIAN_FRONTEND=noninteractive
export DOCKER_HOST="${DOCKER_HOST:-unix://$SOCKET}"
APT=(apt-get -q -y -o DPkg::Lock::Timeout=120)

# The line of a log that tells most: a full disk, else apt's or another program's error, else the last line.
gist() {
  local pattern line
  for pattern in 'no space left' '^E: ' '^W: ' 'error' '[^[:space:]]'; do
    line=$(grep -iE "$pattern" "$1" 2>/dev/null | tail -n 1 | tr -d '[:cntrl:]' | cut -c 1-300)
    [[ -z $line ]] || { printf %s "$line"; return; }
  done
  printf 'it said nothing'
}

fail() { # STEP LOG
  local mend="see the log, then run this command again"
  if grep -qi 'no space left' "$2"; then mend="free some space (df -h $CACHE $PREFIX $DATA), then run this command again"
  elif grep -qi 'could not get lock' "$2"; then mend="another package installation is running: wait for it, then run this command again"
  elif grep -qiE 'could not resolve|temporary failure|failed to fetch|unable to locate|no installation candidate' "$2"; then
    mend="check the network and the mirrors in /etc/apt, try 'apt-get update', then run this command again"
  elif grep -qiE 'iptables|operation not permitted|permission denied' "$2"; then
    mend="this machine does not allow a container engine (a restricted container, perhaps): use a virtual machine"
  fi
  printf 'engine set-up: step "%s" failed: %s; log: %s; help: %s\n' "$1" "$(gist "$2")" "$2" "$mend" >&2
  exit 1
}

# step NAME: runs make_NAME unless have_NAME is already true, and tells which it was and how long it took.
step() {
  local name=$1 log="$CACHE/$1.log" from=${EPOCHREALTIME//[!0-9]/} outcome="already there" rc=0
  if ! "have_$name" >/dev/null 2>&1; then
    # Not inside an `if`: bash would switch `set -e` off for the whole function.
    set +e; ( set -e; "make_$name" ) >"$log" 2>&1; rc=$?; set -e
    (( rc == 0 )) && "have_$name" >/dev/null 2>&1 || fail "$name" "$log"
    outcome=done
  fi
  local us=$(( ${EPOCHREALTIME//[!0-9]/} - from ))
  printf '%-10s %-14s %3d.%d s\n' "$name" "$outcome" $(( us / 1000000 )) $(( us / 100000 % 10 ))
}

# Whether this release's own packages bring Compose v2; if so, under which name.
own_compose() {
  if [[ -n $(candidate docker-compose-v2) ]]; then echo docker-compose-v2              # Ubuntu
  elif dpkg --compare-versions "$(candidate docker-compose)" ge 2; then echo docker-compose # Debian 13 and later
  else return 1; fi
}
candidate() { LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: *//p' | grep -v '(none)'; }
daemon_answers() { docker version --format '{{.Server.Version}}'; }
# An engine somewhere else (DOCKER_HOST) needs the command line here, and no daemon.
client_only() { [[ $DOCKER_HOST != "unix://$SOCKET" ]] || daemon_answers >/dev/null 2>&1; }

# --- lists: what this release offers ------------------------------------------------------------------------------
have_lists() { have_client && { have_engine || client_only; } || [[ -n $(find /var/lib/apt/lists -name '*_Packages*' -mmin -720 -print -quit) ]]; }
make_lists() { "${APT[@]}" update; }

# --- client and engine ----------------------------------------------------------------------------------------------
have_client() { docker compose version --short | grep -qE '^v?([2-9]|[1-9][0-9])\.' && docker buildx version; }
have_engine() { command -v dockerd containerd runc | [[ $(wc -l) == 3 ]]; }

make_client() {
  local compose plugin client=()
  if compose=$(own_compose); then
    # Debian has the command line apart from the engine, Ubuntu has not.
    [[ -n $(candidate docker-cli) ]] && client=(docker-cli)
    "${APT[@]}" install --no-install-recommends "$compose" docker-buildx "${client[@]}"
  else
    from_next_release docker-cli docker-compose docker-buildx
    mkdir -p "$PLUGINS"
    for plugin in "$PREFIX"/usr/libexec/docker/cli-plugins/*; do
      [[ -x $PLUGINS/${plugin##*/} ]] || ln -sf "$plugin" "$PLUGINS/"
    done
    # So that `docker` works in the user's own shell too; another one that is there stays.
    [[ -n $BIN && ! -e $BIN/docker && ! -e /usr/bin/docker ]] && ln -s "$PREFIX/usr/bin/docker" "$BIN/docker"
    return 0
  fi
}

make_engine() {
  local apparmor=()
  # Where the kernel enforces AppArmor, no container starts without its parser.
  [[ $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) == Y ]] && apparmor=(apparmor)
  if own_compose >/dev/null; then
    "${APT[@]}" install --no-install-recommends docker.io iptables ca-certificates "${apparmor[@]}"
  else
    # runc and tini from this release: the next one's need a newer C library.
    "${APT[@]}" install --no-install-recommends iptables runc tini ca-certificates kmod procps "${apparmor[@]}"
    from_next_release docker.io containerd
    ln -sf /usr/bin/tini-static "$PREFIX/usr/bin/docker-init"
  fi
}

from_next_release() { # PACKAGE…
  ( . /etc/os-release; [[ ${VERSION_CODENAME:-} == bookworm ]] ) || {
    echo "this release has no Compose v2 in its packages: Debian 12 or later, or Ubuntu 22.04 or later, is needed"; return 1; }
  local sources lists="$CACHE/apt" deb
  "${APT[@]}" install --no-install-recommends debian-archive-keyring
  mkdir -p "$lists/lists/partial" "$lists/archives/partial" "$CACHE/debs"
  sources=$(apt_sources "$NEXT" "$CACHE")
  cat > "$CACHE/apt.conf" <<S
Dir::Etc::sourcelist "$sources";
Dir::Etc::sourceparts "-";
Dir::State::lists "$lists/lists";
Dir::Cache "$lists";
Acquire::Languages "none";
APT::Sandbox::User "root";
S
  [[ -n $(find "$lists/lists" -maxdepth 1 -name '*_Packages*' -mmin -720 -print -quit) ]] \
    || APT_CONFIG="$CACHE/apt.conf" apt-get -q update
  rm -f "$CACHE"/debs/*.deb
  ( cd "$CACHE/debs" && APT_CONFIG="$CACHE/apt.conf" apt-get -q download "$@" )
  mkdir -p "$PREFIX"
  for deb in "$CACHE"/debs/*.deb; do dpkg-deb -x "$deb" "$PREFIX"; done
  rm -f "$CACHE"/debs/*.deb
}

# --- daemon -----------------------------------------------------------------------------------------------------------
have_daemon() { daemon_answers; }
make_daemon() {
  local flags=(-H "unix://$SOCKET" --data-root "$DATA" --exec-root "$RUN/exec" --pidfile "$RUN/docker.pid") pid
  mkdir -p "$DATA" "$RUN"
  # shellcheck disable=SC2206
  flags+=($FLAGS)
  if [[ -d /run/systemd/system ]]; then
    if [[ -z $FLAGS && -e /lib/systemd/system/docker.service && $SOCKET == /var/run/docker.sock ]]; then
      systemctl enable --now docker
    else
      # Delegate and KillMode as in Docker's own unit: containers are the engine's to start and stop.
      systemd-run --unit=labcheck-engine --collect --property=Delegate=yes --property=KillMode=process \
        --property=LimitNOFILE=infinity --setenv=PATH="$PATH" "$(command -v dockerd)" "${flags[@]}"
    fi
  else
    # After a power cut the number in the file may belong to another process.
    if [[ -s $RUN/docker.pid ]]; then
      pid=$(<"$RUN/docker.pid")
      [[ $(cat "/proc/$pid/comm" 2>/dev/null) == dockerd ]] || rm -f "$RUN/docker.pid"
    fi
    : > "$RUN/dockerd.log"
    setsid dockerd "${flags[@]}" >>"$RUN/dockerd.log" 2>&1 </dev/null &
    pid=$!
  fi
  for (( i = 0; i < 600; i++ )); do
    daemon_answers && return
    if [[ -n ${pid:-} && ! -d /proc/$pid ]]; then break; fi
    sleep 0.1
  done
  local why
  why=$(grep -m 1 'failed to start' "$RUN/dockerd.log" 2>/dev/null || tail -n 1 "$RUN/dockerd.log" 2>/dev/null || true)
  echo "error: dockerd does not answer on $SOCKET: ${why:0:200} (more in $RUN/dockerd.log, or journalctl -u labcheck-engine)"
  return 1
}

[[ $(id -u) == 0 ]] || { echo "engine set-up: root is needed; help: sudo bash $HERE/install.sh" >&2; exit 1; }
command -v apt-get >/dev/null || { echo "engine set-up: this is not a Debian or Ubuntu; help: install Docker Engine, Compose v2 and Buildx by your system's packages" >&2; exit 1; }
mkdir -p "$CACHE" 2>/dev/null || { echo "engine set-up: cannot write to $CACHE; help: set LABCHECK_ENGINE_CACHE to a folder on a disk with space" >&2; exit 1; }

step lists
step client
if ! client_only; then step engine; step daemon; fi
printf 'engine %s, compose %s, %s\n' "$(daemon_answers)" "$(docker compose version --short)" "$(docker buildx version | cut -d' ' -f2)"
