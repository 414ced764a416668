//! Health checks are tried without their programs, on a real engine with images that are there.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may")]

use futures_util::StreamExt as _;
use futures_util::stream;
use labcheck_core::facts::labels;
use labcheck_engine::client::Engine;
use labcheck_engine::sidecars::Sidecars;

const WEB: &str = "nginx:1.26";
const DATABASE: &str = "mariadb:11.8";
const OTHER_DATABASE: &str = "postgres:17";
/// Trials at once; each has to end within its three seconds.
const AT_ONCE: usize = 2;

/// Health checks of [`WEB`] that pass whatever the program does.
const IDLE: [&str; 19] = [
    "ls /",
    "date",
    "printf ok",
    "exit $((0))",
    "true # curl -f http://localhost/",
    "/usr/bin/env true",
    "cd /",
    "kill -0 1",
    "test -f /etc/passwd",
    "! false",
    "curl -f http://localhost/ || date",
    "curl -f http://localhost/ & wait $!; :",
    "x=1 true",
    "if curl -f http://localhost/; then exit 0; fi; true",
    "curl http://localhost/ || echo down",
    "nginx -v",
    "curl --version",
    "pgrep -f nginx || ls /usr/sbin/nginx",
    "case $(curl -f http://localhost/) in *) exit 0;; esac",
];

/// Health checks that ask the program, with the image that has what they run.
const ASKING: [(&str, &str); 19] = [
    (WEB, "curl -f http://localhost/"),
    (
        WEB,
        "curl --fail --silent --output /dev/null http://127.0.0.1/ || exit 1",
    ),
    (WEB, "wget --spider http://localhost/"),
    (WEB, "wget -q --spider http://localhost/ || exit 1"),
    (WEB, "bash -c 'exec 3<>/dev/tcp/127.0.0.1/5000'"),
    (WEB, "nc -z localhost 80 || exit 1"),
    (WEB, "test -s /run/nginx.pid"),
    (WEB, "pgrep nginx"),
    (WEB, "curl -s http://localhost/ | grep -q nginx"),
    (
        WEB,
        "test \"$(curl -s -o /dev/null -w '%{http_code}' http://localhost/)\" = 200",
    ),
    (WEB, "service nginx status"),
    (DATABASE, "healthcheck.sh --connect --innodb_initialized"),
    (DATABASE, "mariadb-admin ping"),
    (
        DATABASE,
        "mariadb-admin ping -h localhost -u root -pmade-up-password",
    ),
    (
        DATABASE,
        "mariadb-admin ping -h 127.0.0.1 --silent || exit 1",
    ),
    (DATABASE, "mariadb -uroot -pmade-up-password -e 'select 1'"),
    (OTHER_DATABASE, "pg_isready"),
    (OTHER_DATABASE, "pg_isready -U postgres -d inventory"),
    (OTHER_DATABASE, "psql -U postgres -c 'select 1' || exit 1"),
];

#[expect(clippy::print_stderr, reason = "it says why it is skipped")]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

/// The engine, where one answers that has an image.
async fn engine_with(image: &str) -> Option<Engine> {
    let engine = Engine::find().await.ok()?;
    let there = engine.image(image).await.ok()?.is_some();
    there.then_some(engine)
}

/// Whether a health check succeeds without the program; of a container that is made for it and never started.
async fn tried(engine: &Engine, image: &str, flags: &[&str], check: &str) -> Result<bool, String> {
    let label = format!("{}=health-check", labels::TEST);
    let made = engine
        .command()
        .args(["create", "--label", &label, "--health-cmd", check])
        .args(flags)
        .args([image, "sleep", "60"])
        .output()
        .await
        .unwrap();
    let id = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    assert!(!id.is_empty(), "{}", String::from_utf8_lossy(&made.stderr));
    let sidecars = Sidecars::new(engine);
    let command = engine.health_command(&id).await.unwrap();
    assert_eq!(command.shown, check);
    let tried = sidecars.succeeds_alone(&command).await;
    sidecars.clear().await;
    let left = engine.list().await.unwrap();
    let left = left.iter().any(|row| sidecars.created(row));
    let removed = engine.command().args(["rm", "-f", "-v", &id]).output();
    assert!(removed.await.unwrap().status.success());
    assert!(!left, "{check}: its container is still there");
    tried
}

#[tokio::test]
async fn what_succeeds_without_the_program_is_found_and_what_asks_it_never() {
    let idle = IDLE.iter().map(|check| (WEB, *check, true));
    let asking = ASKING.iter().map(|(image, check)| (*image, *check, false));
    let each = stream::iter(idle.chain(asking)).map(|(image, check, idle)| async move {
        let Some(engine) = engine_with(image).await else {
            skipped(image);
            return None;
        };
        let tried = tried(&engine, image, &[], check).await;
        let found = tried == Ok(true);
        (found != idle).then(|| format!("{check}: {tried:?}"))
    });
    let wrong: Vec<_> = each.buffer_unordered(AT_ONCE).collect().await;
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_cannot_be_tried_tells_why_and_ends_in_time() {
    let Some(engine) = engine_with(WEB).await else {
        return skipped(WEB);
    };
    let long = tried(&engine, WEB, &[], "sleep 60; true").await;
    assert_eq!(long, Err("no end within 3 s".into()));
    let missing = tried(&engine, WEB, &[], "no-such-program").await;
    assert!(missing.is_err(), "{missing:?}");
    let loud = tried(&engine, WEB, &[], "yes").await;
    assert!(loud.is_err(), "{loud:?}");
    assert!(engine.health_command("no-such-container").await.is_err());
}

#[tokio::test]
async fn a_trial_has_what_the_container_has_and_no_more() {
    let Some(engine) = engine_with(WEB).await else {
        return skipped(WEB);
    };
    let given = ["--user", "33", "--env", "WHERE=here", "--workdir", "/etc"];
    let flags = [&given[..], &["--privileged", "--volume", "/:/machine"]].concat();
    for check in [
        "test \"$(id -u) $WHERE $PWD\" = '33 here /etc'",
        "test \"$(ls /sys/class/net)\" = lo",
        "test ! -e /machine",
        "grep -q 'CapBnd:[[:space:]]*0*$' /proc/self/status",
        "grep -q 'NoNewPrivs:[[:space:]]*1' /proc/self/status",
        "! touch /there",
        "! touch /etc/there",
    ] {
        let tried = tried(&engine, WEB, &flags, check).await;
        assert_eq!(tried, Ok(true), "{check}");
    }
}
