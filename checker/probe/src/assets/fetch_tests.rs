//! Asking a small server, friendly and not.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::http::allowed::Allowed;
use labcheck_core::facts::AssetKind;

/// What the server says to a path; everything after the head of `/endless.js` comes without end.
fn said(path: &str) -> String {
    let ok = |kind: &str, more: &str, body: &str| {
        let length = body.len();
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n{more}\r\n{body}"
        )
    };
    match path {
        "/a.css" => ok(
            "text/css; charset=utf-8",
            "ETag: \"1\"\r\n",
            "@import 'b.css'; @import url(https://cdn.example/c.css); i { src: url(own.woff2), url(//fonts.example/f.woff2) }",
        ),
        "/b.css" => ok("text/css", "Content-Encoding: gzip\r\n", "@import 'a.css';"),
        "/page.js" => ok(
            "text/javascript",
            "",
            " <!DOCTYPE html><title>no script</title>",
        ),
        "/endless.js" => "HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\n\r\n".into(),
        "/away.js" => {
            "HTTP/1.1 302 Found\r\nLocation: https://cdn.example/x.js\r\nContent-Length: 0\r\n\r\n"
                .into()
        }
        _ => {
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n".into()
        }
    }
}

async fn serve(mut stream: TcpStream) {
    let mut head = vec![0; 4096];
    let read = stream.read(&mut head).await.unwrap_or(0);
    let head = String::from_utf8_lossy(&head[..read]).into_owned();
    let path = head.split(' ').nth(1).unwrap_or("/").to_owned();
    let close = said(&path).replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let mut alive = stream.write_all(close.as_bytes()).await.is_ok();
    while alive && path == "/endless.js" {
        alive = stream.write_all(&[b'x'; 8192]).await.is_ok();
    }
}

async fn fetched(paths: &[&str]) -> All {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("its number").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    let page = Url::parse(&format!("http://127.0.0.1:{port}/")).expect("an address");
    let load = |path: &&str| Load {
        kind: match path.rsplit('.').next() {
            Some("css") => Kind::Stylesheet,
            _ => Kind::Script,
        },
        url: page.join(path).expect("an address"),
    };
    let browser = Browser::new(Allowed::default()).expect("a client");
    all(&browser, &page, paths.iter().map(load).collect()).await
}

#[test]
fn pages_are_told_by_their_start() {
    assert!(is_page("\u{feff}\n<!DOCTYPE html><p>"));
    assert!(is_page("<html lang=en>"));
    assert!(!is_page(".a{}") && !is_page("<svg/>") && !is_page(""));
}

#[tokio::test]
async fn style_sheets_are_followed_once_and_other_hosts_are_left_alone() {
    let found = fetched(&["/a.css"]).await;
    let names: Vec<(AssetKind, &str, bool)> = found
        .assets
        .iter()
        .map(|asset| (asset.kind, asset.path(), asset.elsewhere))
        .collect();
    assert_eq!(
        names,
        [
            (AssetKind::Stylesheet, "/a.css", false),
            (AssetKind::Stylesheet, "/b.css", false),
            (AssetKind::Stylesheet, "/c.css", true),
            (AssetKind::Other, "/f.woff2", true),
        ]
    );
    let first = found.assets[0].delivered().expect("it came");
    assert_eq!(
        (first.status, first.media_type.as_str(), first.etag.as_str()),
        (200, "text/css", "\"1\"")
    );
    let second = found.assets[1].delivered().expect("it came");
    assert_eq!(
        (second.encoding.as_str(), &second.uikit),
        ("gzip", &None),
        "it was compressed unasked"
    );
    assert!(
        found.assets[2].answer.get().is_none(),
        "another host is not asked"
    );
}

#[tokio::test]
async fn odd_answers_end_and_say_what_they_are() {
    let found = fetched(&["/endless.js", "/page.js", "/no.js", "/away.js"]).await;
    let came: Vec<_> = found
        .assets
        .iter()
        .map(|asset| asset.delivered().expect("it came"))
        .collect();
    assert_eq!(came[0].bytes, MOST_READ as u64);
    assert!(came[1].html && !came[0].html);
    assert_eq!(
        came.iter().map(|came| came.status).collect::<Vec<_>>(),
        [200, 200, 404, 302]
    );
}

#[tokio::test]
async fn a_page_that_loads_too_much_is_counted() {
    let paths: Vec<String> = (0..50).map(|nth| format!("/{nth}.js")).collect();
    let found = fetched(&paths.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert_eq!((found.assets.len(), found.more), (MOST, 10));
}
