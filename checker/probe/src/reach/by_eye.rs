//! Attempts by the grader's own program, which stands in the network of a container and nowhere else: no program of the
//! stack makes them, and none says what came of them.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::join;
use futures_util::stream;
use labcheck_eye::client::{Eye, EyeError};
use labcheck_eye::container::Namespace;
use labcheck_eye::wire::{Attempt, Bytes, Connect, Host, HostName, Opened, Outcome, ReadEnd};

use super::said::Said;
use super::targets::{Target, To};
use crate::stack::context::StackContext;
use crate::stack::network::{PATIENCE, millis};
use labcheck_core::facts::Tried;
use labcheck_core::text;
use labcheck_engine::model::inspected::Inspected;

/// What is noted as having made the attempts.
pub(crate) const PROGRAM: &str = "labcheck-eye";

/// How much longer than everything in it a request may take: the machine may have a lot to do.
const SLACK: Duration = Duration::from_secs(5);
/// Longest wait for a name, with the connections to where it leads.
const LOOKED_UP: Duration = Duration::from_secs(1);
/// Names that are looked up at once.
const NAMES: usize = 24;
/// Ports of one request.
const PORTS: usize = 64;

/// What is said to a port first, and how its answer is waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'q> {
    pub send: &'q [u8],
    /// Bytes that are read at most.
    pub most: u32,
    /// How long they are waited for.
    pub within: Duration,
}

impl Question<'_> {
    /// Nothing is said and nothing is waited for.
    const NONE: Self = Self {
        send: &[],
        most: 0,
        within: Duration::ZERO,
    };
}

/// Starts the program in a container's network.
///
/// # Errors
/// Why it is not started there.
pub(crate) async fn start(
    context: &StackContext<'_>,
    inspected: &Inspected,
) -> Result<Eye, String> {
    let id = &inspected.container.id;
    context.sidecars.eye(id, &[Namespace::Network]).await
}

/// Makes all attempts at once. Names are looked up as that network does (`/etc/hosts`, `/etc/resolv.conf`), and followed to
/// `known` addresses.
///
/// # Errors
/// Why the program gave no answer.
pub(crate) async fn tried(
    eye: &Eye,
    targets: &[Target],
    known: &BTreeSet<String>,
) -> Result<Said, String> {
    let known: Vec<IpAddr> = known.iter().filter_map(|one| one.parse().ok()).collect();
    let mut said = Said::by(PROGRAM);
    let names = targets.iter().filter_map(|target| match &target.to {
        To::Name(name) => Some((name.as_str(), target.by)),
        To::Address(_) | To::Machine(_) => None,
    });
    let each = stream::iter(names).map(|(name, port)| {
        let known = known.clone();
        async move { (name, port, looked_up(eye, name, port, known).await) }
    });
    let addresses: Vec<(&str, u16)> = targets.iter().filter_map(address).collect();
    let (found, led) = join(
        answers(eye, &addresses, Question::NONE),
        each.buffer_unordered(NAMES).collect::<Vec<_>>(),
    )
    .await;
    for ((address, port), outcome) in addresses.into_iter().zip(found?) {
        if let Some(shown) = shown(&outcome) {
            said.tried(address, port, shown);
        }
    }
    for (name, port, attempts) in led {
        for attempt in attempts? {
            note(&mut said, name, port, &attempt);
        }
    }
    Ok(said)
}

/// The address of a target that needs no looking up.
pub(crate) fn address(target: &Target) -> Option<(&str, u16)> {
    match &target.to {
        To::Address(address) | To::Machine(address) => Some((address, target.by)),
        To::Name(_) => None,
    }
}

/// What came of the attempts at a name; none where the time was over.
async fn looked_up(
    eye: &Eye,
    name: &str,
    port: u16,
    known: Vec<IpAddr>,
) -> Result<Vec<Attempt>, String> {
    let host = Host::Name(HostName {
        name: name.to_owned(),
        only: Some(known),
    });
    let asked = Connect {
        targets: vec![target(host, port, Question::NONE)],
        hold_ms: 0,
        watch: false,
    };
    match eye.ask(asked, LOOKED_UP).await {
        Ok(connected) => Ok(connected.attempts),
        Err(EyeError::Late(_)) => Ok(Vec::new()),
        Err(why) => Err(why.to_string()),
    }
}

/// Notes what came of an attempt at a name.
fn note(said: &mut Said, name: &str, port: u16, attempt: &Attempt) {
    let Some(at) = attempt.at else {
        // What no name server knows and what none answers is the same to a program that asks: it has no address.
        if matches!(
            attempt.outcome,
            Outcome::NameUnknown | Outcome::NameUnanswered(_)
        ) {
            said.leads(name, None);
        }
        return;
    };
    let address = at.ip().to_string();
    let of_stack = attempt.outcome != Outcome::Elsewhere;
    if let Some(shown) = shown(&attempt.outcome).filter(|_| of_stack) {
        said.tried(&address, port, shown);
    }
    said.leads(name, Some((address, of_stack)));
}

/// Whether the other side said something and ended the connection by itself. Where it did not read what was said to it, its
/// system resets the connection.
pub(crate) fn said_and_ended(outcome: &Outcome) -> bool {
    let Outcome::Open(opened) = outcome else {
        return false;
    };
    !opened.received.0.is_empty() && matches!(opened.ended, ReadEnd::Closed | ReadEnd::Broken)
}

/// Connects to every address at once, says what is to be said, and gives what came of each, in the same order.
///
/// # Errors
/// Why the program gave no answer.
pub(crate) async fn answers(
    eye: &Eye,
    addresses: &[(&str, u16)],
    question: Question<'_>,
) -> Result<Vec<Outcome>, String> {
    held(eye, addresses, question, Duration::ZERO).await
}

/// As [`answers`]; what is open is held for a time after the last one has answered.
///
/// # Errors
/// Why the program gave no answer.
pub(crate) async fn held(
    eye: &Eye,
    addresses: &[(&str, u16)],
    question: Question<'_>,
    hold: Duration,
) -> Result<Vec<Outcome>, String> {
    let mut all = Vec::new();
    for some in addresses.chunks(PORTS) {
        let mut outcomes = vec![Outcome::Untried("it is no address".into()); some.len()];
        let mut targets = Vec::new();
        let mut places = Vec::new();
        for (place, (address, port)) in some.iter().enumerate() {
            if let Ok(address) = address.parse() {
                targets.push(target(Host::Address(address), *port, question));
                places.push(place);
            }
        }
        let asked = Connect {
            targets,
            hold_ms: in_millis(hold),
            watch: false,
        };
        let within = PATIENCE + question.within + hold + SLACK;
        let connected = eye
            .ask(asked, within)
            .await
            .map_err(|err| err.to_string())?;
        for attempt in connected.attempts {
            let place = usize::try_from(attempt.target).ok();
            let place = place.and_then(|at| places.get(at)).copied();
            if let Some(outcome) = place.and_then(|at| outcomes.get_mut(at)) {
                *outcome = attempt.outcome;
            }
        }
        all.append(&mut outcomes);
    }
    Ok(all)
}

fn target(host: Host, port: u16, question: Question<'_>) -> labcheck_eye::wire::Target {
    labcheck_eye::wire::Target {
        host,
        port,
        within_ms: in_millis(PATIENCE),
        send: Bytes::from(question.send),
        read_most: question.most,
        read_ms: in_millis(question.within),
    }
}

fn in_millis(time: Duration) -> u32 {
    u32::try_from(millis(time)).unwrap_or(u32::MAX)
}

/// The bytes that came back.
pub(crate) fn received(outcome: &Outcome) -> &[u8] {
    match outcome {
        Outcome::Open(Opened { received, .. }) => &received.0,
        _ => &[],
    }
}

/// What an attempt showed; `None` when it was still waiting at the end.
pub(crate) fn shown(outcome: &Outcome) -> Option<Tried> {
    Some(match outcome {
        Outcome::Open(_) => Tried::Open,
        Outcome::Refused => Tried::Refused,
        Outcome::TimedOut => return None,
        Outcome::NoRoute(number) | Outcome::Failed(number) => Tried::NoRoute(words(*number)),
        Outcome::NameUnknown | Outcome::NameUnanswered(_) => Tried::NoName,
        Outcome::Elsewhere => Tried::Elsewhere,
        Outcome::Untried(why) => Tried::Untried(text::cut(&text::clean(why), 80)),
    })
}

/// The system's words for its errors, as programs say them (`errno(3)` of Linux).
fn words(number: i32) -> String {
    match number {
        1 => "Operation not permitted".into(),
        13 => "Permission denied".into(),
        99 => "Cannot assign requested address".into(),
        101 => "Network is unreachable".into(),
        113 => "No route to host".into(),
        other => format!("error {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(at: Option<&str>, outcome: Outcome) -> Attempt {
        Attempt {
            target: 0,
            at: at.map(|at| at.parse().expect("an address")),
            outcome,
            took_ms: 0,
        }
    }

    #[test]
    fn a_name_leads_to_what_was_tried_or_out_of_the_stack_or_nowhere() {
        let mut said = Said::default();
        let known = attempt(Some("172.19.0.9:3306"), Outcome::Refused);
        note(&mut said, "db", 3306, &known);
        let away = attempt(Some("192.0.2.8:3306"), Outcome::Elsewhere);
        note(&mut said, "away", 3306, &away);
        note(&mut said, "no", 3306, &attempt(None, Outcome::NameUnknown));
        let late = Outcome::Untried("the time was over".into());
        note(&mut said, "late", 3306, &attempt(None, late));
        let led = |name: &str| said.led(name).map(<[_]>::to_vec);
        assert_eq!(led("db"), Some(vec![("172.19.0.9".to_owned(), true)]));
        assert_eq!(led("away"), Some(vec![("192.0.2.8".to_owned(), false)]));
        assert_eq!(led("no"), Some(Vec::new()));
        assert_eq!(led("late"), None);
        assert_eq!(said.outcome("172.19.0.9", 3306), Some(Tried::Refused));
        assert_eq!(said.outcome("192.0.2.8", 3306), None);
    }

    #[test]
    fn errors_are_told_in_words_and_silence_is_none() {
        assert_eq!(shown(&Outcome::TimedOut), None);
        let none = Some(Tried::NoRoute("No route to host".into()));
        assert_eq!(shown(&Outcome::NoRoute(113)), none);
        let other = Some(Tried::NoRoute("error 42".into()));
        assert_eq!(shown(&Outcome::Failed(42)), other);
    }
}
