//! `image_size`: the result is small.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::Role;
use crate::text::{say, shell};

pub(super) const EXAMPLE: &str = "image_size: { role: app, at_most_mb: 250 }";

/// The role's image has at most so many megabytes (of 1000 kilobytes, as `docker images` counts).
///
/// Judged from `Size` of the image, which counts every layer, also those of its base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageSize {
    /// Whose image.
    pub role: Role,
    /// The most it may have.
    pub at_most_mb: u32,
}

const MB: i64 = 1_000_000;

impl Kind for ImageSize {
    fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let expected = say!(
            "the image of `{}` has at most {} MB",
            container.known_as(),
            self.at_most_mb
        );
        let image = scene.facts.images.get(&container.image_id);
        let Some(image) = image.filter(|image| image.size > 0) else {
            return Verdict::unknown(
                expected,
                say!("the engine does not say how big its image is"),
            );
        };
        let size = image.size / MB;
        let found = say!("`{}` has {size} MB", container.image, size);
        if image.size <= i64::from(self.at_most_mb) * MB {
            return Verdict::pass(expected, found);
        }
        Verdict::fail(expected, found).seen(
            say!("its layers with their sizes"),
            shell!("docker history {}", container.image),
        )
    }
}
