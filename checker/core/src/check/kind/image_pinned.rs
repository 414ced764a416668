//! `image_pinned`: a role's image is named with a version.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Container, Role};
use crate::text::{say, shell};

pub(super) const EXAMPLE: &str = "image_pinned: { role: app }";

/// The image is named with a tag other than `latest`, or by digest.
///
/// Judged from `Config.Image`, the name the container was created with. An image the student built is theirs to name:
/// it passes when Compose named it after project and service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImagePinned {
    /// Whose image.
    pub role: Role,
}

impl Kind for ImagePinned {
    fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let expected = say!(
            "the image of `{}` is named with a version",
            container.known_as()
        );
        let found = format!("`{}`", container.image);
        if pinned(&container.image) || built_by_compose(container) {
            return Verdict::pass(expected, found);
        }
        let moving = if tag(&container.image).is_none() {
            say!("no tag, which means `latest`")
        } else {
            say!("the tag `latest`")
        };
        Verdict::fail(
            expected,
            say!(
                "{found}: {moving}, and what that is changes from day to day",
                found,
                moving
            ),
        )
        .seen(
            "Config.Image",
            shell!(
                "docker inspect -f '{{{{.Config.Image}}}}' {}",
                container.name
            ),
        )
    }
}

fn pinned(image: &str) -> bool {
    image.contains("@sha256:")
        || image.starts_with("sha256:")
        || tag(image).is_some_and(|tag| tag != "latest")
}

/// The tag: what follows the last colon after the last slash.
fn tag(image: &str) -> Option<&str> {
    image
        .rsplit('/')
        .next()
        .and_then(|last| last.split_once(':'))
        .map(|(_, tag)| tag)
}

fn built_by_compose(container: &Container) -> bool {
    let (Some(project), Some(service)) = (&container.project, &container.service) else {
        return false;
    };
    tag(&container.image).is_none() && container.image == format!("{project}-{service}")
}
