//! Looking names up as the network namespace's programs do: in `/etc/hosts`, then at the name servers of
//! `/etc/resolv.conf` (`hosts(5)`, `resolv.conf(5)`). The engine gives both files of a container whose network is shared.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::Path;
use std::time::{Duration, Instant};

use super::bounded::{beginning, lines};
use super::dns::{self, Reply};
use super::numbers::{decimal, words};
use crate::wire::limits::MAX_ADDRESSES;

/// Bytes of a file that are read.
const MAX_TEXT: usize = 64 * 1024;
/// Name servers that are asked, as many as the C library asks.
const MAX_SERVERS: usize = 3;
/// Domains that a short name is tried in.
const MAX_SEARCH: usize = 6;
/// Bytes of an answer.
const MAX_REPLY: usize = 4096;
/// Answers to other questions that are passed over for one question.
const MAX_STRAY: usize = 64;
/// Waits for one server's answer before it is asked again.
const PATIENCE: Duration = Duration::from_secs(1);
/// Times that each server is asked.
const TRIES: usize = 2;

/// Why a name led to no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ResolveError {
    /// There is no such name, or it has no address.
    Unknown,
    /// No name server could be asked, or none answered.
    Unanswered(String),
}

/// Where names are looked up.
#[derive(Debug, Default, Clone)]
pub(super) struct Resolver {
    hosts: Vec<u8>,
    servers: Vec<SocketAddr>,
    search: Vec<String>,
    dots: usize,
}

impl Resolver {
    /// As this container has it.
    pub(super) fn of_container() -> Self {
        let text = |path: &str| beginning(Path::new(path), MAX_TEXT).unwrap_or_default().0;
        Self::parse(text("/etc/hosts"), &text("/etc/resolv.conf"))
    }

    fn parse(hosts: Vec<u8>, resolv: &[u8]) -> Self {
        let mut names = Self {
            hosts,
            dots: 1,
            ..Self::default()
        };
        for line in lines(resolv) {
            let mut words = words(line);
            match words.next() {
                Some(b"nameserver") => {
                    let address = words.next().and_then(|word| text(word)?.parse().ok());
                    let server = address.map(|address: IpAddr| SocketAddr::new(address, 53));
                    names.servers.extend(server);
                }
                Some(b"search" | b"domain") => {
                    let all = words.filter_map(text).map(str::to_owned);
                    names.search = all.take(MAX_SEARCH).collect();
                }
                Some(b"options") => {
                    let dots = words.filter_map(|word| decimal(word.strip_prefix(b"ndots:")?));
                    names.dots = dots.last().unwrap_or(names.dots);
                }
                _ => {}
            }
        }
        names.servers.truncate(MAX_SERVERS);
        names
    }

    /// The addresses that a name leads to.
    ///
    /// # Errors
    /// It leads to none.
    pub(super) fn resolve(&self, name: &str, until: Instant) -> Result<Vec<IpAddr>, ResolveError> {
        if let Ok(address) = name.parse() {
            return Ok(vec![address]);
        }
        let own = self.in_hosts(name);
        if !own.is_empty() {
            return Ok(own);
        }
        let mut last = ResolveError::Unknown;
        for name in self.candidates(name) {
            match self.ask(&name, until) {
                Err(why @ ResolveError::Unanswered(_)) => last = why,
                Err(ResolveError::Unknown) => {}
                found => return found,
            }
        }
        Err(last)
    }

    fn in_hosts(&self, name: &str) -> Vec<IpAddr> {
        let mut found = Vec::new();
        for line in lines(&self.hosts) {
            let end = line.iter().position(|byte| *byte == b'#');
            let mut words = words(line.get(..end.unwrap_or(line.len())).unwrap_or_default());
            let address = words.next().and_then(|word| text(word)?.parse().ok());
            let named = |word: &[u8]| word.eq_ignore_ascii_case(name.as_bytes());
            if let Some(address) = address
                && words.any(named)
                && !found.contains(&address)
                && found.len() < MAX_ADDRESSES
            {
                found.push(address);
            }
        }
        found
    }

    /// The names that are asked for: one with enough dots as it stands first, a short one in the domains first.
    fn candidates(&self, name: &str) -> Vec<String> {
        let whole = name.to_owned();
        if name.ends_with('.') {
            return vec![whole];
        }
        let in_domains = self.search.iter().map(|domain| format!("{name}.{domain}"));
        if name.matches('.').count() >= self.dots {
            std::iter::once(whole.clone()).chain(in_domains).collect()
        } else {
            in_domains.chain(std::iter::once(whole.clone())).collect()
        }
    }

    /// Asks the servers for both kinds of addresses.
    fn ask(&self, name: &str, until: Instant) -> Result<Vec<IpAddr>, ResolveError> {
        let mut why = "no name server is known".to_owned();
        for server in self.servers.iter().cycle().take(self.servers.len() * TRIES) {
            let end = until.min(Instant::now() + PATIENCE);
            match both(*server, name, end) {
                Ok(Some(found)) => return found,
                Ok(None) => return Err(ResolveError::Unknown),
                Err(err) => why = format!("the name server {} did not answer: {err}", server.ip()),
            }
            if Instant::now() >= until {
                break;
            }
        }
        Err(ResolveError::Unanswered(why))
    }
}

fn text(word: &[u8]) -> Option<&str> {
    std::str::from_utf8(word).ok()
}

/// Asks one server for both kinds of addresses; none for what is no name.
fn both(
    server: SocketAddr,
    name: &str,
    until: Instant,
) -> io::Result<Option<Result<Vec<IpAddr>, ResolveError>>> {
    let random = RandomState::new().build_hasher().finish().to_le_bytes();
    let [a, b, c, d, ..] = random;
    let of = |bytes, kind| dns::question(u16::from_le_bytes(bytes), name, kind);
    let (Some(four), Some(six)) = (of([a, b], dns::A), of([c, d], dns::AAAA)) else {
        return Ok(None);
    };
    let any: SocketAddr = match server {
        SocketAddr::V4(_) => ([0; 4], 0).into(),
        SocketAddr::V6(_) => ([0u16; 8], 0).into(),
    };
    // Connected, so that only this server is listened to.
    let socket = UdpSocket::bind(any)?;
    socket.connect(server)?;
    socket.send(&four)?;
    socket.send(&six)?;
    let (mut from_four, mut from_six) = (None, None);
    let mut stray = 0;
    while from_four.is_none() || from_six.is_none() {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || stray == MAX_STRAY {
            break;
        }
        socket.set_read_timeout(Some(left))?;
        let mut bytes = [0; MAX_REPLY];
        let count = match socket.recv(&mut bytes) {
            Ok(count) => count,
            Err(err) if err.kind() == io::ErrorKind::WouldBlock => break,
            Err(err) => return Err(err),
        };
        let answer = bytes.get(..count).unwrap_or_default();
        if let Some(reply) = dns::reply(&four, answer) {
            from_four = Some(reply);
        } else if let Some(reply) = dns::reply(&six, answer) {
            from_six = Some(reply);
        } else {
            stray += 1;
        }
    }
    together(from_four, from_six).map(Some)
}

/// What both answers say. One that is missing counts as none where the other one has addresses.
fn together(
    four: Option<Reply>,
    six: Option<Reply>,
) -> io::Result<Result<Vec<IpAddr>, ResolveError>> {
    let mut addresses = Vec::new();
    let mut failed = None;
    for reply in [four, six] {
        match reply {
            Some(Reply::Addresses(found)) => addresses.extend(found),
            Some(Reply::Unknown) => {}
            Some(Reply::Failed(code)) => failed = Some(format!("it answers with the error {code}")),
            None => failed = Some("the time was over".to_owned()),
        }
    }
    match failed {
        _ if !addresses.is_empty() => Ok(Ok(addresses)),
        Some(why) => Err(io::Error::other(why)),
        None => Ok(Err(ResolveError::Unknown)),
    }
}

#[cfg(test)]
#[path = "names_tests.rs"]
mod tests;
