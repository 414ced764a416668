//! Taking the stack down and up again, with something stored before and looked for afterwards. Only with `--disruptive`,
//! last of all, and never where data would be lost.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::data_mounts::would_lose;
use super::own;
use super::visit::Visit;
use crate::compose::elsewhere;
use crate::database::account::inquiry::Inquiry;
use crate::database::schema::snapshot::Snapshot;
use crate::database::undo_afresh::undo_afresh;
use crate::endpoint::host_names;
use crate::interrupt::Stop;
use crate::round_trip::payload::Nonce;
use crate::stack::assign::assign;
use crate::stack::choose::choose;
use crate::stack::context::{FixedContext, StackContext};
use crate::stack::secrets::SecretSources;
use crate::stack::{images, settle};
use crate::{ProbeError, Progress};
use labcheck_core::check::Want;
use labcheck_core::facts::{Recreated, Role, RoundTrip, Seen, Step};
use labcheck_engine::compose::cli::Project;
use labcheck_engine::sidecars::Sidecars;

/// How long the application may take, once its container is up, until it answers with what was stored.
const BACK: Duration = Duration::from_secs(45);
/// Between two questions.
const PACE: Duration = Duration::from_millis(300);
/// Takes the stack down and up, when a check wants it and the flag allows it.
///
/// # Errors
/// The person at the keyboard broke it off; the stack is up again by then.
pub(crate) async fn look(
    context: &StackContext<'_>,
    data: Option<&str>,
    progress: &dyn Progress,
) -> Result<Option<Seen<Recreated>>, ProbeError> {
    let wanted = context.plan.wants.contains(&Want::DownUp) && context.plan.target.disruptive;
    if !wanted {
        return Ok(None);
    }
    let recreated = recreate(context, data, progress).await;
    context.sidecars.clear().await;
    match recreated? {
        Ok(recreated) => Ok(Some(Seen::Seen(recreated))),
        Err(why) => Ok(Some(Seen::Unseen(why))),
    }
}

async fn recreate(
    context: &StackContext<'_>,
    data: Option<&str>,
    progress: &dyn Progress,
) -> Result<Result<Recreated, String>, ProbeError> {
    let project = match project(context) {
        Ok(project) => project,
        Err(why) => return Ok(Err(why)),
    };
    let mut result = Recreated {
        project: project.name.clone(),
        ..Recreated::default()
    };
    result.would_lose = context
        .playing(Role::Db)
        .into_iter()
        .find_map(|inspected| would_lose(inspected, data));
    if result.would_lose.is_some() {
        return Ok(Ok(result));
    }
    if let Err(why) = elsewhere::nothing(&project).await {
        return Ok(Err(why));
    }
    if let Err(why) = project.readable().await {
        return Ok(Err(why));
    }
    let inquiry = match Inquiry::plan(context) {
        Ok(inquiry) => inquiry,
        Err(why) => return Ok(Err(why)),
    };
    // What lies in the tables has to be known first, or the grader could not tell what it has to delete.
    if let Err(why) = inquiry.open(None).await {
        return Ok(Err(why));
    }
    let nonce = Nonce::fresh(context.plan.target.nonce.as_deref())?;
    let mut stop = Stop::listen();
    if let Err(why) = store(context, &nonce, progress).await {
        let _ = undo_afresh(&inquiry, &nonce.name).await;
        return Ok(Err(why));
    }
    let work = async {
        progress.now(&format!(
            "taking project `{}` down and up again",
            project.name
        ));
        let down = project.down().await;
        // Whatever became of that, it has to be up afterwards.
        (down, project.up().await)
    };
    let mut work = std::pin::pin!(work);
    let mut told = false;
    let (down, up) = tokio::select! {
        done = &mut work => done,
        () = stop.told() => {
            told = true;
            progress.now("interrupted: bringing the stack up again first");
            work.await
        }
    };
    if let Err(said) = up {
        result.not_up = Some(context.secrets.show(&said, 300));
        return Ok(Ok(result));
    }
    let stored = Stored {
        nonce: &nonce,
        before: inquiry.before.borrow().clone(),
    };
    // The student who interrupted waits for no answer, only until the rows are taken out again.
    let patience = if told { Duration::ZERO } else { BACK };
    let looked_for = afterwards(context, stored, patience, &mut result, progress);
    let undone = Box::pin(looked_for).await?;
    if told {
        let stayed = undone.why();
        let stayed = stayed.map(|why| {
            format!(
                "rows named `{}` may stay in the database: {why}",
                nonce.name
            )
        });
        return Err(ProbeError::Interrupted { stayed });
    }
    if let Err(said) = down {
        return Ok(Err(format!("`docker compose down` failed: {said}")));
    }
    result.undone = Some(undone);
    Ok(Ok(result))
}

/// The one project that the application and its database belong to.
fn project(context: &StackContext<'_>) -> Result<Project, String> {
    let of = |role: Role| {
        let all = context.playing(role);
        let mut names: Vec<Option<&str>> = all
            .iter()
            .map(|inspected| inspected.container.project.as_deref())
            .collect();
        names.dedup();
        match names.as_slice() {
            [Some(name)] => Ok(*name),
            [None] => Err(format!("{} was not made by Compose", role.phrase())),
            [] => Err(format!("{} was not found", role.phrase())),
            _ => Err(format!("{} belongs to several projects", role.phrase())),
        }
    };
    let (app, db) = (of(Role::App)?, of(Role::Db)?);
    if app != db {
        return Err(format!(
            "the application belongs to project `{app}` and its database to `{db}`"
        ));
    }
    Project::named(app, &context.stack.containers, &context.engine.cli)
}

/// Stores a manufacturer and sees that it is there.
async fn store(
    context: &StackContext<'_>,
    nonce: &Nonce,
    progress: &dyn Progress,
) -> Result<(), String> {
    let learned = host_names::learn(context).await;
    let visit = Visit::plan(*context, &learned).map_err(|err| err.to_string())?;
    let (steps, posted) = (BTreeSet::from([Step::Store]), Cell::new(false));
    let driver = visit.driver(&steps, nonce, &posted, progress).await?;
    driver.first(&mut RoundTrip::default()).await;
    let there = driver.still_there().await;
    there.map_err(|why| format!("what was stored is not found even before: {why}"))
}

/// What was stored before the containers were removed.
struct Stored<'a> {
    nonce: &'a Nonce,
    /// What lay in the tables before it was stored.
    before: Option<Rc<Snapshot>>,
}

/// Looks for what was stored in the new containers, for as long as `patience`, and takes it out again.
async fn afterwards(
    context: &StackContext<'_>,
    Stored { nonce, before }: Stored<'_>,
    patience: Duration,
    result: &mut Recreated,
    progress: &dyn Progress,
) -> Result<Seen<u64>, ProbeError> {
    let began = Instant::now();
    let (engine, plan) = (context.engine, context.plan);
    let there = own::others(engine, Some(context.sidecars), engine.list().await?);
    let ids = choose(&there, &plan.target, plan.lab.as_str())?.ids;
    let (mut stack, processes) = Box::pin(settle::settled(engine, &ids, plan, progress)).await?;
    let roles = assign(&stack, &processes, plan)?;
    let mut secrets = context.secrets.clone();
    let envs = images::inspect(engine, &mut stack, &mut secrets).await?;
    let sources = SecretSources {
        engine,
        stack: &stack,
        roles: &roles,
        plan,
    };
    let stack_secrets = sources.learn(envs, &mut secrets).await;
    let sidecars = Sidecars::new(engine);
    let context = StackContext {
        fixed: FixedContext {
            sidecars: &sidecars,
            there: &there,
            processes: &processes,
            roles: &roles,
            stack_secrets: &stack_secrets,
            ..context.fixed
        },
        stack: &stack,
        secrets: &secrets,
    };
    let until = Instant::now() + patience;
    loop {
        match found(&context, nonce, progress).await {
            Ok(()) => {
                result.found_ms =
                    Some(u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX));
                result.last = "it answered with what was stored".into();
                break;
            }
            Err(last) => result.last = secrets.show(&last, 300),
        }
        if Instant::now() >= until {
            break;
        }
        tokio::time::sleep(PACE).await;
    }
    let undone = match Inquiry::plan(&context) {
        Ok(inquiry) => {
            inquiry.before.replace(before);
            undo_afresh(&inquiry, &nonce.name).await
        }
        Err(why) => Seen::Unseen(why),
    };
    sidecars.clear().await;
    Ok(undone)
}

async fn found(
    context: &StackContext<'_>,
    nonce: &Nonce,
    progress: &dyn Progress,
) -> Result<(), String> {
    let learned = host_names::learn(context).await;
    let visit = Visit::plan(*context, &learned).map_err(|err| err.to_string())?;
    let (steps, posted) = (BTreeSet::new(), Cell::new(false));
    let driver = visit.driver(&steps, nonce, &posted, progress).await?;
    driver.still_there().await
}
