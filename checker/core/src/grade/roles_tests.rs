//! Roles on stacks of many shapes.

use super::super::candidate::has_image_named;
use super::*;
use crate::facts::{Attachment, Port};
use crate::lab::Protocol;

fn signs() -> Signs {
    let words = |words: &[&str]| {
        words
            .iter()
            .map(|&word| word.to_owned())
            .collect::<Vec<_>>()
    };
    BTreeMap::from([
        (
            Role::App,
            RoleSigns {
                service: Some("app".into()),
                leftover: true,
                ..RoleSigns::default()
            },
        ),
        (
            Role::Db,
            RoleSigns {
                service: Some("db".into()),
                speaks: vec![Protocol::Mysql, Protocol::Postgres],
                image: words(&["mariadb", "mysql", "postgres"]),
                ..RoleSigns::default()
            },
        ),
        (
            Role::Admin,
            RoleSigns {
                service: Some("admin".into()),
                image: words(&["phpmyadmin", "adminer"]),
                ..RoleSigns::default()
            },
        ),
        (
            Role::Proxy,
            RoleSigns {
                service: Some("proxy".into()),
                process: words(&["nginx", "traefik", "caddy", "haproxy"]),
                ..RoleSigns::default()
            },
        ),
    ])
}

struct Stack {
    containers: Vec<Container>,
    processes: BTreeMap<String, Seen<Vec<Process>>>,
}

impl Stack {
    fn new() -> Self {
        Self {
            containers: Vec::new(),
            processes: BTreeMap::new(),
        }
    }

    fn with(mut self, name: &str, service: Option<&str>, image: &str, runs: &[&str]) -> Self {
        self.containers.push(Container {
            name: name.into(),
            service: service.map(str::to_owned),
            image: image.into(),
            exposed: vec!["3306/tcp".into()],
            ..Container::default()
        });
        let rows = runs.iter().map(|&command| Process {
            command: command.into(),
            ..Process::default()
        });
        self.processes
            .insert(name.into(), Seen::Seen(rows.collect()));
        self
    }

    fn roles(&self, explicit: &[(Role, &str)]) -> Vec<(Role, String, String)> {
        let said = explicit
            .iter()
            .map(|(role, name)| (*role, vec![(*name).to_owned()]))
            .collect();
        let roles = assign(&self.containers, &self.processes, &signs(), &said);
        roles
            .into_iter()
            .flat_map(|(role, taken)| {
                taken
                    .into_iter()
                    .map(move |taken| (role, taken.container, taken.why))
            })
            .collect()
    }

    fn of(&self, role: Role) -> Vec<String> {
        self.roles(&[])
            .into_iter()
            .filter(|(found, ..)| *found == role)
            .map(|(_, name, _)| name)
            .collect()
    }
}

#[test]
fn the_courses_own_names_are_taken_at_their_word() {
    let stack = Stack::new()
        .with(
            "v4-app-1",
            Some("app"),
            "rust:1.95-slim",
            &["/target/debug/inventory"],
        )
        .with("v4-db-1", Some("db"), "mariadb:11.8", &["mariadbd"])
        .with(
            "v4-admin-1",
            Some("admin"),
            "phpmyadmin:5.2",
            &["apache2 -DFOREGROUND"],
        );
    let why: Vec<(Role, String)> = stack
        .roles(&[])
        .into_iter()
        .map(|(role, _, why)| (role, why))
        .collect();
    assert_eq!(
        why,
        [
            (Role::App, "service name `app`".into()),
            (
                Role::Db,
                "service name `db`; runs mariadbd, which speaks mysql on 3306".into()
            ),
            (Role::Admin, "service name `admin`".into()),
        ]
    );
}

#[test]
fn other_names_are_recognised_by_what_they_run() {
    let stack = Stack::new()
        .with("shop-web", None, "shop", &["python3 app.py"])
        .with(
            "shop-store",
            None,
            "registry.example:5000/team/percona:8",
            &["/usr/sbin/mysqld"],
        )
        .with(
            "shop-pma",
            None,
            "docker.io/library/phpmyadmin:5",
            &["apache2"],
        );
    assert_eq!(stack.of(Role::App), ["shop-web"]);
    assert_eq!(stack.of(Role::Db), ["shop-store"]);
    assert_eq!(stack.of(Role::Admin), ["shop-pma"]);
}

#[test]
fn a_second_admin_page_is_known_by_its_image() {
    let signs = RoleSigns {
        image: vec!["phpmyadmin".into(), "adminer".into()],
        ..RoleSigns::default()
    };
    let stack = Stack::new()
        .with(
            "desk",
            Some("desk"),
            "docker.io/library/phpmyadmin:5.2",
            &[],
        )
        .with("web", Some("web"), "shop-web", &[]);
    let each: Vec<bool> = stack
        .containers
        .iter()
        .map(|container| has_image_named(container, &signs))
        .collect();
    assert_eq!(each, [true, false]);
}

#[test]
fn a_database_that_is_not_up_is_known_by_its_image() {
    let stack = Stack::new()
        .with("web", Some("web"), "shop", &["node"])
        .with("data", Some("data"), "bitnami/mariadb:11", &[]);
    assert_eq!(
        (stack.of(Role::Db), stack.of(Role::App)),
        (vec!["data".to_owned()], vec!["web".to_owned()])
    );
}

#[test]
fn a_project_called_like_a_database_makes_no_database_of_what_it_builds() {
    let mut stack = Stack::new()
        .with("mysql-web-1", Some("web"), "mysql-web", &["node"])
        .with("mysql-data-1", Some("data"), "mariadb:11.8", &["mariadbd"]);
    for container in &mut stack.containers {
        container.project = Some("mysql".into());
    }
    assert_eq!(stack.of(Role::App), ["mysql-web-1"]);
    assert_eq!(stack.of(Role::Db), ["mysql-data-1"]);
}

#[test]
fn a_name_that_hard_evidence_contradicts_loses() {
    let stack = Stack::new()
        .with(
            "x-db-1",
            Some("db"),
            "nginx:1.26",
            &["nginx: master process"],
        )
        .with("x-app-1", Some("app"), "mariadb:11.8", &["mariadbd"]);
    let roles = stack.roles(&[]);
    assert_eq!(stack.of(Role::Db), ["x-app-1"]);
    assert_eq!(stack.of(Role::Proxy), ["x-db-1"]);
    assert!(
        roles
            .iter()
            .any(|(_, _, why)| why.contains("though the service is called `app`")),
        "{roles:?}"
    );
}

#[test]
fn replicas_share_a_role() {
    let stack = Stack::new().with("v-app-1", Some("app"), "a", &["a"]).with(
        "v-app-2",
        Some("app"),
        "a",
        &["a"],
    );
    assert_eq!(stack.of(Role::App), ["v-app-1", "v-app-2"]);
}

#[test]
fn what_the_student_says_wins() {
    let stack = Stack::new()
        .with("one", Some("db"), "mariadb:11.8", &["mariadbd"])
        .with("two", Some("spare"), "mariadb:11.8", &["mariadbd"]);
    let roles = stack.roles(&[(Role::Db, "two")]);
    let db: Vec<&str> = roles
        .iter()
        .filter(|(role, ..)| *role == Role::Db)
        .map(|(_, name, _)| name.as_str())
        .collect();
    assert_eq!(db, ["two"]);
}

#[test]
fn a_second_database_is_not_left_over_for_the_application() {
    let stack = Stack::new()
        .with("a", Some("db"), "mariadb:11.8", &["mariadbd"])
        .with("b", Some("cache"), "mariadb:11.8", &["mariadbd"]);
    assert_eq!(stack.of(Role::App), Vec::<String>::new());
}

#[test]
fn of_several_left_over_the_one_with_a_port_is_the_application() {
    let mut stack = Stack::new()
        .with("worker", Some("worker"), "w", &["python3 work.py"])
        .with("web", Some("web"), "w", &["python3 web.py"]);
    assert_eq!(stack.of(Role::App), Vec::<String>::new());
    stack.containers[1].ports.push(Port {
        container: 80,
        proto: "tcp".into(),
        host_ip: "127.0.0.1".into(),
        host: 8080,
    });
    assert_eq!(stack.of(Role::App), ["web"]);
}

#[test]
fn helpers_are_told_from_an_application_that_publishes_nothing() {
    let stack = || {
        Stack::new()
            .with("db", Some("db"), "mariadb:11.8", &["mariadbd"])
            .with("proxy", Some("proxy"), "p", &["nginx"])
            .with("one", Some("registry"), "r", &["/inventory"])
            .with("two", Some("registry"), "r", &["/inventory"])
    };
    let mut ended = stack().with("certs", Some("certs"), "debian", &[]);
    ended.containers[4].state.status = Status::Exited;
    assert_eq!(ended.of(Role::App), ["one", "two"]);
    ended.containers[4].state.exit_code = 1;
    assert_eq!(ended.of(Role::App), Vec::<String>::new());
    let waits = stack().with("cache", Some("cache"), "debian", &["sleep infinity"]);
    assert_eq!(waits.of(Role::App), ["one", "two"]);
    let mut works = stack().with("cache", Some("cache"), "debian", &["python3 work.py"]);
    assert_eq!(works.of(Role::App), Vec::<String>::new());
    works.containers[4].exposed.clear();
    assert_eq!(works.of(Role::App), ["one", "two"]);
}

/// Two containers and a database, and whom `app` is among them: what holds the ports, and what is in its network.
fn of_two(holder: &[&str], in_its_network: &[&str], with_proxy: bool) -> Vec<String> {
    let mut stack = Stack::new()
        .with("s-rows-1", Some("rows"), "mariadb:11.8", &["mariadbd"])
        .with("s-holder-1", Some("holder"), "one", holder)
        .with("s-inside-1", Some("inside"), "two", in_its_network);
    if with_proxy {
        stack = stack.with("s-web-1", Some("web"), "three", &["gunicorn"]);
    }
    stack.containers[1].id = "abc".into();
    stack.containers[1].ports = vec![Port {
        container: 8443,
        host: 8443,
        ..Port::default()
    }];
    stack.containers[2].network_mode = "container:abc".into();
    stack.of(Role::App)
}

#[test]
fn the_ports_of_one_that_only_waits_are_those_of_who_is_in_its_network() {
    assert_eq!(of_two(&["sleep"], &["nginx"], true), ["s-web-1"]);
    assert_eq!(of_two(&["pause"], &["gunicorn"], false), ["s-inside-1"]);
    // A helper in the application's network, whatever it runs.
    assert_eq!(of_two(&["gunicorn"], &["perl"], false), ["s-holder-1"]);
    assert_eq!(of_two(&["gunicorn"], &["sleep"], false), ["s-holder-1"]);
    assert_eq!(of_two(&["gunicorn"], &["nginx"], false), ["s-holder-1"]);
}

#[test]
fn one_that_lends_its_network_apart_from_the_database_is_not_the_application() {
    let stack = |web: &str| {
        let mut stack = Stack::new()
            .with("s-rows-1", Some("rows"), "mariadb:11.8", &["mariadbd"])
            .with("s-holder-1", Some("holder"), "one", &["tunnel"])
            .with("s-inside-1", Some("inside"), "two", &["nginx"])
            .with("s-web-1", Some("web"), "three", &["gunicorn"])
            .with("s-tail-1", Some("tail"), "four", &["perl"]);
        for (at, network) in [(0, "inner"), (1, "outer"), (3, web)] {
            stack.containers[at].networks = vec![Attachment {
                network: network.into(),
                ..Attachment::default()
            }];
        }
        stack.containers[1].ports = vec![Port::default()];
        // What is published counts as declared.
        for at in [3, 4] {
            stack.containers[at].exposed.clear();
        }
        stack.containers[2].network_mode = "container:s-holder-1".into();
        stack.containers[4].network_mode = "container:s-web-1".into();
        stack
    };
    assert_eq!(stack("inner").of(Role::App), ["s-web-1"]);
    // No other container is where the database is: the one that publishes is still the likeliest.
    assert_eq!(stack("outer").of(Role::App), ["s-holder-1"]);
}
