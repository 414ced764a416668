//! Waiting until the stack has settled: nothing starts, restarts or is checked for its health any more.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::{join, join_all};
use tokio::time::Instant;

use super::lenders::lenders;
use super::resources::{OfStack, Resources};
use crate::{ProbeError, Progress};
use labcheck_core::facts::{Dependency, Health, Process, Seen, Status};
use labcheck_core::grade::Plan;
use labcheck_core::text;
use labcheck_engine::client::Engine;
use labcheck_engine::error::EngineError;
use labcheck_engine::model::inspected::{ContainerSummary, Inspected, Stack};
use labcheck_engine::model::socket_mounts::{self, Backing};
use labcheck_engine::model::socket_path;
use labcheck_engine::wait::pending;

/// How long Compose is given to start what waited for a container that is healthy now: it asks twice a second.
const FOLLOWS: Duration = Duration::from_secs(3);

/// Process lists by container name.
pub(crate) type Processes = BTreeMap<String, Seen<Vec<Process>>>;

/// Containers of which the engine does not speak, by id.
type Silent = BTreeMap<String, Inspected>;

/// Everything the engine says of the stack, once it has settled or the deadline has passed.
///
/// # Errors
/// The engine was lost on the way.
pub(crate) async fn settled(
    engine: &Engine,
    ids: &[String],
    plan: &Plan,
    progress: &dyn Progress,
) -> Result<(Stack, Processes), ProbeError> {
    let last = Instant::now() + plan.target.wait;
    let mut silent = Silent::new();
    let first = Box::pin(inspect_all(engine, ids, &mut silent));
    let (resources, mut found) = join(Resources::list(engine), first).await;
    let resources = resources?;
    let mut said = String::new();
    // Each container has one deadline, from when it was first seen to be on its way.
    let mut deadlines: BTreeMap<String, Instant> = BTreeMap::new();
    let mut after: BTreeMap<String, Instant> = BTreeMap::new();
    loop {
        let (containers, processes) = found?;
        let now = Instant::now();
        let mut waited_for = Vec::new();
        for inspected in &containers {
            let name = &inspected.container.name;
            let Some(pending) = pending(inspected, processes.get(name)) else {
                continue;
            };
            let until = deadlines
                .entry(name.clone())
                .or_insert_with(|| last.min(now + pending.patience));
            if *until > now {
                waited_for.push((pending.what, *until));
            }
        }
        // What was waited for is well now, so Compose starts whatever it held back.
        if waited_for.is_empty() && !deadlines.is_empty() {
            for next in containers.iter().filter(|next| follows(next, &containers)) {
                let name = &next.container.name;
                let until = *after.entry(name.clone()).or_insert(last.min(now + FOLLOWS));
                if until > now {
                    let what = format!("`{}` is about to start", next.container.known_as());
                    waited_for.push((what, until));
                }
            }
        }
        let Some(until) = waited_for.iter().map(|(_, until)| *until).max() else {
            let mut containers = containers;
            let lenders = lenders(engine, &containers).await?;
            let engines = socket_path::around(engine.socket.as_deref());
            socket_mounts::note(&mut containers, &resources.volumes, &engines);
            let volume_folders =
                resources
                    .volumes
                    .iter()
                    .filter_map(|(volume, behind)| match behind {
                        Backing::Folder(folder) => Some((volume.name.clone(), folder.clone())),
                        Backing::Engine | Backing::Memory => None,
                    });
            let volume_folders = volume_folders.collect();
            let OfStack {
                networks,
                gateways,
                volumes,
            } = resources.of_stack(&containers, &lenders, plan.lab.as_str());
            let stack = Stack {
                containers,
                lenders,
                networks,
                gateways,
                volumes,
                shown: volume_folders,
                waited: !deadlines.is_empty(),
                ..Stack::default()
            };
            return Ok((stack, processes));
        };
        let what: Vec<String> = waited_for.into_iter().map(|(what, _)| what).collect();
        let what: Vec<_> = what.iter().map(|what| text::retold(what)).collect();
        let what = text::list(&what);
        if what != said {
            progress.now(&text::say!("waiting: {waiting}", waiting = what));
            said = what;
        }
        engine.stirring(ids, until).await;
        found = inspect_all(engine, ids, &mut silent).await;
    }
}

/// Whether a container was made but not started, and everything that Compose waits for before it does so is well.
fn follows(inspected: &Inspected, all: &[Inspected]) -> bool {
    let own = &inspected.container;
    let well = |dependency: &Dependency| {
        let mut others = all.iter().map(|other| &other.container).filter(|other| {
            other.project == own.project && other.service.as_ref() == Some(&dependency.service)
        });
        others.all(|other| match dependency.condition.as_str() {
            "service_healthy" => other.health == Health::Healthy,
            "service_completed_successfully" => {
                other.state.status == Status::Exited && other.state.exit_code == 0
            }
            _ => other.state.status == Status::Running,
        })
    };
    own.state.status == Status::Created
        && own.state.error.is_empty()
        && own.depends_on.iter().flatten().count() > 0
        && own.depends_on.iter().flatten().all(well)
}

/// Every container of the stack that is still there, and the process lists of those that run. Of one that is silent no more
/// is asked.
async fn inspect_all(
    engine: &Engine,
    ids: &[String],
    silent: &mut Silent,
) -> Result<(Vec<Inspected>, Processes), ProbeError> {
    let asked: Vec<&String> = ids.iter().filter(|id| !silent.contains_key(*id)).collect();
    let found = join_all(asked.iter().map(|id| engine.inspect(id)));
    let (found, lists) = join(found, join_all(asked.iter().map(|id| engine.top(id)))).await;
    let mut processes = Processes::new();
    let mut containers = Vec::new();
    for (id, (inspected, list)) in asked.into_iter().zip(found.into_iter().zip(lists)) {
        let inspected = match inspected {
            Ok(Some(inspected)) => inspected,
            Ok(None) => continue,
            Err(err) => {
                let unseen = unseen(engine, id, err).await?;
                silent.extend(unseen.map(|unseen| (id.clone(), unseen)));
                continue;
            }
        };
        if inspected.container.state.status == Status::Running {
            processes.insert(inspected.container.name.clone(), list);
        }
        containers.push(inspected);
    }
    containers.extend(silent.values().cloned());
    containers.sort_by(|a, b| a.container.name.cmp(&b.container.name));
    Ok((containers, processes))
}

/// A container of which the engine does not speak, while it still lists it: that is the trouble of this one alone. `None`
/// where it is gone.
///
/// # Errors
/// `err`, where the engine does not even list its containers.
pub(crate) async fn unseen(
    engine: &Engine,
    id: &str,
    err: EngineError,
) -> Result<Option<Inspected>, ProbeError> {
    let Ok(rows) = engine.list().await else {
        return Err(err.into());
    };
    let row = rows.iter().find(|row| row.id == id);
    Ok(row.map(ContainerSummary::unseen))
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::{Container, State};

    fn inspected(service: &str, status: Status, health: Health, on: &[&str]) -> Inspected {
        let on = on.iter().map(|service| Dependency {
            service: (*service).to_owned(),
            condition: "service_healthy".into(),
        });
        Inspected {
            container: Container {
                name: format!("v6-{service}-1"),
                service: Some(service.into()),
                state: State {
                    status,
                    ..State::default()
                },
                health,
                depends_on: Some(on.collect()),
                ..Container::default()
            },
            ..Inspected::default()
        }
    }

    #[test]
    fn compose_starts_next_whose_conditions_are_met() {
        let proxy = inspected("proxy", Status::Created, Health::None, &["app"]);
        let with = |health| {
            vec![
                proxy.clone(),
                inspected("app", Status::Running, health, &[]),
            ]
        };
        assert!(follows(&proxy, &with(Health::Healthy)));
        assert!(!follows(&proxy, &with(Health::Starting)));
        assert!(!follows(&proxy, &with(Health::Unhealthy("no".into()))));
        let free = inspected("db", Status::Created, Health::None, &[]);
        assert!(!follows(&free, std::slice::from_ref(&free)));
        let up = inspected("proxy", Status::Running, Health::None, &["app"]);
        assert!(!follows(&up, &with(Health::Healthy)));
    }
}
