//! `image_labels`: an image says what it is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Image, Role};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "image_labels: { role: app, all: [org.opencontainers.image.title, org.opencontainers.image.version] }";

/// The role's image carries the named labels, each with a value.
///
/// Judged from `Config.Labels`; the names are those of the OCI image specification (annotations).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageLabels {
    /// Whose image.
    pub role: Role,
    /// Names of labels.
    pub all: Vec<String>,
}

/// How the titles of images end that `labcheck images build` made; whatever is built on one inherits its labels.
const STAND_IN: &str = ", made by labcheck";

/// Whether an image has no title of its own, but that of a stand-in for an official image, which has no such labels.
fn of_a_stand_in(image: &Image) -> bool {
    let title = image.labels.get("org.opencontainers.image.title");
    title.is_some_and(|title| title.ends_with(STAND_IN))
}

impl Kind for ImageLabels {
    fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let names: Vec<&str> = self.all.iter().map(String::as_str).collect();
        let expected = say!(
            "the image of `{}` carries the labels {}",
            container.known_as(),
            text::ticked(&names)
        );
        let Some(image) = scene.facts.images.get(&container.image_id) else {
            return Verdict::unknown(expected, say!("its image is not on the engine any more"));
        };
        let inherited = of_a_stand_in(image);
        let said = |name: &&str| {
            !inherited
                && image
                    .labels
                    .get(*name)
                    .is_some_and(|value| !value.trim().is_empty())
        };
        let missing: Vec<&str> = names.iter().copied().filter(|name| !said(name)).collect();
        if missing.is_empty() {
            let values = names.iter().filter_map(|name| image.labels.get(*name));
            let values: Vec<&str> = values.map(String::as_str).collect();
            return Verdict::pass(expected, text::ticked(&values));
        }
        let found = if inherited {
            say!("those that it has are inherited from the image it is built on").to_owned()
        } else {
            say!("{} missing", text::ticked(&missing))
        };
        Verdict::fail(expected, found).seen(
            say!("its labels"),
            shell!(
                "docker image inspect -f '{{{{json .Config.Labels}}}}' {}",
                container.image
            ),
        )
    }
}
