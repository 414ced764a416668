//! Attempts from inside a container as rows of the table, whichever program made them. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use super::greeting::greeting;
use super::said::Said;
use super::targets::{Heard, Target, To};
use crate::stack::network::millis;
use labcheck_core::facts::{ReachRow, Tried, Try, Vantage};
use labcheck_core::text;

/// The attempts from a container as rows, each of which was given so much time, and the control that succeeded.
pub(crate) fn rows(
    vantage: &str,
    targets: &[Target],
    said: &Said,
    patience: Duration,
) -> (Option<String>, Vec<ReachRow>) {
    let mut rows: BTreeMap<(String, u16), Vec<Try>> = BTreeMap::new();
    let mut control = None;
    for target in targets {
        let late = Tried::TimedOut(millis(patience));
        let tries: Vec<Try> = match &target.to {
            To::Address(address) | To::Machine(address) => {
                let outcome = outcome(target, address, said).unwrap_or(late);
                let machine = matches!(target.to, To::Machine(_));
                vec![Try {
                    at: format!("{}:{}", text::host(address), target.by),
                    name: machine.then(|| "the machine itself".to_owned()),
                    outcome,
                }]
            }
            To::Name(name) => by_name(name, target.by, said, &late),
        };
        if target.control && control.is_none() {
            let open = tries.iter().find(|one| one.outcome.open());
            control = open.map(|one| one.at.clone());
        }
        let row = rows
            .entry((target.container.clone(), target.port))
            .or_default();
        row.extend(
            tries
                .into_iter()
                .filter(|one| !row.contains(one))
                .collect::<Vec<_>>(),
        );
    }
    let rows = rows
        .into_iter()
        .map(|((container, port), tries)| ReachRow {
            container,
            port,
            proto: "tcp".into(),
            from: Vantage::Proxy(vantage.to_owned()),
            asked: Vec::new(),
            effective: Vec::new(),
            tries,
        })
        .collect();
    (control, rows)
}

/// What an attempt showed, and whether a database greeted.
fn outcome(target: &Target, address: &str, said: &Said) -> Option<Tried> {
    let shown = said.outcome(address, target.by)?;
    let greets = target
        .heard
        .filter(|_| shown == Tried::Open)
        .and_then(|heard| greeting(said.words(address, target.by), heard == Heard::Asked));
    Some(greets.map_or(shown, Tried::Greets))
}

/// What a name led to, and whether that could be connected to.
fn by_name(name: &str, port: u16, said: &Said, late: &Tried) -> Vec<Try> {
    let to = |at: String, outcome: Tried| Try {
        at,
        name: Some(name.to_owned()),
        outcome,
    };
    match said.led(name) {
        None if said.no_names => vec![to(
            String::new(),
            Tried::Untried("there is no program to look names up with".into()),
        )],
        None => vec![to(String::new(), late.clone())],
        Some([]) => vec![to(String::new(), Tried::NoName)],
        Some(addresses) => addresses
            .iter()
            .map(|(address, of_stack)| {
                let at = format!("{}:{port}", text::host(address));
                if *of_stack {
                    let outcome = said.outcome(address, port).unwrap_or(late.clone());
                    to(at, outcome)
                } else {
                    to(at, Tried::Elsewhere)
                }
            })
            .collect(),
    }
}

/// Adds a row, or its attempts to the row that is there already: a greeting says more than that a port is open.
pub(crate) fn merge(rows: &mut Vec<ReachRow>, row: ReachRow) {
    let same = |other: &&mut ReachRow| other.container == row.container && other.port == row.port;
    let Some(own) = rows.iter_mut().find(same) else {
        rows.push(row);
        return;
    };
    for one in row.tries {
        let mut all = own.tries.iter_mut();
        match all.find(|other| other.at == one.at && other.name == one.name) {
            Some(other) if one.outcome.greets().is_some() => *other = one,
            Some(_) => {}
            None => own.tries.push(one),
        }
    }
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
