//! Host names that a proxy routes by, from what is written about it: labels, environment, configuration, certificates.

use std::collections::BTreeSet;
use std::net::IpAddr;

use futures_util::future::{join, join_all};

use super::proxy_config;
use super::published::published_ports;
use crate::http::address::bases;
use crate::stack::context::StackContext;
use crate::tls::certificate;
use crate::tls::handshake::Handshaker;
use labcheck_core::check::Want;
use labcheck_core::facts::{Role, Seen, Status};
use labcheck_core::text;
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::{Inspected, InspectedField, InspectedText};

/// Names at most.
const MOST: usize = 6;

/// Every name that the stack gives to its ingress; none where no check asks for it.
pub(crate) async fn learn(context: &StackContext<'_>) -> Vec<String> {
    let asked = |want: &Want| matches!(want, Want::BaseUrl(_));
    if !context.plan.wants.iter().any(asked) {
        return Vec::new();
    }
    let mut found: BTreeSet<String> = known(&context.stack.containers).into_iter().collect();
    let (written, certified) = join(configured(context), certified(context)).await;
    found.extend(written.iter().cloned());
    found.extend(certified);
    found.remove("localhost");
    found.into_iter().take(MOST).collect()
}

/// Names that labels, variables and configuration give to the ingress. What certificates say is left out: a check
/// that judges certificates by these names must not have them from there.
pub(crate) async fn written(context: &StackContext<'_>) -> Vec<String> {
    let mut found: BTreeSet<String> = known(&context.stack.containers).into_iter().collect();
    found.extend(configured(context).await.iter().cloned());
    found.remove("localhost");
    found.into_iter().take(MOST).collect()
}

/// Names in the configuration of the containers that play the proxy; read once.
async fn configured<'a>(context: &StackContext<'a>) -> &'a [String] {
    context
        .stack_secrets
        .configured
        .get_or_init(|| read(context))
        .await
}

async fn read(context: &StackContext<'_>) -> Vec<String> {
    let up = context
        .playing(Role::Proxy)
        .into_iter()
        .filter(|inspected| inspected.container.state.status == Status::Running);
    let reads = up.map(|inspected| {
        let processes = context.processes.get(&inspected.container.name);
        let processes = processes.and_then(Seen::get).map_or(&[][..], Vec::as_slice);
        proxy_config::read(context.engine, inspected, processes)
    });
    let texts = join_all(reads).await.into_iter().flatten();
    texts
        .flat_map(|text| in_config(&text.text, text.caddy))
        .collect()
}

/// Names to ask under: `--host`, or the one that `--entry` has, or this machine's and those written in the stack.
pub(crate) async fn asked(context: &StackContext<'_>) -> Vec<String> {
    let target = &context.plan.target;
    if !target.hosts.is_empty() {
        return target.hosts.clone();
    }
    let ingress_url = target.ingress_url.as_deref();
    let ingress_url = ingress_url.and_then(|ingress_url| bases(&[], Some(ingress_url), None).pop());
    let given = ingress_url.and_then(|url| Some(url.host_str()?.to_owned()));
    let this_machine = |name: &str| {
        let address = name.trim_matches(['[', ']']).parse::<IpAddr>();
        address.is_ok_and(|address| address.is_loopback())
    };
    if let Some(name) = given.filter(|name| !this_machine(name)) {
        return vec![name];
    }
    let far = context.engine.host.as_deref().map(text::host);
    let own = far.unwrap_or_else(|| "localhost".into());
    let written = written(context).await;
    std::iter::once(own).chain(written).collect()
}

/// The text of every file of configuration that a proxy has.
pub(crate) async fn configuration(engine: &Engine, inspected: &Inspected) -> Vec<String> {
    let all = proxy_config::read(engine, inspected, &[]).await;
    all.into_iter().map(|text| text.text).collect()
}

/// Names of the certificates that the ingress shows to those who name none.
async fn certified(context: &StackContext<'_>) -> Vec<String> {
    let Ok(handshaker) = Handshaker::new() else {
        return Vec::new();
    };
    let handshaker = &handshaker;
    let each = published_ports(context).into_iter().map(|spot| async move {
        let Ok((_, der)) = handshaker.handshake(spot.address, None, None).await else {
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
pub(crate) fn known(containers: &[Inspected]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for inspected in containers {
        for InspectedText { field, text: value } in &inspected.texts {
            let InspectedField::Label(label) = field else {
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
            found.extend(inspected.var(name).into_iter().flat_map(words));
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
            let host = word.split("://").last().unwrap_or(word);
            name(host.split([':', '/']).next().unwrap_or(host))
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

    fn with(label: &str, value: &str, env: &[(&str, &str)]) -> Inspected {
        Inspected {
            texts: vec![InspectedText {
                field: InspectedField::Label(label.into()),
                text: value.into(),
            }],
            env: env
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            ..Inspected::default()
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
