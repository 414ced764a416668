//! `no_toolchain`: what built the program stays behind.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Aspect, Role};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "no_toolchain: { role: app }";

/// No compiler and no package builder lies in the folders of the image's `PATH`, nor where they lie by default.
///
/// Looked for through the engine's archive (`HEAD /containers/{id}/archive`), without starting anything. An interpreter is
/// what its programs need, and pip or npm beside it is no toolchain; the official PHP image keeps a compiler on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoToolchain {
    /// Whose image.
    pub role: Role,
}

impl Kind for NoToolchain {
    fn wants(&self) -> Vec<Want> {
        vec![Want::ImageFacts(self.role, Aspect::Toolchain)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let expected = say!(
            "the image of `{}` holds no compiler and no build tools",
            container.known_as()
        );
        let image_facts = scene.image_facts(container);
        let found = seen!(
            image_facts.and_then(|image_facts| image_facts.toolchain.as_ref()),
            expected,
            say!("what its image holds")
        );
        if found.is_empty() {
            return Verdict::pass(expected, say!("none was found"));
        }
        let names: Vec<&str> = found.iter().map(String::as_str).collect();
        Verdict::fail(expected, say!("it holds {}", text::ticked(&names))).seen(
            say!("the image's layers, the biggest of which are often tools"),
            shell!("docker history {}", container.image),
        )
    }
}
