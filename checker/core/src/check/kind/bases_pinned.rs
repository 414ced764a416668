//! `bases_pinned`: an image is built on something that does not change by itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Aspect, Role};
use crate::text::{say, shell};

pub(super) const EXAMPLE: &str = "bases_pinned: { role: app }";

/// Every `FROM` of the role's Dockerfile names an image with a version or a digest.
///
/// Judged from the Dockerfile that the compose file names. Other stages, `scratch` and what an argument without a default
/// brings are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BasesPinned {
    /// Whose image.
    pub role: Role,
}

impl Kind for BasesPinned {
    fn wants(&self) -> Vec<Want> {
        vec![Want::ImageFacts(self.role, Aspect::Dockerfile)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let expected = say!(
            "the image of `{}` is built on images named with a version",
            container.known_as()
        );
        let image_facts = scene.image_facts(container);
        let file = seen!(
            image_facts.and_then(|image_facts| image_facts.dockerfile.as_ref()),
            expected,
            "its Dockerfile"
        );
        let moving = file.bases.iter().find(|base| !pinned(&base.image));
        if let Some(base) = moving {
            return Verdict::fail(
                expected,
                say!(
                    "line {} of `{}` is `FROM {}`, and what that is changes from day to day",
                    base.line,
                    file.path,
                    base.image
                ),
            )
            .seen(
                say!("what its stages begin with"),
                shell!("grep -n ^FROM {}", file.path),
            );
        }
        let names: Vec<&str> = file.bases.iter().map(|base| base.image.as_str()).collect();
        let found = if names.is_empty() {
            say!("it is built on nothing").to_owned()
        } else {
            crate::text::ticked(&names)
        };
        Verdict::pass(expected, found)
    }
}

/// With a digest, or with a tag other than `latest`; what is put in at build time is not known here.
fn pinned(image: &str) -> bool {
    let last = image.rsplit('/').next().unwrap_or(image);
    image.contains("@sha256:")
        || image.contains('$')
        || last
            .split_once(':')
            .is_some_and(|(_, tag)| !tag.is_empty() && tag != "latest")
}
