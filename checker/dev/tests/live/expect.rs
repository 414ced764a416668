//! What a grade has to be like for each sort of stack. Every answer is a list of what is not so.

use std::collections::BTreeSet;

use labcheck_core::facts::Seen;
use labcheck_core::grade::{Grade, Graded, Mark, Outcome};
use labcheck_core::report::{self, ReportVerdict, Style};
use labcheck_dev::stack::Mistake;
use labcheck_dev::tasks;

use crate::graded::wants_restart;

/// The finished lab earns every point, and without `--disruptive` loses none.
pub(crate) fn every_point(disruptive: &Grade, plain: &Grade) -> Vec<String> {
    let mut wrong = not_passed(disruptive, |_| true);
    wrong.extend(not_passed(plain, |check| !wants_restart(&check.entry)));
    wrong.extend(
        (plain.outcome() != Outcome::Passed)
            .then(|| "without --disruptive, the lab is not passed".to_owned()),
    );
    wrong
}

/// A stack of another shape earns every core point.
pub(crate) fn every_core_point(grade: &Grade) -> Vec<String> {
    not_passed(grade, |check| check.entry.core)
}

/// The starter fails a core check of its own lab, and no task is done already.
pub(crate) fn starter(grade: &Grade, lab: &str) -> Vec<String> {
    let own = grade
        .checks
        .iter()
        .filter(|check| check.entry.id.lab() == lab && check.entry.core);
    let mut wrong = Vec::new();
    if !own
        .clone()
        .any(|check| matches!(check.mark, Mark::Fail(_)) || check.mark.costs())
    {
        wrong.push("no core check of its own lab is red".to_owned());
    }
    let done = tasks::of(lab).filter(|task| {
        task.shown_by
            .iter()
            .all(|id| grade.check(id).is_some_and(|check| check.mark.passed()))
    });
    wrong.extend(done.map(|task| {
        format!(
            "`{}` is done already: {} passes in the starter",
            task.id,
            task.shown_by.join(", ")
        )
    }));
    wrong
}

/// A mistake fails what it declares, with the blame it declares, and says so in the student's own words.
pub(crate) fn mistake(grade: &Grade, declared: &Mistake, disruptive: bool) -> Vec<String> {
    let ids = |wanted: fn(&Mark) -> bool| -> BTreeSet<&str> {
        grade
            .checks
            .iter()
            .filter(|check| wanted(&check.mark))
            .map(|check| check.entry.id.as_str())
            .collect()
    };
    let mut wrong = Vec::new();
    let fails: BTreeSet<&str> = declared
        .fails
        .iter()
        .map(labcheck_core::lab::CheckId::as_str)
        .collect();
    let failed = ids(|mark| matches!(mark, Mark::Fail(_)));
    wrong.extend(
        failed
            .difference(&fails)
            .map(|id| format!("{id} fails, which is not declared")),
    );
    wrong.extend(
        fails
            .difference(&failed)
            .map(|id| format!("{id} is declared to fail, but does not")),
    );
    let mut open: BTreeSet<&str> = declared
        .unknown
        .iter()
        .map(labcheck_core::lab::CheckId::as_str)
        .collect();
    let unknown = ids(|mark| matches!(mark, Mark::Unknown(_)));
    if fails.is_empty() {
        wrong.extend(
            open.difference(&unknown)
                .map(|id| format!("{id} is declared to be unknown, but is not")),
        );
    }
    if !disruptive {
        open.extend(
            grade
                .checks
                .iter()
                .filter(|check| wants_restart(&check.entry))
                .map(|check| check.entry.id.as_str()),
        );
    }
    wrong.extend(
        unknown
            .difference(&open)
            .map(|id| format!("{id} is unknown, which is not declared")),
    );
    let own = own_words(grade);
    for check in &grade.checks {
        let Mark::Fail(finding) = &check.mark else {
            continue;
        };
        let id = &check.entry.id;
        if finding.blame != declared.blame {
            wrong.push(format!(
                "{id} blames {:?}, not {:?}",
                finding.blame, declared.blame
            ));
        }
        let evidence = finding
            .evidence
            .iter()
            .map(|seen| format!("{} {}", seen.what, seen.try_it));
        let said = format!(
            "{} {} {}",
            finding.expected,
            finding.found,
            evidence.collect::<Vec<_>>().join(" ")
        );
        if !own.iter().any(|word| names(&said, word)) {
            wrong.push(format!(
                "{id} names none of the student's services, networks, users and ports"
            ));
        }
    }
    wrong
}

/// The same verdicts twice.
pub(crate) fn same_verdicts(first: &Grade, second: &Grade) -> Vec<String> {
    let said = |check: &Graded| {
        let found = check
            .mark
            .finding()
            .map_or("", |finding| finding.found.as_str());
        format!("{} ({found})", ReportVerdict::of(&check.mark))
    };
    let both = first.checks.iter().zip(&second.checks);
    let differ =
        both.filter(|(one, other)| ReportVerdict::of(&one.mark) != ReportVerdict::of(&other.mark));
    differ
        .map(|(one, other)| {
            format!(
                "{} is {} at first and {} at the second look",
                one.entry.id,
                said(one),
                said(other)
            )
        })
        .collect()
}

/// Nothing that grading should leave alone was changed.
pub(crate) fn untouched(what: &str, before: &[String], after: &[String]) -> Vec<String> {
    let gone = before
        .iter()
        .filter(|row| !after.contains(row))
        .map(|row| format!("before: {row}"));
    let new = after
        .iter()
        .filter(|row| !before.contains(row))
        .map(|row| format!("after: {row}"));
    gone.chain(new)
        .map(|row| format!("grading changed {what}; {row}"))
        .collect()
}

/// The report, for the author who has to find out what went wrong.
pub(crate) fn report(grade: &Grade) -> String {
    report::terminal(
        grade,
        Style {
            colour: false,
            width: 100,
            took_ms: None,
            onward: true,
        },
    )
}

/// What the round trip fetched and what its pictures said, as facts: the page itself is gone when a test ends.
pub(crate) fn fetched(grade: &Grade) -> String {
    let Some(Seen::Seen(round_trip)) = &grade.facts.round_trip else {
        return String::new();
    };
    format!(
        "hash {:?}\ncode {:?}\nfetched {:#?}",
        round_trip.hash, round_trip.qr, round_trip.found
    )
}

fn not_passed(grade: &Grade, of: impl Fn(&Graded) -> bool) -> Vec<String> {
    let red = grade
        .checks
        .iter()
        .filter(|check| of(check) && !check.mark.passed());
    red.map(|check| format!("{} is {}", check.entry.id, ReportVerdict::of(&check.mark)))
        .collect()
}

/// Names of services, containers and networks, users of the database, and ports.
fn own_words(grade: &Grade) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for container in &grade.facts.containers {
        words.extend([container.known_as().to_owned(), container.name.clone()]);
        let ports = container.ports.iter().chain(&container.ports_asked);
        words.extend(
            ports
                .flat_map(|port| [port.host, port.container])
                .filter(|port| *port > 0)
                .map(|port| port.to_string()),
        );
    }
    words.extend(
        grade
            .facts
            .networks
            .iter()
            .map(|network| network.name.clone()),
    );
    // A network that no container is on is in the compose file alone.
    for declared in grade.facts.declared.iter().flatten() {
        let networks = declared.networks.get().into_iter().flatten();
        words.extend(networks.map(|network| network.key.clone()));
    }
    let sql = grade.facts.database.as_ref().and_then(Seen::get);
    let accounts = sql
        .and_then(|sql| sql.accounts.as_ref())
        .and_then(Seen::get);
    words.extend(
        accounts
            .into_iter()
            .flatten()
            .map(|account| account.user.clone()),
    );
    words.remove("");
    words
}

/// Whether a text holds a word by itself.
fn names(text: &str, word: &str) -> bool {
    let edge = |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| {
        edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next())
    })
}
