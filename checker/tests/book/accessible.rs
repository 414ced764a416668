//! Every page in a browser, looked at by axe: both themes, a phone's width and a desktop's.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use axum::routing::{get, post};
use labcheck::setup::{Say, chromium};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::pages::{book, is_page};

/// Longest wait for the browser to be through with all pages.
const LONGEST: Duration = Duration::from_mins(15);

#[derive(serde::Deserialize)]
struct Told {
    looked: usize,
    found: Vec<String>,
}

/// Fetches axe by the lock file, into the folder for what tests make; gives its one file.
fn axe() -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/book/axe");
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("axe");
    let file = to.join("node_modules/axe-core/axe.min.js");
    let lock = "package-lock.json";
    let read = |path: PathBuf| std::fs::read(path).unwrap_or_default();
    if file.is_file() && read(to.join(lock)) == read(from.join(lock)) {
        return file;
    }
    std::fs::create_dir_all(&to).expect("a folder");
    for name in ["package.json", lock] {
        std::fs::copy(from.join(name), to.join(name)).expect(name);
    }
    let out = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(&to)
        .output()
        .expect("npm has to be installed");
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "axe could not be fetched: {said}");
    file
}

#[tokio::test]
async fn axe_finds_nothing_serious_on_any_page() {
    let axe = std::fs::read(axe()).expect("axe is there");
    let own = ["print.html", "toc.html"];
    let pages = book().files.keys().filter(|path| is_page(path));
    // `LABCHECK_PAGE=v1` looks at fewer, while one is being written.
    let wanted = std::env::var("LABCHECK_PAGE").unwrap_or_default();
    let pages = pages.filter(|path| !own.contains(&path.as_str()) && path.contains(&wanted));
    let pages: Vec<String> = pages.cloned().collect();
    let wanted = pages.len() * 4;
    let list = serde_json::to_string(&pages).expect("a list");
    let (tell, mut told) = mpsc::channel::<String>(1);
    let html = include_str!("axe/run.html");
    let script = [("content-type", "text/javascript")];
    let router = labcheck::book::router(book().clone())
        .route(
            "/axe/run",
            get(move || async move { axum::response::Html(html) }),
        )
        .route("/axe/axe.min.js", get(move || async move { (script, axe) }))
        .route("/axe/pages", get(move || async move { list }))
        .route(
            "/axe/found",
            post(move |body: String| async move {
                let _ = tell.send(body).await;
            }),
        );
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("it is bound");
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let chromium = chromium(Say::new())
        .await
        .expect("Chromium has to be installed");
    let profile = tempfile::tempdir().expect("a folder");
    let mut browser = tokio::process::Command::new(chromium)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu"])
        .args(["--window-size=1400,1000", "--remote-debugging-port=0"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("http://{address}/axe/run"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");
    let body = tokio::time::timeout(LONGEST, told.recv()).await;
    let _ = browser.kill().await;
    serving.abort();
    let body = body.expect("the browser ends in time").expect("it tells");
    let told: Told = serde_json::from_str(&body).expect("in JSON");
    assert!(told.found.is_empty(), "{:#?}", told.found);
    assert_eq!(told.looked, wanted, "some page had nothing to look at");
}
