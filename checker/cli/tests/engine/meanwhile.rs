//! Something is done to a container while the grader looks: the stack is a fake engine's, the page is this test's own.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use labcheck_core::check::Want;
use labcheck_core::facts::{Facts, Meanwhile, Role, State, Status, labels};
use labcheck_core::grade::{Plan, Target};
use labcheck_core::lab::{LabId, RoleSigns};
use labcheck_probe::{Live, Observer as _, Quiet};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::Instant;

use super::fake::{Fake, HANGS, Mood, container};

/// A page that takes a moment; every question for it is told.
async fn page() -> (u16, UnboundedReceiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (tell, asked) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let tell = tell.clone();
            tokio::spawn(async move {
                let mut bytes = [0; 4096];
                while stream.read(&mut bytes).await.is_ok_and(|got| got > 0) {
                    let _ = tell.send(());
                    tokio::time::sleep(Duration::from_millis(700)).await;
                    let page = b"HTTP/1.1 200 X\r\ncontent-type: text/html\r\ncontent-length: 20\r\n\r\n<title>Hello</title>";
                    let _ = stream.write_all(page).await;
                }
            });
        }
    });
    (port, asked)
}

/// An application with that page, and a database.
fn shop(port: u16) -> Vec<Value> {
    let mut app = container("aaaa", "shop-app-1", Some("shop"));
    app["NetworkSettings"]["Ports"] =
        json!({ "80/tcp": [{ "HostIp": "127.0.0.1", "HostPort": port.to_string() }] });
    let mut db = container("bbbb", "shop-db-1", Some("shop"));
    db["Config"]["Labels"][labels::SERVICE] = json!("db");
    vec![app, db]
}

async fn look(engine: &Fake) -> Facts {
    let sign = |service: &str| RoleSigns {
        service: Some(service.into()),
        ..RoleSigns::default()
    };
    let page = Want::Page {
        role: Role::App,
        path: "/".into(),
    };
    let plan = Plan {
        lab: LabId::try_from("v3".to_owned()).expect("a name"),
        roles: BTreeMap::from([(Role::App, sign("app")), (Role::Db, sign("db"))]),
        wants: BTreeSet::from([page]),
        target: Target {
            projects: vec!["shop".into()],
            ..Target::default()
        },
    };
    let live = Live::at(&engine.url).await.expect("an engine");
    live.observe(&plan, &Quiet).await.expect("facts")
}

fn db(facts: &Facts) -> &State {
    let mut all = facts.containers.iter();
    let found = all.find(|one| one.name == "shop-db-1");
    &found.expect("a database").state
}

/// How often the page was asked for in a look that is disturbed at the first question, or at every one.
async fn disturbed(
    action: &str,
    always: bool,
    change: impl Fn(&mut Value),
) -> (Facts, usize, Duration) {
    let (port, mut asked) = page().await;
    let engine = Fake::start(Mood::Well, shop(port));
    let begun = Instant::now();
    let mut times = 0;
    let disturb = async {
        while asked.recv().await.is_some() {
            times += 1;
            if always || times == 1 {
                engine.change(action, "bbbb", &change);
            }
        }
    };
    let facts = tokio::select! {
        facts = look(&engine) => facts,
        () = disturb => panic!("the page ended"),
    };
    (facts, times, begun.elapsed())
}

fn started_anew(db: &mut Value) {
    let now = humantime::format_rfc3339_nanos(std::time::SystemTime::now());
    db["State"] = json!({ "Status": "running", "StartedAt": now.to_string() });
}

#[tokio::test]
async fn a_restart_meanwhile_makes_the_grader_look_once_more() {
    let (facts, times, _) = disturbed("restart", false, started_anew).await;
    assert_eq!(
        (db(&facts).status, db(&facts).meanwhile),
        (Status::Running, None)
    );
    assert!(!db(&facts).restarted_meanwhile);
    assert!(times >= 2, "asked {times} times");
    assert!(facts.pages[0].answer.get().is_some_and(Result::is_ok));
}

#[tokio::test]
async fn where_it_happens_again_it_is_told() {
    let (facts, _, _) = disturbed("restart", true, started_anew).await;
    assert_eq!(db(&facts).meanwhile, Some(Meanwhile::Restarted));
    assert!(!db(&facts).restarted_meanwhile);
}

#[tokio::test]
async fn a_restart_by_the_restart_policy_is_the_stacks_own() {
    let crashed = |db: &mut Value| {
        started_anew(db);
        db["RestartCount"] = json!(db["RestartCount"].as_i64().unwrap_or(0) + 1);
    };
    let (facts, times, _) = disturbed("die", false, crashed).await;
    assert_eq!(times, 1);
    assert!(db(&facts).restarted_meanwhile && db(&facts).meanwhile.is_none());
}

#[tokio::test]
async fn a_pause_that_is_over_makes_the_grader_look_once_more() {
    let (facts, times, _) = disturbed("unpause", false, |_| {}).await;
    assert_eq!(
        (db(&facts).status, db(&facts).meanwhile),
        (Status::Running, None)
    );
    assert!(times >= 2, "asked {times} times");
}

#[tokio::test]
async fn a_pause_that_lasts_is_waited_for_a_moment_and_told() {
    let pause = |db: &mut Value| db["State"]["Status"] = json!("paused");
    let (facts, _, took) = disturbed("pause", false, pause).await;
    let state = db(&facts);
    assert_eq!(
        (state.status, state.meanwhile),
        (Status::Paused, Some(Meanwhile::Paused))
    );
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[tokio::test]
async fn a_pause_from_before_is_the_stacks_own() {
    let (port, _asked) = page().await;
    let mut all = shop(port);
    all[1]["State"]["Status"] = json!("paused");
    let facts = look(&Fake::start(Mood::Well, all)).await;
    assert_eq!(
        (db(&facts).status, db(&facts).meanwhile),
        (Status::Paused, None)
    );
}

#[tokio::test]
async fn of_one_that_the_engine_does_not_speak_of_only_its_own_facts_are_missing() {
    let (port, _asked) = page().await;
    let mut all = shop(port);
    all[1][HANGS] = json!(true);
    let engine = Fake::start(Mood::Well, all);
    let begun = Instant::now();
    let facts = look(&engine).await;
    assert_eq!(db(&facts).meanwhile, Some(Meanwhile::Silent));
    assert_eq!(facts.roles[&Role::Db][0].container, "shop-db-1");
    assert!(facts.pages[0].answer.get().is_some_and(Result::is_ok));
    let app = facts.containers.iter().find(|one| one.name == "shop-app-1");
    assert!(
        app.is_some_and(|app| app.state.status == Status::Running && app.state.meanwhile.is_none())
    );
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
}
