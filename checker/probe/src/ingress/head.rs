//! One question over a line that stands already, plain or encrypted, and the head of its answer. The body is never read,
//! so nothing that a server sends without end, or packs small, can hold the grader up.

use std::collections::BTreeMap;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::http::visitor::{ACCEPT, ACCEPT_LANGUAGE, USER_AGENT};
use labcheck_core::facts::{Head, Trouble};
use labcheck_core::text;

/// Bytes of a head that are read.
const LONGEST: usize = 32 * 1024;
/// Headers that checks judge.
const KEPT: [&str; 4] = [
    "content-security-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
];
/// Characters of a header that are kept.
const MOST: usize = 2000;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    pub method: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// The `Host` header.
    pub host: &'a str,
}

/// Asks, and reads the head of the answer; without a deadline of its own.
pub(crate) async fn ask<S>(stream: &mut S, question: &Question<'_>) -> Result<Head, Trouble>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let Question {
        method,
        target,
        host,
    } = question;
    let asked = format!(
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\nAccept: {ACCEPT}\r\nAccept-Language: {ACCEPT_LANGUAGE}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(asked.as_bytes()).await.map_err(broken)?;
    stream.flush().await.map_err(broken)?;
    let mut bytes = Vec::new();
    loop {
        // Interim answers such as 103 come before the one that counts (RFC 9110, section 15.2).
        while let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = read(&bytes[..end]).ok_or_else(no_http)?;
            if !(100..200).contains(&head.status) || head.status == 101 {
                return Ok(head);
            }
            bytes.drain(..end + 4);
        }
        if !begins(&bytes) {
            return Err(no_http());
        }
        if bytes.len() > LONGEST {
            return Err(Trouble::Other("its headers are longer than 32 KiB".into()));
        }
        let mut part = [0; 4096];
        match stream.read(&mut part).await {
            Ok(0) if bytes.is_empty() => return Err(Trouble::Closed),
            Ok(0) => return Err(no_http()),
            Ok(read) => bytes.extend_from_slice(&part[..read]),
            // A server that says all and hangs up without a farewell has said it.
            Err(_) if !bytes.is_empty() => return Err(Trouble::Closed),
            Err(err) => return Err(broken(err)),
        }
    }
}

fn no_http() -> Trouble {
    Trouble::Other("the answer is no HTTP".into())
}

/// Whether these may be the first bytes of an answer.
fn begins(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .zip(b"HTTP/1.")
        .all(|(one, other)| one == other)
}

#[expect(clippy::needless_pass_by_value, reason = "made for `map_err`")]
fn broken(err: std::io::Error) -> Trouble {
    use std::io::ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionRefused, ConnectionReset, UnexpectedEof,
    };
    match err.kind() {
        ConnectionRefused => Trouble::Refused,
        ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof => Trouble::Closed,
        _ => Trouble::Other(text::cut(&text::clean(&err.to_string()), 200)),
    }
}

fn read(head: &[u8]) -> Option<Head> {
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split_whitespace();
    first.next().filter(|word| word.starts_with("HTTP/1."))?;
    let status = first.next()?.parse().ok()?;
    let mut found = Head {
        status,
        ..Head::default()
    };
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in lines.take(200).filter_map(|line| line.split_once(':')) {
        let name = name.trim().to_ascii_lowercase();
        let value = text::cut(&text::clean(value), MOST);
        if name == "location" {
            found.location.get_or_insert(value);
        } else if KEPT.contains(&name.as_str()) {
            headers
                .entry(name)
                .and_modify(|before| *before = format!("{before}, {value}"))
                .or_insert(value);
        }
    }
    found.headers = headers;
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn told(said: &[u8]) -> Result<Head, Trouble> {
        let (mut here, mut there) = tokio::io::duplex(1 << 20);
        let said = said.to_vec();
        let server = tokio::spawn(async move {
            let mut asked = vec![0; 1024];
            let read = there.read(&mut asked).await.expect("a question");
            let _ = there.write_all(&said).await;
            drop(there);
            String::from_utf8_lossy(&asked[..read]).into_owned()
        });
        let question = Question {
            method: "GET",
            target: "/x",
            host: "shop.test:8443",
        };
        let head = ask(&mut here, &question).await;
        let asked = server.await.expect("served");
        assert!(asked.starts_with("GET /x HTTP/1.1\r\nHost: shop.test:8443\r\n"));
        head
    }

    #[tokio::test]
    async fn the_head_is_enough() {
        let head = told(b"HTTP/1.1 301 Moved\r\nLocation: https://x/\r\nX-Frame-Options: DENY\r\nX-frame-options: SAMEORIGIN\r\nServer: nginx\r\n\r\nbody").await;
        let head = head.expect("an answer");
        assert_eq!(
            (head.status, head.location.as_deref()),
            (301, Some("https://x/"))
        );
        assert_eq!(head.headers.len(), 1);
        assert_eq!(head.headers["x-frame-options"], "DENY, SAMEORIGIN");
    }

    #[tokio::test]
    async fn interim_answers_are_waited_out() {
        let head = told(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n").await;
        assert_eq!(head.expect("an answer").status, 200);
    }

    #[tokio::test]
    async fn what_is_no_answer_is_a_trouble() {
        assert_eq!(told(b"").await, Err(Trouble::Closed));
        assert!(matches!(
            told(b"SSH-2.0-x\r\n").await,
            Err(Trouble::Other(_))
        ));
        assert!(matches!(
            told(&[21, 3, 3, 0, 2, 2, 10]).await,
            Err(Trouble::Other(_))
        ));
        assert!(matches!(
            told(b"HTTP/1.1 two\r\n\r\n").await,
            Err(Trouble::Other(_))
        ));
        let endless = [b"HTTP/1.1 200 OK\r\n".to_vec(), b"a: b\r\n".repeat(10_000)].concat();
        assert!(matches!(told(&endless).await, Err(Trouble::Other(why)) if why.contains("32 KiB")));
    }
}
