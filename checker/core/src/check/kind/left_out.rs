//! `left_out`: what an image does not need is not in it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Aspect, Role, Seen};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "left_out: { role: app, names: [.git, target, .env] }";

/// None of the named files and folders lies in the image: in its working folder, at the top, or beside the program.
///
/// Looked for through the engine's archive, without any mount. A program may lie in the folder it was built into; what else
/// the build left there counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// Whose image.
    pub role: Role,
    /// Names of files and folders.
    pub names: Vec<String>,
}

impl Kind for LeftOut {
    fn wants(&self) -> Vec<Want> {
        let name = |name: &String| Want::ImageFacts(self.role, Aspect::Lying(name.clone()));
        let all = self.names.iter().map(name);
        all.chain([Want::Processes(self.role)]).collect()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let expected = say!(
            "the image of `{}` holds no {}",
            container.known_as(),
            text::ticked(&names)
        );
        let image_facts = scene.image_facts(container);
        let each = names
            .iter()
            .map(|name| image_facts.and_then(|image_facts| image_facts.lying.get(*name)));
        let mut found = Vec::new();
        let mut unseen = None;
        for lying in each {
            match lying {
                Some(Seen::Seen(paths)) => found.extend(paths.iter().map(String::as_str)),
                Some(Seen::Unseen(why)) => unseen = Some(why.clone()),
                None => {
                    unseen =
                        Some(say!("what its image holds was not looked at in these facts").into());
                }
            }
        }
        if !found.is_empty() {
            return Verdict::fail(expected, say!("it holds {}", text::ticked(&found))).seen(
                say!("the image's files"),
                shell!(
                    "docker create --name look {0} && docker export look | tar -t | head -50; docker rm look",
                    container.image
                ),
            );
        }
        match unseen {
            Some(why) => Verdict::unknown(expected, why),
            None => Verdict::pass(expected, say!("none of them")),
        }
    }
}
