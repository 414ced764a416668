//! Processes of this machine, and texts that no kernel writes.

use std::process::{Command, Stdio};
use std::time::Duration;

use proptest::prelude::*;

use super::*;

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

#[test]
fn a_name_may_have_brackets() {
    let text = b"17 (a) R (b\n) S 1 17 17 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0 4242 1 2\n";
    let stat = parse(text).expect("it is one");
    assert_eq!(stat.comm, Bytes::from("a) R (b\n"));
    assert_eq!(
        (stat.state, stat.parent, stat.threads, stat.started),
        (b'S', 1, 3, 4242)
    );
    for bad in [&b""[..], b"1 (x", b"1 x) S", b"1 )( S 1", b"1 (x) S 1 2"] {
        assert_eq!(parse(bad), None, "{bad:?}");
    }
}

#[test]
fn everything_is_told_about_a_process() {
    let mut child = Command::new("sleep")
        .arg("60")
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    let asked = Processes {
        pids: Some(vec![child.id()]),
        want: want::ALL,
    };
    // Between fork and exec it is still this program.
    std::thread::sleep(Duration::from_millis(200));
    let table = answer(&asked, soon());
    let [found] = table.processes.rows.as_slice() else {
        panic!("one process: {table:?}")
    };
    assert_eq!(
        (table.own, found.parent),
        (std::process::id(), std::process::id())
    );
    assert_eq!(found.comm, Bytes::from("sleep"));
    assert_eq!(found.cmdline, Ok(Bytes::from("sleep\x0060\0")));
    let program = found.program.as_ref().expect("it can be read");
    assert!(program.path.0.ends_with(b"sleep") && program.in_place == Ok(true));
    let mapped = found.mapped.as_ref().expect("it can be read");
    assert!(
        mapped
            .rows
            .iter()
            .any(|row| row.path == program.path && row.mount == program.mount)
    );
    assert_eq!(found.root, Ok(Bytes::from("/")));
    assert_eq!(found.threads_alike, Ok(true));
    assert_eq!(
        found.namespaces,
        Ok(namespaces::of(Path::new("/proc/self")))
    );
    assert!(found.credentials.is_ok() && found.cgroup.is_ok() && found.sockets.is_ok());
    child.kill().expect("it ends");
    child.wait().expect("it ended");
    let table = answer(&asked, soon());
    assert_eq!(
        (table.processes.rows, table.processes.complete),
        (vec![], true)
    );
}

#[test]
fn only_what_is_wanted_is_read() {
    let asked = Processes {
        pids: None,
        want: want::CMDLINE,
    };
    let table = answer(&asked, soon());
    let own = table
        .processes
        .rows
        .iter()
        .find(|process| process.pid == table.own);
    let own = own.expect("it is in sight");
    assert!(own.cmdline.is_ok());
    assert_eq!(own.program, Err(Unread::NotAsked));
    assert_eq!(own.credentials, Err(Unread::NotAsked));
    assert!(
        !answer(&asked, Instant::now()).processes.complete,
        "the time was over"
    );
}

/// Its parent has not asked for its end yet: it is a zombie, and not taken for absent.
#[test]
fn a_process_that_ended_and_was_not_waited_for_says_so() {
    let mut child = Command::new("true").spawn().expect("it starts");
    std::thread::sleep(Duration::from_millis(300));
    let asked = Processes {
        pids: Some(vec![child.id()]),
        want: want::ALL,
    };
    let table = answer(&asked, soon());
    let found = table.processes.rows.first().expect("it is in sight");
    assert_eq!((found.state, found.threads), (b'Z', 1));
    assert_eq!(found.program, Err(Unread::Missing));
    child.wait().expect("it ended");
}

proptest! {
    #[test]
    fn no_text_breaks_it(text in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&text);
    }

    #[test]
    fn what_looks_like_a_line_does_not_break_it(text in "[0-9() S-]{0,200}") {
        let _ = parse(text.as_bytes());
    }
}
