//! Connecting, each attempt with a deadline of its own.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::names::{ResolveError, Resolver};
use super::slots::{Slots, each};
use super::tcp;
use crate::wire::limits::MAX_GREETING;
use crate::wire::{
    Attempt, Bytes, Connect, Connected, Held, Host, HostName, Opened, Outcome, ReadEnd, Sockets,
    Target, Watched,
};

const EADDRNOTAVAIL: i32 = 99;
const ENETUNREACH: i32 = 101;
const EHOSTUNREACH: i32 = 113;

/// Connects to every target, and holds what is open.
pub(super) fn answer(asked: &Connect, until: Instant, slots: &Slots) -> Connected {
    let tables = || asked.watch.then(|| tcp::answer(&Sockets { pid: None }));
    let before = tables();
    let mut attempts = Vec::new();
    let mut todo = Vec::new();
    for (target, step) in steps(asked, until, slots) {
        match step {
            Step::Try(at) => todo.push((target, at)),
            Step::Not(at, outcome) => attempts.push(row(target, at, outcome)),
        }
    }
    let tried = each(slots, until, &todo, |(target, at)| {
        let one = asked.targets.get(*target)?;
        Some(attempt(one, *at, until))
    });
    let pause = Duration::from_millis(asked.hold_ms.into());
    std::thread::sleep(pause.min(left(until)));
    let held = tables();
    for ((target, at), tried) in todo.iter().zip(tried) {
        let attempt = match tried.flatten() {
            Some(Tried { outcome, took }) => {
                let took_ms = u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
                let outcome = outcome.map_or_else(|failed| failed, settled);
                Attempt {
                    took_ms,
                    ..row(*target, Some(*at), outcome)
                }
            }
            None => row(*target, Some(*at), Outcome::Untried(TOO_LATE.into())),
        };
        attempts.push(attempt);
    }
    attempts.sort_by_key(|attempt| attempt.target);
    let watched = before.zip(held);
    Connected {
        attempts,
        watched: watched.map(|(before, held)| Watched { before, held }),
    }
}

const TOO_LATE: &str = "the time was over before its turn came";

/// What is to be done for a target.
enum Step {
    Try(SocketAddr),
    Not(Option<SocketAddr>, Outcome),
}

/// The steps of all targets; names are looked up at once.
fn steps(asked: &Connect, until: Instant, slots: &Slots) -> Vec<(usize, Step)> {
    let mut steps = Vec::new();
    let mut named = Vec::new();
    for (number, target) in asked.targets.iter().enumerate() {
        match &target.host {
            Host::Address(address) => {
                let at = SocketAddr::new(*address, target.port);
                steps.push((number, Step::Try(at)));
            }
            Host::Name(name) => named.push((number, name, target.port)),
        }
    }
    if named.is_empty() {
        return steps;
    }
    let known = Resolver::of_container();
    let found = each(slots, until, &named, |(_, name, port)| {
        looked_up(name, *port, &known, until)
    });
    for ((number, ..), found) in named.into_iter().zip(found) {
        let untried = || vec![Step::Not(None, Outcome::Untried(TOO_LATE.into()))];
        let own = found.unwrap_or_else(untried);
        steps.extend(own.into_iter().map(|step| (number, step)));
    }
    steps
}

/// The steps for the addresses of a name.
fn looked_up(name: &HostName, port: u16, names: &Resolver, until: Instant) -> Vec<Step> {
    let addresses = match names.resolve(&name.name, until) {
        Ok(addresses) => addresses,
        Err(ResolveError::Unknown) => return vec![Step::Not(None, Outcome::NameUnknown)],
        Err(ResolveError::Unanswered(why)) => {
            return vec![Step::Not(None, Outcome::NameUnanswered(why))];
        }
    };
    let step = |address| {
        let at = SocketAddr::new(address, port);
        let meant = name
            .only
            .as_ref()
            .is_none_or(|only| only.contains(&address));
        if meant {
            Step::Try(at)
        } else {
            Step::Not(Some(at), Outcome::Elsewhere)
        }
    };
    addresses.into_iter().map(step).collect()
}

fn row(target: usize, at: Option<SocketAddr>, outcome: Outcome) -> Attempt {
    Attempt {
        target: u32::try_from(target).unwrap_or(u32::MAX),
        at,
        outcome,
        took_ms: 0,
    }
}

/// What came of an attempt, with the connection where it is open.
struct Tried {
    outcome: Result<(TcpStream, Opened), Outcome>,
    took: Duration,
}

fn attempt(target: &Target, at: SocketAddr, until: Instant) -> Tried {
    let started = Instant::now();
    let within = Duration::from_millis(target.within_ms.into());
    let stream = connect(at, within.min(left(until)));
    let took = started.elapsed();
    let outcome = stream.and_then(|stream| {
        // Asked at once: of a connection that was reset the kernel knows no other end any more.
        let local = stream.local_addr().map_err(|err| failed(&err))?;
        let (heard, ended) = spoken(&stream, target, until);
        let opened = Opened {
            local,
            peer: at,
            received: Bytes(heard),
            ended,
            held: Held::Open,
        };
        Ok((stream, opened))
    });
    Tried { outcome, took }
}

/// Opens a connection.
///
/// # Errors
/// What came of it instead.
pub(super) fn connect(at: SocketAddr, within: Duration) -> Result<TcpStream, Outcome> {
    if within.is_zero() {
        return Err(Outcome::TimedOut);
    }
    let stream = TcpStream::connect_timeout(&at, within).map_err(|err| failed(&err))?;
    // Where nothing listens on a port that the kernel gives away, a connection can meet itself.
    let itself = stream.local_addr().is_ok_and(|local| local == at);
    if itself {
        Err(Outcome::Refused)
    } else {
        Ok(stream)
    }
}

/// What an error says about an attempt.
pub(super) fn failed(err: &io::Error) -> Outcome {
    match (err.kind(), err.raw_os_error()) {
        (io::ErrorKind::ConnectionRefused, _) => Outcome::Refused,
        (io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock, _) => Outcome::TimedOut,
        (_, Some(number @ (EADDRNOTAVAIL | ENETUNREACH | EHOSTUNREACH))) => {
            Outcome::NoRoute(number)
        }
        (_, number) => Outcome::Failed(number.unwrap_or(0)),
    }
}

/// Sends what is to be sent, and reads what comes back.
fn spoken(stream: &TcpStream, target: &Target, until: Instant) -> (Vec<u8>, ReadEnd) {
    let until = until.min(Instant::now() + Duration::from_millis(target.read_ms.into()));
    let mut heard = Vec::new();
    let ended = match said(stream, &target.send.0, until) {
        Ok(()) => hear(stream, target.read_most, until, &mut heard),
        Err(_) => ReadEnd::Broken,
    };
    (heard, ended)
}

fn said(mut stream: &TcpStream, bytes: &[u8], until: Instant) -> io::Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    // Zero means without an end to the standard library.
    stream.set_write_timeout(Some(left(until).max(Duration::from_millis(1))))?;
    stream.write_all(bytes)
}

/// Reads until there is enough or the time is over, however slowly the bytes drip.
fn hear(mut stream: &TcpStream, most: u32, until: Instant, heard: &mut Vec<u8>) -> ReadEnd {
    let most = usize::try_from(most)
        .unwrap_or(MAX_GREETING)
        .min(MAX_GREETING);
    if most == 0 {
        return ReadEnd::NotRead;
    }
    let mut bytes = [0; 4096];
    while heard.len() < most {
        let left = left(until);
        if left.is_zero() || stream.set_read_timeout(Some(left)).is_err() {
            return ReadEnd::Silent;
        }
        let want = (most - heard.len()).min(bytes.len());
        match stream.read(bytes.get_mut(..want).unwrap_or_default()) {
            Ok(0) => return ReadEnd::Closed,
            Ok(count) => heard.extend_from_slice(bytes.get(..count).unwrap_or_default()),
            Err(err) if err.kind() == io::ErrorKind::WouldBlock => return ReadEnd::Silent,
            Err(err) if err.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return ReadEnd::Broken,
        }
    }
    ReadEnd::Full
}

/// What became of an open connection while it was held; it is closed now.
fn settled((stream, mut opened): (TcpStream, Opened)) -> Outcome {
    let mut byte = [0];
    let closed = stream.set_nonblocking(true).is_err()
        || match stream.peek(&mut byte) {
            Ok(count) => count == 0,
            Err(err) => err.kind() != io::ErrorKind::WouldBlock,
        };
    if closed {
        opened.held = Held::Closed;
    }
    Outcome::Open(opened)
}

fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}

#[cfg(test)]
#[path = "connect_tests.rs"]
mod tests;
