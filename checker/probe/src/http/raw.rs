//! One HTTP/1.1 request whose target is sent exactly as given. Every client library tidies `..` away before it asks,
//! which is what a visitor with bad intentions does not do.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::visitor::{ACCEPT, ACCEPT_LANGUAGE, USER_AGENT};
use labcheck_core::facts::Trouble;
use labcheck_core::text;

/// Bytes of an answer that are read.
const MOST_READ: usize = 64 * 1024;
/// Longest wait for an answer.
const DEADLINE: Duration = Duration::from_secs(3);

/// An answer, as far as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Raw {
    pub status: u16,
    pub media_type: String,
    /// The body as it came over the line; a chunked one has its chunk sizes in it.
    pub body: String,
}

/// Asks `address` (host and port) for a target with `GET`.
pub(crate) async fn get(address: &str, host: &str, target: &str) -> Result<Raw, Trouble> {
    let late = || Trouble::TimedOut(u64::try_from(DEADLINE.as_millis()).unwrap_or(u64::MAX));
    let mut bytes = Vec::new();
    let work = exchange(address, host, target, &mut bytes);
    let ended = tokio::time::timeout(DEADLINE, work).await;
    // A server that keeps the line open has answered all the same.
    match (read(&bytes), ended) {
        (Some(raw), _) => Ok(raw),
        (None, Err(_)) => Err(late()),
        (None, Ok(Err(err))) => Err(trouble(&err)),
        (None, Ok(Ok(()))) if bytes.is_empty() => Err(Trouble::Closed),
        (None, Ok(Ok(()))) => Err(Trouble::Other("the answer is no HTTP".into())),
    }
}

async fn exchange(
    address: &str,
    host: &str,
    target: &str,
    into: &mut Vec<u8>,
) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    let question = format!(
        "GET {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\nAccept: {ACCEPT}\r\nAccept-Language: {ACCEPT_LANGUAGE}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(question.as_bytes()).await?;
    let mut part = [0; 8192];
    while into.len() < MOST_READ {
        match stream.read(&mut part).await? {
            0 => break,
            read => into.extend_from_slice(&part[..read]),
        }
        if whole(into) {
            break;
        }
    }
    Ok(())
}

fn trouble(err: &std::io::Error) -> Trouble {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionRefused, ConnectionReset};
    match err.kind() {
        ConnectionRefused => Trouble::Refused,
        ConnectionReset | ConnectionAborted | BrokenPipe => Trouble::Closed,
        _ => Trouble::Other(text::cut(&text::clean(&err.to_string()), 200)),
    }
}

/// Whether everything that `Content-Length` announces is there.
fn whole(bytes: &[u8]) -> bool {
    let Some((head, body)) = split(bytes) else {
        return false;
    };
    let length = header(&head, "content-length").and_then(|value| value.parse::<usize>().ok());
    length.is_some_and(|length| body.len() >= length)
}

fn split(bytes: &[u8]) -> Option<(String, &[u8])> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some((
        String::from_utf8_lossy(&bytes[..end]).into_owned(),
        &bytes[end + 4..],
    ))
}

fn header(head: &str, name: &str) -> Option<String> {
    let mut fields = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    let (_, value) = fields.find(|(found, _)| found.trim().eq_ignore_ascii_case(name))?;
    Some(value.trim().to_owned())
}

fn read(bytes: &[u8]) -> Option<Raw> {
    let (head, body) = split(bytes)?;
    let mut first = head.lines().next()?.split_whitespace();
    let status = first
        .next()
        .filter(|version| version.starts_with("HTTP/1."))?;
    let status = first.next().filter(|_| !status.is_empty())?.parse().ok()?;
    let named = header(&head, "content-type").unwrap_or_default();
    let media_type = named
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    Some(Raw {
        status,
        media_type: text::cut(&text::clean(&media_type), 80),
        body: String::from_utf8_lossy(&body[..body.len().min(MOST_READ)]).into_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answered(said: &'static str) -> (Result<Raw, Trouble>, String) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("its number").to_string();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a visitor");
            let mut asked = vec![0; 1024];
            let read = stream.read(&mut asked).await.expect("a question");
            let _ = stream.write_all(said.as_bytes()).await;
            String::from_utf8_lossy(&asked[..read]).into_owned()
        });
        let raw = get(&address, "shop.test", "/static/../x").await;
        (raw, server.await.expect("served"))
    }

    #[tokio::test]
    async fn the_target_is_sent_as_it_is() {
        let (raw, asked) = answered(
            "HTTP/1.1 404 No\r\nContent-Type: Text/HTML; charset=x\r\nContent-Length: 2\r\n\r\nno",
        )
        .await;
        assert!(
            asked.starts_with("GET /static/../x HTTP/1.1\r\nHost: shop.test\r\n"),
            "{asked}"
        );
        assert_eq!(
            raw,
            Ok(Raw {
                status: 404,
                media_type: "text/html".into(),
                body: "no".into()
            })
        );
    }

    #[tokio::test]
    async fn what_is_no_answer_is_a_trouble() {
        assert_eq!(answered("").await.0, Err(Trouble::Closed));
        assert!(matches!(
            answered("hello\r\n\r\n").await.0,
            Err(Trouble::Other(_))
        ));
        assert_eq!(get("127.0.0.1:1", "h", "/").await, Err(Trouble::Refused));
    }
}
