//! `own_image`: a role runs an image that was built for it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::labels::STANDS_FOR;
use crate::facts::{Aspect, Container, Image, LastLayer, Role, Seen};
use crate::text::{retold, say, shell};

pub(super) const EXAMPLE: &str = "own_image: { role: app }";

/// The role's container runs an image that was built for this stack, not one as it comes from a registry.
///
/// Judged from the image's names and digests (`RepoTags`, `RepoDigests`): an official image that was pulled is stock, under
/// whatever name it runs. What was built here, or came from a registry of one's own, is one's own. The last row of its
/// history tells whether it was built, or taken from a container by `docker commit`, which no Dockerfile repeats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnImage {
    /// Whose image.
    pub role: Role,
}

/// Images that Docker Hub carries without an owner in front: languages, servers, bases.
const OFFICIAL: [&str; 54] = [
    "adminer",
    "almalinux",
    "alpine",
    "amazoncorretto",
    "bash",
    "buildpack-deps",
    "busybox",
    "caddy",
    "clojure",
    "composer",
    "dart",
    "debian",
    "drupal",
    "eclipse-temurin",
    "elixir",
    "erlang",
    "fedora",
    "gcc",
    "ghost",
    "golang",
    "gradle",
    "groovy",
    "haproxy",
    "haskell",
    "httpd",
    "ibmjava",
    "jetty",
    "joomla",
    "julia",
    "kong",
    "mariadb",
    "maven",
    "mysql",
    "nextcloud",
    "nginx",
    "node",
    "openjdk",
    "perl",
    "php",
    "phpmyadmin",
    "postgres",
    "pypy",
    "python",
    "r-base",
    "redis",
    "redmine",
    "ruby",
    "rust",
    "swift",
    "tomcat",
    "traefik",
    "ubuntu",
    "varnish",
    "wordpress",
];

/// Owners of images that are made for any use.
const PUBLISHERS: [&str; 14] = [
    "bitnami",
    "bitnamilegacy",
    "chainguard",
    "distroless",
    "envoyproxy",
    "jc21",
    "jwilder",
    "linuxserver",
    "nginxinc",
    "nginxproxy",
    "oven",
    "tiangolo",
    "thecodingmachine",
    "webdevops",
];

impl Kind for OwnImage {
    fn wants(&self) -> Vec<Want> {
        vec![Want::ImageFacts(self.role, Aspect::LastLayer)]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let expected = say!(
            "`{}` runs an image that was built for it",
            container.known_as()
        );
        let Some(image) = scene.facts.images.get(&container.image_id) else {
            return Verdict::unknown(
                expected,
                say!(
                    "its image is not on the engine any more, so nothing tells where it came from"
                ),
            );
        };
        match stock(container, image) {
            None => built(container, scene, expected),
            Some(name) => {
                let under = if without_tag_and_digest(&name) == without_tag_and_digest(&container.image) {
                    String::new()
                } else {
                    say!(", running as `{}`", container.image)
                };
                Verdict::fail(
                    expected,
                    say!("`{name}`{under}: an image as it comes for everybody", name, under),
                )
                .seen(
                    say!("the image's names and where it was pulled from"),
                    shell!(
                        "docker image inspect -f '{{{{json .RepoTags}}}} {{{{json .RepoDigests}}}}' {}",
                        container.image
                    ),
                )
            }
        }
    }
}

/// Where no other owner is known: whether it was built.
fn built(container: &Container, scene: &Scene<'_>, expected: String) -> Verdict {
    let image = format!("`{}`", container.image);
    let image_facts = scene.image_facts(container);
    let by = |row: &str| {
        if row.is_empty() {
            say!("has no words about how it was made").to_owned()
        } else {
            say!("was written by `{}`", row.replace('`', "'"))
        }
    };
    let look = shell!("docker history --no-trunc {}", container.image);
    match image_facts.and_then(|image_facts| image_facts.last_layer.as_ref()) {
        None | Some(Seen::Seen(LastLayer::Built)) => Verdict::pass(expected, image),
        Some(Seen::Seen(LastLayer::Committed(row))) => Verdict::fail(
            expected,
            say!("{image} was taken from a container (`docker commit`), not built: its last layer {}", by(row), image),
        )
        .seen(say!("how its layers came about"), look),
        Some(Seen::Seen(LastLayer::Unclear(row))) => Verdict::unknown(
            expected,
            say!("whether {image} was built is not certain: its last layer {}", by(row), image),
        )
        .seen(say!("how its layers came about"), look),
        Some(Seen::Unseen(why)) => {
            Verdict::unknown(expected, say!("its history could not be read: {why}", why = retold(why)))
        }
    }
}

/// The stock image's name, if it is one.
fn stock(container: &Container, image: &Image) -> Option<String> {
    // An image built on a stand-in inherits the label, but not its name.
    let stands_for = image.labels.get(STANDS_FOR);
    let named = |tag: &&String| Some(*tag) == stands_for;
    let stand_in = image.tags.iter().find(named);
    let lost = Some(&container.image) == stands_for && image.tags.is_empty();
    if stand_in.is_some() || lost {
        return stands_for.cloned();
    }
    let pulled = image.digests.iter().filter_map(|digest| {
        let (name, _) = digest.split_once('@')?;
        public(name).then(|| name.to_owned())
    });
    let name = pulled.min()?;
    // The name with its tag says more.
    let with_tag = image.tags.iter().find(|tag| without_tag(tag) == name);
    Some(with_tag.cloned().unwrap_or(name))
}

/// Whether a repository's images are made for any use.
fn public(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    let host = parts
        .first()
        .filter(|first| parts.len() > 1 && (first.contains(['.', ':']) || **first == "localhost"));
    let path = &parts[usize::from(host.is_some())..];
    let hub = host.is_none_or(|host| host.ends_with("docker.io"));
    match path {
        [name] if hub => OFFICIAL.contains(name),
        [.., "library", name] => OFFICIAL.contains(name),
        [.., owner, _] => PUBLISHERS.contains(owner),
        _ => false,
    }
}

fn without_tag(name: &str) -> &str {
    match name.rsplit_once(':') {
        Some((before, tag)) if !tag.contains('/') => before,
        _ => name,
    }
}

fn without_tag_and_digest(name: &str) -> &str {
    let name = name.split_once('@').map_or(name, |(name, _)| name);
    without_tag(name)
}
