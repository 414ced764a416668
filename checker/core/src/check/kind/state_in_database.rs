//! `state_in_database`: nothing that must last lies in the container.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Aspect, Role, Step};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "state_in_database: { role: app }";

/// After a manufacturer was posted, no file of the container's own layer holds it: a container made anew loses nothing.
///
/// Looked at through the engine (`GET /containers/{id}/changes`, then those files); logs, sessions, caches and `/tmp` are left
/// out, and what lies in a volume stays anyway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StateInDatabase {
    /// Whose container.
    pub role: Role,
}

impl Kind for StateInDatabase {
    fn wants(&self) -> Vec<Want> {
        vec![
            Want::RoundTrip(Step::Store),
            Want::RoundTrip(Step::Find),
            Want::Database(Look::Rows),
            Want::ImageFacts(self.role, Aspect::Kept),
        ]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let name = container.known_as();
        let expected = say!("`{name}` keeps nothing in its own container", name);
        let image_facts = scene.image_facts(container);
        let kept = seen!(
            image_facts.and_then(|image_facts| image_facts.kept.as_ref()),
            expected,
            say!("what its own layer holds")
        );
        if kept.is_empty() {
            return Verdict::pass(
                expected,
                say!("what was posted lies in none of its own files"),
            );
        }
        let files: Vec<&str> = kept.iter().map(String::as_str).collect();
        Verdict::fail(
            expected,
            say!(
                "what was posted lies in {} of the container, and is lost with it",
                text::ticked(&files)
            ),
        )
        .seen(
            say!("files that the container has changed"),
            shell!("docker diff {}", container.name),
        )
    }
}
