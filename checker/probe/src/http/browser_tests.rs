//! Requests to servers that answer badly, or not at all.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::http::answer::MOST_KEPT;

const SOON: Duration = Duration::from_millis(300);
pub(super) const LATE: Duration = Duration::from_secs(20);

/// A server that does the same with every connection: reads one request, then hands the stream over with the request.
pub(super) async fn server<F, D>(answer: F) -> Url
where
    F: Fn(TcpStream, String) -> D + Send + 'static,
    D: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = vec![0; 8192];
            let got = stream.read(&mut bytes).await.unwrap_or(0);
            let request = String::from_utf8_lossy(&bytes[..got]).into_owned();
            tokio::spawn(answer(stream, request));
        }
    });
    Url::parse(&format!("http://{address}/")).expect("an address")
}

/// A server that says the same to every client.
pub(super) async fn saying(words: impl Into<Vec<u8>>) -> Url {
    let words = words.into();
    server(move |mut stream, _| {
        let words = words.clone();
        async move {
            let _ = stream.write_all(&words).await;
        }
    })
    .await
}

pub(super) async fn get(url: &Url, deadline: Duration) -> Result<Fetched, Trouble> {
    Browser::new(Allowed::default())
        .expect("a client")
        .get(url, deadline)
        .await
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = Url::parse(&format!(
        "http://{}/",
        listener.local_addr().expect("an address")
    ))
    .expect("an address");
    drop(listener);
    assert_eq!(get(&url, LATE).await.err(), Some(Trouble::Refused));
}

#[tokio::test]
async fn accepted_and_closed() {
    let url = server(|stream, _| async move { drop(stream) }).await;
    assert_eq!(get(&url, LATE).await.err(), Some(Trouble::Closed));
    let cut = saying("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nten bytes.").await;
    assert_eq!(get(&cut, LATE).await.err(), Some(Trouble::Closed));
}

#[tokio::test]
async fn hangs() {
    let url = server(|stream, _| async move {
        let _kept = stream;
        std::future::pending::<()>().await;
    });
    assert_eq!(
        get(&url.await, SOON).await.err(),
        Some(Trouble::TimedOut(300))
    );
    let half = server(|mut stream, _| async move {
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nslow")
            .await;
        std::future::pending::<()>().await;
    });
    assert_eq!(
        get(&half.await, SOON).await.err(),
        Some(Trouble::TimedOut(300))
    );
}

#[tokio::test]
async fn never_stops_talking() {
    let url = server(|mut stream, _| async move {
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<title>t</title>")
            .await;
        while stream.write_all(&[b'x'; 16 * 1024]).await.is_ok() {}
    });
    let fetched = get(&url.await, LATE).await.expect("an answer");
    assert!(fetched.answer.cut && fetched.bytes.len() == MOST_READ);
    assert_eq!(fetched.answer.body.chars().count(), MOST_KEPT);
    assert_eq!(fetched.answer.title.as_deref(), Some("t"));
}

#[tokio::test]
async fn fifty_megabytes() {
    let mut words = b"HTTP/1.1 200 OK\r\ncontent-length: 52428800\r\n\r\n".to_vec();
    words.resize(words.len() + 52_428_800, b'y');
    let fetched = get(&saying(words).await, LATE).await.expect("an answer");
    assert!(fetched.answer.cut && fetched.answer.bytes == MOST_READ as u64);
}

/// A page that is sent compressed, whatever was asked for.
fn packed(page: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(page).expect("memory");
    let body = gzip.finish().expect("memory");
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\n\r\n"
    );
    [head.into_bytes(), body].concat()
}

#[tokio::test]
async fn what_comes_compressed_without_being_asked_is_opened() {
    let page = packed(b"<title>Registry</title>");
    let length = page.len();
    let url = saying(page).await;
    let fetched = get(&url, LATE).await.expect("an answer");
    assert_eq!(fetched.answer.title.as_deref(), Some("Registry"));
    assert!(fetched.answer.bytes < length as u64);
    // Who asks for a coding wants to see the bytes.
    let browser = Browser::new(Allowed::default()).expect("a client");
    let asked = browser
        .fetch(&url, Offers::These("gzip"), MOST_READ, LATE)
        .await;
    assert!(asked.expect("an answer").bytes.starts_with(&[0x1f, 0x8b]));
}

#[tokio::test]
async fn a_compressed_bomb_is_opened_no_further_than_a_page_goes() {
    let url = saying(packed(&vec![b'x'; 50 * 1024 * 1024])).await;
    let fetched = get(&url, LATE).await.expect("an answer");
    assert!(fetched.answer.cut && fetched.bytes.len() == MOST_READ);
}

#[tokio::test]
async fn what_cannot_be_opened_is_said_to_be_compressed() {
    for coding in ["br", "gzip"] {
        let words = format!(
            "HTTP/1.1 200 OK\r\ncontent-encoding: {coding}\r\ncontent-length: 4\r\n\r\n\u{1f}abc"
        );
        let answer = get(&saying(words).await, LATE)
            .await
            .expect("an answer")
            .answer;
        assert_eq!(answer.body, "");
        assert_eq!(
            answer.told(),
            format!("200, compressed as {coding}, which is not read here")
        );
    }
}

#[tokio::test]
async fn what_is_no_text_and_no_http() {
    let url = saying(
        b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nx-odd: \xff\x1b\r\n\r\nab\xff\xfe".to_vec(),
    )
    .await;
    assert!(
        matches!(get(&url, LATE).await, Ok(fetched) if fetched.answer.body.starts_with("ab"))
            || get(&url, LATE).await.is_err()
    );
    let plain = saying(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nab\xff\xfe".to_vec()).await;
    assert_eq!(
        get(&plain, LATE).await.expect("an answer").answer.body,
        "ab\u{fffd}\u{fffd}"
    );
    let other = saying("SSH-2.0-OpenSSH_9.2\r\n").await;
    assert!(matches!(
        get(&other, LATE).await.err(),
        Some(Trouble::Other(_) | Trouble::Closed)
    ));
}

#[tokio::test]
async fn cookies_are_no_facts() {
    let url = saying("HTTP/1.1 200 OK\r\nset-cookie: session=made-up\r\nx-a: 1\r\nx-a: 2\r\ncontent-length: 0\r\n\r\n").await;
    let headers = get(&url, LATE).await.expect("an answer").answer.headers;
    assert!(!headers.contains_key("set-cookie"));
    assert_eq!(headers.get("x-a").map(String::as_str), Some("1, 2"));
}

#[tokio::test]
async fn too_many_requests_are_asked_again() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    for refusal in [
        "429 Too Many Requests\r\nretry-after: 0",
        "503 Away\r\nretry-after: 0",
    ] {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let url = server(move |mut stream, _| {
            let turn = count.fetch_add(1, Ordering::Relaxed);
            let status = if turn == 0 { refusal } else { "200 OK" };
            async move {
                let answer = format!("HTTP/1.1 {status}\r\nconnection: close\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        let fetched = get(&url.await, LATE).await.expect("an answer");
        assert_eq!(
            (fetched.answer.status, asked.load(Ordering::Relaxed)),
            (200, 2)
        );
    }
}

#[tokio::test]
async fn a_limit_without_end_is_an_answer_too() {
    let url =
        saying("HTTP/1.1 429 Too Many Requests\r\nretry-after: 0\r\nconnection: close\r\n\r\n");
    let fetched = get(&url.await, LATE).await.expect("an answer");
    assert_eq!(fetched.answer.status, 429);
}
