//! Health checks that pass, tried where the program does not run: what succeeds there too says nothing about the program.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::context::StackContext;
use labcheck_core::check::Want;
use labcheck_core::facts::{Health, Role, Seen, Status, TriedHealthCheck};
use labcheck_engine::health_command::HealthCommand;
use labcheck_engine::model::inspected::Inspected;

/// Most characters of a command.
const MOST_COMMAND: usize = 120;
/// Most health checks tried in one look; the course's largest stack has four.
const MOST_TRIED: usize = 12;

/// What health checks did without their programs, by container name: those that a check asks for, that pass, and whose text
/// does not tell already that they cannot fail. What several containers have in common is tried once.
pub(crate) async fn look(context: &StackContext<'_>) -> BTreeMap<String, Seen<TriedHealthCheck>> {
    let each = wanted(context).into_iter().map(|inspected| async move {
        let container = &inspected.container;
        let command = context.engine.health_command(&container.id).await;
        (container.name.clone(), command)
    });
    let mut found = BTreeMap::new();
    let mut alike: BTreeMap<String, (HealthCommand, Vec<String>)> = BTreeMap::new();
    for (name, command) in join_all(each).await {
        match command {
            Ok(command) => {
                let group = alike.entry(command.digest());
                group.or_insert((command, Vec::new())).1.push(name);
            }
            Err(why) => {
                found.insert(name, Seen::Unseen(context.secrets.hide(&why)));
            }
        }
    }
    let each = alike.into_iter().take(MOST_TRIED);
    let each = each.map(|(digest, (command, names))| async move {
        (one(context, &command, digest).await, names)
    });
    for (fact, names) in join_all(each).await {
        found.extend(names.into_iter().map(|name| (name, fact.clone())));
    }
    found
}

/// The containers whose health checks are tried.
fn wanted<'a>(context: &StackContext<'a>) -> Vec<&'a Inspected> {
    let wants = |role: Option<Role>| context.plan.wants.contains(&Want::HealthChecks(role));
    let all: Vec<&Inspected> = if wants(None) {
        context.stack.containers.iter().collect()
    } else {
        let roles = Role::ALL.into_iter().filter(|role| wants(Some(*role)));
        roles.flat_map(|role| context.playing(role)).collect()
    };
    let tried = |inspected: &&Inspected| {
        let container = &inspected.container;
        container.state.status == Status::Running
            && container.health == Health::Healthy
            && container.idle_check.is_none()
    };
    all.into_iter().filter(tried).collect()
}

/// What one did, now or the last time.
async fn one(
    context: &StackContext<'_>,
    command: &HealthCommand,
    digest: String,
) -> Seen<TriedHealthCheck> {
    let succeeded = if context.asking_checks.knows(&digest) {
        Ok(false)
    } else {
        context.sidecars.succeeds_alone(command).await
    };
    if succeeded == Ok(false) {
        context.asking_checks.learn(digest);
    }
    match succeeded {
        Ok(succeeded) => Seen::Seen(TriedHealthCheck {
            // It stands between backticks in a sentence.
            command: context
                .secrets
                .show(&command.shown.replace('`', "'"), MOST_COMMAND),
            succeeded,
        }),
        Err(why) => Seen::Unseen(context.secrets.hide(&why)),
    }
}
