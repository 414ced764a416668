//! Host names that a proxy routes by, from what is written about it: labels, environment, configuration, certificates.

use std::collections::BTreeSet;

use futures_util::future::{join, join_all};

use super::certificate;
use super::engine::Engine;
use super::gate_spots::spots;
use super::gate_tls::Shaker;
use super::looked::Looked;
use super::parts::Parts;
use crate::check::Want;
use crate::facts::{Process, Role, Seen, Status};

/// Names at most.
const MOST: usize = 6;

/// Where Caddy has its configuration.
const CADDY: &str = "/etc/caddy/Caddyfile";

/// Where proxies have their configuration, and the programs that read it there.
const FILES: [(&str, &[&str]); 8] = [
    ("/etc/nginx/nginx.conf", NGINX),
    ("/etc/nginx/conf.d", NGINX),
    ("/etc/nginx/sites-enabled", NGINX),
    (CADDY, &["caddy"]),
    ("/etc/haproxy/haproxy.cfg", &["haproxy"]),
    ("/usr/local/etc/haproxy/haproxy.cfg", &["haproxy"]),
    ("/etc/traefik", &["traefik"]),
    ("/etc/apache2/sites-enabled", &["apache2", "httpd"]),
];
const NGINX: &[&str] = &["nginx", "openresty", "angie"];

/// Every name that the stack gives to its entry; none where nobody asks for it.
pub(super) async fn learn(parts: &Parts<'_>) -> Vec<String> {
    let asked = |want: &Want| matches!(want, Want::Entry(_));
    if !parts.plan.wants.iter().any(asked) {
        return Vec::new();
    }
    let mut found: BTreeSet<String> = known(&parts.stack.containers).into_iter().collect();
    let (written, shown) = join(configured(parts), certified(parts)).await;
    found.extend(written.iter().cloned());
    found.extend(shown);
    found.remove("localhost");
    found.into_iter().take(MOST).collect()
}

/// Names that labels, variables and configuration give to the entry. What certificates say is left out: whoever judges
/// certificates by these names must not have them from there.
pub(super) async fn written(parts: &Parts<'_>) -> Vec<String> {
    let mut found: BTreeSet<String> = known(&parts.stack.containers).into_iter().collect();
    found.extend(configured(parts).await.iter().cloned());
    found.remove("localhost");
    found.into_iter().take(MOST).collect()
}

/// Names in the configuration of the containers that play the proxy; read once.
async fn configured<'a>(parts: &Parts<'a>) -> &'a [String] {
    parts.ground.configured.get_or_init(|| read(parts)).await
}

async fn read(parts: &Parts<'_>) -> Vec<String> {
    let up = parts
        .playing(Role::Proxy)
        .into_iter()
        .filter(|looked| looked.container.state.status == Status::Running);
    let reads = up.flat_map(|looked| {
        let processes = parts.processes.get(&looked.container.name);
        let files = files(processes.and_then(Seen::get).map_or(&[], Vec::as_slice));
        files.into_iter().map(move |path| async move {
            let texts = texts(parts.engine, &looked.container.id, path)
                .await
                .into_iter();
            let names = texts.map(|text| in_config(&text, path == CADDY));
            names.flatten().collect::<Vec<_>>()
        })
    });
    join_all(reads).await.into_iter().flatten().collect()
}

/// The text of every file of configuration that a proxy has in a usual place.
pub(super) async fn configuration(engine: &Engine, container: &str) -> Vec<String> {
    let all = join_all(FILES.map(|(path, _)| texts(engine, container, path))).await;
    all.into_iter().flatten().collect()
}

/// The files that a container's programs read; all of them where none of its programs is known.
fn files(processes: &[Process]) -> Vec<&'static str> {
    let runs = |by: &[&str]| {
        let mut all = processes.iter();
        all.any(|process| by.contains(&process.program()))
    };
    let known = FILES.iter().any(|(_, by)| runs(by));
    let read = FILES.iter().filter(|(_, by)| !known || runs(by));
    read.map(|(path, _)| *path).collect()
}

async fn texts(engine: &Engine, container: &str, path: &str) -> Vec<String> {
    let files = engine.files(container, path).await.into_iter();
    files
        .map(|file| String::from_utf8_lossy(&file.bytes).into_owned())
        .collect()
}

/// Names of the certificates that the entry shows to those who name none.
async fn certified(parts: &Parts<'_>) -> Vec<String> {
    let Ok(shaker) = Shaker::new() else {
        return Vec::new();
    };
    let shaker = &shaker;
    let each = spots(parts).into_iter().map(|spot| async move {
        let Ok((_, der)) = shaker.shake(spot.address, None, None).await else {
            return Vec::new();
        };
        match certificate::read(&der) {
            Seen::Seen(found) => found.names.iter().filter_map(|word| name(word)).collect(),
            Seen::Unseen(_) => Vec::new(),
        }
    });
    join_all(each).await.into_iter().flatten().collect()
}

/// Names in a configuration: of nginx and Apache, of the proxies `haproxy` and `traefik`, and in a Caddyfile, of Caddy.
fn in_config(text: &str, caddy: bool) -> Vec<String> {
    let mut all = in_rule(text);
    let mut depth = 0_usize;
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let mut tokens = line.split_whitespace();
        let first = tokens.next().unwrap_or_default().to_ascii_lowercase();
        if matches!(first.as_str(), "server_name" | "servername" | "serveralias") {
            all.extend(tokens.flat_map(words));
        } else if let Some((_, rest)) = line.split_once("hdr(host)") {
            let values = rest
                .split_whitespace()
                .filter(|word| !word.starts_with('-'));
            all.extend(values.flat_map(words));
        } else if caddy && depth == 0 && line.ends_with('{') && !line.starts_with(['(', '{']) {
            all.extend(words(line.trim_end_matches('{')));
        }
        depth = (depth + line.matches('{').count()).saturating_sub(line.matches('}').count());
    }
    all
}

/// The names that labels (Traefik, Caddy) and variables (`VIRTUAL_HOST`) of the stack give to its pages.
pub(super) fn known(containers: &[Looked]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for looked in containers {
        for (what, value) in &looked.inspected {
            let Some(label) = what.strip_prefix("label ") else {
                continue;
            };
            if label.starts_with("traefik.") && label.rsplit('.').next() == Some("rule") {
                found.extend(in_rule(value));
            }
            let caddy = label == "caddy"
                || label
                    .strip_prefix("caddy_")
                    .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()));
            if caddy {
                found.extend(words(value));
            }
        }
        for name in ["VIRTUAL_HOST", "LETSENCRYPT_HOST"] {
            found.extend(looked.var(name).into_iter().flat_map(words));
        }
    }
    found.into_iter().take(MOST).collect()
}

/// The names of a Traefik rule: ``Host(`a.test`, `b.test`) && PathPrefix(`/x`)``.
fn in_rule(rule: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = rule;
    while let Some(at) = rest.find("Host(") {
        let whole = !rest[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
        rest = &rest[at + "Host(".len()..];
        let inside = rest.split(')').next().unwrap_or_default();
        if whole {
            all.extend(inside.split(['`', '"', ',', ' ']).filter_map(name));
        }
    }
    all
}

/// Names in a list, with or without scheme and port.
fn words(list: &str) -> Vec<String> {
    list.split([',', ' ', ';'])
        .filter_map(|word| {
            let bare = word.split("://").last().unwrap_or(word);
            name(bare.split([':', '/']).next().unwrap_or(bare))
        })
        .collect()
}

/// A word that is a host name: no address, no pattern, nothing that a name cannot hold.
fn name(word: &str) -> Option<String> {
    let word = word.trim().to_ascii_lowercase();
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let good = (1..=253).contains(&word.len())
        && word.chars().all(letters)
        && !word.starts_with(['-', '.'])
        && word.chars().any(|c| c.is_ascii_alphabetic());
    good.then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(label: &str, value: &str, env: &[(&str, &str)]) -> Looked {
        Looked {
            inspected: vec![(format!("label {label}"), value.into())],
            env: env
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            ..Looked::default()
        }
    }

    #[test]
    fn names_come_from_labels_and_variables() {
        let traefik = with(
            "traefik.http.routers.shop.rule",
            "Host(`shop.test`, `www.shop.test`) && PathPrefix(`/x`) || Host(`b.test`)",
            &[],
        );
        let caddy = with(
            "caddy_0",
            "https://c.test:8443, d.test",
            &[("VIRTUAL_HOST", "e.test")],
        );
        assert_eq!(
            known(&[traefik, caddy]),
            [
                "b.test",
                "c.test",
                "d.test",
                "e.test",
                "shop.test",
                "www.shop.test"
            ]
        );
    }

    #[test]
    fn only_what_a_known_program_reads_is_read() {
        let runs = |commands: &[&str]| {
            let each = commands.iter().map(|command| Process {
                command: (*command).to_owned(),
                ..Process::default()
            });
            files(&each.collect::<Vec<_>>())
        };
        assert_eq!(runs(&["sh /start", "/usr/bin/caddy run"]), [CADDY]);
        assert_eq!(runs(&["nginx: master process nginx", "haproxy"]).len(), 5);
        assert_eq!(runs(&["my-own-proxy"]).len(), FILES.len());
        assert_eq!(runs(&[]).len(), FILES.len());
    }

    #[test]
    fn configurations_of_several_proxies_are_understood() {
        let nginx = "server {\n  server_name shop.test www.shop.test; # a comment server_name no.test\n  server_name _;\n}\n";
        assert_eq!(in_config(nginx, false), ["shop.test", "www.shop.test"]);
        let haproxy = "frontend web\n  acl shop hdr(host) -i shop.test\n";
        assert_eq!(in_config(haproxy, false), ["shop.test"]);
        let traefik = "http:\n  routers:\n    shop: { rule: \"Host(`shop.test`)\" }\n";
        assert_eq!(in_config(traefik, false), ["shop.test"]);
        let caddy = "{\n  admin off\n}\n(common) {\n}\nhttps://shop.test:8443, localhost {\n  handle /x {\n  }\n}\n";
        assert_eq!(in_config(caddy, true), ["shop.test", "localhost"]);
        assert_eq!(
            in_config("ServerName shop.test:443\nServerAlias a.test", false),
            ["shop.test", "a.test"]
        );
    }

    #[test]
    fn patterns_addresses_and_oddities_are_no_names() {
        let odd = with(
            "traefik.http.routers.x.rule",
            "HostRegexp(`{x:.+}`) || HostSNI(`*`)",
            &[],
        );
        let env = with(
            "other",
            "f.test",
            &[("VIRTUAL_HOST", "*.test 127.0.0.1 -x é.test")],
        );
        assert_eq!(known(&[odd, env]), Vec::<String>::new());
    }
}
