//! The ingress, port by port: what plain HTTP and TLS bring, which certificates are presented, with which headers it answers.
//!
//! Everything is asked at once, next to the round trip, and every question has a short deadline of its own.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::{join, join_all, join3};

use super::answers::{best, opened, other_name_wanted, presented, resolved};
use super::client_address;
use super::head::{Question, ask};
use super::own_asset;
use super::request::{follow, in_time, request};
use super::virtual_host::VirtualHost;
use crate::endpoint::host_names;
use crate::endpoint::patience::{Patience, SETTLES};
use crate::endpoint::plaintext_form::under_other_names;
use crate::endpoint::published::{PublishedPort, published_ports};

use crate::http::visitor::made_up;
use crate::stack::context::StackContext;
use crate::tls::handshake::{Handshaker, greet};
use labcheck_core::check::Want;
use labcheck_core::facts::{
    Dressed, DressedPage, Greeting, Ingress, IngressPort, Plain, Role, Seen, Tls, Version,
};
use labcheck_engine::model::time;
use labcheck_engine::token::fresh;

/// How long until a proxy that does not answer yet is asked again.
const AGAIN: Duration = Duration::from_millis(200);

/// Looks at the ingress, when a check wants to know.
pub(crate) async fn look(context: &StackContext<'_>) -> Option<Seen<Ingress>> {
    let wants = &context.plan.wants;
    if !wants.contains(&Want::Ingress) && !wants.contains(&Want::IngressLog) {
        return None;
    }
    let published_ports = published_ports(context);
    if published_ports.is_empty() {
        return Some(Seen::Unseen(
            "no published port of the entry is known".into(),
        ));
    }
    let names = host_names::asked(context).await;
    let handshaker = match Handshaker::new() {
        Ok(handshaker) => handshaker,
        Err(why) => return Some(Seen::Unseen(format!("no TLS can be spoken: {why}"))),
    };
    let visit = Visit {
        inside: context.plan.target.route("/fetch").to_owned(),
        form: context.plan.target.route("/inserter").to_owned(),
        nowhere: made_up(),
        handshaker,
        names,
    };
    Some(Seen::Seen(visit.look(context, &published_ports).await))
}

/// One look at the ingress.
struct Visit {
    handshaker: Handshaker,
    /// Never empty.
    names: Vec<String>,
    /// A page further inside, in the application's words.
    inside: String,
    /// The page with the form, in the application's words.
    form: String,
    /// A made-up name, as a path or as a host.
    nowhere: String,
}

impl Visit {
    async fn look(&self, context: &StackContext<'_>, published_ports: &[PublishedPort]) -> Ingress {
        let mut patience = patience(context);
        let mut open = 0;
        let mut ports: Vec<IngressPort> = loop {
            let ports = join_all(published_ports.iter().map(|spot| self.port(spot)));
            let ports: Vec<IngressPort> = ports.await;
            let now = ports.iter().filter(|port| opened(port)).count();
            if now == ports.len() || patience.over().await {
                break ports;
            }
            // A proxy that listens on one port listens on the others soon, or not at all.
            if now > open {
                patience.at_most(SETTLES);
                open = now;
            }
            tokio::time::sleep(AGAIN).await;
        };
        self.asset(published_ports, &mut ports).await;
        let nonce = fresh();
        let pages = match best(published_ports, &ports) {
            Some(at) => self.pages(at, &nonce).await,
            None => Vec::new(),
        };
        let asked_at: Vec<IpAddr> = published_ports
            .iter()
            .map(|spot| spot.address.ip())
            .collect();
        let logged = match () {
            () if !context.plan.wants.contains(&Want::IngressLog) => None,
            () if pages.is_empty() => {
                Some(Seen::Unseen("no request came through the entry".into()))
            }
            () => Some(client_address::look(context, &nonce, &asked_at).await),
        };
        let first = published_ports
            .first()
            .map(|spot| spot.address.ip().to_string());
        Ingress {
            now: i64::try_from(time::now() / 1000).unwrap_or(i64::MAX),
            names: self.names.clone(),
            address: first.unwrap_or_default(),
            ports,
            nowhere: self.nowhere.clone(),
            pages,
            logged,
        }
    }

    /// A port, under the first name that is known there.
    async fn port(&self, spot: &PublishedPort) -> IngressPort {
        let mut first = None;
        for name in &self.names {
            let (plain, tls, bare) = Box::pin(join3(
                self.plain(spot.address, name),
                self.tls(spot.address, name),
                under_other_names(
                    spot.address,
                    name,
                    &self.names,
                    &self.form,
                    &format!("{}.com", self.nowhere),
                ),
            ))
            .await;
            let port = IngressPort {
                port: spot.address.port(),
                container: spot.container.clone(),
                name: name.clone(),
                plain,
                tls,
                bare,
            };
            if !other_name_wanted(&port) {
                return port;
            }
            first.get_or_insert(port);
        }
        first.unwrap_or_default()
    }

    /// Plain HTTP, for the home page, pages further inside, and a made-up one.
    async fn plain(&self, address: SocketAddr, name: &str) -> Vec<Plain> {
        let nowhere = format!("/{}", self.nowhere);
        let paths = ["/", &self.inside, &self.form, &nowhere];
        Box::pin(join_all(paths.map(|path| follow(address, name, path)))).await
    }

    /// What plain HTTP brings for a file that the home page loads, wherever plain HTTP is offered.
    async fn asset(&self, published_ports: &[PublishedPort], ports: &mut [IngressPort]) {
        if ports.iter().all(|port| port.offers().next().is_none()) {
            return;
        }
        let path = match best(published_ports, ports) {
            Some(at) => own_asset::path(at).await,
            None => None,
        };
        let Some(path) = path else {
            return;
        };
        let both = published_ports.iter().zip(ports);
        let open = both.filter(|(_, port)| port.offers().next().is_some());
        let each = open.map(|(spot, port)| {
            let path = path.as_str();
            async move {
                let came = follow(spot.address, &port.name, path).await;
                port.plain.push(came);
            }
        });
        join_all(each).await;
    }

    /// Every version, every name, and the home page.
    async fn tls(&self, address: SocketAddr, first: &str) -> Tls {
        // An address is no server name (RFC 6066, section 3).
        let server =
            Some(first).filter(|name| name.trim_matches(['[', ']']).parse::<IpAddr>().is_err());
        let old = |version| greet(address, server, version);
        let old = join(old(Version::Tls10), old(Version::Tls11));
        let new = |version| {
            self.handshaker
                .handshake(address, Some(first), Some(version))
        };
        let new = join(new(Version::Tls12), new(Version::Tls13));
        // The empty name is a greeting without one.
        let others = self.names.iter().map(String::as_str);
        let others = others.filter(|name| *name != first).chain([""]);
        let others: Vec<&str> = others.collect();
        let of_others = join_all(others.iter().map(|name| self.certificate(address, name)));
        let (((tls10, tls11), (tls12, tls13)), of_others) = join(join(old, new), of_others).await;
        let mut greetings = BTreeMap::from([(Version::Tls10, tls10), (Version::Tls11, tls11)]);
        let mut line = None;
        for (version, shaken) in [(Version::Tls13, tls13), (Version::Tls12, tls12)] {
            let greeting = match shaken {
                Ok(stands) => {
                    line.get_or_insert(stands);
                    Greeting::Agreed
                }
                Err(greeting) => greeting,
            };
            greetings.insert(version, greeting);
        }
        let Some((mut line, der)) = line else {
            return Tls {
                greetings,
                ..Tls::default()
            };
        };
        let others = others.iter().map(|&name| name.to_owned());
        let mut certificates: BTreeMap<_, _> = others.zip(of_others).collect();
        certificates.insert(first.to_owned(), presented(&der));
        let host = format!("{first}:{}", address.port());
        let question = Question {
            method: "GET",
            target: "/",
            host: &host,
        };
        let page = in_time(ask(&mut line, &question)).await;
        Tls {
            greetings,
            certificates,
            page: Some(page.map(|head| resolved(head, &host, "/"))),
        }
    }

    async fn certificate(
        &self,
        address: SocketAddr,
        name: &str,
    ) -> Seen<labcheck_core::facts::Certificate> {
        let name = Some(name).filter(|name| !name.is_empty());
        match self.handshaker.handshake(address, name, None).await {
            Ok((_, der)) => presented(&der),
            Err(Greeting::Refused(why)) => Seen::Unseen(format!("the handshake is refused: {why}")),
            Err(_) => Seen::Unseen("no handshake was completed".into()),
        }
    }

    /// Pages looked at for their headers, all at once. What is fresh in their addresses is not kept.
    async fn pages(&self, at: VirtualHost<'_>, nonce: &str) -> Vec<Dressed> {
        let base = at.base();
        let nowhere = format!("/{}", self.nowhere);
        let asked = [
            (DressedPage::Home, "GET", "/"),
            (DressedPage::Missing, "GET", nowhere.as_str()),
            (DressedPage::Trace, "TRACE", "/"),
        ];
        let each = asked.map(|(page, method, path)| {
            let ask = format!("{method} {base}{path}");
            async move {
                // Some logs leave queries away, so the word is in a path as well.
                let target = match page {
                    DressedPage::Missing => format!("{path}-{nonce}"),
                    _ => format!("{path}?ref={nonce}"),
                };
                Dressed {
                    page,
                    ask,
                    answer: request(at, &self.handshaker, method, &target).await,
                }
            }
        });
        // A page that the application certainly serves, so that its log tells of it, under whichever name it is its own.
        let inside = format!("{}?ref={nonce}", self.inside);
        let inside = self.names.iter().map(|name| {
            let at = VirtualHost { name, ..at };
            let (handshaker, inside) = (&self.handshaker, &inside);
            async move { request(at, handshaker, "GET", inside).await }
        });
        let (pages, _) = join(join_all(each), join_all(inside)).await;
        pages
    }
}

/// How long a proxy that was started just now may still need until it listens everywhere: one that makes its certificate
/// first takes a moment.
fn patience<'a>(context: &StackContext<'a>) -> Patience<'a> {
    let target = &context.plan.target;
    Patience::new(context.engine, target, &context.playing(Role::Proxy), false)
}

#[cfg(test)]
#[path = "survey_tests.rs"]
mod tests;
