//! Where redirects and forms lead, and how forms are sent: to small servers, some of which must not be asked.

use std::sync::Mutex;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use super::tests::{LATE, get, saying, server};
use super::*;
use crate::html::form::Sending;
use labcheck_core::facts::{Container, Port};

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

/// A form with one field, sent as it says.
async fn submitted(browser: &Browser, url: &Url, sending: Sending) -> Result<Fetched, Trouble> {
    let fields = vec![("name".to_owned(), "x y".to_owned())];
    let form = Submission {
        sending,
        fields: &fields,
        page: url,
    };
    browser.submit(url, &form, LATE).await
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
        let posted = submitted(&browser, &app, Sending::Multipart).await;
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
    let answer = submitted(&browser, &moved, Sending::Urlencoded).await;
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
    let came = submitted(&browser, &same, Sending::Urlencoded).await;
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
    let browser = Browser::new(Allowed::default()).expect("a client");
    let fetched = submitted(&browser, &line, Sending::Urlencoded)
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
async fn a_form_is_sent_as_it_says() {
    let (service, heard) = counted().await;
    let browser = Browser::new(Allowed::default()).expect("a client");
    for sending in [
        Sending::Query,
        Sending::Urlencoded,
        Sending::Multipart,
        Sending::Plain,
    ] {
        let came = submitted(&browser, &service, sending).await;
        assert_eq!(came.expect("an answer").answer.status, 200);
    }
    let heard = heard.lock().expect("no panic");
    assert!(heard[0].starts_with("GET /?name=x+y ") && !heard[0].contains("origin:"));
    let said = |nth: usize, words: &[&str]| {
        let request: &String = &heard[nth];
        assert!(request.starts_with("POST / ") && request.contains("origin: http://127"));
        for word in words {
            assert!(request.contains(word), "{word}: {request}");
        }
    };
    said(
        1,
        &[
            "content-type: application/x-www-form-urlencoded",
            "\r\n\r\nname=x+y",
        ],
    );
    said(
        2,
        &[
            "content-type: multipart/form-data; boundary=----gecko",
            "name=\"name\"\r\n\r\nx y\r\n",
        ],
    );
    said(3, &["content-type: text/plain\r\n", "\r\n\r\nname=x y\r\n"]);
}
