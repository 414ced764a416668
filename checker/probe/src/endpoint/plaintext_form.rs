//! The application's own form in plain HTTP: at the ports of the ingress under other names than the one that was asked for first,
//! and behind ports that containers outside of the stack publish.
//!
//! A server that chooses by name may lead one name to HTTPS and serve all others as before. Only the inserter's form
//! counts, so that a page of the proxy's own, or of a neighbour, is never taken for the application.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Url;

use crate::deadline::bounded;
use crate::html::form;
use crate::http::raw;
use crate::round_trip::forms::INSERTER_FIELDS;
use crate::stack::context::StackContext;
use labcheck_core::facts::{ForeignPort, Status};
use labcheck_core::text;
use labcheck_engine::model::inspected::ContainerSummary;

/// Longest reading of one page.
const READING: Duration = Duration::from_secs(1);
/// Fields of the inserter's by which its form is known: a lone `name` may be in any form.
const ENOUGH_FIELDS: usize = 3;
/// Other names asked for at a port.
const MOST_NAMES: usize = 8;
/// Published ports of containers outside of the stack that are tried.
const MOST_PORTS: usize = 8;

/// Addresses with which the form came back at a port in plain HTTP, under any name but the first;
/// `invented` is one that no server has.
pub(crate) async fn under_other_names(
    address: SocketAddr,
    first: &str,
    names: &[String],
    path: &str,
    invented: &str,
) -> Vec<String> {
    let ip = text::host(&address.ip().to_string());
    let known = names.iter().map(String::as_str);
    let others = known.chain([ip.as_str(), invented]);
    let mut asked = BTreeSet::from([first]);
    let others: Vec<&str> = others
        .filter(|name| asked.insert(name))
        .take(MOST_NAMES)
        .collect();
    let each = others.into_iter().map(|name| async move {
        let host = format!("{name}:{}", address.port());
        let has_form = shows_form(&address.to_string(), &host, path).await;
        has_form.then(|| format!("http://{host}{path}"))
    });
    join_all(each).await.into_iter().flatten().collect()
}

/// Ports beyond loopback of containers that are not the stack's, though on one of its networks, behind which its form is.
pub(crate) async fn behind_others(context: &StackContext<'_>) -> Vec<ForeignPort> {
    let Some(here) = here(context) else {
        return Vec::new();
    };
    let path = context.plan.target.route("/inserter");
    let foreign = context.there.iter().filter(|row| stranger(context, row));
    let published = foreign.flat_map(|row| row.ports.iter().map(move |port| (row, port)));
    let open =
        published.filter(|(_, port)| port.proto == "tcp" && port.host != 0 && !port.loopback());
    let mut seen = BTreeSet::new();
    let open = open.filter(|(_, port)| seen.insert(port.host));
    let each = open.take(MOST_PORTS).map(|(row, port)| {
        let special = !matches!(port.host_ip.as_str(), "" | "0.0.0.0" | "::");
        let ip = if special { &port.host_ip } else { &here };
        let at = format!("{}:{}", text::host(ip), port.host);
        let known = if special { &port.host_ip } else { "0.0.0.0" };
        let address = format!("{}:{}", text::host(known), port.host);
        async move {
            let has_form = shows_form(&at, &at, path).await;
            has_form.then(|| ForeignPort {
                container: row.name.clone(),
                address,
                url: format!("http://{at}{path}"),
            })
        }
    });
    join_all(each).await.into_iter().flatten().collect()
}

/// Where ports of the engine's host are met from here.
fn here(context: &StackContext<'_>) -> Option<String> {
    let far = context.engine.host.clone();
    (!context.stack.containers.is_empty()).then(|| far.unwrap_or_else(|| "127.0.0.1".to_owned()))
}

/// Whether a container is outside of the stack, and on a network of the stack that the engine did not make by itself.
fn stranger(context: &StackContext<'_>, row: &ContainerSummary) -> bool {
    let made = |network: &str| !matches!(network, "bridge" | "host" | "none");
    let mut stack = context.stack.containers.iter();
    let own = |network: &str| {
        let mut all = context.stack.containers.iter();
        all.any(|inspected| {
            let mut ends = inspected.container.networks.iter();
            ends.any(|end| end.network == network)
        })
    };
    let mut ends = row.ends.iter();
    row.status == Status::Running
        && !stack.any(|inspected| inspected.container.id == row.id)
        && ends.any(|end| made(&end.network) && own(&end.network))
}

/// Whether a page is the inserter's. What is no address, and a server that does not answer, shows none.
async fn shows_form(address: &str, host: &str, path: &str) -> bool {
    let plain = Url::parse(&format!("http://{host}{path}"));
    if plain.is_err() {
        return false;
    }
    let Ok(raw) = raw::get(address, host, path).await else {
        return false;
    };
    let has_form = bounded(READING, move || {
        let form = form::find(&raw.body, INSERTER_FIELDS);
        form.is_some_and(|form| {
            let has = |name: &&&str| form.fields.iter().any(|(field, _)| field == **name);
            INSERTER_FIELDS.iter().filter(has).count() >= ENOUGH_FIELDS
        })
    });
    (200..300).contains(&raw.status) && has_form.await == Some(true)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    const FORM: &str = "<form method=post><input name=name><input name=email><input name=number><input name=website></form>";

    /// A server that shows the form under the names that `shows` says, and sends all other requests on to HTTPS.
    async fn server(shows: fn(&str) -> bool) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut asked = vec![0; 2048];
                let read = stream.read(&mut asked).await.unwrap_or(0);
                let asked = String::from_utf8_lossy(&asked[..read]).into_owned();
                let host = asked.lines().find_map(|line| line.strip_prefix("Host: "));
                let host = host
                    .and_then(|host| host.rsplit_once(':'))
                    .map(|pair| pair.0);
                let answer = if shows(host.unwrap_or_default()) {
                    format!(
                        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{FORM}",
                        FORM.len()
                    )
                } else {
                    "HTTP/1.1 308 Permanent Redirect\r\nLocation: https://x/\r\nContent-Length: 0\r\n\r\n".to_owned()
                };
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        address
    }

    async fn found(shows: fn(&str) -> bool) -> Vec<String> {
        let address = server(shows).await;
        let names = ["localhost".to_owned(), "shop.test".to_owned()];
        let found =
            under_other_names(address, "localhost", &names, "/inserter", "nobody.test").await;
        let port = format!(":{}/", address.port());
        found
            .into_iter()
            .map(|url| url.replace(&port, "/"))
            .collect()
    }

    #[tokio::test]
    async fn a_form_under_another_name_is_found() {
        assert_eq!(
            found(|name| name != "localhost").await,
            [
                "http://shop.test/inserter",
                "http://127.0.0.1/inserter",
                "http://nobody.test/inserter"
            ]
        );
        assert_eq!(
            found(|name| name == "shop.test").await,
            ["http://shop.test/inserter"]
        );
    }

    #[tokio::test]
    async fn who_leads_everybody_to_https_shows_none_and_the_first_name_is_asked_elsewhere() {
        assert!(found(|_| false).await.is_empty());
        assert!(found(|name| name == "localhost").await.is_empty());
    }

    #[tokio::test]
    async fn another_page_is_not_the_applications() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address").to_string();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 512]).await;
                let said = b"HTTP/1.1 200 OK\r\n\r\n<form><input name=name></form>";
                let _ = stream.write_all(said).await;
            }
        });
        assert!(!shows_form(&address, "localhost", "/inserter").await);
        assert!(!shows_form(&address, "no host", "/inserter").await);
    }
}
