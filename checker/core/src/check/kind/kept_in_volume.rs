//! `kept_in_volume`: a folder of a role outlives its container.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Container, Mount, MountKind, Role};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "kept_in_volume: { role: db, at: [/var/lib/mysql] }";

/// A folder of the role's container lies in a named volume or in a folder of the host.
///
/// Judged from `Mounts`: an anonymous volume belongs to one container and is lost with it. Where the database says which
/// folder it keeps its files in, that one counts instead of the usual ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeptInVolume {
    /// Whose container.
    pub role: Role,
    /// The folders, any of which may be the one: `/var/lib/mysql`, `/var/lib/postgresql`, …
    pub at: Vec<String>,
    /// Whether a mount of something inside the folder is enough: a file of settings, say.
    #[serde(default)]
    pub inside: bool,
}

impl Kind for KeptInVolume {
    fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let own = self.own(scene, container);
        let at = own.as_ref().unwrap_or(&self.at);
        let folders = at.join(say!(" or "));
        let expected = say!(
            "{folders} of `{}` lies in a named volume",
            container.known_as(),
            folders
        );
        let look = shell!(
            "docker inspect -f '{{{{json .Mounts}}}}' {}",
            container.name
        );
        let mut fitting: Vec<&Mount> = container
            .mounts
            .iter()
            .filter(|mount| at.iter().any(|at| self.holds(&mount.destination, at)))
            .collect();
        // A deeper mount hides what a higher one has in that place, so the deepest is where the files really are.
        fitting.sort_by_key(|mount| std::cmp::Reverse(mount.destination.len()));
        let deepest = fitting.first();
        let kept = deepest.filter(|mount| {
            !mount.memory && matches!(mount.kind, MountKind::Volume | MountKind::Bind)
        });
        match (kept, deepest) {
            (Some(mount), _) if mount.kind == MountKind::Bind => Verdict::pass(
                expected,
                say!(
                    "{} is a folder of this machine, which outlives the container too",
                    mount.destination
                ),
            ),
            (Some(mount), _) => Verdict::pass(
                expected,
                say!("{} is volume `{}`", mount.destination, mount.source),
            ),
            (None, Some(mount)) => {
                Verdict::fail(expected, say!("{} is {}", mount.destination, lost(mount)))
                    .seen("Mounts", look)
            }
            (None, None) => Verdict::fail(
                expected,
                say!(
                    "nothing is mounted there; mounted are {}",
                    destinations(&container.mounts)
                ),
            )
            .seen("Mounts", look),
        }
    }
}

impl KeptInVolume {
    /// Where the database says its files are, if that is none of the usual folders.
    fn own(&self, scene: &Scene<'_>, container: &Container) -> Option<Vec<String>> {
        let sql = scene.sql()?.get()?;
        let data = sql.data.trim_end_matches('/');
        let asked = !self.inside && sql.container == container.name && data.starts_with('/');
        let usual = || self.at.iter().any(|at| below(data, at));
        (asked && !usual()).then(|| vec![data.to_owned()])
    }

    /// Whether a mount at `destination` holds `folder`: it is that folder or lies above it, or, with `inside`, in it.
    fn holds(&self, destination: &str, folder: &str) -> bool {
        let (destination, folder) = (
            destination.trim_end_matches('/'),
            folder.trim_end_matches('/'),
        );
        below(folder, destination) || (self.inside && below(destination, folder))
    }
}

fn below(inner: &str, outer: &str) -> bool {
    inner
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn lost(mount: &Mount) -> &'static str {
    match mount.kind {
        _ if mount.memory => say!("held in memory: gone when the container stops"),
        MountKind::AnonymousVolume => {
            say!("an anonymous volume: a new container gets a new, empty one")
        }
        MountKind::Tmpfs => say!("held in memory: gone when the container stops"),
        _ => say!("a mount that a new container does not get again"),
    }
}

fn destinations(mounts: &[Mount]) -> String {
    text::list(
        &mounts
            .iter()
            .map(|mount| mount.destination.as_str())
            .collect::<Vec<_>>(),
    )
}
