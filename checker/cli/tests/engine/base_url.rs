//! The base URL on servers that answer badly: the stack is a fake engine's, the proxy's ports are this test's own.

use std::collections::{BTreeMap, BTreeSet};

use labcheck_core::check::Want;
use labcheck_core::facts::{Facts, Role, Seen, Trouble, labels};
use labcheck_core::grade::{Plan, Target};
use labcheck_core::lab::{LabId, RoleSigns};
use labcheck_probe::{Live, Observer as _, Quiet};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::fake::{Fake, Mood, container};

/// How a port answers.
#[derive(Clone, Copy)]
enum Port {
    /// These words, to every question.
    Says(&'static str),
    /// A redirect to the same page on another port.
    LeadsTo(u16),
    /// A body that never ends, slowly.
    Streams,
    /// Nothing at all.
    Hangs,
}

const CIRCLE: Port = Port::Says("HTTP/1.1 302 X\r\nlocation: /\r\ncontent-length: 0\r\n\r\n");
const WELCOME: Port = Port::Says(
    "HTTP/1.1 200 X\r\ncontent-type: text/html\r\ncontent-length: 38\r\n\r\n<title>Welcome to nginx!</title><p>Hi.",
);
const FORM: Port = Port::Says(
    "HTTP/1.1 200 X\r\ncontent-type: text/html\r\ncontent-length: 67\r\n\r\n<form method=post><input name=name><input name=email></form><p>Form",
);
const DEAD: Port = Port::Says(
    "HTTP/1.1 502 X\r\ncontent-type: text/html\r\ncontent-length: 30\r\n\r\n<title>502 Bad Gateway</title>",
);

async fn serve(port: Port) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let number = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut bytes = [0; 4096];
                while stream.read(&mut bytes).await.is_ok_and(|got| got > 0) {
                    match port {
                        Port::Says(words) => {
                            let _ = stream.write_all(words.as_bytes()).await;
                        }
                        Port::LeadsTo(other) => {
                            let path = String::from_utf8_lossy(&bytes).into_owned();
                            let path = path.split(' ').nth(1).unwrap_or("/").to_owned();
                            let words = format!(
                                "HTTP/1.1 302 X\r\nlocation: http://127.0.0.1:{other}{path}\r\ncontent-length: 0\r\n\r\n"
                            );
                            let _ = stream.write_all(words.as_bytes()).await;
                        }
                        Port::Streams => {
                            let _ = stream.write_all(b"HTTP/1.1 200 X\r\n\r\n").await;
                            while stream.write_all(b"more and ").await.is_ok() {
                                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                            }
                        }
                        Port::Hangs => std::future::pending().await,
                    }
                }
            });
        }
    });
    number
}

/// What a look through a proxy with these ports shows; `others` are ports of a stranger's.
async fn look(ports: &[u16], others: &[u16]) -> Facts {
    let published = |ports: &[u16]| {
        let rows = ports.iter().map(|port| {
            let row = json!([{ "HostIp": "127.0.0.1", "HostPort": port.to_string() }]);
            (format!("{port}/tcp"), row)
        });
        serde_json::Value::Object(rows.collect())
    };
    let mut proxy = container("bbbb", "shop-proxy-1", Some("shop"));
    proxy["Config"]["Labels"][labels::SERVICE] = json!("proxy");
    proxy["NetworkSettings"]["Ports"] = published(ports);
    let mut stranger = container("cccc", "strange shop", None);
    stranger["NetworkSettings"]["Ports"] = published(others);
    let engine = Fake::start(
        Mood::Well,
        vec![
            container("aaaa", "shop-app-1", Some("shop")),
            proxy,
            stranger,
        ],
    );
    let sign = |service: &str| RoleSigns {
        service: Some(service.into()),
        ..RoleSigns::default()
    };
    let plan = Plan {
        lab: LabId::try_from("v6".to_owned()).expect("a name"),
        roles: BTreeMap::from([(Role::App, sign("app")), (Role::Proxy, sign("proxy"))]),
        wants: BTreeSet::from([
            Want::BaseUrl(Role::Proxy),
            Want::Reach,
            Want::Page {
                role: Role::App,
                path: "/".into(),
            },
        ]),
        target: Target {
            projects: vec!["shop".into()],
            ..Target::default()
        },
    };
    let live = Live::at(&engine.url).await.expect("an engine");
    live.observe(&plan, &Quiet).await.expect("facts")
}

fn base_url(facts: &Facts) -> &labcheck_core::facts::BaseUrl {
    facts.base_url.as_ref().expect("it was looked for")
}

#[tokio::test]
async fn the_form_is_found_behind_whichever_port_it_is() {
    let (welcome, form) = (serve(WELCOME).await, serve(FORM).await);
    let facts = look(&[welcome, form], &[]).await;
    let base_url = base_url(&facts);
    assert_eq!(base_url.base, format!("http://127.0.0.1:{form}/"));
    assert_eq!(base_url.container.as_deref(), Some("shop-proxy-1"));
    assert!(base_url.tried[0].form && !base_url.tried[1].form);
    assert_eq!(facts.pages[0].ask.url, base_url.base);
}

#[tokio::test]
async fn a_redirect_to_another_port_of_the_proxy_is_followed_for_good() {
    let form = serve(FORM).await;
    let plain = serve(Port::LeadsTo(form)).await;
    let facts = look(&[plain, form], &[]).await;
    assert_eq!(base_url(&facts).base, format!("http://127.0.0.1:{form}/"));
}

#[tokio::test]
async fn a_redirect_into_somebody_elses_stack_is_not() {
    let theirs = serve(FORM).await;
    let plain = serve(Port::LeadsTo(theirs)).await;
    let facts = look(&[plain], &[theirs]).await;
    let base_url = base_url(&facts);
    assert_eq!(base_url.tried[0].stranger.as_deref(), Some("strange shop"));
    assert!(!base_url.tried[0].form);
    assert_eq!(base_url.base, format!("http://127.0.0.1:{plain}/"));
}

#[tokio::test]
async fn a_proxy_that_leads_in_circles_or_nowhere_is_told_as_it_is() {
    let facts = look(&[serve(CIRCLE).await], &[]).await;
    assert_eq!(
        base_url(&facts).tried[0].answer,
        Err(Trouble::TooManyRedirects)
    );
    let facts = look(&[serve(DEAD).await], &[]).await;
    let came = base_url(&facts).tried[0]
        .answer
        .as_ref()
        .expect("an answer");
    assert_eq!(
        (came.status, came.title.as_deref()),
        (502, Some("502 Bad Gateway"))
    );
}

#[tokio::test]
async fn an_application_that_hangs_or_streams_for_ever_is_given_up() {
    let facts = look(&[serve(Port::Streams).await, serve(Port::Hangs).await], &[]).await;
    let late = |attempt: &labcheck_core::facts::UrlAttempt| {
        matches!(attempt.answer, Err(Trouble::TimedOut(_)))
    };
    assert!(
        base_url(&facts).tried.iter().all(late),
        "{:?}",
        facts.base_url
    );
}

#[tokio::test]
async fn what_no_program_could_try_is_said() {
    let facts = look(&[serve(FORM).await], &[]).await;
    let reach = facts.reach.as_ref().and_then(Seen::get).expect("a table");
    assert!(reach.inside["shop-proxy-1"].why().is_some());
    assert!(reach.rows.iter().any(labcheck_core::facts::ReachRow::open));
}
