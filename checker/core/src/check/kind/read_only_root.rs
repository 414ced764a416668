//! `read_only_root`: what runs cannot change its own files.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Aspect, Role};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "read_only_root: { role: app }";

/// The container's root file system is mounted for reading only, and no program runs from a mount that can be written.
///
/// Judged from what the kernel says inside the container (`/proc/1/mountinfo`), not from the settings that it was made
/// with. Other mounts may be writable, such as a volume for data or a tmpfs for what is needed for a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadOnlyRoot {
    /// Whose container.
    pub role: Role,
}

impl Kind for ReadOnlyRoot {
    fn wants(&self) -> Vec<Want> {
        vec![Want::ImageFacts(self.role, Aspect::RootFilesystem)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let name = container.known_as();
        let expected = say!("the root file system of `{name}` is mounted for reading only", name);
        let image_facts = scene.image_facts(container);
        let found = seen!(
            image_facts.and_then(|image_facts| image_facts.root_filesystem.as_ref()),
            expected,
            say!("how the file systems of `{name}` are mounted", name)
        );
        let list = |points: &[String]| {
            let points: Vec<&str> = points.iter().map(String::as_str).collect();
            text::ticked(&points)
        };
        let verdict = if !found.read_only {
            Verdict::fail(expected, say!("everything in `{name}` can be written", name))
        } else if !found.writable_programs.is_empty() {
            let programs = list(&found.writable_programs);
            Verdict::fail(expected, say!("a program runs from {programs}, which can be written", programs))
        } else if found.writable.is_empty() {
            return Verdict::pass(expected, say!("nothing in it can be written"));
        } else {
            let writable = list(&found.writable);
            return Verdict::pass(expected, say!("only {writable} can be written", writable));
        };
        verdict.seen(
            say!("whether the container was made so"),
            shell!("docker inspect -f '{{{{.HostConfig.ReadonlyRootfs}}}}' {}", container.name),
        )
    }
}
