//! Who stands in front, on stacks of many shapes.

use super::*;
use crate::facts::{Process, Seen};
use crate::grade::roles::assign;
use crate::lab::Protocol;

fn signs() -> Signs {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    let app = RoleSigns {
        service: Some("app".into()),
        leftover: true,
        ..RoleSigns::default()
    };
    let db = RoleSigns {
        service: Some("db".into()),
        speaks: vec![Protocol::Mysql, Protocol::Postgres],
        image: words(&["mariadb"]),
        ..RoleSigns::default()
    };
    let admin = RoleSigns {
        service: Some("admin".into()),
        image: words(&["phpmyadmin"]),
        ..RoleSigns::default()
    };
    let proxy = RoleSigns {
        service: Some("proxy".into()),
        process: words(&["nginx", "traefik", "caddy", "haproxy"]),
        in_front: true,
        ..RoleSigns::default()
    };
    BTreeMap::from([
        (Role::App, app),
        (Role::Db, db),
        (Role::Admin, admin),
        (Role::Proxy, proxy),
    ])
}

/// Containers as `name image programs ports`; who was taken for the application and who for the proxy.
fn taken(stack: &[(&str, &str, &[&str], &[u16])]) -> (String, String, String) {
    let mut processes = BTreeMap::new();
    let mut containers = Vec::new();
    for (name, image, runs, ports) in stack {
        let rows = runs.iter().map(|&command| Process {
            command: command.into(),
            ..Process::default()
        });
        processes.insert((*name).to_owned(), Seen::Seen(rows.collect()));
        let ports = ports.iter().map(|&host| Port {
            container: 80,
            proto: "tcp".into(),
            host_ip: "0.0.0.0".into(),
            host,
        });
        containers.push(Container {
            name: (*name).to_owned(),
            service: Some((*name).to_owned()),
            image: (*image).to_owned(),
            ports: ports.collect(),
            ..Container::default()
        });
    }
    let roles = assign(&containers, &processes, &signs(), &BTreeMap::new());
    let names = |role: Role| {
        let of = roles.get(&role).map(Vec::as_slice).unwrap_or_default();
        let names: Vec<&str> = of.iter().map(|one| one.container.as_str()).collect();
        names.join(" ")
    };
    let why = roles.get(&Role::Proxy).and_then(|of| of.first());
    let why = why.map_or_else(String::new, |one| one.why.clone());
    (names(Role::App), names(Role::Proxy), why)
}

const DB: (&str, &str, &[&str], &[u16]) = ("data", "mariadb:11.8", &["mariadbd"], &[]);

fn roles(stack: &[(&str, &str, &[&str], &[u16])]) -> (String, String) {
    let (app, proxy, _) = taken(stack);
    (app, proxy)
}

fn pair(app: &str, proxy: &str) -> (String, String) {
    (app.to_owned(), proxy.to_owned())
}

#[test]
fn a_proxy_is_known_by_what_it_runs_and_by_its_ports() {
    let (app, proxy, why) = taken(&[
        (
            "web",
            "shop-edge",
            &["nginx: master process"],
            &[8080, 8443],
        ),
        ("shop", "shop:v5", &["inventory"], &[]),
        DB,
    ]);
    assert_eq!((app.as_str(), proxy.as_str()), ("shop", "web"));
    assert_eq!(
        why,
        "runs nginx; publishes 8080 and 8443, and `shop` publishes nothing"
    );
}

#[test]
fn nginx_before_php_fpm_is_the_proxy_and_php_fpm_the_application() {
    let stack = [
        (
            "web",
            "nginx:1.26",
            &["nginx: master process"][..],
            &[8080][..],
        ),
        ("php", "php:8-fpm", &["php-fpm: master process"], &[]),
        DB,
    ];
    assert_eq!(roles(&stack), pair("php", "web"));
}

#[test]
fn an_application_with_a_web_server_of_its_own_is_no_proxy() {
    let own = (
        "site",
        "site:1",
        &["nginx: master", "gunicorn"][..],
        &[5000][..],
    );
    assert_eq!(roles(&[own, DB]), pair("site", ""));
    let inner = (
        "site",
        "site:1",
        &["nginx: master", "gunicorn"][..],
        &[][..],
    );
    let front = ("edge", "caddy:2", &["caddy"][..], &[8443][..]);
    assert_eq!(roles(&[inner, front, DB]), pair("site", "edge"));
}

#[test]
fn a_proxy_that_nobody_reaches_is_not_the_ingress() {
    let stack = [
        ("edge", "traefik:3", &["traefik"][..], &[80, 443][..]),
        ("socket-proxy", "socket-proxy", &["haproxy"], &[]),
        ("shop", "shop:v5", &["inventory"], &[]),
        DB,
    ];
    assert_eq!(roles(&stack), pair("shop", "edge"));
}

#[test]
fn a_proxy_manager_with_a_runtime_of_its_own_is_one_while_an_application_is_left() {
    let manager = (
        "npm",
        "proxy-manager",
        &["nginx: master", "node"][..],
        &[443][..],
    );
    let shop = ("shop", "shop:v5", &["inventory"][..], &[][..]);
    assert_eq!(roles(&[manager, shop, DB]), pair("shop", "npm"));
}

#[test]
fn a_home_made_proxy_is_known_by_its_port_alone() {
    let edge = ("edge", "my-edge", &["edge"][..], &[8443][..]);
    let shop = ("shop", "shop:v5", &["inventory"][..], &[][..]);
    assert_eq!(roles(&[edge, shop, DB]), pair("shop", "edge"));
    let named = ("app", "shop:v5", &["inventory"][..], &[][..]);
    assert_eq!(roles(&[edge, named, DB]), pair("app", "edge"));
    let (_, _, why) = taken(&[edge, named, DB]);
    assert_eq!(
        why,
        "the only container left over that publishes a port; publishes 8443, and `app` publishes nothing"
    );
}

#[test]
fn without_a_proxy_the_application_with_its_port_is_the_application() {
    let app = ("app", "shop:v5", &["inventory"][..], &[5000][..]);
    assert_eq!(roles(&[app, DB]), pair("app", ""));
    let other = ("web", "shop:v5", &["inventory"][..], &[5000][..]);
    assert_eq!(roles(&[other, DB]), pair("web", ""));
    let mail = ("mail", "mailpit:1", &["mailpit"][..], &[8025][..]);
    assert_eq!(roles(&[app, mail, DB]), pair("app", ""));
}

#[test]
fn the_admin_page_on_apache_is_no_proxy() {
    let admin = ("pma", "phpmyadmin:5.2", &["apache2"][..], &[8081][..]);
    let shop = ("app", "shop:v5", &["inventory"][..], &[][..]);
    let edge = ("edge", "nginx:1.26", &["nginx: master"][..], &[8443][..]);
    assert_eq!(roles(&[admin, shop, edge, DB]), pair("app", "edge"));
    assert_eq!(roles(&[admin, shop, DB]), pair("app", ""));
}
