//! `no_secret_in_image`: an image holds no secret, so a stranger may read it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Aspect, Role};
use crate::text::{self, retold, say, shell};

pub(super) const EXAMPLE: &str = "no_secret_in_image: { role: app }";

/// Neither the image's environment nor the steps it was built with hold a secret.
///
/// Judged from `Config.Env` and from the history (`GET /images/{name}/history`), which shows `ENV`, `ARG` and what `RUN` was
/// told. Where it was found is said, never what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoSecretInImage {
    /// Whose image.
    pub role: Role,
}

impl Kind for NoSecretInImage {
    fn wants(&self) -> Vec<Want> {
        vec![Want::ImageFacts(self.role, Aspect::Secrets)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let expected = say!("the image of `{}` holds no secret", container.known_as());
        let image_facts = scene.image_facts(container);
        let found = seen!(
            image_facts.and_then(|image_facts| image_facts.secrets.as_ref()),
            expected,
            say!("what its image shows")
        );
        if found.is_empty() {
            return Verdict::pass(
                expected,
                say!("none stands in its environment or its history"),
            );
        }
        Verdict::fail(
            expected,
            say!(
                "anybody who has the image can read {}",
                text::list(&found.iter().map(|one| retold(one)).collect::<Vec<_>>())
            ),
        )
        .seen(
            say!("the steps it was built with"),
            shell!("docker history --no-trunc {}", container.image),
        )
    }
}
