//! Containers in the host's own network: on which of the machine's sockets each of them listens.
//!
//! Their sockets stand in one table with those of the whole machine, so that they are told apart by the numbers of the
//! sockets (inodes) that their own processes hold open. This is read by one container of the grader's in the machine's
//! network, with its processes in sight; where that cannot be, it is not known what they listen on, and is said so.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::beside;
use super::engine_exec::{Ended, Program};
use super::engine_probe::Place;
use super::looked::Looked;
use super::parts::Parts;
use super::reach::plays;
use super::reach_targets::{Heard, Target, To, bare, networks, owner};
use super::sockets::{LISTEN, address};
use crate::facts::{Listener, Process, ReachRow, Role, Seen, Status, Tried, Try, Vantage};
use crate::text;

/// Longest wait for the look.
const DEADLINE: Duration = Duration::from_secs(5);
/// Processes that are looked at at most.
const MOST: usize = 400;
/// Ports of one container that are tried at most.
const MOST_PORTS: usize = 40;

/// Prints the machine's listening sockets, and for each process that is named the sockets that it holds open, or that
/// these cannot be read.
const LOOK: &str = r#"
for table in /proc/net/tcp /proc/net/tcp6; do
  [ -r "$table" ] || continue
  while read -r at local remote state rest; do
    if [ "$state" = 0A ]; then echo "row $at $local $remote $state $rest"; fi
  done <"$table"
done
command -v ls >/dev/null || exit 127
for pid in "$@"; do
  [ -d "/proc/$pid" ] || continue
  if ls "/proc/$pid/fd" >/dev/null 2>&1; then
    echo "pid $pid"
    ls -l "/proc/$pid/fd" 2>/dev/null | while read -r line; do
      case "$line" in *socket:\[*) echo "has $pid ${line##*socket:}" ;; esac
    done
  elif [ -d "/proc/$pid" ]; then
    echo "shut $pid"
  fi
done
"#;

/// A container in the host's network.
#[derive(Debug, Clone)]
pub(super) struct Guest {
    pub name: String,
    /// It is the database itself.
    pub database: bool,
    /// The machine's sockets that it listens on, or why it could not be seen which.
    pub listens: Seen<Vec<Listener>>,
}

/// The stack's containers in the host's network but the entry, which may listen there; none on the usual stack. Who else is
/// there has a database of its own to speak for, and is not asked.
pub(super) async fn look(parts: &Parts<'_>) -> Vec<Guest> {
    let entry = |looked: &Looked| plays(parts, looked, Role::Proxy);
    let own = parts.stack.containers.iter().filter(|looked| {
        looked.container.state.status == Status::Running
            && owner(parts, looked).container.network_mode == "host"
            && !entry(looked)
    });
    let own: Vec<&Looked> = own.collect();
    let mut lists: Vec<(String, bool, Seen<Vec<Process>>)> = Vec::new();
    for looked in &own {
        let name = looked.container.name.clone();
        let list = parts.processes.get(&name).cloned();
        let list = list.unwrap_or_else(|| Seen::Unseen("its processes were not seen".into()));
        lists.push((name, plays(parts, looked, Role::Db), list));
    }
    if lists.is_empty() {
        return Vec::new();
    }
    let own_image = own.first().map(|looked| looked.container.image_id.as_str());
    let machine = match beside::tools(parts).or(own_image) {
        Some(image) => machine(parts, image, &lists).await,
        None => Err("there is no image to look with".into()),
    };
    let guests = lists.into_iter().map(|(name, database, list)| Guest {
        name,
        database,
        listens: match (&machine, list) {
            (_, Seen::Unseen(why)) => Seen::Unseen(why),
            (Err(why), _) => Seen::Unseen(format!(
                "in the host's network its sockets could not be told from others: {why}"
            )),
            (Ok(machine), Seen::Seen(list)) => machine.of(&list),
        },
    });
    guests.collect()
}

async fn machine(
    parts: &Parts<'_>,
    image: &str,
    lists: &[(String, bool, Seen<Vec<Process>>)],
) -> Result<Machine, String> {
    let all = lists.iter().filter_map(|(.., list)| list.get()).flatten();
    let pids: BTreeSet<String> = all.map(|process| process.pid.to_string()).collect();
    if pids.len() > MOST {
        return Err(format!("there are more than {MOST} processes"));
    }
    let words = ["sh", "-c", LOOK, "labcheck"].map(str::to_owned);
    let program = Program {
        cmd: words.into_iter().chain(pids).collect(),
        ..Program::default()
    };
    let ended = parts.beside.run(Place::Machine, image, &program, DEADLINE);
    match ended.await? {
        Ended { code: Some(0), out } => Ok(Machine::read(&out)),
        ended if ended.missing() => Err("there is no shell with `ls` to look with".into()),
        _ => Err("the look ended early".into()),
    }
}

/// What was seen of the machine's sockets and of processes.
#[derive(Debug, Default)]
struct Machine {
    listening: BTreeMap<u64, Listener>,
    /// Sockets by process; `None` where they could not be read.
    held: BTreeMap<u64, Option<BTreeSet<u64>>>,
}

impl Machine {
    fn read(out: &str) -> Self {
        let mut machine = Self::default();
        for line in out.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                // As in /proc/net/tcp: the number of the socket is the tenth field.
                ["row", _, local, _, state, _, _, _, _, _, inode, ..] if *state == LISTEN => {
                    let row = || {
                        let (host, port) = local.split_once(':')?;
                        let address = address(host)?;
                        let port = u16::from_str_radix(port, 16).ok()?;
                        Some((inode.parse().ok()?, Listener { address, port }))
                    };
                    machine.listening.extend(row());
                }
                ["pid", pid] => {
                    if let Ok(pid) = pid.parse() {
                        machine.held.insert(pid, Some(BTreeSet::new()));
                    }
                }
                ["shut", pid] => {
                    if let Ok(pid) = pid.parse() {
                        machine.held.insert(pid, None);
                    }
                }
                ["has", pid, socket] => {
                    let inode = socket.trim_matches(['[', ']']).parse();
                    if let (Ok(pid), Ok(inode)) = (pid.parse::<u64>(), inode)
                        && let Some(Some(held)) = machine.held.get_mut(&pid)
                    {
                        held.insert(inode);
                    }
                }
                _ => {}
            }
        }
        machine
    }

    /// What processes listen on. One that is gone by now listens on nothing, but not all of them may be gone.
    fn of(&self, list: &[Process]) -> Seen<Vec<Listener>> {
        let seen = || {
            list.iter()
                .filter_map(|process| self.held.get(&process.pid))
        };
        if seen().next().is_none() {
            return Seen::Unseen("its processes were not found on the machine".into());
        }
        if seen().any(Option::is_none) {
            return Seen::Unseen("which sockets its processes hold open could not be read".into());
        }
        let inodes = seen().flatten().flatten();
        let own: BTreeSet<Listener> = inodes
            .filter_map(|inode| self.listening.get(inode).cloned())
            .collect();
        Seen::Seen(own.into_iter().collect())
    }
}

/// Where the machine is met from networks `here`: at their gateways, or at the one address that is listened on.
fn ways(parts: &Parts<'_>, here: &[&str], at: &Listener) -> Vec<String> {
    if at.loopback() {
        return Vec::new();
    }
    if !unspecified(&at.address) {
        return vec![at.address.clone()];
    }
    let gateways = parts.stack.gateways.iter();
    let of_here = gateways.filter(|(network, _)| here.contains(&network.as_str()));
    let all: BTreeSet<&str> = of_here
        .flat_map(|(_, all)| all)
        .map(|gateway| bare(gateway))
        .filter(|gateway| at.address == "::" || !gateway.contains(':'))
        .collect();
    all.into_iter().map(str::to_owned).collect()
}

pub(super) fn unspecified(address: &str) -> bool {
    matches!(address, "0.0.0.0" | "::" | "")
}

/// Ports at which something may be passed on to the database, and the containers of which it is not known.
pub(super) fn targets(
    parts: &Parts<'_>,
    here: &[&str],
    guests: &[Guest],
    heard: Heard,
) -> (Vec<Target>, Vec<(String, String)>) {
    let mut all = Vec::new();
    let mut unheard = Vec::new();
    for guest in guests.iter().filter(|guest| !guest.database) {
        match &guest.listens {
            Seen::Unseen(why) => unheard.push((guest.name.clone(), why.clone())),
            Seen::Seen(sockets) if sockets.len() > MOST_PORTS => {
                let more = sockets.len() - MOST_PORTS;
                let why = format!("it listens on {more} ports more than are tried");
                unheard.push((guest.name.clone(), why));
            }
            Seen::Seen(_) => {}
        }
        all.extend(of_guest(parts, here, guest, Some(heard)));
    }
    (all, unheard)
}

/// A database in the host's network, as targets from a place.
pub(super) fn databases(parts: &Parts<'_>, place: &Looked, guests: &[Guest]) -> Vec<Target> {
    let here = networks(owner(parts, place));
    let dbs = guests.iter().filter(|guest| guest.database);
    dbs.flat_map(|guest| of_guest(parts, &here, guest, None))
        .collect()
}

fn of_guest(parts: &Parts<'_>, here: &[&str], guest: &Guest, heard: Option<Heard>) -> Vec<Target> {
    let sockets = guest.listens.get().map_or(&[][..], Vec::as_slice);
    let tried = sockets.iter().take(MOST_PORTS);
    let each = tried.flat_map(|at| {
        let ways = ways(parts, here, at).into_iter();
        ways.map(|way| Target {
            container: guest.name.clone(),
            port: at.port,
            to: To::Machine(way),
            control: false,
            by: at.port,
            heard,
        })
    });
    each.collect()
}

/// Rows of the table seen from outside, not yet tried: one for each socket that is not loopback's.
pub(super) fn rows(parts: &Parts<'_>, guest: &Guest, outside: &[String]) -> Vec<ReachRow> {
    let gateways = parts.stack.gateways.iter().flat_map(|(_, all)| all);
    let gateways: Vec<&str> = gateways.map(|gateway| bare(gateway)).collect();
    let sockets = guest.listens.get().map_or(&[][..], Vec::as_slice);
    let open = sockets.iter().filter(|at| !at.loopback());
    open.take(MOST_PORTS)
        .map(|at| row(&guest.name, at, outside, &gateways))
        .collect()
}

fn row(name: &str, at: &Listener, outside: &[String], gateways: &[&str]) -> ReachRow {
    let place = format!("{}:{}", text::host(&at.address), at.port);
    let untried = |at: String, why: &str| Try {
        at,
        name: None,
        outcome: Tried::Untried(why.to_owned()),
    };
    let tries: Vec<Try> = if unspecified(&at.address) {
        let kin = |address: &&String| at.address == "::" || !address.contains(':');
        let all = outside.iter().filter(kin);
        all.map(|address| untried(format!("{}:{}", text::host(address), at.port), ""))
            .collect()
    } else if outside.contains(&at.address) {
        vec![untried(place.clone(), "")]
    } else if gateways.contains(&at.address.as_str()) {
        // An address that containers alone have.
        Vec::new()
    } else {
        vec![untried(
            place.clone(),
            "whether other machines use this address is not known",
        )]
    };
    ReachRow {
        container: name.to_owned(),
        port: at.port,
        proto: "tcp".into(),
        from: Vantage::Outside,
        asked: Vec::new(),
        effective: vec![place],
        tries,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUT: &str = "row 0: 00000000:3A82 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 71 1 0 100\n\
        row 1: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 72 1 0 100\n\
        row 2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 73 1 0 100\n\
        pid 10\nhas 10 [71]\nhas 10 [99]\npid 11\nhas 11 [72]\nshut 12\nhas 13 [73]\n";

    fn process(pid: u64) -> Process {
        Process {
            pid,
            ..Process::default()
        }
    }

    fn at(address: &str, port: u16) -> Listener {
        Listener {
            address: address.into(),
            port,
        }
    }

    #[test]
    fn sockets_are_told_apart_by_who_holds_them() {
        let machine = Machine::read(OUT);
        let of = |pids: &[u64]| {
            let list: Vec<Process> = pids.iter().map(|pid| process(*pid)).collect();
            machine.of(&list)
        };
        let found = vec![at("0.0.0.0", 14978), at("127.0.0.1", 5000)];
        assert_eq!(of(&[10, 11, 14]), Seen::Seen(found));
        // Somebody else's, that of a process nobody asked about.
        assert_eq!(of(&[11]), Seen::Seen(vec![at("127.0.0.1", 5000)]));
        assert!(of(&[10, 12]).why().is_some(), "not readable");
        assert!(of(&[14]).why().is_some(), "not there");
        assert!(of(&[]).why().is_some(), "no process");
    }

    #[test]
    fn senseless_lines_are_passed_over() {
        let machine = Machine::read("row\npid x\nhas 1 [2]\nrow a b c 0A\nshut\n\u{1b}[31m");
        assert!(machine.listening.is_empty() && machine.held.is_empty());
    }

    #[test]
    fn what_other_machines_use_is_tried_and_a_networks_gateway_is_not() {
        let outside = ["203.0.113.7".to_owned(), "2001:db8::7".to_owned()];
        let tried = |address: &str| -> Vec<String> {
            let row = row("door", &at(address, 9090), &outside, &["172.18.0.1"]);
            assert_eq!(row.effective, [format!("{}:9090", text::host(address))]);
            row.tries.into_iter().map(|one| one.at).collect()
        };
        assert_eq!(tried("0.0.0.0"), ["203.0.113.7:9090"]);
        assert_eq!(tried("::"), ["203.0.113.7:9090", "[2001:db8::7]:9090"]);
        assert_eq!(tried("203.0.113.7"), ["203.0.113.7:9090"]);
        assert!(tried("172.18.0.1").is_empty());
        let unknown = row("door", &at("172.17.0.1", 9090), &outside, &[]);
        let why = |one: &Try| matches!(&one.outcome, Tried::Untried(why) if !why.is_empty());
        assert!(unknown.tries.iter().all(why) && unknown.tries.len() == 1);
    }

    /// The program itself, where a shell is at hand: this process is the container.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_look_finds_a_socket_by_its_process() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let own = std::process::id();
        let mut command = tokio::process::Command::new("sh");
        let ended = command
            .args(["-c", LOOK, "labcheck", &own.to_string()])
            .output()
            .await
            .expect("sh is here");
        let machine = Machine::read(&String::from_utf8_lossy(&ended.stdout));
        let found = machine.of(&[process(u64::from(own))]);
        let own = found.get().expect("readable");
        assert!(own.contains(&at("127.0.0.1", port)), "{own:?}");
        drop(listener);
    }
}
