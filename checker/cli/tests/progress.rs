//! Progress survives whatever ends the program: a run is killed at random points of its writing, again and again.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use labcheck::progress::{Kept, Store};
use labcheck_core::grade::Outcome;

/// Set for the process that writes until it is killed: the file.
const WRITES: &str = "LABCHECK_TEST_WRITES";
/// How often a writer is killed.
const ROUNDS: u64 = 30;

fn runtime() -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime")
}

/// Writes results for ever, and says after each that it is kept.
#[expect(clippy::print_stdout, reason = "the pipe to the process that kills")]
fn write_for_ever(path: &Path) {
    runtime().block_on(async {
        let store = Store::open(path).await.expect("opened");
        assert_eq!(store.note, None, "nothing was set aside");
        for round in 0_u32.. {
            let found = (0..40).map(|check| (format!("v1-{check}"), format!("found {round}")));
            let kept = Kept {
                outcome: Outcome::Failed,
                earned: round,
                found: found.collect(),
                ..Kept::default()
            };
            store.keep("v1", &kept).await.expect("kept");
            println!("kept");
        }
    });
}

/// How many results there are, and whether what was found is all of one result.
fn look(path: &Path) -> u64 {
    runtime().block_on(async {
        let store = Store::open(path).await.expect("it can be opened");
        assert_eq!(store.note, None, "it is whole");
        let past = store.past().await.expect("it can be read");
        let v1 = past.get("v1").cloned().unwrap_or_default();
        let expected = format!("found {}", v1.last.earned);
        for check in 0..40 {
            let found = store.found("v1", &format!("v1-{check}")).await;
            assert_eq!(found.expect("read").as_ref(), Some(&expected));
        }
        v1.times.into()
    })
}

#[test]
fn a_run_that_is_killed_while_it_writes_leaves_the_file_whole() {
    if let Some(path) = std::env::var_os(WRITES) {
        return write_for_ever(Path::new(&path));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("progress.sqlite");
    let mut said = 0;
    let mut random = u64::from(std::process::id());
    for _ in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args([
                "--exact",
                "a_run_that_is_killed_while_it_writes_leaves_the_file_whole",
                "--nocapture",
            ])
            .env(WRITES, &path)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it runs");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let first = lines.find(|line| line.as_ref().is_ok_and(|line| line.ends_with("kept")));
        assert!(first.is_some(), "it writes");
        // Somewhere in the next ones (Knuth's multiplier).
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        std::thread::sleep(Duration::from_micros(random >> 49));
        child.kill().expect("it is there to be killed");
        child.wait().expect("it ends");
        said += 1 + lines
            .map_while(Result::ok)
            .filter(|line| line == "kept")
            .count() as u64;
        let kept = look(&path);
        assert!(kept >= said, "{kept} of at least {said} results are there");
        // One more may have been kept than could be said.
        said = kept;
    }
}
