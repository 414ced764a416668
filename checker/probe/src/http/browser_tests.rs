//! Requests to servers that answer badly, or not at all.

use std::sync::Mutex;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::http::answer::MOST_KEPT;
use labcheck_core::facts::{Container, Port};

const SOON: Duration = Duration::from_millis(300);
const LATE: Duration = Duration::from_secs(20);

/// A server that does the same with every connection: reads one request, then hands the stream over with the request.
async fn server<F, D>(answer: F) -> Url
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
async fn saying(words: impl Into<Vec<u8>>) -> Url {
    let words = words.into();
    server(move |mut stream, _| {
        let words = words.clone();
        async move {
            let _ = stream.write_all(&words).await;
        }
    })
    .await
}

async fn get(url: &Url, deadline: Duration) -> Result<Fetched, Trouble> {
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
    let asked = browser.fetch(&url, Some("gzip"), MOST_READ, LATE).await;
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
            format!("200, compressed as {coding}, which nobody asked for")
        );
    }
}

/// A browser for a stack that publishes these ports on 127.0.0.1.
fn at_home(ports: &[u16]) -> Browser {
    let published = ports.iter().map(|&host| Port {
        container: 5000,
        proto: "tcp".into(),
        host_ip: "127.0.0.1".into(),
        host,
    });
    let stack = Container {
        ports: published.collect(),
        ..Container::default()
    };
    Browser::new(Allowed::new(&[&stack], None)).expect("a client")
}

fn port(url: &Url) -> u16 {
    url.port().expect("a port")
}

#[tokio::test]
async fn a_redirect_that_leads_nowhere_is_told_with_its_end() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let gone = listener.local_addr().expect("an address");
    drop(listener);
    let url = saying(format!(
        "HTTP/1.1 301 Moved\r\nlocation: http://{gone}/here?token=made-up\r\ncontent-length: 0\r\n\r\n"
    ));
    let trouble = at_home(&[gone.port()])
        .get(&url.await, LATE)
        .await
        .expect_err("nobody listens there");
    assert_eq!(
        trouble.phrase(),
        format!(
            "was redirected to http://{gone}/here, and there it was refused: nobody listens on that port of this machine"
        )
    );
}

/// A service of the teacher's machine that counts its visitors, and writes down what they said.
async fn counted() -> (Url, Arc<Mutex<Vec<String>>>) {
    let said: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = Arc::clone(&said);
    let url = server(move |mut stream, request| {
        heard.lock().expect("no panic").push(request);
        async move {
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\nsecret";
            let _ = stream.write_all(answer).await;
        }
    });
    (url.await, said)
}

fn filled() -> Fields {
    vec![("name".to_owned(), "x y".to_owned())]
}

#[tokio::test]
async fn a_service_of_this_machine_that_is_not_the_stacks_is_never_asked() {
    let (service, heard) = counted().await;
    for status in [301, 302, 303, 307, 308] {
        let to = format!("{service}admin/delete?all=yes");
        let app = saying(format!(
            "HTTP/1.1 {status} Moved\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"
        ));
        let app = app.await;
        let browser = at_home(&[port(&app)]);
        let read = browser.get(&app, LATE).await;
        let posted = browser.post(&app, &filled(), &app, LATE).await;
        for came in [read, posted] {
            let answer = came.expect("an answer").answer;
            assert_eq!(
                answer.told(),
                format!("{status}, a redirect to {to}, which is no port of this stack")
            );
        }
        assert!(!browser.may_ask(&service, &app));
    }
    assert_eq!(heard.lock().expect("no panic").len(), 0);
}

#[tokio::test]
async fn a_form_is_carried_on_within_its_origin_alone() {
    let (other, heard) = counted().await;
    let moved = saying(format!(
        "HTTP/1.1 307 Moved\r\nlocation: {other}there\r\ncontent-length: 0\r\n\r\n"
    ));
    let moved = moved.await;
    let browser = at_home(&[port(&moved), port(&other)]);
    let answer = browser.post(&moved, &filled(), &moved, LATE).await;
    let answer = answer.expect("an answer").answer;
    assert_eq!(
        (answer.status, answer.not_followed),
        (307, Some(NotFollowed::WithForm))
    );
    assert_eq!(heard.lock().expect("no panic").len(), 0);
    // What carries nothing may go on to another port of the stack.
    let page = browser.get(&moved, LATE).await.expect("an answer");
    assert_eq!(page.answer.body, "secret");
    let same = server(|mut stream, request| async move {
        let moved = "HTTP/1.1 308 Moved\r\nlocation: /there\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let words = match request.split(' ').nth(1) {
            Some("/there") if request.starts_with("POST") && request.ends_with("name=x+y") => {
                "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"
            }
            _ => moved,
        };
        let _ = stream.write_all(words.as_bytes()).await;
    });
    let same = same.await;
    let came = browser.post(&same, &filled(), &same, LATE).await;
    assert_eq!(came.expect("an answer").answer.body, "ok");
}

#[tokio::test]
async fn a_redirect_out_of_the_stack_is_told_with_its_target() {
    let url = saying(
        "HTTP/1.1 302 Found\r\nlocation: https://example.org/x\r\ncontent-length: 0\r\n\r\n",
    );
    let answer = get(&url.await, LATE).await.expect("an answer").answer;
    assert_eq!(
        answer.told(),
        "302, a redirect to https://example.org/x, which is no port of this stack"
    );
}

#[tokio::test]
async fn redirects_in_circles_and_in_a_line() {
    let circle =
        saying("HTTP/1.1 302 Found\r\nlocation: /again\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(
        get(&circle, LATE).await.err(),
        Some(Trouble::TooManyRedirects)
    );
    let line = server(|mut stream, request| async move {
        let words: &[u8] = match request.split(' ').nth(1) {
            Some("/") => b"HTTP/1.1 303 See Other\r\nlocation: /there?x=1\r\nset-cookie: a=b\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            _ if request.starts_with("GET") && request.contains("cookie: a=b") => b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok",
            _ => b"HTTP/1.1 500 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        };
        let _ = stream.write_all(words).await;
    });
    let line = line.await;
    let fields = vec![("name".to_owned(), "x y".to_owned())];
    let fetched = Browser::new(Allowed::default())
        .expect("a client")
        .post(&line, &fields, &line, LATE)
        .await
        .expect("an answer");
    assert_eq!(
        (fetched.answer.status, fetched.answer.body.as_str()),
        (200, "ok")
    );
    assert_eq!(
        fetched.answer.via,
        [line.join("/there?x=1").expect("an address").to_string()]
    );
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
