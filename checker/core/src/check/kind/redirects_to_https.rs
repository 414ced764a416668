//! `redirects_to_https`: a visitor who comes in plain HTTP is sent on to HTTPS.

use core::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::ingress::{https, leads_here, ports};
use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Head, Ingress, IngressPort, Role, Trouble};
use crate::text::{ShellCommand, self, say, shell};

pub(super) const EXAMPLE: &str = "redirects_to_https: { role: proxy }";

/// Where the entry offers plain HTTP, it answers with a redirect to an `https` address at which it speaks TLS. An entry that
/// offers no plain HTTP at all passes.
///
/// Judged from the answers to `/`, to the pages with forms, to a file that the home page loads and to a made-up path at every
/// published port, and from whether the inserter's form comes back under other names: those written in the stack, the
/// address, and a made-up one. That a port for TLS answers plain HTTP with 400 is no offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RedirectsToHttps {
    /// Whose ports.
    pub role: Role,
}

/// How one answer stands.
enum Leads {
    /// To the entry, over TLS.
    Home,
    /// Not to HTTPS, and what it does instead.
    Astray(String),
    /// To a name that is not known here.
    Elsewhere(String),
}

impl Kind for RedirectsToHttps {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Ingress]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(proxy) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let name = proxy.known_as();
        let expected = say!(
            "`{name}` redirects plain HTTP to HTTPS, or does not offer it at all",
            name
        );
        let ingress = seen!(scene.facts.ingress.as_ref(), expected, say!("the entry"));
        let mut offered = Vec::new();
        let mut elsewhere = None;
        for port in &ingress.ports {
            for plain in &port.plain {
                if plain.answer == Err(Trouble::TooManyRedirects) {
                    let found = say!("{} is redirected in circles in plain HTTP", plain.url);
                    return Verdict::fail(expected, found).seen(
                        say!("the redirects"),
                        shell!("curl -iL --max-redirs 5 {}", plain.url),
                    );
                }
            }
            for (plain, head) in port.offers() {
                offered.push(port);
                // That nothing is there may be said in plain HTTP too.
                let nowhere = !ingress.nowhere.is_empty() && plain.url.ends_with(&ingress.nowhere);
                if nowhere && head.status >= 400 {
                    continue;
                }
                match leads(ingress, scene, head) {
                    Leads::Home => {}
                    Leads::Astray(what) => {
                        let found = say!(
                            "at port {} of `{name}`, {} {what}",
                            port.port,
                            plain.url,
                            name,
                            what
                        );
                        return Verdict::fail(expected, found).seen(
                            say!("the answer in plain HTTP"),
                            shell!("curl -i {}", plain.url),
                        );
                    }
                    Leads::Elsewhere(host) => elsewhere = Some((port, plain, host)),
                }
            }
        }
        for port in &ingress.ports {
            if let Some(url) = port.bare.first() {
                let found = say!(
                    "at port {} of `{name}`, {url} is answered with the application's form: one name is sent on to HTTPS, another is not",
                    port.port,
                    name,
                    url
                );
                return Verdict::fail(expected, found).seen(
                    say!("the answer in plain HTTP"),
                    asked_by_name(url, port.port),
                );
            }
        }
        if let Some((port, plain, host)) = elsewhere {
            let why = say!(
                "port {} redirects to the name `{host}`, and whether that leads here is not known",
                port.port,
                host
            );
            return Verdict::unknown(expected, why)
                .seen(
                    say!("the answer in plain HTTP"),
                    shell!("curl -i {}", plain.url),
                )
                .seen(
                    say!("if that is the name of this stack"),
                    shell!("labcheck {} --host {}", scene.facts.lab, host),
                );
        }
        if let Some(first) = offered.first() {
            let found = say!("{} redirects to HTTPS", ports(offered.iter().copied()));
            return Verdict::pass(expected, found).seen(
                say!("the redirect"),
                shell!("curl -i http://localhost:{}/", first.port),
            );
        }
        nothing_offered(ingress, name, expected)
    }
}

/// The command that asks for an address under its name at this machine.
fn asked_by_name(url: &str, port: u16) -> ShellCommand {
    let name = url.strip_prefix("http://").unwrap_or(url);
    let name = name
        .split_once(&format!(":{port}"))
        .map_or(name, |pair| pair.0);
    if name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return shell!("curl -i {}", url);
    }
    shell!("curl -i --resolve {}:{}:127.0.0.1 {}", name, port, url)
}

/// No port offers plain HTTP: HTTPS alone is as good as a redirect.
fn nothing_offered(ingress: &Ingress, name: &str, expected: String) -> Verdict {
    let tls: Vec<&IngressPort> = ingress.tls_ports().collect();
    if tls.is_empty() {
        let found = say!(
            "no port of `{name}` answers in HTTP or HTTPS ({})",
            ports(&ingress.ports),
            name
        );
        return Verdict::fail(expected, found).seen(say!("what is published"), "docker ps");
    }
    Verdict::pass(
        expected,
        say!("HTTPS only, at {}", ports(tls.iter().copied())),
    )
}

fn leads(ingress: &Ingress, scene: &Scene<'_>, head: &Head) -> Leads {
    let status = head.status;
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return Leads::Astray(say!(
            "is answered with status {status} and no redirect",
            status
        ));
    }
    let Some(location) = head.location.as_deref() else {
        return Leads::Astray(say!(
            "is answered with status {status}, but no `Location`",
            status
        ));
    };
    let Some((host, port)) = https(location) else {
        return Leads::Astray(say!(
            "is redirected to {}, which is not HTTPS",
            text::cut(location, 120)
        ));
    };
    if !leads_here(ingress, scene, &host) {
        return Leads::Elsewhere(host);
    }
    let tls: Vec<&IngressPort> = ingress.tls_ports().collect();
    if tls.iter().any(|one| one.port == port) {
        return Leads::Home;
    }
    let where_else = if tls.is_empty() {
        say!("no published port does").to_owned()
    } else {
        say!("{} does", ports(tls.iter().copied()))
    };
    Leads::Astray(say!(
        "is redirected to {}, but port {port} of this machine is not the entry's for TLS; {where_else}",
        text::cut(location, 120),
        port,
        where_else
    ))
}
