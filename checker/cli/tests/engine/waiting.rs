//! How long a program without a health check is waited for: the stack is a fake engine's, the port is this test's own.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use labcheck_core::check::Want;
use labcheck_core::facts::{Answer, Facts, Role, Seen, Trouble};
use labcheck_core::grade::{Plan, Target};
use labcheck_core::lab::{LabId, RoleSigns};
use labcheck_probe::{Live, Observer as _, Quiet};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::time::Instant;

use super::fake::{Fake, Mood, container};

/// What a container usually has until it listens.
const USUAL: Duration = Duration::from_secs(15);

/// A program that has had most of the usual time already; it publishes a port that nobody listens on yet.
async fn starting() -> (Value, u16) {
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = free.local_addr().expect("an address").port();
    let mut app = container("aaaa", "shop-app-1", Some("shop"));
    let since = SystemTime::now() - USUAL + Duration::from_secs(1);
    app["State"]["StartedAt"] = json!(humantime::format_rfc3339_millis(since).to_string());
    app["NetworkSettings"]["Ports"] =
        json!({ "80/tcp": [{ "HostIp": "127.0.0.1", "HostPort": port.to_string() }] });
    (app, port)
}

/// A look at its page, with `--wait` typed or not.
async fn look(engine: &Fake, given: bool) -> Facts {
    let sign = RoleSigns {
        service: Some("app".into()),
        ..RoleSigns::default()
    };
    let plan = Plan {
        lab: LabId::try_from("v1".to_owned()).expect("a name"),
        roles: BTreeMap::from([(Role::App, sign)]),
        wants: BTreeSet::from([Want::Page {
            role: Role::App,
            path: "/".into(),
        }]),
        target: Target {
            projects: vec!["shop".into()],
            wait: Duration::from_mins(5),
            wait_given: given,
            ..Target::default()
        },
    };
    let live = Live::at(&engine.url).await.expect("an engine");
    live.observe(&plan, &Quiet).await.expect("facts")
}

fn page(facts: &Facts) -> &Result<Answer, Trouble> {
    match &facts.pages[0].answer {
        Seen::Seen(answer) => answer,
        Seen::Unseen(why) => panic!("{why}"),
    }
}

/// Listens after a while, and answers every question with the same page.
async fn listen(port: u16, after: Duration) {
    tokio::time::sleep(after).await;
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    let listener = listener.expect("the port is still free");
    while let Ok((mut stream, _)) = listener.accept().await {
        tokio::spawn(async move {
            let mut bytes = [0; 4096];
            while stream.read(&mut bytes).await.is_ok_and(|got| got > 0) {
                let page = b"HTTP/1.1 200 X\r\ncontent-type: text/html\r\ncontent-length: 20\r\n\r\n<title>Hello</title>";
                let _ = stream.write_all(page).await;
            }
        });
    }
}

#[tokio::test]
async fn a_program_that_starts_slowly_is_waited_for_where_wait_is_typed() {
    let (app, port) = starting().await;
    let engine = Fake::start(Mood::Well, vec![app]);
    let program = tokio::spawn(listen(port, Duration::from_secs(4)));
    let facts = look(&engine, true).await;
    let answer = page(&facts).as_ref().expect("it was waited for");
    assert_eq!(
        (answer.status, answer.title.as_deref()),
        (200, Some("Hello"))
    );
    program.abort();
}

#[tokio::test]
async fn where_it_is_not_typed_the_usual_time_is_the_end() {
    let (app, _) = starting().await;
    let engine = Fake::start(Mood::Well, vec![app]);
    let begun = Instant::now();
    let facts = look(&engine, false).await;
    assert_eq!(page(&facts), &Err(Trouble::Refused));
    assert!(begun.elapsed() < USUAL, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_program_that_has_ended_is_not_waited_for() {
    let (app, _) = starting().await;
    let engine = Fake::start(Mood::Well, vec![app]);
    let ends = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        engine.change("die", "aaaa", |app| {
            app["State"]["Status"] = json!("exited");
        });
    };
    let begun = Instant::now();
    let (facts, ()) = tokio::join!(look(&engine, true), ends);
    assert_eq!(page(&facts), &Err(Trouble::Refused));
    assert!(begun.elapsed() < USUAL, "{:?}", begun.elapsed());
}
