// since v6
//! A line in the log for every request: what was asked for, what became of it, and who asked.
//!
//! Behind a proxy every connection comes from the proxy; who asked is in the headers that it adds. They are believed
//! without proof, which is right as long as visitors reach this application through the proxy alone. Where a header
//! was sent on through several proxies, the last value counts: the nearest proxy wrote it.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;

use crate::log;

/// The longest path or client that is written, in characters.
const LONGEST: usize = 200;

/// Writes the line once the answer is known. The health check, every few seconds, gets none.
pub async fn log(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let asked = format!(
        "{} {}",
        cut(request.method().as_str()),
        cut(request.uri().path())
    );
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let by = client(
        request.headers(),
        peer.map(|ConnectInfo(address)| address.ip()),
    );
    let response = next.run(request).await;
    if path != "/healthz" {
        log::line(&format!("{asked} {} {by}", response.status().as_u16()));
    }
    response
}

/// Who asked: as the headers say, and without them the other end of the connection.
fn client(headers: &HeaderMap, peer: Option<IpAddr>) -> String {
    let peer = || peer.map_or_else(|| "somebody".to_owned(), |peer| peer.to_string());
    let said = |name: &str| {
        let all = headers.get_all(name).into_iter();
        let text = all.filter_map(|value| value.to_str().ok()).next_back()?;
        let last = text.rsplit(',').next()?.trim();
        (!last.is_empty()).then(|| cut(last))
    };
    match (said("x-forwarded-for"), said("x-forwarded-proto")) {
        (Some(address), Some(scheme)) => format!("for {address} over {scheme}"),
        (Some(address), None) => format!("for {address}"),
        (None, Some(scheme)) => format!("from {} over {scheme}", peer()),
        (None, None) => format!("from {}", peer()),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::client;

    fn said(headers: &[(&'static str, &'static str)]) -> String {
        let headers = headers.iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, value);
        }
        client(&map, Some([127, 0, 0, 1].into()))
    }

    #[test]
    fn the_nearest_proxy_is_the_one_that_counts() {
        assert_eq!(said(&[]), "from 127.0.0.1");
        let both = [
            ("x-forwarded-for", "203.0.113.7, 198.51.100.2"),
            ("x-forwarded-proto", "https"),
        ];
        assert_eq!(said(&both), "for 198.51.100.2 over https");
        let twice = [
            ("x-forwarded-for", "203.0.113.7"),
            ("x-forwarded-for", "192.0.2.1"),
        ];
        assert_eq!(said(&twice), "for 192.0.2.1");
        assert_eq!(said(&[("x-forwarded-for", " ")]), "from 127.0.0.1");
    }
}
