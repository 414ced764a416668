//! Which look answers which request, and what is refused because it is above a limit.

use std::time::Instant;

use super::slots::Slots;
use super::{connect, files, find, listener, mountinfo, process, stat, tcp};
use crate::wire::limits::{
    MAX_ADDRESSES, MAX_ANSWER, MAX_DEPTH, MAX_GREETING, MAX_PATHS, MAX_SEND, MAX_TARGETS,
};
use crate::wire::{Answer, Host, Request};

/// Looks; [`Request::Forward`] is none of these.
pub(crate) fn answer(request: &Request, until: Instant, slots: &Slots) -> Answer {
    if let Some(why) = above_a_limit(request) {
        return Answer::Refused(why.into());
    }
    match request {
        Request::Connect(asked) => Answer::Connected(connect::answer(asked, until, slots)),
        Request::Sockets(asked) => Answer::SocketTables(tcp::answer(asked)),
        Request::Processes(asked) => Answer::ProcessTable(process::answer(asked, until)),
        Request::Mounts(asked) => Answer::MountTable(mountinfo::answer(asked)),
        Request::Stats(asked) => Answer::StatFiles(stat::answer(asked)),
        Request::List(asked) => Answer::Entries(files::list(asked)),
        Request::ReadFile(asked) => Answer::Read(files::read(asked)),
        Request::Find(asked) => Answer::Found(find::answer(asked, until)),
        Request::WaitForListener(asked) => Answer::ListeningAt(listener::answer(asked, until)),
        Request::Forward(_) => Answer::Refused("a stream is no look".into()),
    }
}

/// Why a request is not looked at.
fn above_a_limit(request: &Request) -> Option<&'static str> {
    match request {
        Request::Connect(asked) => {
            // Every address of a name may greet.
            let greetings = asked.targets.iter().map(|target| {
                let addresses = match &target.host {
                    Host::Address(_) => 1,
                    Host::Name(name) => name.only.as_ref().map_or(MAX_ADDRESSES, Vec::len),
                };
                addresses.saturating_mul(target.read_most as usize)
            });
            let mut targets = asked.targets.iter();
            if asked.targets.len() > MAX_TARGETS {
                Some("there are too many targets")
            } else if targets.any(|target| {
                let long = matches!(&target.host, Host::Name(name) if name.name.len() > 253);
                long || target.send.0.len() > MAX_SEND || target.read_most as usize > MAX_GREETING
            }) {
                Some("a target has a name, a message or a greeting that is too long")
            } else if greetings.fold(0, usize::saturating_add) > MAX_ANSWER / 2 {
                Some("the greetings together are too long for an answer")
            } else {
                None
            }
        }
        Request::Stats(asked) => {
            (asked.paths.len() > MAX_PATHS).then_some("there are too many paths")
        }
        Request::Find(asked) => {
            let many = asked.folders.len() > MAX_PATHS || asked.names.len() > MAX_PATHS;
            if many {
                Some("there are too many folders or names")
            } else {
                (asked.depth > MAX_DEPTH).then_some("the search is too deep")
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::wire::{Bytes, Connect, Find, Stats, Target};

    fn refused(request: impl Into<Request>) -> bool {
        let until = Instant::now() + Duration::from_secs(5);
        let answer = answer(&request.into(), until, &Slots::new(1));
        matches!(answer, Answer::Refused(_))
    }

    fn target(send: usize, read_most: u32) -> Target {
        Target {
            host: Host::Address([127, 0, 0, 1].into()),
            port: 1,
            within_ms: 1,
            send: Bytes(vec![0; send]),
            read_most,
            read_ms: 1,
        }
    }

    #[test]
    fn what_is_above_a_limit_is_refused() {
        let connect = |targets| Connect {
            targets,
            hold_ms: 0,
            watch: false,
        };
        assert!(!refused(connect(vec![target(MAX_SEND, 65_536); 3])));
        assert!(refused(connect(vec![target(0, 0); MAX_TARGETS + 1])));
        assert!(refused(connect(vec![target(MAX_SEND + 1, 0)])));
        assert!(refused(connect(vec![target(0, 65_537)])));
        assert!(refused(connect(vec![target(0, 65_536); 17])));
        assert!(refused(Stats {
            pid: 1,
            paths: vec!["/".into(); MAX_PATHS + 1],
            follow: true
        }));
        assert!(refused(Find {
            pid: 1,
            folders: vec![],
            names: vec![],
            depth: MAX_DEPTH + 1,
            most: 1
        }));
    }
}
