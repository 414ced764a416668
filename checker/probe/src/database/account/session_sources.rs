//! Where the application's sessions in the database come from: the addresses and names by which they are known there.
//! Pure.

use std::net::IpAddr;

use labcheck_core::facts::Status;
use labcheck_engine::model::inspected::{Inspected, Stack};

/// Where the application's sessions come from: addresses and names, each with its container.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sources {
    /// Of the containers themselves.
    own: Vec<(String, String)>,
    /// Gateways of the database's networks: a session that comes by way of this machine has their addresses.
    gateways: Vec<(String, String)>,
    /// Addresses and names of every container of the stack.
    stack: Vec<String>,
    /// Containers in the database's network namespace that do not serve the application's pages.
    sharing: Vec<String>,
    /// Those in it that do.
    apps_sharing: Vec<String>,
    /// Containers that serve the application's pages.
    apps: Vec<String>,
    /// Addresses and names of containers that do not work for the application, such as pages to manage databases with.
    bystanders: Vec<(String, String)>,
}

impl Sources {
    /// The application's own addresses; in the host's network, or with no network in common, the gateways of the
    /// database's networks.
    pub(crate) fn of(apps: &[&Inspected], db: &Inspected, stack: &Stack) -> Self {
        let mut all = Self {
            stack: stack
                .containers
                .iter()
                .chain([db])
                .flat_map(|one| one.addresses.iter().chain(&one.names).cloned())
                .collect(),
            ..Self::default()
        };
        let gateways: Vec<&String> = db
            .container
            .networks
            .iter()
            .flat_map(|end| {
                stack
                    .gateways
                    .iter()
                    .filter(move |(network, _)| *network == end.network)
            })
            .flat_map(|(_, gateways)| gateways)
            .collect();
        for app in apps {
            let name = &app.container.name;
            // In another container's network namespace it has that container's addresses.
            let owner = app.container.network_mode.lender();
            let owner = owner.and_then(|id| {
                stack
                    .containers
                    .iter()
                    .find(|other| other.container.id.starts_with(id) || other.container.name == id)
            });
            let at = owner.unwrap_or(app);
            all.own.extend(
                at.addresses
                    .iter()
                    .chain(&at.names)
                    .map(|from| (from.clone(), name.clone())),
            );
            let shared = at.container.networks.iter().any(|end| {
                db.container
                    .networks
                    .iter()
                    .any(|other| other.network == end.network)
            });
            let by_host = || names_this_machine(app, stack);
            if !shared || by_host() {
                let reachable = gateways.iter().copied();
                all.gateways
                    .extend(reachable.map(|gateway| (gateway.clone(), name.clone())));
            }
        }
        all
    }

    /// The container that a session's address or host name belongs to; Docker's name service calls a container
    /// `NAME.NETWORK`.
    pub(crate) fn container(&self, from: &str) -> Option<&str> {
        self.own
            .iter()
            .chain(&self.gateways)
            .find(|(known, _)| is(known, from))
            .map(|(_, container)| container.as_str())
    }

    /// Whether a session's address belongs to a container of the stack, or is the database's own: its socket, its
    /// loopback.
    pub(crate) fn explains(&self, from: &str) -> bool {
        let loopback = from
            .parse()
            .is_ok_and(|address: IpAddr| address.to_canonical().is_loopback());
        from.is_empty()
            || from == "localhost"
            || loopback
            || self.container(from).is_some()
            || self.stack.iter().any(|known| is(known, from))
    }

    /// Tells `apps`, which serve the application's pages, from `clients`, which work for it as well, and both from
    /// bystanders. Looks for containers in the database's network namespace, too: their sessions look like those of the
    /// database's health check.
    #[must_use]
    pub(crate) fn with_roles(
        mut self,
        apps: &[&Inspected],
        clients: &[&Inspected],
        db: &Inspected,
        stack: &Stack,
    ) -> Self {
        let name = |one: &Inspected| one.container.name.clone();
        self.apps = apps.iter().map(|app| name(app)).collect();
        (self.apps_sharing, self.sharing) = sharing(db, stack)
            .into_iter()
            .partition(|sharing| self.apps.contains(sharing));
        let works = |one: &Inspected| {
            let mut all = clients.iter().copied().chain([db]);
            all.any(|other| other.container.name == one.container.name)
        };
        self.bystanders = stack
            .containers
            .iter()
            .filter(|one| !works(one))
            .flat_map(|one| {
                let known = one.addresses.iter().chain(&one.names);
                known.map(|known| (known.clone(), name(one)))
            })
            .collect();
        self
    }

    /// Containers in the database's network namespace that leave open whose sessions were seen. One that serves the
    /// application's pages does so only where `seen` is false: no session came from such a container's own address.
    pub(crate) fn sharing(&self, seen: bool) -> impl Iterator<Item = &String> {
        let apps = self.apps_sharing.iter().filter(move |_| !seen);
        self.sharing.iter().chain(apps)
    }

    /// Whether a container serves the application's pages.
    pub(crate) fn is_app(&self, container: &str) -> bool {
        self.apps.iter().any(|app| app == container)
    }

    /// The container that a session's address belongs to, where that one does not work for the application.
    pub(crate) fn bystander(&self, from: &str) -> Option<&str> {
        let mut all = self.bystanders.iter();
        let found = all.find(|(known, _)| is(known, from));
        found.map(|(_, container)| container.as_str())
    }

    /// Whether a session came by way of this machine rather than from a container's own address.
    pub(crate) fn by_host(&self, from: &str) -> bool {
        self.gateways.iter().any(|(gateway, _)| gateway == from)
            && !self.own.iter().any(|(own, _)| own == from)
    }
}

/// Whether a session's address or host name is a known one; Docker's name service adds the network to a name.
fn is(known: &str, from: &str) -> bool {
    known == from
        || from
            .strip_prefix(known)
            .is_some_and(|rest| rest.starts_with('.') && !known.contains('.'))
}

/// Running containers that are in the database's network namespace or lend it theirs.
fn sharing(db: &Inspected, stack: &Stack) -> Vec<String> {
    let named =
        |one: &Inspected, by: &str| one.container.id.starts_with(by) || one.container.name == by;
    let owner = db.container.network_mode.lender();
    let in_one = |other: &&Inspected| {
        let theirs = other.container.network_mode.lender();
        theirs.is_some_and(|by| named(db, by))
            || owner.is_some_and(|by| named(other, by))
            || owner.is_some() && owner == theirs
    };
    let mut found: Vec<String> = stack
        .containers
        .iter()
        .chain(&stack.lenders)
        .filter(|other| other.container.name != db.container.name)
        .filter(|other| other.container.state.status == Status::Running)
        .filter(in_one)
        .map(|other| other.container.name.clone())
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Whether the environment of a container names this machine as a place to reach something at.
fn names_this_machine(app: &Inspected, stack: &Stack) -> bool {
    const NAMES: [&str; 3] = [
        "host.docker.internal",
        "gateway.docker.internal",
        "172.17.0.1",
    ];
    let gateways = stack.gateways.iter().flat_map(|(_, gateways)| gateways);
    let names: Vec<&str> = NAMES
        .into_iter()
        .chain(gateways.map(String::as_str))
        .collect();
    app.env
        .iter()
        .any(|(_, value)| names.iter().any(|name| mentions(value, name)))
}

/// Whether a name or an address stands in a text, not merely as a part of a longer one.
fn mentions(text: &str, word: &str) -> bool {
    let edge = |c: Option<char>| !c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(word).any(|(at, _)| {
        edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::{Attachment, Container, NetworkMode};

    fn inspected(name: &str, ip: &str, network: &str) -> Inspected {
        let networks = vec![Attachment {
            network: network.into(),
            ip: ip.into(),
            aliases: Vec::new(),
        }];
        Inspected {
            container: Container {
                name: name.into(),
                networks,
                ..Container::default()
            },
            addresses: vec![ip.into()],
            names: vec![name.into()],
            ..Inspected::default()
        }
    }

    #[test]
    fn sessions_are_traced_to_their_container() {
        let (app, db) = (
            inspected("v4-app-1", "172.18.0.3", "v4_default"),
            inspected("v4-db-1", "172.18.0.2", "v4_default"),
        );
        let sources = Sources::of(&[&app], &db, &Stack::default());
        assert_eq!(sources.container("172.18.0.3"), Some("v4-app-1"));
        assert_eq!(sources.container("v4-app-1.v4_default"), Some("v4-app-1"));
        assert_eq!(sources.container("172.18.0.30"), None);
        assert_eq!(sources.container(""), None);
    }

    #[test]
    fn what_comes_by_way_of_this_machine_is_noticed_where_the_environment_names_it() {
        let (mut app, db) = (
            inspected("app", "172.18.0.3", "two"),
            inspected("db", "172.18.0.2", "two"),
        );
        let stack = Stack {
            gateways: vec![("two".into(), vec!["172.18.0.1".into()])],
            ..Stack::default()
        };
        app.env = vec![("DB_HOST".into(), "host.docker.internal".into())];
        let sources = Sources::of(&[&app], &db, &stack);
        assert_eq!(sources.container("172.18.0.1"), Some("app"));
        assert!(sources.by_host("172.18.0.1") && !sources.by_host("172.18.0.3"));
    }

    #[test]
    fn what_no_container_of_the_stack_explains_is_told() {
        let (app, admin, db) = (
            inspected("app", "172.18.0.3", "two"),
            inspected("admin", "172.18.0.4", "two"),
            inspected("db", "172.18.0.2", "two"),
        );
        let stack = Stack {
            containers: vec![app.clone(), admin, db.clone()],
            gateways: vec![("two".into(), vec!["172.18.0.1".into()])],
            ..Stack::default()
        };
        let sources = Sources::of(&[&app], &db, &stack);
        let known = [
            "",
            "localhost",
            "127.0.0.1",
            "::1",
            "172.18.0.4",
            "admin.two",
        ];
        assert!(known.iter().all(|from| sources.explains(from)));
        let others = ["172.18.0.9", "172.18.0.1", "relay.two", "adminer"];
        assert!(!others.iter().any(|from| sources.explains(from)));
    }

    #[test]
    fn a_container_in_the_databases_network_namespace_is_told_unless_it_is_the_application_seen() {
        let db = inspected("db", "172.18.0.2", "two");
        let guest = |name: &str| {
            let mut guest = inspected(name, "", "");
            guest.container.network_mode = NetworkMode::from("container:db".to_owned());
            guest.container.state.status = Status::Running;
            guest
        };
        let (app, relay) = (guest("app"), guest("relay"));
        let stack = Stack {
            containers: vec![app.clone(), relay, db.clone()],
            ..Stack::default()
        };
        let sources = Sources::of(&[&app], &db, &stack).with_roles(&[&app], &[&app], &db, &stack);
        let told = |seen| {
            sources
                .sharing(seen)
                .map(String::as_str)
                .collect::<Vec<_>>()
        };
        assert_eq!(told(true), ["relay"]);
        assert_eq!(told(false), ["relay", "app"]);
    }

    #[test]
    fn what_works_for_the_application_is_told_from_a_page_to_manage_databases_with() {
        let (app, pooler) = (
            inspected("app", "172.18.0.3", "two"),
            inspected("pooler", "172.18.0.5", "two"),
        );
        let (admin, db) = (
            inspected("admin", "172.18.0.4", "two"),
            inspected("db", "172.18.0.2", "two"),
        );
        let stack = Stack {
            containers: vec![app.clone(), pooler.clone(), admin, db.clone()],
            ..Stack::default()
        };
        let clients = [&app, &pooler];
        let sources = Sources::of(&clients, &db, &stack).with_roles(&[&app], &clients, &db, &stack);
        assert!(sources.is_app("app") && !sources.is_app("pooler"));
        assert_eq!(sources.bystander("172.18.0.4"), Some("admin"));
        assert_eq!(sources.bystander("admin.two"), Some("admin"));
        let others = ["172.18.0.5", "172.18.0.3", "172.18.0.2", "localhost"];
        assert!(others.iter().all(|from| sources.bystander(from).is_none()));
    }

    #[test]
    fn without_a_common_network_sessions_come_from_the_gateway() {
        let (app, db) = (
            inspected("app", "172.19.0.3", "one"),
            inspected("db", "172.18.0.2", "two"),
        );
        let stack = Stack {
            gateways: vec![("two".into(), vec!["172.18.0.1".into()])],
            ..Stack::default()
        };
        assert_eq!(
            Sources::of(&[&app], &db, &stack).container("172.18.0.1"),
            Some("app")
        );
        let near = inspected("app", "172.18.0.3", "two");
        assert_eq!(
            Sources::of(&[&near], &db, &stack).container("172.18.0.1"),
            None
        );
    }
}
