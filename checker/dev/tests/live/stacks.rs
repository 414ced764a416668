//! One stack from start to end, and the promise to clear it away however that ends.

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use labcheck_core::facts::Role;
use labcheck_core::lab::{Course, Lab};
use labcheck_dev::Root;
use labcheck_dev::stack::{Case, CaseKind, Docker, Stack};

use crate::graded::{grade, wants_restart};
use crate::lanes::{self, Lane};
use crate::{book, expect, recording, say, watched};

/// The runs at work, which are all that an interruption may clear away: another clone's may be up too.
static AT_WORK: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn at_work() -> MutexGuard<'static, BTreeSet<String>> {
    AT_WORK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a stack, grades it, and says what is not as declared.
pub(crate) fn try_out(root: &Root, case: &Case) -> Result<(), String> {
    prepare(root, case)?;
    let lab = Course::embedded()
        .and_then(|course| course.lab(&case.lab_name()))
        .map_err(|err| err.to_string())?;
    let lane = Lane::take(case);
    let starting = Instant::now();
    at_work().insert(case.run());
    let stack = Stack::start(root, case, lane.number).map_err(|err| err.to_string())?;
    let up = starting.elapsed();
    let grading = Instant::now();
    let told = graded(root, case, &lab, &stack);
    let grading = grading.elapsed();
    let stopping = Instant::now();
    let stopped = stack.stop().map_err(|err| err.to_string());
    at_work().remove(&case.run());
    say(&format!(
        "{}: up in {:.1} s, graded in {:.1} s, down in {:.1} s",
        case.run(),
        up.as_secs_f32(),
        grading.as_secs_f32(),
        stopping.elapsed().as_secs_f32()
    ));
    told.and(stopped)
}

fn graded(root: &Root, case: &Case, lab: &Lab, stack: &Stack) -> Result<(), String> {
    let text = |err: labcheck_dev::DevError| err.to_string();
    let first = grade(lab, &stack.flags(), false)?;
    // Counted after the first look, which waits for a stack that is still starting.
    let containers = stack.containers().map_err(text)?;
    let rows = stack.rows().map_err(text)?;
    let right = !matches!(case.kind, CaseKind::Mistake(..));
    if right
        && lab.roles.contains_key(&Role::Db)
        && rows.as_ref().is_none_or(|rows| rows.lines().count() < 2)
    {
        return Err("the rows of its database could not be counted".into());
    }
    let second = grade(lab, &stack.flags(), false)?;
    let mut wrong = expect::same_verdicts(&first, &second);
    wrong.extend(expect::untouched(
        "a container",
        &containers,
        &stack.containers().map_err(text)?,
    ));
    let lines = |rows: Option<String>| {
        rows.unwrap_or_default()
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    wrong.extend(expect::untouched(
        "a table's row count",
        &lines(rows),
        &lines(stack.rows().map_err(text)?),
    ));
    // The last grade may restart the database, which is why it is the last.
    let disruptive = match &case.kind {
        CaseKind::Solution => lab.checks.iter().any(wants_restart),
        CaseKind::Mistake(_, mistake) => lab
            .checks
            .iter()
            .any(|entry| mistake.fails.contains(&entry.id) && wants_restart(entry)),
        _ => false,
    };
    let last = if disruptive {
        grade(lab, &stack.flags(), true)?
    } else {
        second
    };
    wrong.extend(match &case.kind {
        CaseKind::Solution => expect::every_point(&last, &first),
        CaseKind::Starter => expect::starter(&last, &case.lab_name()),
        CaseKind::Mistake(_, mistake) => expect::mistake(&last, mistake, disruptive),
        CaseKind::Foreign(..) => expect::every_core_point(&last),
    });
    if let CaseKind::Solution = case.kind {
        wrong.extend(book::commands(root, case, stack)?);
        book::pictures(root, case, stack)?;
    }
    if std::env::var_os("LABCHECK_RECORD").is_some_and(|wanted| wanted == "1") {
        recording::write(root, case, stack, &last.facts)?;
    }
    // It stops and starts a container, so nothing is compared after it.
    wrong.extend(watched::on_screen(case, lab, stack)?);
    if wrong.is_empty() {
        Ok(())
    } else {
        Err([
            wrong.join("\n"),
            expect::report(&last),
            expect::fetched(&last),
        ]
        .join("\n\n"))
    }
}

/// What has to be there before the first stack, and before a lab's first: a clean engine, no other run beside this
/// one, and the lab's application built.
fn prepare(root: &Root, case: &Case) -> Result<(), String> {
    static READY: Mutex<(Option<File>, BTreeSet<u32>)> = Mutex::new((None, BTreeSet::new()));
    let mut ready = READY.lock().unwrap_or_else(PoisonError::into_inner);
    if ready.0.is_none() {
        ready.0 = Some(take_turn()?);
        let gone = Docker::sweep(None).map_err(|err| err.to_string())?;
        if !gone.is_empty() {
            say(&format!(
                "cleared away what an earlier run left: {}",
                gone.join(", ")
            ));
        }
    }
    if ready.1.insert(case.lab) {
        let building = Instant::now();
        Stack::warm(root, case.lab, lanes::count()).map_err(|err| err.to_string())?;
        say(&format!(
            "v{}: the application is built in {:.1} s",
            case.lab,
            building.elapsed().as_secs_f32()
        ));
    }
    Ok(())
}

/// Waits until no other run of these tests is at work on this machine: they would clear away each other's stacks.
fn take_turn() -> Result<File, String> {
    let lock = std::env::temp_dir().join("labcheck-live-stacks.lock");
    let wrong = |err: &dyn std::fmt::Display| format!("{}: {err}", lock.display());
    let file = File::open(&lock)
        .or_else(|_| File::create(&lock))
        .map_err(|err| wrong(&err))?;
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        say("another run of the live tests is at work; waiting for it");
        file.lock().map_err(|err| wrong(&err))?;
    }
    Ok(file)
}

/// Clears away and ends the program on Ctrl-C or SIGTERM.
pub(crate) fn watch_for_signals() {
    std::thread::spawn(|| {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
        else {
            return;
        };
        let name = runtime.block_on(async {
            let mut terminate =
                tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok()?;
            tokio::select! {
                _ = tokio::signal::ctrl_c() => Some("interrupted"),
                _ = terminate.recv() => Some("asked to stop"),
            }
        });
        let Some(name) = name else { return };
        say(&format!("{name}; clearing away"));
        let runs = at_work().clone();
        for err in runs.iter().filter_map(|run| Docker::sweep(Some(run)).err()) {
            say(&format!("error: {err}"));
        }
        std::process::exit(130);
    });
}
