//! `by_name`: one role reaches another by its name on a network of theirs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::reach_table::unknown_network;
use crate::check::shared::seen::seen;
use crate::check::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Container, EnvValue, Role, Step};
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "by_name: { role: app, in: db }";

/// The application's sessions reach the database from the container's own address, on a network that both share, and no
/// setting pins the database to an address.
///
/// Judged from the server's process list while the application is driven, and from the environment. A session that comes from
/// the network's gateway went round by a published port of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ByName {
    /// Whose sessions.
    pub role: Role,
    /// In which database.
    #[serde(rename = "in")]
    pub within: Role,
}

impl Kind for ByName {
    fn wants(&self) -> Vec<Want> {
        vec![
            Want::RoundTrip(Step::Store),
            Want::RoundTrip(Step::Find),
            Want::Database(Look::Rows),
            Want::Database(Look::Sessions),
        ]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let Some(db) = scene.one(self.within) else {
            return scene.missing(self.within);
        };
        let expected = say!(
            "`{}` reaches `{}` by its name, on a network that both are on",
            app.known_as(),
            db.known_as()
        );
        let look = shell!(
            "docker inspect -f '{{{{json .Config.Env}}}} {{{{json .NetworkSettings.Networks}}}}' {}",
            app.name
        );
        if let Some((variable, address)) = pinned(app, db) {
            return Verdict::fail(
                expected,
                say!(
                    "its environment variable `{variable}` names `{address}` instead",
                    variable,
                    address
                ),
            )
            .seen(say!("its environment and its networks"), look);
        }
        if let Some(pair) = noted(app, db) {
            return Verdict::fail(
                expected,
                say!("`{pair}` stands in its `extra_hosts` instead", pair),
            )
            .seen(
                say!("the names in its `/etc/hosts`"),
                shell!(
                    "docker inspect -f '{{{{json .HostConfig.ExtraHosts}}}}' {}",
                    app.name
                ),
            );
        }
        let sql = seen!(scene.sql(), expected, say!("the database"));
        let sessions = seen!(
            sql.sessions.as_ref(),
            expected,
            say!("the list of sessions")
        );
        if sessions.is_empty() {
            return Verdict::unknown(
                expected,
                say!(
                    "no session of `{}` was seen in {} looks at the process list",
                    app.known_as(),
                    sql.polls
                ),
            );
        }
        let theirs = scene.networks(db);
        let shared: Vec<&str> = scene
            .networks(app)
            .into_iter()
            .filter(|name| theirs.contains(name))
            .collect();
        let why = unknown_network(app, scene).or_else(|| unknown_network(db, scene));
        if let Some(why) = why.filter(|_| shared.is_empty()) {
            return Verdict::unknown(expected, why);
        }
        if shared.is_empty() {
            return Verdict::fail(
                expected,
                say!("they share no network: its sessions come by way of this machine, through a published port"),
            )
            .seen(say!("its environment and its networks"), look);
        }
        if sessions.iter().any(|session| session.by_host) {
            return Verdict::fail(
                expected,
                say!("its sessions come from the network's gateway: they go by way of this machine, through a published port"),
            )
            .seen(say!("its environment and its networks"), look);
        }
        Verdict::pass(expected, say!("on {}", text::ticked(&shared)))
    }
}

/// A variable that says where the database is, and says so with an address or with this machine's name.
fn pinned<'a>(app: &'a Container, db: &'a Container) -> Option<(&'a str, &'a str)> {
    const MACHINE: [&str; 3] = [
        "host.docker.internal",
        "gateway.docker.internal",
        "172.17.0.1",
    ];
    let own = db
        .networks
        .iter()
        .map(|end| end.ip.as_str())
        .filter(|ip| !ip.is_empty());
    let addresses: Vec<&str> = own.chain(MACHINE).collect();
    app.env.iter().find_map(|variable| {
        let EnvValue::Plain(value) = &variable.value else {
            return None;
        };
        if !of_database(&variable.name) {
            return None;
        }
        let mut named = addresses.iter().filter(|address| names(value, address));
        Some((variable.name.as_str(), *named.next()?))
    })
}

/// A name of one's own that stands for the database's address, which is another one after the next start.
fn noted<'a>(app: &'a Container, db: &Container) -> Option<&'a str> {
    let own = |address: &str| db.networks.iter().any(|end| end.ip == address);
    let mut pairs = app.extra_hosts.iter();
    let found = pairs.find(|pair| {
        pair.split_once([':', '='])
            .is_some_and(|(_, address)| !address.is_empty() && own(address))
    });
    found.map(String::as_str)
}

/// Whether a variable's name says that it is about the database.
fn of_database(name: &str) -> bool {
    const WORDS: [&str; 9] = [
        "DB", "DATABASE", "MYSQL", "MARIADB", "POSTGRES", "PG", "SQL", "DSN", "JDBC",
    ];
    let upper = name.to_ascii_uppercase();
    let mut words = upper.split('_');
    words.any(|word| WORDS.iter().any(|known| word.starts_with(known)))
}

/// Whether an address stands in a value, not merely as a part of a longer one.
fn names(value: &str, address: &str) -> bool {
    let edge = |c: Option<char>| !c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.');
    value.match_indices(address).any(|(at, _)| {
        edge(value[..at].chars().next_back()) && edge(value[at + address.len()..].chars().next())
    })
}
