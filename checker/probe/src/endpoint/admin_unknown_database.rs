//! Admin pages that were told a database which they cannot find: they ask for a name and password, and no student gets in.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use futures_util::future::join_all;

use crate::stack::context::StackContext;
use crate::stack::network::{owner, plays, speaks};
use labcheck_core::check::Want;
use labcheck_core::facts::{Role, Status, UnknownHost};
use labcheck_engine::exec::Program;
use labcheck_engine::model::inspected::Inspected;

/// phpMyAdmin's variable for the database's name.
const SETTING: &str = "PMA_HOST";
/// Variables with which a visitor who signs in chooses another one, or none is looked up.
const OTHERWISE: [&str; 3] = ["PMA_ARBITRARY", "PMA_HOSTS", "PMA_SOCKET"];
/// Settings of its own lie here.
const OWN_SETTINGS: &str = "/etc/phpmyadmin";
/// `getent` has found nothing (`getent(1)`).
const NOT_FOUND: i64 = 2;
const DEADLINE: Duration = Duration::from_secs(4);

/// Names that nothing knows, where a check asks for the admin page. A container that is called so on one of its networks is
/// found by it, also one that is not up just now: that is another check's business. Else the container itself is asked.
pub(crate) async fn look(context: &StackContext<'_>) -> Vec<UnknownHost> {
    let wanted = Want::Page {
        role: Role::Admin,
        path: "/".into(),
    };
    if !context.plan.wants.contains(&wanted) {
        return Vec::new();
    }
    let up = context.playing(Role::Admin).into_iter();
    let up = up.filter(|inspected| inspected.container.state.status == Status::Running);
    let each = up.map(|inspected| async move {
        let name = asks_for(inspected)?;
        let lost = || UnknownHost {
            container: inspected.container.name.clone(),
            setting: SETTING.into(),
            name: name.to_owned(),
            own: is_own(name),
        };
        if is_own(name) {
            return alone(context, inspected).then(lost);
        }
        // An address is not looked up.
        if name.parse::<IpAddr>().is_ok() {
            return None;
        }
        let mut others = context.stack.containers.iter();
        if others.any(|other| called(other, name) && !apart(inspected, other)) {
            return None;
        }
        let program = Program {
            cmd: ["getent", "ahosts", name].map(str::to_owned).into(),
            ..Program::default()
        };
        let id = &inspected.container.id;
        let ended = context.engine.run(id, &program, "", DEADLINE).await.ok()?;
        (ended.code == Some(NOT_FOUND)).then(lost)
    });
    join_all(each).await.into_iter().flatten().collect()
}

/// Whether a name or address means the very container that asks for it.
fn is_own(name: &str) -> bool {
    let address = name.parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// The one name that an admin page can ask for; `None` where it may ask for others, too.
fn asks_for(inspected: &Inspected) -> Option<&str> {
    let name = inspected.var(SETTING)?;
    let told = |name: &&str| inspected.var(name).is_some_and(|value| !value.is_empty());
    let mut mounts = inspected.container.mounts.iter();
    let own =
        mounts.any(|mount| crate::stack::main_process::below(&mount.destination, OWN_SETTINGS));
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let word = |name: &&str| name.chars().all(plain) && !name.starts_with('-');
    let name = Some(name).filter(|name| word(name) || name.parse::<IpAddr>().is_ok())?;
    let one = !own && !OTHERWISE.iter().any(told);
    (one && (1..=253).contains(&name.len())).then_some(name)
}

/// Whether nothing of a database can be met in a container itself: none runs there, none shares its network, and nothing is
/// mounted in which the database's Unix socket could lie.
fn alone(context: &StackContext<'_>, inspected: &Inspected) -> bool {
    let own = owner(context, inspected);
    let served = |other: &Inspected| {
        let (mysql, postgres) = speaks(context, other);
        mysql || postgres
    };
    let mut all = context.stack.containers.iter();
    inspected.container.mounts.is_empty()
        && !inspected.container.network_mode.is_host()
        && !all.any(|other| {
            owner(context, other).container.name == own.container.name
                && (served(other) || plays(context, other, Role::Db))
        })
}

/// Whether a container goes by a name on some network.
fn called(other: &Inspected, name: &str) -> bool {
    let own = &other.container;
    let names = other.names.iter().map(String::as_str);
    let mut all = names
        .chain(own.service.as_deref())
        .chain([own.name.as_str()]);
    all.any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether two that are up have no network in common.
fn apart(one: &Inspected, other: &Inspected) -> bool {
    let of = |inspected: &Inspected| -> BTreeSet<String> {
        let ends = inspected.container.networks.iter();
        ends.map(|end| end.network.clone()).collect()
    };
    other.container.state.status == Status::Running && of(one).is_disjoint(&of(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::{Attachment, Container, Mount, State};

    fn admin(env: &[(&str, &str)]) -> Inspected {
        Inspected {
            env: env
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            ..Inspected::default()
        }
    }

    #[test]
    fn only_a_page_that_asks_one_database_can_ask_for_the_wrong_one() {
        assert_eq!(asks_for(&admin(&[("PMA_HOST", "db")])), Some("db"));
        assert_eq!(asks_for(&admin(&[])), None);
        assert_eq!(asks_for(&admin(&[("PMA_HOST", "")])), None);
        assert_eq!(asks_for(&admin(&[("PMA_HOST", "-x; y")])), None);
        assert!(is_own("LocalHost") && is_own("127.0.0.1") && is_own("::1"));
        assert!(!is_own("db") && !is_own("172.18.0.2"));
        for other in OTHERWISE {
            assert_eq!(asks_for(&admin(&[("PMA_HOST", "db"), (other, "1")])), None);
        }
        let mut own = admin(&[("PMA_HOST", "db")]);
        own.container.mounts.push(Mount {
            destination: "/etc/phpmyadmin/config.user.inc.php".into(),
            ..Mount::default()
        });
        assert_eq!(asks_for(&own), None);
    }

    #[test]
    fn a_database_is_known_where_they_meet_and_while_it_is_down() {
        let on = |network: &str, status| Inspected {
            names: vec!["db".into()],
            container: Container {
                state: State {
                    status,
                    ..State::default()
                },
                networks: vec![Attachment {
                    network: network.into(),
                    ..Attachment::default()
                }],
                ..Container::default()
            },
            ..Inspected::default()
        };
        let own = on("edge", Status::Running);
        assert!(!apart(&own, &on("edge", Status::Running)));
        assert!(apart(&own, &on("inner", Status::Running)));
        assert!(!apart(&own, &on("inner", Status::Exited)));
        assert!(called(&own, "DB") && !called(&own, "database"));
    }
}
