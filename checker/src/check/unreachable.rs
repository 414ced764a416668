//! `unreachable`: attempts from inside one role to connect to another are in vain.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::look::seen;
use super::reached::{in_hosts_network, rows, with_rows};
use super::{Kind, Scene, Verdict, Want};
use crate::facts::{Container, ReachRow, Role, Seen, Status, Tried, Vantage};
use crate::text;

pub(super) const EXAMPLE: &str = "unreachable: { role: db, from: proxy }";

/// From inside the network of the one role, no address, name or published port leads to the other.
///
/// Really tried, by every address of the other, by every name it has, and by the gateways where it is published. A
/// control attempt must succeed, or the silence of the others proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unreachable {
    /// Who must not be reached.
    pub role: Role,
    /// From where.
    pub from: Role,
}

impl Kind for Unreachable {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Reach]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let (targets, places) = (scene.all(self.role), scene.all(self.from));
        let Some(target) = targets.first() else {
            return scene.missing(self.role);
        };
        let Some(place) = places.first() else {
            return scene.missing(self.from);
        };
        let (target, name) = (target.known_as(), place.known_as());
        let expected = format!("`{name}` cannot connect to `{target}`");
        if let Some(hosts) = places.iter().find(|place| in_hosts_network(place, scene)) {
            return Verdict::fail(
                expected,
                format!(
                    "`{}` is in the host's own network (`network_mode: host`), from where every container is reached, `{target}` too",
                    hosts.known_as()
                ),
            )
            .seen(
                "HostConfig.NetworkMode",
                format!("docker inspect -f '{{{{.HostConfig.NetworkMode}}}}' {}", hosts.name),
            );
        }
        let reach = seen!(
            scene.facts.reach.as_ref(),
            expected,
            "who reaches which port"
        );
        let mut tried: Vec<&ReachRow> = Vec::new();
        for target in &targets {
            tried.extend(rows(Some(reach), target, |from| {
                places
                    .iter()
                    .any(|place| *from == Vantage::Proxy(place.name.clone()))
            }));
        }
        let open: Vec<&ReachRow> = tried.iter().filter(|row| row.open()).copied().collect();
        if !open.is_empty() {
            let ways: Vec<String> = open
                .iter()
                .flat_map(|row| &row.tries)
                .filter(|tried| tried.outcome == Tried::Open)
                .map(crate::facts::Try::line)
                .collect();
            let verdict = Verdict::fail(
                expected,
                format!("from inside `{name}`, {}", text::list(&ways)),
            );
            return with_rows(verdict, &tried, scene, repeat);
        }
        if let Some(why) = places
            .iter()
            .find_map(|place| unproven(place, reach.inside.get(&place.name)))
        {
            return Verdict::unknown(expected, why);
        }
        if let Some(down) = targets
            .iter()
            .find(|target| target.state.status != Status::Running)
        {
            return Verdict::unknown(
                expected,
                format!(
                    "`{}` does not run, so there is nothing to reach",
                    down.known_as()
                ),
            );
        }
        let answered = |row: &&&ReachRow| {
            row.tries
                .iter()
                .any(|tried| !matches!(tried.outcome, Tried::Untried(_) | Tried::NoName))
        };
        let Some(row) = tried.iter().find(answered) else {
            return Verdict::unknown(
                expected,
                format!("no address of `{target}` is known that could be tried"),
            );
        };
        let said: Vec<String> = row.tries.iter().map(crate::facts::Try::line).collect();
        with_rows(
            Verdict::pass(expected, said.join("; ")),
            &tried,
            scene,
            repeat,
        )
    }
}

/// Why attempts from a container prove nothing.
fn unproven(place: &Container, tool: Option<&Seen<crate::facts::Tool>>) -> Option<String> {
    let name = place.known_as();
    match tool {
        None => Some(format!("nothing was tried from inside `{name}`")),
        Some(Seen::Unseen(why)) => Some(format!(
            "nothing could be tried from inside `{name}`: {why}"
        )),
        Some(Seen::Seen(tool)) if tool.control.is_none() => Some(format!(
            "from inside `{name}` not even its own port or the application's could be reached, so the attempts prove nothing"
        )),
        Some(Seen::Seen(_)) => None,
    }
}

/// A command that repeats an attempt of a row: the one that succeeded, or the first.
fn repeat(row: &ReachRow) -> String {
    let Vantage::Proxy(place) = &row.from else {
        return String::new();
    };
    let known = || row.tries.iter().filter(|tried| !tried.at.is_empty());
    let open = known().find(|tried| tried.outcome == Tried::Open);
    let Some(first) = open.or(known().next()) else {
        return String::new();
    };
    let Some((address, port)) = first.at.rsplit_once(':') else {
        return String::new();
    };
    let address = address.trim_matches(['[', ']']);
    format!(
        "docker exec {place} bash -c 'timeout 1 bash -c \"</dev/tcp/{address}/{port}\" && echo open || echo closed'"
    )
}
