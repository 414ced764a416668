//! Ports of every sort, on small servers: right ones, and those that a grader meets on a bad day.

use std::time::Instant as Clock;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::ingress::request::MOST_HOPS;
use crate::ingress::virtual_host::Scheme;
use crate::tls::handshake::{DEADLINE, late};
use labcheck_core::facts::{Refusal, Trouble};

const PAGE: &str = "HTTP/1.1 200 OK\r\nX-Frame-Options: DENY\r\nContent-Length: 2\r\n\r\nok";

fn visit(names: &[&str]) -> Visit {
    Visit {
        handshaker: Handshaker::new().expect("TLS can be spoken"),
        names: names.iter().map(|&name| name.to_owned()).collect(),
        inside: "/fetch".into(),
        form: "/inserter".into(),
        nowhere: "nobody-here".into(),
    }
}

async fn port(address: SocketAddr) -> IngressPort {
    let spot = PublishedPort {
        address,
        container: "proxy".into(),
    };
    visit(&["localhost"]).port(&spot).await
}

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its number");
    (listener, address)
}

/// A server that says the same to every client, in plain HTTP.
async fn plain(said: impl Into<Vec<u8>>) -> SocketAddr {
    let (listener, address) = listener().await;
    let said: Arc<Vec<u8>> = Arc::new(said.into());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let said = Arc::clone(&said);
            tokio::spawn(async move {
                let mut asked = [0; 2048];
                let _ = stream.read(&mut asked).await;
                let _ = stream.write_all(&said).await;
            });
        }
    });
    address
}

fn certified(change: impl FnOnce(&mut CertificateParams)) -> ServerConfig {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    change(&mut params);
    let key = KeyPair::generate().expect("a key");
    let own = params.self_signed(&key).expect("a certificate");
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    builder()
        .with_single_cert(vec![CertificateDer::from(own.der().to_vec())], key)
        .expect("they fit")
}

fn builder() -> rustls::ConfigBuilder<ServerConfig, rustls::server::WantsServerCert> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
}

/// A server for TLS; over it, every client is told the same.
async fn tls(config: ServerConfig, said: impl Into<Vec<u8>>) -> SocketAddr {
    let (listener, address) = listener().await;
    let said: Arc<Vec<u8>> = Arc::new(said.into());
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (said, acceptor) = (Arc::clone(&said), acceptor.clone());
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let mut asked = [0; 2048];
                let _ = stream.read(&mut asked).await;
                let _ = stream.write_all(&said).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    address
}

fn certificate(port: &IngressPort) -> &labcheck_core::facts::Certificate {
    let own = port.tls.certificates.get("localhost");
    own.and_then(Seen::get).expect("a certificate")
}

#[tokio::test]
async fn a_port_for_tls() {
    let port = port(tls(certified(|_| ()), PAGE).await).await;
    assert!(port.speaks_tls() && port.offers().next().is_none());
    for version in [Version::Tls12, Version::Tls13] {
        assert_eq!(port.tls.greeted(version), Some(&Greeting::Agreed));
    }
    for version in [Version::Tls10, Version::Tls11] {
        let told = port.tls.greeted(version);
        assert!(matches!(told, Some(Greeting::Refused(_))), "{told:?}");
    }
    let page = port.tls.page.as_ref().and_then(|page| page.as_ref().ok());
    assert_eq!(page.expect("a page").headers["x-frame-options"], "DENY");
    assert_eq!(certificate(&port).names, ["localhost"]);
    assert!(certificate(&port).self_signed);
    assert!(port.tls.certificates.contains_key(""));
}

#[tokio::test]
async fn an_expired_certificate_is_a_fact_and_no_obstacle() {
    let expired = certified(|params| {
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(2020, 1, 1);
    });
    let port = port(tls(expired, PAGE).await).await;
    assert!(matches!(port.tls.page, Some(Ok(_))));
    assert_eq!(certificate(&port).not_after, 1_577_836_800);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_a_fact_and_no_obstacle() {
    let foreign = certified(|params| {
        params.subject_alt_names = vec![rcgen::SanType::DnsName(
            "elsewhere.test".try_into().expect("a name"),
        )];
    });
    let port = port(tls(foreign, PAGE).await).await;
    assert!(matches!(port.tls.page, Some(Ok(_))));
    assert_eq!(certificate(&port).names, ["elsewhere.test"]);
}

#[tokio::test]
async fn without_a_certificate_the_handshake_is_refused() {
    #[derive(Debug)]
    struct None;
    impl rustls::server::ResolvesServerCert for None {
        fn resolve(
            &self,
            _: rustls::server::ClientHello<'_>,
        ) -> Option<Arc<rustls::sign::CertifiedKey>> {
            Option::None
        }
    }
    let config = builder().with_cert_resolver(Arc::new(None));
    let port = port(tls(config, PAGE).await).await;
    let told = port.tls.greeted(Version::Tls13);
    assert!(
        matches!(told.and_then(Refusal::of), Some(Refusal::Alert(_))),
        "{told:?}"
    );
    assert!(!port.speaks_any_tls() && port.tls.page.is_none());
    assert!(port.tls.certificates.is_empty());
}

#[tokio::test]
async fn a_port_for_plain_http() {
    let port =
        port(plain("HTTP/1.1 301 x\r\nLocation: https://localhost:8443/\r\n\r\n").await).await;
    assert!(!port.speaks_any_tls());
    let offers: Vec<_> = port.offers().collect();
    let paths = offers.iter().map(|(plain, _)| plain.url.rsplit_once('/'));
    let paths: Vec<_> = paths
        .map(|parts| parts.map_or("", |parts| parts.1))
        .collect();
    assert_eq!(paths, ["", "fetch", "inserter", "nobody-here"]);
    let locations = offers.iter().map(|(_, head)| head.location.as_deref());
    assert!(
        locations
            .into_iter()
            .all(|to| to == Some("https://localhost:8443/"))
    );
    assert_eq!(port.tls.greeted(Version::Tls13), Some(&Greeting::NoTls));
    assert_eq!(port.tls.greeted(Version::Tls10), Some(&Greeting::NoTls));
}

#[tokio::test]
async fn old_versions_are_noticed() {
    let mut hello = vec![22, 3, 2, 0, 74, 2, 0, 0, 70, 3, 2];
    hello.extend([7; 68]);
    let port = port(plain(hello).await).await;
    assert_eq!(port.tls.greeted(Version::Tls11), Some(&Greeting::Agreed));
    assert!(matches!(
        port.tls.greeted(Version::Tls10),
        Some(Greeting::Refused(_))
    ));
    assert!(port.speaks_any_tls() && !port.speaks_tls());
}

#[tokio::test]
async fn redirects_in_circles_come_to_an_end() {
    let port = port(plain("HTTP/1.1 302 x\r\nLocation: /again\r\n\r\n").await).await;
    for plain in &port.plain {
        assert_eq!(plain.answer, Err(Trouble::TooManyRedirects));
        assert!(plain.via.len() <= MOST_HOPS);
    }
}

#[tokio::test]
async fn a_port_that_accepts_and_says_nothing_holds_nobody_up() {
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    let began = Clock::now();
    let port = port(address).await;
    assert!(began.elapsed() < DEADLINE * 3, "{:?}", began.elapsed());
    assert!(port.offers().next().is_none() && !port.speaks_any_tls());
    for version in Version::ALL {
        assert_eq!(port.tls.greeted(version), Some(&Greeting::Silent(late())));
    }
    assert!(port.plain.iter().all(|plain| plain.answer == Err(late())));
}

#[tokio::test]
async fn what_comes_without_end_is_not_read_to_its_end() {
    // A head that never ends, and a body that would unpack to far more than it is.
    let endless = b"HTTP/1.1 200 OK\r\n".iter().copied();
    let endless: Vec<u8> = endless.chain(b"x: y\r\n".repeat(400_000)).collect();
    let one = port(plain(endless).await).await;
    assert!(one.offers().next().is_none());
    let bomb = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n";
    let bomb: Vec<u8> = bomb.iter().copied().chain(vec![0; 4 << 20]).collect();
    let began = Clock::now();
    let other = port(tls(certified(|_| ()), bomb).await).await;
    assert!(matches!(&other.tls.page, Some(Ok(head)) if head.status == 200));
    assert!(began.elapsed() < DEADLINE * 2);
}

#[tokio::test]
async fn nobody_at_home() {
    let (listener, address) = listener().await;
    drop(listener);
    let port = port(address).await;
    assert!(
        port.plain
            .iter()
            .all(|plain| plain.answer == Err(Trouble::Refused))
    );
    assert_eq!(
        port.tls.greeted(Version::Tls13),
        Some(&Greeting::Silent(Trouble::Refused))
    );
}

#[tokio::test]
async fn headers_are_looked_at_on_three_pages_and_nothing_fresh_is_kept() {
    let address = tls(certified(|_| ()), PAGE).await;
    let visit = visit(&["localhost"]);
    let at = VirtualHost {
        address,
        name: "localhost",
        scheme: Scheme::Https,
    };
    let pages = visit.pages(at, "0123456789abcdef").await;
    let asked: Vec<_> = pages.iter().map(|page| page.ask.as_str()).collect();
    let base = format!("https://localhost:{}", address.port());
    assert_eq!(
        asked,
        [
            format!("GET {base}/"),
            format!("GET {base}/nobody-here"),
            format!("TRACE {base}/")
        ]
    );
    assert!(pages.iter().all(|page| page.answer.is_ok()));
}

#[tokio::test]
async fn a_server_that_knows_one_name_only_is_found_under_it() {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["shop.test".to_owned()]).expect("a name");
    let own = params.self_signed(&key).expect("a certificate");
    let der = CertificateDer::from(own.der().to_vec());
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let provider = rustls::crypto::ring::default_provider();
    let certified =
        rustls::sign::CertifiedKey::from_der(vec![der], key, &provider).expect("it fits");
    let mut known = rustls::server::ResolvesServerCertUsingSni::new();
    known.add("shop.test", certified).expect("added");
    let address = tls(builder().with_cert_resolver(Arc::new(known)), PAGE).await;
    let spot = PublishedPort {
        address,
        container: "proxy".into(),
    };
    let port = visit(&["localhost", "shop.test"]).port(&spot).await;
    assert_eq!(port.name, "shop.test");
    assert!(port.speaks_tls());
    let named = |name: &str| {
        port.tls
            .certificates
            .get(name)
            .and_then(Seen::get)
            .is_some()
    };
    assert!(named("shop.test") && !named("localhost") && !named(""));
    let port = visit(&["localhost"]).port(&spot).await;
    assert!(!port.speaks_any_tls());
}

/// A proxy that redirects the paths that graders are known to ask for, and serves all others in plain HTTP.
#[tokio::test]
async fn a_file_of_the_page_is_asked_for_in_plain_http_too() {
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; 2048];
            let read = stream.read(&mut asked).await.unwrap_or(0);
            let asked = String::from_utf8_lossy(&asked[..read]).into_owned();
            let body = "<script src=/own/app.js></script>";
            let said = match asked.split(' ').nth(1) {
                Some("/" | "/own/app.js") => format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                ),
                _ => "HTTP/1.1 308 x\r\nLocation: https://localhost/\r\n\r\n".to_owned(),
            };
            let _ = stream.write_all(said.as_bytes()).await;
        }
    });
    let spot = PublishedPort {
        address,
        container: "proxy".into(),
    };
    let visit = visit(&["localhost"]);
    let mut ports = [visit.port(&spot).await];
    visit.asset(&[spot], &mut ports).await;
    let last = ports[0].plain.last().expect("an answer");
    assert!(last.url.ends_with("/own/app.js"), "{}", last.url);
    assert!(last.answer.as_ref().is_ok_and(|head| head.status == 200));
}
