//! Doors that speak HTTPS where HTTP was looked for, and the other way round.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::http::allowed::Allowed;

/// A port for TLS as nginx has it: plain HTTP is told so, and over TLS it hangs up (`return 444`, or no certificate).
async fn hangs_up_in_tls() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = vec![0; 2048];
            let got = stream.read(&mut bytes).await.unwrap_or(0);
            if bytes[..got].starts_with(b"GET ") {
                let words = "<title>400 The plain HTTP request was sent to HTTPS port</title>";
                let length = words.len();
                let answer = format!(
                    "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{words}"
                );
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        }
    });
    port
}

#[tokio::test]
async fn what_a_port_for_tls_says_to_plain_http_is_not_its_answer() {
    let port = hangs_up_in_tls().await;
    let browser = Browser::new(Allowed::default()).expect("a client");
    for scheme in ["https", "http"] {
        let base = Url::parse(&format!("{scheme}://127.0.0.1:{port}/")).expect("an address");
        let endpoint = at(&browser, &base, "/").await;
        let base = endpoint.base.as_ref().map(Url::to_string);
        assert_eq!(base, Some(format!("https://127.0.0.1:{port}/")));
        assert_eq!(endpoint.trouble(), Some(&Trouble::Closed), "{scheme}");
    }
}

/// A server that knows itself as `localhost` alone, or by no name.
async fn knows(own: &'static str) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = vec![0; 2048];
            let got = stream.read(&mut bytes).await.unwrap_or(0);
            let asked = String::from_utf8_lossy(&bytes[..got]).to_ascii_lowercase();
            let status = if asked.contains(&format!("host: {own}:")) {
                "200 OK"
            } else {
                "400 DisallowedHost"
            };
            let answer =
                format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    Url::parse(&format!("http://{address}/")).expect("an address")
}

#[tokio::test]
async fn who_answers_to_localhost_alone_is_asked_by_that_name() {
    let browser = Browser::new(Allowed::default()).expect("a client");
    for (own, host, status) in [
        ("localhost", "localhost", 200),
        ("127.0.0.1", "127.0.0.1", 200),
        ("shop.test", "127.0.0.1", 400),
    ] {
        let base = knows(own).await;
        let endpoint = at(&browser, &base, "/").await;
        let endpoint = by_name(&browser, endpoint).await;
        let base = endpoint.base.expect("an address");
        assert_eq!(base.host_str(), Some(host), "{own}");
        let answer = endpoint.first.expect("an answer").answer;
        assert_eq!(answer.status, status, "{own}");
    }
}

#[test]
fn a_page_that_must_not_be_there_is_known_by_the_labs_path() {
    assert!(nobodys("/labcheck-no-such-page") && !nobodys("/fetch"));
}
