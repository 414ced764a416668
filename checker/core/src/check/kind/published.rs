//! `published`: the port that a role listens on is published.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Container, Listener, Role};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "published: { role: app }";

/// A port of the role's container is published on the host, and it is one that something listens on.
///
/// Judged from `NetworkSettings.Ports`, not from what was asked for; an answer through the port settles it, and where
/// none comes the container's own listening sockets are compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Whose port.
    pub role: Role,
}

impl Kind for Published {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Page {
            role: self.role,
            path: "/".into(),
        }]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let name = container.known_as();
        let expected = say!(
            "the port that `{name}` listens on is published on this machine",
            name
        );
        let look = shell!("docker port {}", container.name);
        let open: Vec<String> = container
            .ports
            .iter()
            .map(|port| mapping(port.host, port.container))
            .collect();
        if container.network_mode.is_host() {
            return Verdict::pass(
                expected,
                say!("host networking: every port it listens on is the machine's own"),
            );
        }
        let page = scene.page(self.role, "/");
        if page
            .and_then(|page| page.answer.get())
            .is_some_and(Result::is_ok)
        {
            let through = page.map_or("", |page| page.ask.url.as_str());
            let none = say!(
                "it answers at {through}, through another container or an address that was given",
                through
            );
            return Verdict::pass(
                expected,
                if open.is_empty() {
                    none
                } else {
                    text::list(&open)
                },
            );
        }
        // It may answer through another container, where the grader could not look.
        if let Some(why) = page.and_then(|page| page.answer.why())
            && container.ports.is_empty()
            && page.is_some_and(|page| !page.ask.url.is_empty())
        {
            return Verdict::unknown(expected, why);
        }
        if container.ports.is_empty() {
            return Verdict::fail(expected, unpublished(container))
                .seen(say!("published ports"), look);
        }
        if let Some(why) = scene.not_ready(container) {
            return Verdict::unknown(expected, why);
        }
        let Some(listening) = scene
            .facts
            .listening
            .get(&container.name)
            .and_then(|seen| seen.get())
        else {
            return Verdict::pass(
                expected,
                say!(
                    "{} (whether something listens there could not be seen)",
                    text::list(&open)
                ),
            );
        };
        if container
            .ports
            .iter()
            .any(|port| listening.iter().any(|socket| socket.port == port.container))
        {
            return Verdict::pass(expected, text::list(&open));
        }
        Verdict::fail(
            expected,
            say!(
                "published: {}; but inside the container {}",
                text::list(&open),
                sockets(listening)
            ),
        )
        .seen(say!("published ports"), look)
        .seen(
            say!("the app's own words about its port"),
            shell!("docker logs --tail 20 {}", container.name),
        )
    }
}

fn mapping(host: u16, container: u16) -> String {
    say!(
        "port {host} of this machine leads to port {container} of the container",
        host,
        container
    )
}

fn unpublished(container: &Container) -> String {
    if !container.ports_asked.is_empty() {
        return say!("a port is asked for, but none is published: all its networks are internal, or it is not running").into();
    }
    if container.exposed.is_empty() {
        say!("no port is published").into()
    } else {
        say!(
            "{} is only exposed, which publishes nothing",
            text::list(&container.exposed)
        )
    }
}

/// Listening sockets as a phrase.
pub(super) fn sockets(listening: &[Listener]) -> String {
    let all: Vec<String> = listening
        .iter()
        .map(|socket| format!("{}:{}", socket.address, socket.port))
        .collect();
    if all.is_empty() {
        say!("nothing listens on any port").into()
    } else {
        say!("the listening sockets are {}", text::list(&all))
    }
}
