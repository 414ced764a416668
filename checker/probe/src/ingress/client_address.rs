//! What the application's log says of a request that came through the ingress: whom it takes for the client.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use futures_util::future::join_all;

use crate::stack::context::StackContext;
use labcheck_core::facts::{Logged, Role, Seen};
use labcheck_engine::model::inspected::Inspected;

/// How long a line may take until it stands in the log: some programs write several together, and on a machine that is busy
/// half a second was not enough. The wait ends with the first line.
const PATIENCE: Duration = Duration::from_secs(2);
/// Characters of a line that are kept.
const MOST: usize = 300;

/// Whose addresses are whose.
struct Sides {
    /// The proxy's, as the application sees it.
    proxy: BTreeSet<IpAddr>,
    /// The application's own, and those that the request was sent to: they say nothing of the client.
    neither: BTreeSet<IpAddr>,
    /// The proxy shares this machine's network, so that a client of this machine is `127.0.0.1` to it.
    loopback: bool,
}

/// Looks for the word in the logs of the application's containers.
pub(crate) async fn look(
    context: &StackContext<'_>,
    word: &str,
    asked_at: &[IpAddr],
) -> Seen<Vec<Logged>> {
    let apps = context.playing(Role::App);
    let proxies = context.playing(Role::Proxy);
    if apps.is_empty() || proxies.is_empty() {
        return Seen::Unseen("the proxy and the application were not both found".into());
    }
    let sides = Sides::of(context, &apps, &proxies, asked_at);
    let each = apps.iter().map(|app| async move {
        let id = app.container.id.as_str();
        (app, context.engine.lines_with(id, word, PATIENCE).await)
    });
    let mut found = Vec::new();
    let mut trouble = None;
    for (app, lines) in join_all(each).await {
        match lines {
            Ok(lines) => found.extend(lines.iter().map(|line| {
                let (proxy, clients) = sides.sort(&addresses(line));
                Logged {
                    container: app.container.name.clone(),
                    line: context.secrets.show(&line.replace(word, "…"), MOST),
                    proxy,
                    clients,
                }
            })),
            Err(why) => trouble = Some(why),
        }
    }
    match trouble {
        Some(why) if found.is_empty() => {
            Seen::Unseen(format!("the application's log cannot be read: {why}"))
        }
        _ => Seen::Seen(found),
    }
}

impl Sides {
    fn of(
        context: &StackContext<'_>,
        apps: &[&Inspected],
        proxies: &[&Inspected],
        asked_at: &[IpAddr],
    ) -> Self {
        let own = |all: &[&Inspected]| -> BTreeSet<IpAddr> {
            let all = all.iter().flat_map(|inspected| &inspected.addresses);
            all.filter_map(|address| address.parse().ok()).collect()
        };
        let mut proxy = own(proxies);
        let loopback = proxies
            .iter()
            .any(|inspected| inspected.container.network_mode.is_host());
        if loopback {
            // From this machine's network the application is reached through the gateways of its own.
            let attached = apps.iter().flat_map(|app| &app.container.networks);
            let names: BTreeSet<&str> = attached.map(|end| end.network.as_str()).collect();
            let gateways = context.stack.gateways.iter();
            let gateways = gateways.filter(|(network, _)| names.contains(network.as_str()));
            proxy.extend(gateways.flat_map(|(_, all)| all).filter_map(|gateway| {
                let bare = gateway.split('/').next().unwrap_or_default();
                bare.parse::<IpAddr>().ok()
            }));
        }
        let mut neither = own(apps);
        neither.extend(asked_at.iter().filter(|address| !address.is_loopback()));
        Self {
            proxy,
            neither,
            loopback,
        }
    }

    /// The proxy's addresses among some, and a client's.
    fn sort(&self, found: &[IpAddr]) -> (Vec<String>, Vec<String>) {
        let (mut proxy, mut clients) = (BTreeSet::new(), BTreeSet::new());
        for address in found {
            if self.proxy.contains(address) {
                proxy.insert(address.to_string());
            } else if !self.neither.contains(address)
                && !address.is_unspecified()
                && (self.loopback || !address.is_loopback())
            {
                clients.insert(address.to_string());
            }
        }
        (proxy.into_iter().collect(), clients.into_iter().collect())
    }
}

/// The addresses in a line, with or without a port, IPv4 inside IPv6 as IPv4.
fn addresses(line: &str) -> Vec<IpAddr> {
    let part_of = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '.');
    let words = line.split(|c: char| !part_of(c) && c != '%');
    words.filter_map(address).collect()
}

fn address(word: &str) -> Option<IpAddr> {
    let bare = word.trim_matches('.').trim_end_matches(':');
    let bare = bare.split('%').next().unwrap_or_default();
    let whole = bare.parse::<IpAddr>().ok();
    // `10.0.0.1:4711`; IPv6 with a port stands in brackets, which end the word.
    let ported = || bare.rsplit_once(':')?.0.parse::<IpAddr>().ok();
    let found = whole.or_else(ported)?;
    // Times such as `::1` in `12::1` do not occur, but a bare `::` does.
    Some(found.to_canonical()).filter(|address| !address.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ips(texts: &[&str]) -> Vec<IpAddr> {
        texts
            .iter()
            .map(|text| text.parse().expect("an address"))
            .collect()
    }

    #[test]
    fn addresses_are_found_in_lines_of_every_style() {
        for (line, found) in [
            (
                r#"172.18.0.5 - - [21/Nov/2026:20:09:12 +0000] "GET /fetch?labcheck=0a1b HTTP/1.1" 200 512 "-" "labcheck/0.1.0" "172.19.0.1""#,
                &["172.18.0.5", "172.19.0.1"][..],
            ),
            (
                "inventory: GET /fetch 200 client=172.19.0.1,",
                &["172.19.0.1"],
            ),
            (
                r#"{"remote_ip":"::ffff:172.18.0.5","port":1}"#,
                &["172.18.0.5"],
            ),
            (
                "2026-11-21T20:09:12Z from [fd00::1]:4711 to 10.0.0.2:80.",
                &["fd00::1", "10.0.0.2"],
            ),
            ("12:34:56 GET / 0.1.0 a.b.c :: dead beef", &[]),
            ("fe80::1%eth0 said 1.2.3", &["fe80::1"]),
        ] {
            assert_eq!(addresses(line), ips(found), "{line}");
        }
    }

    #[test]
    fn a_client_is_who_is_neither_proxy_nor_application() {
        let sides = Sides {
            proxy: ips(&["172.18.0.5"]).into_iter().collect(),
            neither: ips(&["172.18.0.6"]).into_iter().collect(),
            loopback: false,
        };
        let sorted = sides.sort(&ips(&[
            "172.18.0.5",
            "172.18.0.6",
            "127.0.0.1",
            "172.19.0.1",
        ]));
        assert_eq!(
            sorted,
            (vec!["172.18.0.5".into()], vec!["172.19.0.1".into()])
        );
        let host = Sides {
            loopback: true,
            ..sides
        };
        assert_eq!(host.sort(&ips(&["127.0.0.1"])).1, ["127.0.0.1"]);
    }
}
