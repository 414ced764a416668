//! The program that makes attempts inside a container; what it prints is read by `script_output`.
//!
//! Every attempt is a job of its own, so that all of them together take no longer than one; after the deadline what is
//! still waiting is ended, and its silence is a time-out. It needs a shell and one of bash, python3 and nc.

use std::time::Duration;

/// Chooses what to connect with. Arguments come in threes: `at ADDRESS PORT`, `name NAME PORT`; with `hear` or `ask` in
/// place of `at` it also says what came back: by itself, or to PostgreSQL's question whether it speaks TLS
/// (`SSLRequest`). Who says nothing is asked for a page, as web servers wait to be asked.
pub(crate) const SHELL: &str = r#"
has() { command -v "$1" >/dev/null 2>&1; }
if has bash; then exec bash -c "$LABCHECK_BASH" labcheck "$@"; fi
if has python3; then exec python3 -c "$LABCHECK_PYTHON" "$@"; fi
has nc || exit 127
echo with nc
one() { if nc -z -w 1 "$1" "$2" </dev/null >/dev/null 2>&1; then echo "open $1 $2"; else echo "shut $1 $2"; fi; }
look() {
  has getent || { echo nogetent; return; }
  found=$(getent ahosts "$1" | while read -r a rest; do echo "$a"; done | sort -u)
  [ -n "$found" ] || echo "noname $1"
  for a in $found; do
    case "$LABCHECK_KNOWN" in
      *" $a "*) echo "name $1 $a known"; one "$a" "$2" ;;
      *) echo "name $1 $a unknown" ;;
    esac
  done
}
hear() {
  nc -z -w 1 "$1" "$2" </dev/null >/dev/null 2>&1 || { echo "shut $1 $2"; return; }
  echo "open $1 $2"
  said=$({
    if [ "$3" = ask ]; then printf '\000\000\000\010\004\322\026\057'; fi
    sleep 0.3 2>/dev/null || sleep 1
  } | nc -w 1 "$1" "$2" 2>/dev/null | head -c 40 | od -An -v -tx1)
  echo "says $1 $2" $said
}
jobs=
while [ $# -ge 3 ]; do
  case "$1" in at) one "$2" "$3" & ;; name) look "$2" "$3" & ;; hear | ask) hear "$2" "$3" "$1" & ;; esac
  jobs="$jobs $!"
  shift 3
done
( sleep "$LABCHECK_PATIENCE" 2>/dev/null || sleep 1; kill $jobs ) >/dev/null 2>&1 &
clock=$!
wait $jobs 2>/dev/null
kill $clock 2>/dev/null
exit 0
"#;

/// With job control every attempt has a process group of its own, so that nothing of it is left when it is ended.
const BASH: &str = r#"
set -m
exec 2>&1
echo with bash
one() { : 3<>"/dev/tcp/$1/$2" && echo "open $1 $2"; }
look() {
  command -v getent >/dev/null || { echo nogetent; return; }
  local a rest seen=' '
  while read -r a rest; do
    case "$seen" in *" $a "*) continue ;; esac
    seen+="$a "
    case "$LABCHECK_KNOWN" in
      *" $a "*) echo "name $1 $a known"; one "$a" "$2" ;;
      *) echo "name $1 $a unknown" ;;
    esac
  done < <(getent ahosts "$1")
  if [ "$seen" = ' ' ]; then echo "noname $1"; fi
}
hear() {
  {
    echo "open $1 $2"
    trap '' PIPE
    if [ "$3" = ask ]; then printf '\000\000\000\010\004\322\026\057' >&3; fi
    local got='' at hex=''
    IFS= read -r -N 40 -t 0.15 -u 3 got
    if [ -z "$got" ]; then
      printf 'GET /favicon.ico HTTP/1.0\r\n\r\n' >&3
      IFS= read -r -N 40 -t 0.8 -u 3 got
    fi
    for ((at = 0; at < ${#got}; at++)); do
      printf -v hex '%s%02x' "$hex" $(($(printf '%d' "'${got:at:1}") & 255))
    done
    echo "says $1 $2 $hex"
  } 3<>"/dev/tcp/$1/$2"
}
jobs=
while [ $# -ge 3 ]; do
  case "$1" in at) one "$2" "$3" & ;; name) look "$2" "$3" & ;; hear | ask) hear "$2" "$3" "$1" & ;; esac
  jobs+=" $!"
  shift 3
done
{ sleep "$LABCHECK_PATIENCE"; for job in $jobs; do kill -9 -- "-$job"; done; } >/dev/null 2>&1 &
clock=$!
wait $jobs 2>/dev/null
kill -9 -- "-$clock" 2>/dev/null
exit 0
"#;

const PYTHON: &str = r"
import os, socket, sys, threading
patience = float(os.environ['LABCHECK_PATIENCE'])
known = os.environ['LABCHECK_KNOWN'].split()
lock = threading.Lock()
def say(*words):
    with lock:
        print(*words, flush=True)
def one(address, port):
    try:
        socket.create_connection((address, int(port)), patience).close()
        say('open', address, port)
    except ConnectionRefusedError:
        say('shut', address, port)
    except (TimeoutError, socket.timeout):
        pass
    except OSError as error:
        say('none', address, port, error.strerror)
def look(name, port):
    try:
        rows = socket.getaddrinfo(name, int(port), type=socket.SOCK_STREAM)
    except OSError:
        return say('noname', name)
    for address in sorted({row[4][0] for row in rows}):
        say('name', name, address, 'known' if address in known else 'unknown')
        if address in known:
            one(address, port)
def hear(word, address, port):
    try:
        there = socket.create_connection((address, int(port)), patience)
    except ConnectionRefusedError:
        return say('shut', address, port)
    except OSError:
        return
    say('open', address, port)
    got = b''
    for words, wait in ((b'\0\0\0\x08\x04\xd2\x16\x2f' if word == 'ask' else b'', 0.15), (b'GET /favicon.ico HTTP/1.0\r\n\r\n', 0.8)):
        try:
            there.settimeout(wait)
            there.sendall(words)
            while len(got) < 40:
                more = there.recv(40 - len(got))
                if not more:
                    break
                got += more
        except OSError:
            pass
        if got:
            break
    say('says', address, port, got.hex())
say('with', 'python3')
rest = sys.argv[1:]
jobs = []
while len(rest) >= 3:
    what = {'at': (one, rest[1:3]), 'name': (look, rest[1:3])}.get(rest[0], (hear, rest[:3]))
    job = threading.Thread(target=what[0], args=what[1], daemon=True)
    job.start()
    jobs.append(job)
    rest = rest[3:]
for job in jobs:
    job.join(patience)
os._exit(0)
";

/// What the program reads from its environment.
pub(crate) fn env(known: &[&str], patience: Duration) -> Vec<String> {
    vec![
        format!("LABCHECK_BASH={BASH}"),
        format!("LABCHECK_PYTHON={PYTHON}"),
        format!("LABCHECK_KNOWN= {} ", known.join(" ")),
        format!("LABCHECK_PATIENCE={:.3}", patience.as_secs_f64()),
        "LC_ALL=C".into(),
    ]
}

#[cfg(test)]
mod tests {
    use labcheck_core::facts::Tried;

    use super::super::script_output::read;
    use super::*;

    /// The program itself, where a shell is at hand: this machine is the container.
    #[cfg(unix)]
    #[tokio::test]
    async fn the_program_tells_open_from_refused_and_leaves_nothing_behind() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let open = listener.local_addr().expect("its address").port();
        let shut = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let closed = shut.local_addr().expect("its address").port();
        drop(shut);
        let tries = format!("at 127.0.0.1 {open} at 127.0.0.1 {closed} name localhost {open}");
        let ended = ran(&tries).await;
        let said = read(&String::from_utf8_lossy(&ended.stdout));
        assert!(!said.program.is_empty(), "{ended:?}");
        assert_eq!(
            said.outcome("127.0.0.1", open),
            Some(Tried::Open),
            "{ended:?}"
        );
        assert_eq!(
            said.outcome("127.0.0.1", closed),
            Some(Tried::Refused),
            "{ended:?}"
        );
        assert!(
            said.led("localhost").is_some() || said.no_names,
            "{ended:?}"
        );
    }

    #[cfg(unix)]
    async fn ran(tries: &str) -> std::process::Output {
        let mut command = tokio::process::Command::new("sh");
        command.args(["-c", SHELL, "labcheck"]);
        command.args(tries.split_whitespace());
        command.stdin(std::process::Stdio::null());
        for pair in env(&["127.0.0.1"], Duration::from_millis(300)) {
            let (key, value) = pair.split_once('=').expect("a pair");
            command.env(key, value);
        }
        command.output().await.expect("sh is here")
    }
}
