//! `unreachable`: attempts from inside one role to connect to another are in vain.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::reach_table::{in_hosts_network, rows, unknown_network, with_rows};
use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Container, Reach, ReachRow, Role, Seen, Status, Tried, Vantage};
use crate::text::{ShellCommand, self, retold, say, shell};

pub(super) const EXAMPLE: &str = "unreachable: { role: db, from: proxy }";

/// From inside the network of the one role, no address, name or published port leads to the other, no container between
/// the two passes connections on to it, and no mount of both holds its socket.
///
/// Really tried, by every address of the other, by every name it has, by the gateways where it is published, and at
/// every port that listens in between. A database's greeting gives a forwarder away, and so does a connection to the
/// database for each one to the port; of a port that nothing explains it is not known. A control attempt must succeed, or
/// the silence of the others proves nothing.
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
        let (targets, sources) = (scene.all(self.role), scene.all(self.from));
        let Some(target) = targets.first() else {
            return scene.missing(self.role);
        };
        let Some(source) = sources.first() else {
            return scene.missing(self.from);
        };
        let (target, name) = (target.known_as(), source.known_as());
        let expected = say!("`{name}` cannot connect to `{target}`", name, target);
        if let Some(hosts) = sources.iter().find(|source| in_hosts_network(source, scene)) {
            return Verdict::fail(
                expected,
                say!("`{}` is in the host's own network (`network_mode: host`), from where every container is reached, `{target}` too", hosts.known_as(), target),
            )
            .seen(
                "HostConfig.NetworkMode",
                shell!("docker inspect -f '{{{{.HostConfig.NetworkMode}}}}' {}", hosts.name),
            );
        }
        let reach = seen!(
            scene.facts.reach.as_ref(),
            expected,
            say!("who reaches which port")
        );
        let here = |from: &Vantage| {
            sources
                .iter()
                .any(|source| *from == Vantage::Proxy(source.name.clone()))
        };
        let mut tried: Vec<&ReachRow> = Vec::new();
        for target in &targets {
            tried.extend(rows(Some(reach), target, here));
        }
        if let Some(verdict) = direct(&expected, name, &tried, scene) {
            return verdict;
        }
        let between = reach.rows.iter().filter(|row| here(&row.from));
        if let Some(verdict) = passed_on(&expected, (name, target), between, scene) {
            return verdict;
        }
        if let Some(verdict) = by_socket(&expected, &sources, &targets, scene) {
            return verdict;
        }
        let mut both = targets.iter().chain(&sources);
        if let Some(why) = both.find_map(|one| unknown_network(one, scene)) {
            return Verdict::unknown(expected, why);
        }
        if let Some(why) = sources
            .iter()
            .find_map(|source| unproven(source, reach.inside.get(&source.name)))
        {
            return Verdict::unknown(expected, why);
        }
        if let Some(down) = targets
            .iter()
            .find(|target| target.state.status != Status::Running)
        {
            return Verdict::unknown(
                expected,
                say!(
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
                say!(
                    "no address of `{target}` is known that could be tried",
                    target
                ),
            );
        };
        if let Some(verdict) = led_away(&expected, &sources, &tried) {
            return verdict;
        }
        if let Some(verdict) = untried(&expected, &sources, reach, scene) {
            return verdict;
        }
        let said: Vec<String> = row
            .tries
            .iter()
            .map(crate::check::shared::reach_table::told)
            .collect();
        with_rows(
            Verdict::pass(expected, said.join("; ")),
            &tried,
            scene,
            repeat,
        )
    }
}

/// A name of the other that the student's own list of hosts leads to an address that is none of the stack's. The grader
/// connects to nothing outside of the stack, and the proxy may.
fn led_away(expected: &str, sources: &[&Container], tried: &[&ReachRow]) -> Option<Verdict> {
    let mut away = tried
        .iter()
        .flat_map(|row| &row.tries)
        .filter(|tried| tried.outcome == Tried::Elsewhere);
    away.find_map(|tried| {
        let name = tried.name.as_deref()?;
        let names = |pair: &&String| {
            pair.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with([':', '=']))
        };
        let source = sources
            .iter()
            .find(|source| source.extra_hosts.iter().any(|pair| names(&pair)))?;
        let why = say!(
            "`extra_hosts` of `{}` leads `{name}` to {}, which is no address of the stack; what answers there was not tried",
            source.known_as(),
            tried.at,
            name
        );
        let look = shell!(
            "docker inspect -f '{{{{.HostConfig.ExtraHosts}}}}' {}",
            source.name
        );
        Some(Verdict::unknown(expected, why).seen("HostConfig.ExtraHosts", look))
    })
}

/// What was not tried and may lead there all the same.
fn untried(
    expected: &str,
    sources: &[&Container],
    reach: &Reach,
    scene: &Scene<'_>,
) -> Option<Verdict> {
    if let Some((between, why)) = reach.unheard.iter().next() {
        let between = scene
            .container(between)
            .map_or(between.as_str(), Container::known_as);
        return Some(Verdict::unknown(
            expected,
            say!(
                "`{between}` stands between the two, and what it does with connections is not known: {why}",
                between,
                why = retold(why)
            ),
        ));
    }
    let source = sources.iter().find(|source| !source.pid_mode.is_empty())?;
    let why = say!(
        "`{}` shares its processes with others (`pid`), whose files and sockets may be met through `/proc`; that was not tried",
        source.known_as()
    );
    let look = shell!(
        "docker inspect -f '{{{{.HostConfig.PidMode}}}}' {}",
        source.name
    );
    Some(Verdict::unknown(expected, why).seen("HostConfig.PidMode", look))
}

/// The fail, where an attempt at the other itself succeeded.
fn direct(expected: &str, name: &str, tried: &[&ReachRow], scene: &Scene<'_>) -> Option<Verdict> {
    let open = tried
        .iter()
        .flat_map(|row| &row.tries)
        .filter(|tried| tried.outcome.open());
    let ways = open.map(crate::check::shared::reach_table::told);
    let ways: Vec<String> = ways.collect();
    let found = say!("from inside `{name}`, {}", text::list(&ways), name);
    let verdict = Verdict::fail(expected, found);
    (!ways.is_empty()).then(|| with_rows(verdict, tried, scene, repeat))
}

/// The fail, where a container in between answers with the greeting of a database, or leads to one.
fn passed_on<'f>(
    expected: &str,
    (name, target): (&str, &str),
    between: impl Iterator<Item = &'f ReachRow>,
    scene: &Scene<'f>,
) -> Option<Verdict> {
    let way = |row: &&'f ReachRow| row.tries.iter().find(|one| one.outcome.to_database());
    let rows: Vec<&ReachRow> = between.filter(|row| way(row).is_some()).collect();
    let says = |row: &&'f ReachRow| {
        let one = way(row);
        let at = one.map_or("", |one| one.at.as_str());
        let relay = scene
            .container(&row.container)
            .map_or(row.container.as_str(), Container::known_as);
        match one.and_then(|one| one.outcome.greets()) {
            Some(who) => say!(
                "`{relay}` answers on port {} ({at}) with a database's greeting ({who})",
                row.port,
                relay,
                at,
                who
            ),
            None => say!(
                "`{relay}` holds a connection to the database for each one that is held to its port {} ({at})",
                row.port,
                relay,
                at
            ),
        }
    };
    let said: Vec<String> = rows.iter().map(says).collect();
    let found = say!(
        "from inside `{name}`, {}: connections are passed on to `{target}`",
        text::list(&said),
        name,
        target
    );
    let verdict = Verdict::fail(expected, found);
    (!rows.is_empty()).then(|| with_rows(verdict, &rows, scene, repeat))
}

/// The fail, where the one finds a socket of the other in a mount.
fn by_socket(
    expected: &str,
    sources: &[&Container],
    targets: &[&Container],
    scene: &Scene<'_>,
) -> Option<Verdict> {
    let reach = scene.facts.reach.as_ref()?.get()?;
    let named = |all: &[&Container], name: &str| all.iter().any(|one| one.name == name);
    let mut sockets = reach.sockets.iter();
    let one = sockets.find(|one| named(sources, &one.container) && named(targets, &one.of))?;
    let known_as = |name: &str| {
        let container = scene.container(name);
        container.map_or_else(|| name.to_owned(), |one| one.known_as().to_owned())
    };
    let found = say!(
        "in `{}`, `{}` is the socket on which `{}` listens (`{}` there): it lies in a mount that both have, and no network is in between",
        known_as(&one.container),
        one.found,
        known_as(&one.of),
        one.at
    );
    let look = |name: &str| shell!("docker inspect -f '{{{{json .Mounts}}}}' {}", name);
    let verdict = Verdict::fail(expected, found);
    Some(
        verdict
            .seen("Mounts", look(&one.container))
            .seen(say!("the other one's"), look(&one.of)),
    )
}

/// Why attempts from a container prove nothing.
fn unproven(source: &Container, tool: Option<&Seen<crate::facts::Tool>>) -> Option<String> {
    let name = source.known_as();
    match tool {
        None => Some(say!("nothing was tried from inside `{name}`", name)),
        Some(Seen::Unseen(why)) => Some(say!(
            "nothing could be tried from inside `{name}`: {why}",
            name,
            why = retold(why)
        )),
        Some(Seen::Seen(tool)) if tool.control.is_none() => Some(say!(
            "from inside `{name}` not even its own port or the application's could be reached, so the attempts prove nothing",
            name
        )),
        Some(Seen::Seen(_)) => None,
    }
}

/// A command that repeats an attempt of a row: the one that succeeded, or the first.
fn repeat(row: &ReachRow) -> ShellCommand {
    let Vantage::Proxy(source) = &row.from else {
        return ShellCommand::default();
    };
    let known = || row.tries.iter().filter(|tried| !tried.at.is_empty());
    let open = known().find(|tried| tried.outcome.open());
    let Some(first) = open.or(known().next()) else {
        return ShellCommand::default();
    };
    let Some((address, port)) = first.at.rsplit_once(':') else {
        return ShellCommand::default();
    };
    let address = address.trim_matches(['[', ']']);
    let mysql = |who: &str| who.starts_with('M');
    if first.outcome.greets().is_some_and(mysql) {
        let inside = shell!(
            "timeout 1 head -c 60 </dev/tcp/{}/{} | tr -cd \"[:print:]\"",
            address,
            port
        );
        return shell!("docker exec {} bash -c {}", source, inside.as_word());
    }
    let inside = shell!(
        "timeout 1 bash -c \"</dev/tcp/{}/{}\" && echo open || echo closed",
        address,
        port
    );
    shell!("docker exec {} bash -c {}", source, inside.as_word())
}
