//! `labcheck book` as it is typed: what it serves, what it writes, what it says.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use labcheck::book::Rendered;

/// The program, far from the repository.
fn labcheck(words: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_labcheck"));
    command
        .args(words)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Ended with the test, however that ends.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn it_serves_every_page_on_loopback() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut serving = Serving(
        labcheck(
            &["book", "--port", "0", "--no-open", "v1#publish-the-port"],
            folder.path(),
        )
        .spawn()
        .expect("it runs"),
    );
    let said = serving.0.stdout.take().expect("it is piped");
    let first = BufReader::new(said).lines().next();
    let first = first.expect("it says something").expect("in words");
    let address = first
        .strip_prefix("the book is at ")
        .unwrap_or_else(|| panic!("{first}"));
    assert!(address.starts_with("http://127.0.0.1:"), "{address}");
    assert!(address.ends_with("/v1.html#publish-the-port"), "{address}");
    let base = address.trim_end_matches("v1.html#publish-the-port");
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build();
    let client = client.expect("a client");
    let book = Rendered::make().expect("it renders");
    for (path, wanted) in &book.files {
        let answer = client
            .get(format!("{base}{path}"))
            .send()
            .await
            .expect(path);
        assert_eq!(answer.status(), 200, "{path}");
        let kind = answer.headers()["content-type"].to_str().expect("in words");
        assert_ne!(
            kind, "application/octet-stream",
            "{path}: which kind is it?"
        );
        assert_eq!(answer.bytes().await.expect(path), wanted, "{path}");
    }
    let missing = client.get(format!("{base}nowhere.html")).send().await;
    assert_eq!(missing.expect("an answer").status(), 404);
}

fn said(words: &[&str], folder: &Path) -> (Option<i32>, String) {
    let out = labcheck(words, folder).output().expect("it runs");
    let text = [out.stdout, out.stderr].concat();
    (
        out.status.code(),
        String::from_utf8(text).expect("in words"),
    )
}

#[test]
fn a_port_in_use_is_said_in_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = taken.local_addr().expect("it is bound").port().to_string();
    let (code, told) = said(&["book", "--port", &port, "--no-open"], folder.path());
    assert_eq!(code, Some(2), "{told}");
    assert!(
        told.starts_with(&format!(
            "error: port {port} of this machine is in use\nhelp: "
        )),
        "{told}"
    );
    assert_eq!(told.lines().count(), 2, "{told}");
}

#[test]
fn a_page_that_is_not_there_is_said_with_the_nearest() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, told) = said(
        &["book", "--port", "0", "--no-open", "ideas/network"],
        folder.path(),
    );
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("did you mean `ideas/networks`?"), "{told}");
}

#[test]
fn it_writes_the_pages_and_never_over_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, told) = said(&["book", "--build", "book"], folder.path());
    assert_eq!(code, Some(0), "{told}");
    let written = folder.path().join("book/v6.html");
    let page = std::fs::read_to_string(written).expect("it is written");
    assert!(page.contains("One command"), "{page}");
    let (code, told) = said(&["book", "--build", "book"], folder.path());
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("the folder is not empty"), "{told}");
}
