//! One request over a connection of its own, in plain HTTP or over TLS, with a deadline; and redirects within plain HTTP.

use std::net::SocketAddr;

use reqwest::Url;
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::answers::{absolute, redirect, resolved, stays, target};
use super::head::{Question, ask};
use super::virtual_host::{Scheme, VirtualHost};
use crate::tls::handshake::{DEADLINE, Handshaker, late, no_line};
use labcheck_core::facts::{Greeting, Head, Plain, Trouble};
use labcheck_core::text;

/// Redirects followed within plain HTTP.
pub(crate) const MOST_HOPS: usize = 5;

/// Sends one request and reads the head of the answer.
///
/// # Errors
/// Why there was no answer.
pub(crate) async fn request(
    at: VirtualHost<'_>,
    handshaker: &Handshaker,
    method: &str,
    target: &str,
) -> Result<Head, Trouble> {
    let host = at.host();
    let question = Question {
        method,
        target,
        host: &host,
    };
    match at.scheme {
        Scheme::Http => {
            in_time(async { ask(&mut connect(at.address).await?, &question).await }).await
        }
        Scheme::Https => {
            let head = in_time(over_tls(at, handshaker, &question)).await;
            head.map(|head| resolved(head, &host, target))
        }
    }
}

async fn over_tls(
    at: VirtualHost<'_>,
    handshaker: &Handshaker,
    question: &Question<'_>,
) -> Result<Head, Trouble> {
    let shaken = handshaker.handshake(at.address, Some(at.name), None).await;
    let (mut line, _) = shaken.map_err(|greeting| match greeting {
        Greeting::Silent(trouble) => trouble,
        Greeting::Refused(why) => Trouble::Other(format!("the TLS handshake is refused: {why}")),
        Greeting::NoTls | Greeting::Agreed => Trouble::Other("the answer is no TLS".into()),
    })?;
    ask(&mut line, question).await
}

/// Asks for a path and follows redirects as long as they stay at this port and in plain HTTP.
pub(crate) async fn follow(address: SocketAddr, name: &str, path: &str) -> Plain {
    let host = format!("{name}:{}", address.port());
    let start = format!("http://{host}{path}");
    let mut plain = Plain {
        url: start.clone(),
        via: Vec::new(),
        answer: Err(Trouble::NoAddress),
    };
    let Ok(mut url) = Url::parse(&start) else {
        return plain;
    };
    let began = Instant::now();
    loop {
        plain.answer = in_time(async {
            let mut line = connect(address).await?;
            let target = target(&url);
            let question = Question {
                method: "GET",
                target: &target,
                host: &host,
            };
            ask(&mut line, &question).await
        })
        .await
        .map(|head| absolute(head, &url));
        let next = plain.answer.as_ref().ok().and_then(redirect);
        let Some(next) = next.filter(|next| stays(next, &url)) else {
            return plain;
        };
        if plain.via.len() == MOST_HOPS || began.elapsed() > DEADLINE {
            plain.answer = Err(Trouble::TooManyRedirects);
            return plain;
        }
        plain.via.push(text::cut(next.as_str(), 200));
        url = next;
    }
}

async fn connect(address: SocketAddr) -> Result<TcpStream, Trouble> {
    let line = TcpStream::connect(address).await;
    let line = line.map_err(|err| no_line(&err))?;
    let _ = line.set_nodelay(true);
    Ok(line)
}

/// Waits for an answer until the deadline.
pub(crate) async fn in_time<T>(
    work: impl Future<Output = Result<T, Trouble>>,
) -> Result<T, Trouble> {
    tokio::time::timeout(DEADLINE, work)
        .await
        .unwrap_or_else(|_| Err(late()))
}
