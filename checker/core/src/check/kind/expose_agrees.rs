//! `expose_agrees`: what an image declares is what listens.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Aspect, Container, Role, Seen};
use crate::text::{ShellCommand, self, say, shell};

pub(super) const EXAMPLE: &str = "expose_agrees: { role: app }";

/// The image declares (`EXPOSE`) the port that the role answers on, no port of a database, and none without a listener.
///
/// Judged from the image's `ExposedPorts` against listening sockets (`/proc/net/tcp` of the container). A port that the image
/// inherits cannot be taken back, so one without a listener counts only where the Dockerfile itself declares it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExposeAgrees {
    /// Whose image.
    pub role: Role,
}

const DATABASES: [(u16, &str); 4] = [
    (3306, "MariaDB"),
    (5432, "PostgreSQL"),
    (1433, "SQL Server"),
    (27017, "MongoDB"),
];

impl Kind for ExposeAgrees {
    fn wants(&self) -> Vec<Want> {
        vec![
            Want::Sockets(self.role),
            Want::ImageFacts(self.role, Aspect::Dockerfile),
        ]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let name = container.known_as();
        let expected = say!(
            "the image of `{name}` declares the port that `{name}` listens on",
            name
        );
        let Some(image) = scene.facts.images.get(&container.image_id) else {
            return Verdict::unknown(expected, say!("its image is not on the engine any more"));
        };
        let look = shell!(
            "docker image inspect -f '{{{{json .Config.ExposedPorts}}}}' {}",
            container.image
        );
        let declared: BTreeSet<u16> = image.exposed.iter().flat_map(|port| range(port)).collect();
        if let Some((port, what)) = DATABASES.iter().find(|(port, _)| declared.contains(port)) {
            return Verdict::fail(
                expected,
                say!(
                    "it declares {port}, which is the port of {what}, not of `{name}`",
                    port,
                    what,
                    name
                ),
            )
            .seen("ExposedPorts", look);
        }
        if container.network_mode.is_host() {
            return Verdict::unknown(
                expected,
                say!("it is in the host's network, where its sockets cannot be told from others"),
            );
        }
        let sockets = seen!(
            scene.facts.listening.get(&container.name),
            expected,
            say!("its listening sockets")
        );
        let open: BTreeSet<u16> = sockets
            .iter()
            .filter(|socket| !socket.loopback())
            .map(|socket| socket.port)
            .collect();
        let heard = answering(container, &open);
        if heard.is_empty() {
            return Verdict::unknown(expected, say!("it listens on no port that others reach"));
        }
        if declared.is_disjoint(&heard) {
            let found = if declared.is_empty() {
                say!(
                    "it declares none; `{name}` listens on {}",
                    numbers(&heard),
                    name
                )
            } else {
                say!(
                    "it declares {}; `{name}` listens on {}",
                    numbers(&declared),
                    numbers(&heard),
                    name
                )
            };
            return Verdict::fail(expected, found)
                .seen("ExposedPorts", look)
                .seen(say!("its sockets"), sockets_command(container));
        }
        let dockerfile = scene
            .image_facts(container)
            .and_then(|image_facts| image_facts.dockerfile.as_ref())
            .and_then(Seen::get);
        let own = dockerfile.into_iter().flat_map(|file| &file.exposes);
        let all: BTreeSet<u16> = sockets.iter().map(|socket| socket.port).collect();
        let dead: BTreeSet<u16> = own
            .flat_map(|port| range(port))
            .filter(|port| declared.contains(port) && !all.contains(port))
            .collect();
        if !dead.is_empty() {
            return Verdict::fail(
                expected,
                say!("it declares {} too, where nobody listens", numbers(&dead)),
            )
            .seen("ExposedPorts", look);
        }
        Verdict::pass(
            expected,
            numbers(&declared.intersection(&heard).copied().collect()),
        )
    }
}

/// The ports that count: those published, or all that are open where none is.
fn answering(container: &Container, open: &BTreeSet<u16>) -> BTreeSet<u16> {
    let published: BTreeSet<u16> = container
        .ports
        .iter()
        .map(|port| port.container)
        .filter(|port| open.contains(port))
        .collect();
    if published.is_empty() {
        open.clone()
    } else {
        published
    }
}

/// The TCP ports that are written so: `5000`, `5000/tcp`, and `5000-5010`, which images have one by one and Dockerfiles do
/// not. None for UDP, and for what is no port.
fn range(ports: &str) -> std::ops::RangeInclusive<u16> {
    const NONE: std::ops::RangeInclusive<u16> = std::ops::RangeInclusive::new(1, 0);
    let (numbers, proto) = ports.split_once('/').unwrap_or((ports, "tcp"));
    let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
    match (first.parse(), last.parse()) {
        (Ok(first), Ok(last)) if proto == "tcp" => first..=last,
        _ => NONE,
    }
}

/// The numbers; those that follow one another as a range.
fn numbers(ports: &BTreeSet<u16>) -> String {
    let mut runs: Vec<(u16, u16)> = Vec::new();
    for port in ports {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*port) => *last = *port,
            _ => runs.push((*port, *port)),
        }
    }
    let words: Vec<String> = runs
        .iter()
        .flat_map(|(first, last)| match last - first {
            0 => vec![first.to_string()],
            1 => vec![first.to_string(), last.to_string()],
            _ => vec![say!("{first} to {last}", first, last)],
        })
        .collect();
    text::list(&words)
}

fn sockets_command(container: &Container) -> ShellCommand {
    shell!(
        "docker run --rm --network container:{} debian cat /proc/net/tcp",
        container.name
    )
}
