//! Attempts from inside the proxy: which of the stack's addresses and names it can connect to.
//!
//! One program in the proxy's own container makes all attempts at once, with whatever is there to connect with; a second
//! one listens to what else stands between the proxy and the database.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::future::{join, join_all};

use super::confirm::{PAUSE, came_through, confirm};
use super::greeting::greeting;
use super::host_network::Guest;
use super::relays::Claim;
use super::targets::{Heard, Target, To, known, targets};
use super::unix_sockets::Shared;
use super::{host_network, relays, who_answers};
use super::{script, script_output};
use crate::stack::context::StackContext;
use crate::stack::network::{PATIENCE, millis};
use labcheck_core::facts::{ReachRow, Role, Seen, Status, Tool, Tried, Try, Vantage};
use labcheck_core::text;
use labcheck_engine::exec::{Ended, Program};
use labcheck_engine::model::inspected::Inspected;

/// Longest wait for the program as a whole.
const DEADLINE: Duration = Duration::from_secs(5);

/// Where the arguments of the program begin: `sh -c SCRIPT NAME`.
const ARGUMENTS: usize = PROGRAM.len();
/// What the program's command begins with.
pub(crate) const PROGRAM: [&str; 4] = ["sh", "-c", script::SHELL, "labcheck"];

/// Longest wait for a greeting: a connection that is passed on needs a second one first.
const HEARS: Duration = Duration::from_millis(1200);

/// What attempts from one container showed.
pub(crate) struct Found {
    /// The container they were made from.
    pub vantage: String,
    pub tool: Seen<Tool>,
    pub rows: Vec<ReachRow>,
    /// Containers whose ports could not all be listened to, each with why.
    pub unheard: Vec<(String, String)>,
}

/// What one program showed.
struct Told {
    tool: Seen<Tool>,
    rows: Vec<ReachRow>,
}

/// Attempts from every container that plays the proxy and has a network of its own.
pub(crate) async fn look(
    context: &StackContext<'_>,
    guests: &[Guest],
    shared: &Shared,
) -> Vec<Found> {
    let vantages = context.playing(Role::Proxy).into_iter().filter(|vantage| {
        !vantage.container.network_mode.is_host()
            && vantage.container.state.status == Status::Running
    });
    join_all(vantages.map(|vantage| from(context, vantage, guests, shared))).await
}

async fn from(
    context: &StackContext<'_>,
    vantage: &Inspected,
    guests: &[Guest],
    shared: &Shared,
) -> Found {
    let direct = direct(context, vantage, guests);
    let (told, (heard, unheard)) = join(direct, passed_on(context, vantage, guests, shared)).await;
    let mut rows = told.rows;
    for row in heard {
        merge(&mut rows, row);
    }
    Found {
        vantage: vantage.container.name.clone(),
        tool: told.tool,
        rows,
        unheard,
    }
}

/// Attempts to connect to the database itself, and to what shows that the attempts are worth something.
async fn direct(context: &StackContext<'_>, vantage: &Inspected, guests: &[Guest]) -> Told {
    let name = &vantage.container.name;
    let mut targets = targets(context, vantage);
    targets.extend(host_network::databases(context, vantage, guests));
    let program = program(&targets, &known(context), PATIENCE);
    let kept: Vec<&str> = context
        .playing(Role::Db)
        .into_iter()
        .map(|inspected| inspected.container.name.as_str())
        .collect();
    let run = async |image: Option<&str>| {
        let mut told = read(
            run(context, vantage, image, &program).await,
            name,
            &targets,
            image,
        );
        if came_through(&told.rows, &kept) {
            tokio::time::sleep(PAUSE).await;
            let again = read(
                run(context, vantage, image, &program).await,
                name,
                &targets,
                image,
            );
            confirm(&mut told.rows, &again.rows);
        }
        told
    };
    let proven = |told: &Told| told.tool.get().is_some_and(|tool| tool.control.is_some());
    let mut best = run(None).await;
    // Without anything in it to connect with, or with something that does not: from a container of another image in
    // the same network.
    if !proven(&best)
        && let Some(image) = context.tools()
    {
        let next = run(Some(image)).await;
        if proven(&next) || best.tool.get().is_none() {
            best = next;
        }
    }
    best
}

/// What greets at the ports of containers that may pass connections on, and those that could not be listened to.
async fn passed_on(
    context: &StackContext<'_>,
    vantage: &Inspected,
    guests: &[Guest],
    shared: &Shared,
) -> (Vec<ReachRow>, Vec<(String, String)>) {
    // Started at once: until it is known where there is something to listen to, it waits for that at its input.
    let waits = Program {
        talks: true,
        ..program(&[], &known(context), HEARS)
    };
    let (listen, waiting) = join(
        relays::targets(context, vantage, guests, shared),
        context.engine.exec(&vantage.container.id, &waits),
    )
    .await;
    let (targets, mut unheard) = (listen.targets, listen.unheard);
    if targets.is_empty() {
        if let Ok(waiting) = waiting {
            let _ = context.engine.finish(waiting, "", HEARS).await;
        }
        return (Vec::new(), unheard);
    }
    let name = &vantage.container.name;
    let program = program(&targets, &known(context), HEARS);
    let before = who_answers::tables(context, &listen.claims).await;
    let input = lines(&program.cmd);
    let ended = match waiting {
        Ok(waiting) => context.engine.finish(waiting, &input, DEADLINE).await,
        Err(why) => Err(why),
    };
    let mut told = read(ended, name, &targets, None);
    // They listen, so a program that can connect at all connects to one of them.
    let silent = !told.rows.iter().any(ReachRow::open);
    if silent && let Some(image) = context.tools() {
        let next = run(context, vantage, Some(image), &program).await;
        let next = read(next, name, &targets, Some(image));
        if next.tool.get().is_some() {
            told = next;
        }
    }
    if before.asked() {
        let after = who_answers::tables(context, &listen.claims).await;
        let whose = |claim: &Claim| who_answers::whose(claim, shared, &before, &after);
        unheard.extend(who_answers::settle(&mut told.rows, &listen.claims, whose));
    }
    if let Seen::Unseen(why) = &told.tool {
        let names: BTreeSet<&String> = targets.iter().map(|target| &target.container).collect();
        unheard.extend(names.into_iter().map(|name| (name.clone(), why.clone())));
    }
    (told.rows, unheard)
}

/// Runs a program in the container itself, or in one of an image in its network.
async fn run(
    context: &StackContext<'_>,
    vantage: &Inspected,
    image: Option<&str>,
    program: &Program,
) -> Result<Ended, String> {
    let id = &vantage.container.id;
    match image {
        None => context.engine.run(id, program, "", DEADLINE).await,
        Some(image) => context.sidecars.run(id, image, program, DEADLINE).await,
    }
}

/// Adds a row, or its attempts to the row that is there already: a greeting says more than that a port is open.
fn merge(rows: &mut Vec<ReachRow>, row: ReachRow) {
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

/// What was found, from what the program said; an image says that it ran in a container next to it.
fn read(ended: Result<Ended, String>, name: &str, targets: &[Target], image: Option<&str>) -> Told {
    let unseen = |why: String| Told {
        tool: Seen::Unseen(why),
        rows: Vec::new(),
    };
    let ended = match ended {
        Ok(ended) => ended,
        Err(why) => return unseen(why),
    };
    let said = script_output::read(&ended.out);
    if ended.missing() || said.program.is_empty() {
        let none = "there is nothing in it to connect with (bash, python3 or nc)";
        return unseen(none.into());
    }
    let (control, rows) = rows(name, targets, &said);
    let tool = Tool {
        program: said.program,
        sidecar: image.is_some(),
        control,
    };
    Told {
        tool: Seen::Seen(tool),
        rows,
    }
}

/// The program with what it is to try.
fn program(targets: &[Target], known: &BTreeSet<String>, patience: Duration) -> Program {
    let mut cmd: Vec<String> = PROGRAM.map(str::to_owned).into();
    for target in targets {
        let word = match (&target.to, target.heard) {
            (To::Name(_), _) => "name",
            (_, None) => "at",
            (_, Some(Heard::Unasked)) => "hear",
            (_, Some(Heard::Asked)) => "ask",
        };
        let (To::Address(to) | To::Machine(to) | To::Name(to)) = &target.to;
        cmd.extend([word.to_owned(), to.clone(), target.by.to_string()]);
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    Program {
        cmd,
        env: script::env(&known, patience),
        talks: false,
    }
}

/// The arguments of the program as lines for its input.
fn lines(cmd: &[String]) -> String {
    let tries = cmd.get(ARGUMENTS..).unwrap_or_default();
    let lines = tries.chunks(3).map(|words| words.join(" ") + "\n");
    lines.collect()
}

/// The attempts from a container as rows, and the control that succeeded.
fn rows(
    vantage: &str,
    targets: &[Target],
    said: &script_output::Said,
) -> (Option<String>, Vec<ReachRow>) {
    let mut rows: BTreeMap<(String, u16), Vec<Try>> = BTreeMap::new();
    let mut control = None;
    for target in targets {
        let late = Tried::TimedOut(millis(target.heard.map_or(PATIENCE, |_| HEARS)));
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
fn outcome(target: &Target, address: &str, said: &script_output::Said) -> Option<Tried> {
    let shown = said.outcome(address, target.by)?;
    let greets = target
        .heard
        .filter(|_| shown == Tried::Open)
        .and_then(|heard| greeting(said.words(address, target.by), heard == Heard::Asked));
    Some(greets.map_or(shown, Tried::Greets))
}

/// What a name led to, and whether that could be connected to.
fn by_name(name: &str, port: u16, said: &script_output::Said, late: &Tried) -> Vec<Try> {
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

#[cfg(test)]
#[path = "attempts_tests.rs"]
mod tests;
