//! Pages in a headless browser, looked at by axe: a phone's width and a desktop's, in every theme that is asked for.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use labcheck::setup::{Say, chromium};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// Longest wait for the browser to be through with all pages.
const LONGEST: Duration = Duration::from_mins(15);
/// A phone's and a desktop's.
const WIDTHS: usize = 2;

/// Where a page's theme comes from.
#[derive(Debug, Clone, Copy)]
#[allow(dead_code, reason = "each test looks at pages of one sort")]
pub(crate) enum Themes {
    /// The page keeps it, as the book does: the names of its themes.
    Own(&'static [&'static str]),
    /// The system says light or dark.
    System,
}

#[derive(serde::Deserialize)]
struct Told {
    looked: usize,
    found: Vec<String>,
}

/// Looks at pages of a site; ends in a panic that lists what axe finds serious.
pub(crate) async fn nothing_serious(site: &Router, pages: &[String], themes: Themes) {
    match themes {
        Themes::Own(names) => look(site, pages, names, None).await,
        Themes::System => {
            for (theme, flag) in [("dark", 0), ("light", 1)] {
                look(site, pages, &[theme], Some(flag)).await;
            }
        }
    }
}

/// Fetches axe by the lock file, into the folder for what tests make; gives its one file.
fn axe() -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/axe");
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

async fn look(site: &Router, pages: &[String], themes: &[&str], scheme: Option<u8>) {
    let axe = std::fs::read(axe()).expect("axe is there");
    let systems = scheme.is_some();
    let list = json!({ "pages": pages, "themes": themes, "systems": systems }).to_string();
    let (tell, mut told) = mpsc::channel::<String>(1);
    let html = include_str!("run.html");
    let script = [("content-type", "text/javascript")];
    let router = site
        .clone()
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
    let mut browser = tokio::process::Command::new(chromium);
    browser
        .args(["--headless=new", "--no-sandbox", "--disable-gpu"])
        .args(["--window-size=1400,1000", "--remote-debugging-port=0"])
        .arg(format!("--user-data-dir={}", profile.path().display()));
    if let Some(scheme) = scheme {
        browser.arg(format!("--blink-settings=preferredColorScheme={scheme}"));
    }
    let mut browser = browser
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
    let wanted = pages.len() * themes.len() * WIDTHS;
    assert_eq!(told.looked, wanted, "some page had nothing to look at");
}
