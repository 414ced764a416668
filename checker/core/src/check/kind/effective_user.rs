//! `effective_user`: whom a role's processes belong to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Container, Process, Role, Seen};
use crate::text::{say, shell};

pub(super) const EXAMPLE: &str = "effective_user: { role: app, not: root }";

/// No process of the role's container runs as root.
///
/// Judged from the process list (`GET /containers/{id}/top`, the effective user), not from what the image says: a program may
/// change its user, in either direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EffectiveUser {
    /// Whose processes.
    pub role: Role,
    /// Whom they must not belong to.
    pub not: ForbiddenUser,
}

/// A user that processes must not belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ForbiddenUser {
    /// The user with the number 0.
    Root,
}

/// From this number on users are those that the engine maps a container's own to.
const MAPPED: u64 = 65_536;

impl Kind for EffectiveUser {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Processes(self.role)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let ForbiddenUser::Root = self.not;
        let expected = say!("`{}` runs as a user other than root", container.known_as());
        let processes = match scene.processes(container) {
            Some(Seen::Seen(processes)) if !processes.is_empty() => processes,
            Some(Seen::Unseen(why)) => return Verdict::unknown(expected, why),
            _ => {
                return Verdict::unknown(
                    expected,
                    say!("its process list was not looked at in these facts"),
                );
            }
        };
        let look = shell!("docker top {} -eo pid,euid,args", container.name);
        let root: Vec<&Process> = processes
            .iter()
            .filter(|process| is_root(process))
            .collect();
        if let Some(first) = root.first() {
            let others = processes.len() - root.len();
            let others_too = if others == 0 {
                String::new()
            } else {
                say!(
                    "; {others} of its {} processes belong to somebody else",
                    processes.len(),
                    others
                )
            };
            return Verdict::fail(
                expected,
                say!("`{}` runs as root{beside}", first.program(), beside = others_too),
            )
            .seen(say!("the process list"), look);
        }
        let mapped = processes
            .iter()
            .find(|process| process.user.parse::<u64>().is_ok_and(|user| user >= MAPPED));
        if let Some(process) = mapped.filter(|_| configured_root(container, scene)) {
            return Verdict::unknown(
                expected,
                say!(
                    "this engine maps users: user {} of the machine may be root inside, and nothing else is configured",
                    process.user
                ),
            );
        }
        let user = processes
            .first()
            .map_or("", |process| process.user.as_str());
        Verdict::pass(expected, say!("user {user}", user))
    }
}

fn is_root(process: &Process) -> bool {
    process.user == "root" || process.user.parse::<u64>() == Ok(0)
}

/// Whether neither the container nor its image names another user.
fn configured_root(container: &Container, scene: &Scene<'_>) -> bool {
    let of_image = scene
        .facts
        .images
        .get(&container.image_id)
        .map_or("", |image| image.user.as_str());
    let user = if container.user.is_empty() {
        of_image
    } else {
        &container.user
    };
    let name = user.split(':').next().unwrap_or_default();
    name.is_empty() || name == "root" || name.parse::<u64>() == Ok(0)
}
