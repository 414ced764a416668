//! What containers between the proxy and the database do with connections: answer them, or pass them on.
//!
//! A port is explained where a web server answers on it, or another protocol that is known. One where a database greets, at
//! once or later, passes connections on, and so does one that holds a connection to the database for each of the grader's.
//! Of any other it is not known. The grader's own program sees all of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::future::{join_all, try_join};
use labcheck_eye::client::Eye;
use labcheck_eye::wire::Outcome;

use super::by_eye::{self, Question, address, answers, received};
use super::by_program::whose_is_unclear;
use super::greeting::{greeting, greeting_within};
use super::protocols::{PAGE, POSTGRES, PROTOCOLS, SSL_REQUEST, page};
use super::relays::{Claim, Listen};
use super::rows::rows;
use super::said::Said;
use super::targets::{Heard, Target};
use super::unix_sockets::Shared;
use super::watch::{self, HELD, Watched};
use crate::stack::context::StackContext;
use crate::stack::network::PATIENCE;
use labcheck_core::facts::{ReachRow, Tried};
use labcheck_engine::model::inspected::Inspected;

/// How long a greeting is waited for at first.
const GREETS: Duration = Duration::from_millis(150);
/// How long a page is waited for at first.
const SERVES: Duration = Duration::from_millis(900);
/// How long an answer in another protocol is waited for.
const ANSWERS: Duration = Duration::from_millis(500);
/// Bytes of a first answer that are read.
const MOST: u32 = 512;
/// Ports that are watched at most.
const MOST_WATCHED: usize = 8;

/// What is told of containers between: rows, and those of which it is not known, each with why.
type Told = (Vec<ReachRow>, BTreeMap<String, String>);

/// A container by its name, and a port of it.
type ContainerPort<'t> = (&'t str, u16);

/// Asks every port, and watches those that nothing explains.
///
/// # Errors
/// Why the program gave no answer.
pub(crate) async fn look(
    context: &StackContext<'_>,
    vantage: &Inspected,
    eye: &Eye,
    listen: &Listen,
    shared: &Shared,
) -> Result<Told, String> {
    let mut unheard = listen.unheard.clone();
    let asked = listen
        .targets
        .iter()
        .any(|target| target.heard == Some(Heard::Asked));
    let (said, served) = listened(eye, &listen.targets, asked).await?;
    let (_, mut rows) = rows(&vantage.container.name, &listen.targets, &said, PATIENCE);
    let open = unexplained(&rows, listen, &said, &served);
    let mut left = not_of_protocols(eye, open, &said, asked).await?;
    for target in left.drain(MOST_WATCHED.min(left.len())..) {
        let why = "it has more ports that nothing known answers on than are watched";
        unheard.insert(target.container.clone(), why.into());
    }
    if left.is_empty() {
        return Ok((rows, unheard));
    }
    let ports: Vec<_> = left.iter().filter_map(|target| address(target)).collect();
    let watched = watch::look(context, eye, &ports, asked).await?;
    for (target, watched) in left.into_iter().zip(watched) {
        let claim = listen
            .claims
            .iter()
            .find(|claim| claim.name == target.container);
        let holds = shared.holders().contains(target.container.as_str());
        let (outcome, why) = judge(target.port, &watched, claim, holds);
        let own = rows
            .iter_mut()
            .filter(|row| row.container == target.container && row.port == target.port);
        let tries = own.flat_map(|row| &mut row.tries);
        for one in tries.filter(|one| one.outcome.open()) {
            one.outcome = outcome.clone();
        }
        unheard.extend(why.map(|why| (target.container.clone(), why)));
    }
    Ok((rows, unheard))
}

/// What every port says first, and where a web server answers.
async fn listened<'t>(
    eye: &Eye,
    targets: &'t [Target],
    asked: bool,
) -> Result<(Said, BTreeSet<ContainerPort<'t>>), String> {
    let mut said = Said::by(by_eye::PROGRAM);
    let mut served = BTreeSet::new();
    let addresses: Vec<_> = targets.iter().filter_map(address).collect();
    let question = |send, within| Question {
        send,
        most: MOST,
        within,
    };
    let first: &[u8] = if asked { SSL_REQUEST } else { &[] };
    // Two requests, as each holds its connections until it is done: a server that serves one at a time goes on then.
    let (first, pages) = try_join(
        answers(eye, &addresses, question(first, GREETS)),
        answers(eye, &addresses, question(PAGE, SERVES)),
    )
    .await?;
    let each = targets.iter().filter(|target| address(target).is_some());
    for ((target, (at, by)), (first, answer)) in each.zip(addresses).zip(first.iter().zip(&pages)) {
        let shown = |outcome: &Outcome| by_eye::shown(outcome);
        if let Some(shown) = shown(first).or_else(|| shown(answer)) {
            said.tried(at, by, shown);
        }
        let greets = greeting(received(first), asked).is_some();
        let words = if greets { first } else { answer };
        said.heard(at, by, received(words).to_vec());
        if page(received(answer)) && !greets {
            served.insert((target.container.as_str(), target.port));
        }
    }
    Ok((said, served))
}

/// Open ports that no web server answers on, each once; those that greet are explained, but for those of containers that
/// call themselves databases.
fn unexplained<'t>(
    rows: &[ReachRow],
    listen: &'t Listen,
    said: &Said,
    served: &BTreeSet<ContainerPort<'_>>,
) -> Vec<&'t Target> {
    let mut seen = BTreeSet::new();
    let open = |target: &&Target| {
        address(target).is_some_and(|(at, by)| said.outcome(at, by) == Some(Tried::Open))
    };
    let explained = |target: &Target| {
        let claims = listen.claims.iter();
        let claims = claims
            .filter(|claim| claim.name == target.container)
            .count();
        let mut own = rows
            .iter()
            .filter(|row| row.container == target.container && row.port == target.port);
        let greets = own.any(|row| row.tries.iter().any(|one| one.outcome.greets().is_some()));
        served.contains(&(target.container.as_str(), target.port)) || (greets && claims == 0)
    };
    let all = listen.targets.iter().filter(open);
    all.filter(|target| !explained(target))
        .filter(|target| seen.insert((target.container.as_str(), target.port)))
        .collect()
}

/// Those that answer in none of the other protocols. What greets as a database is not asked.
async fn not_of_protocols<'t>(
    eye: &Eye,
    targets: Vec<&'t Target>,
    said: &Said,
    asked: bool,
) -> Result<Vec<&'t Target>, String> {
    let greets = |target: &&Target| {
        let words = address(target).map(|(at, by)| said.words(at, by));
        words.is_some_and(|words| greeting(words, asked).is_some())
    };
    let (mut left, silent): (Vec<_>, Vec<_>) = targets.into_iter().partition(greets);
    if silent.is_empty() {
        return Ok(left);
    }
    let addresses: Vec<_> = silent.iter().filter_map(|target| address(target)).collect();
    // Where the database that is kept apart speaks PostgreSQL's protocol, its answer explains nothing.
    let postgres = (!asked).then_some(POSTGRES);
    let protocols: Vec<_> = PROTOCOLS.into_iter().chain(postgres).collect();
    let each = protocols.iter().map(|protocol| {
        let question = Question {
            send: protocol.question,
            most: MOST,
            within: ANSWERS,
        };
        answers(eye, &addresses, question)
    });
    let mut explained = vec![false; silent.len()];
    for (protocol, answers) in protocols.iter().zip(join_all(each).await) {
        for (explained, outcome) in explained.iter_mut().zip(&answers?) {
            *explained |= (protocol.answers)(received(outcome));
        }
    }
    let rest = silent.into_iter().zip(explained);
    left.extend(
        rest.filter(|(_, explained)| !explained)
            .map(|(target, _)| target),
    );
    Ok(left)
}

/// What watching a port showed, and why it is not known where that is so; `holds` says that the container has a mount with
/// the database's socket.
fn judge(
    port: u16,
    watched: &Watched,
    claim: Option<&Claim>,
    holds: bool,
) -> (Tried, Option<String>) {
    let heard = || watched.heard.iter().chain([&watched.page]);
    let mut first = watched.heard.iter().take(1);
    let greets = first.find_map(|bytes| greeting(bytes, watched.asked));
    let greets = greets.or_else(|| heard().find_map(|bytes| greeting_within(bytes)));
    let passes_on = match &watched.passes_on {
        Some(passes_on) => passes_on.clone(),
        None => Err("it was not watched".into()),
    };
    match (greets, passes_on, claim) {
        (Some(who), Ok(true), _) | (Some(who), _, None) => (Tried::Greets(who), None),
        (None, Ok(true), _) => (Tried::PassedOn, None),
        (Some(_), Ok(false), Some(claim)) => (Tried::Open, why_not_own(watched, claim, holds)),
        (Some(_), Err(why), Some(_)) => (Tried::Open, Some(whose_is_unclear(&why))),
        (None, ..) if page(&watched.page) => (Tried::Open, None),
        (None, Ok(false), _) if watched.ends => (Tried::Open, None),
        (None, Ok(false), _) => {
            let why = format!(
                "nothing that is known here answers on port {port}, and no connection to the database was held while one to that port was for {HELD} s"
            );
            (Tried::Open, Some(why))
        }
        (None, Err(why), _) => {
            let why = format!(
                "nothing that is known here answers on port {port}, and whether it leads to the database could not be seen: {why}"
            );
            (Tried::Open, Some(why))
        }
    }
}

/// Why a database that answers, and to which connections are not passed on one by one, may be another one all the same.
fn why_not_own(watched: &Watched, claim: &Claim, holds: bool) -> Option<String> {
    let connected = || {
        let mut all = claim.addresses.iter().filter_map(|one| one.parse().ok());
        all.any(|address| watched.connected.contains(&address))
    };
    let why = if holds {
        "it has a mount with the socket of the database that is kept apart"
    } else if connected() {
        "it holds a connection to the database that is kept apart"
    } else {
        return None;
    };
    Some(whose_is_unclear(why))
}

#[cfg(test)]
#[path = "between_tests.rs"]
mod tests;
