//! `fresh_image`: what runs is what was last built, and what was last built is what was last written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Aspect, Role, Seen};
use crate::text::{ShellCommand, self, say, shell};

pub(super) const EXAMPLE: &str = "fresh_image: { role: app }";

/// The role's container runs the image that its name stands for now, and no file that the build copies is newer than it.
///
/// Judged from the ids of container and image, and from the times of the image (`Created`) and of the files that the Dockerfile
/// copies, without what `.dockerignore` names. A build that finds everything done before leaves the image as old as it was and
/// only names it (`Metadata.LastTagTime`), as `docker tag` does; the builder's own records tell the two apart, or nothing does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FreshImage {
    /// Whose image.
    pub role: Role,
}

impl Kind for FreshImage {
    fn wants(&self) -> Vec<Want> {
        vec![Want::ImageFacts(self.role, Aspect::Current)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let name = container.known_as();
        let expected = say!("`{name}` runs what its files say now", name);
        let Some(current) = scene.image_facts(container).and_then(|image_facts| image_facts.current.as_ref()) else {
            return Verdict::unknown(
                expected,
                say!("whether its image is current was not looked at in these facts"),
            );
        };
        if current.superseded == Seen::Seen(true) {
            return Verdict::fail(
                expected,
                say!(
                    "`{}` was built anew, but the container still runs the image from before",
                    container.image
                ),
            )
            .seen(say!("make the container anew"), anew(container, scene));
        }
        if let Seen::Seen(newer) = &current.newer
            && !newer.is_empty()
        {
            let files: Vec<&str> = newer.iter().map(String::as_str).collect();
            let names = text::ticked(&files);
            return Verdict::fail(
                expected,
                if files.len() == 1 {
                    say!(
                        "{names} was changed after the image was built: edited, but not built",
                        names
                    )
                } else {
                    say!(
                        "{names} were changed after the image was built: edited, but not built",
                        names
                    )
                },
            )
            .seen(
                say!("build it and make the container anew"),
                anew(container, scene),
            );
        }
        match (&current.superseded, &current.newer) {
            (Seen::Unseen(why), _) | (_, Seen::Unseen(why)) => Verdict::unknown(expected, why),
            _ => Verdict::pass(expected, say!("no file is newer than its image")),
        }
    }
}

/// The command that a compose project needs; the same in words for others.
fn anew(container: &crate::facts::Container, scene: &Scene<'_>) -> ShellCommand {
    match &container.service {
        Some(_) => crate::embedded::Embedded::start(&scene.facts.lab),
        None => shell!("docker rm -f {}, then `docker run` again", container.name),
    }
}
