//! Attempts by a program of the stack, where the grader's own cannot run: out of the container's own image, or out of the
//! database's. What it prints is believed, and the report says so.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::confirm::{PAUSE, came_through, confirm};
use super::relays::Listen;
use super::rows::rows;
use super::targets::{Heard, Target, To, known};
use super::{script, script_output};
use crate::stack::context::StackContext;
use crate::stack::network::PATIENCE;
use labcheck_core::facts::{ReachRow, Seen, Tool, Tried};
use labcheck_engine::exec::{Ended, Program};
use labcheck_engine::model::inspected::Inspected;

/// Longest wait for the program as a whole.
const DEADLINE: Duration = Duration::from_secs(5);

/// Longest wait for a greeting: a connection that is passed on needs a second one first.
const HEARS: Duration = Duration::from_millis(1200);

/// What the program's command begins with.
pub(crate) const PROGRAM: [&str; 4] = ["sh", "-c", script::SHELL, "labcheck"];

/// What one program showed.
pub(crate) struct Told {
    pub tool: Seen<Tool>,
    pub rows: Vec<ReachRow>,
}

/// Attempts to connect to the database itself, and to what shows that the attempts are worth something; `why` is the reason
/// why the grader's own program does not make them.
pub(crate) async fn direct(
    context: &StackContext<'_>,
    vantage: &Inspected,
    targets: &[Target],
    kept: &[&str],
    why: &str,
) -> Told {
    let name = &vantage.container.name;
    let program = program(targets, &known(context), PATIENCE);
    let once = async |image: Option<&str>| {
        let ended = run(context, vantage, image, &program).await;
        read(ended, name, (targets, PATIENCE), image, why)
    };
    let run = async |image: Option<&str>| {
        let mut told = once(image).await;
        if came_through(&told.rows, kept) {
            tokio::time::sleep(PAUSE).await;
            confirm(&mut told.rows, &once(image).await.rows);
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
pub(crate) async fn passed_on(
    context: &StackContext<'_>,
    vantage: &Inspected,
    listen: Listen,
    why: &str,
) -> (Vec<ReachRow>, BTreeMap<String, String>) {
    let (targets, mut unheard) = (listen.targets, listen.unheard);
    if targets.is_empty() {
        return (Vec::new(), unheard);
    }
    let name = &vantage.container.name;
    let program = program(&targets, &known(context), HEARS);
    let ended = run(context, vantage, None, &program).await;
    let mut told = read(ended, name, (&targets, HEARS), None, why);
    // They listen, so a program that can connect at all connects to one of them.
    let silent = !told.rows.iter().any(ReachRow::open);
    if silent && let Some(image) = context.tools() {
        let next = run(context, vantage, Some(image), &program).await;
        let next = read(next, name, (&targets, HEARS), Some(image), why);
        if next.tool.get().is_some() {
            told = next;
        }
    }
    for row in &mut told.rows {
        let claims = listen
            .claims
            .iter()
            .any(|claim| claim.name == row.container);
        let greeted = row.tries.iter_mut();
        for one in greeted.filter(|one| claims && one.outcome.greets().is_some()) {
            // Only the kernel's tables of connections could tell, which no program of the stack is believed to show.
            one.outcome = Tried::Open;
            unheard.insert(row.container.clone(), whose_is_unclear(why));
        }
    }
    if let Seen::Unseen(why) = &told.tool {
        let names = targets.iter().map(|target| target.container.clone());
        unheard.extend(names.map(|name| (name, why.clone())));
    }
    (told.rows, unheard)
}

/// How it is said that a database which answers may be another one than the container's own.
pub(crate) fn whose_is_unclear(why: &str) -> String {
    format!("whether the database that answers there is its own is not known: {why}")
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

/// What was found, from what the program said; an image says that it ran in a container next to it.
fn read(
    ended: Result<Ended, String>,
    name: &str,
    (targets, patience): (&[Target], Duration),
    image: Option<&str>,
    instead: &str,
) -> Told {
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
    let (control, rows) = rows(name, targets, &said, patience);
    let tool = Tool {
        program: said.program,
        sidecar: image.is_some(),
        control,
        by_program: Some(instead.to_owned()),
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
