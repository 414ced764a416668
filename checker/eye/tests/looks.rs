//! The program looks at this machine: every request once, over the wire.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may")]

mod support;

use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::time::{Duration, Instant};

use labcheck_eye::wire::{
    Answer, Bytes, Connect, FileKind, Find, Host, List, Mounts, Outcome, Processes, ReadEnd,
    ReadFile, Sockets, Stats, Target, Unread, WaitForListener, state, want,
};
use support::Program;

#[test]
fn it_sees_processes_sockets_and_mounts() {
    let (mut program, hello) = Program::start();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    let pids = Some(vec![std::process::id(), hello.pid]);
    let table = program.get(Processes {
        pids,
        want: want::ALL,
    });
    assert_eq!((table.own, table.processes.rows.len()), (hello.pid, 2));
    let own = table
        .processes
        .rows
        .iter()
        .find(|one| one.pid == std::process::id());
    let own = own.expect("it is in sight");
    let sockets = program.get(Sockets { pid: Some(own.pid) });
    let rows = sockets.tcp.expect("it is read").rows;
    let row = rows
        .iter()
        .find(|row| row.local == address)
        .expect("it listens");
    assert_eq!(row.state, state::LISTEN);
    let held = own.sockets.as_ref().expect("it is read");
    assert!(
        held.rows.contains(&row.inode),
        "the process that holds it is known"
    );
    let eye = table
        .processes
        .rows
        .iter()
        .find(|one| one.pid == hello.pid)
        .expect("in sight");
    assert_eq!(eye.namespaces, Ok(hello.namespaces));
    let mounts = program
        .get(Mounts { pid: own.pid })
        .mounts
        .expect("they are read");
    let mount = own
        .program
        .as_ref()
        .unwrap()
        .mount
        .clone()
        .expect("it is known");
    assert!(mounts.rows.iter().any(|row| row.id == mount));
    let found = program.get(WaitForListener {
        port: address.port(),
        within_ms: 10,
    });
    assert_eq!(found.rows.len(), 1);
}

#[test]
fn it_reads_files_below_a_processs_root() {
    let (mut program, _) = Program::start();
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("gcc-14"), "x".repeat(50)).expect("a file");
    symlink("gcc-14", dir.path().join("gcc")).expect("a link");
    let pid = std::process::id();
    let folder = Bytes::from(dir.path().to_str().unwrap());
    let file = Bytes::from(dir.path().join("gcc").to_str().unwrap());
    let listed = program
        .get(List {
            pid,
            folder: folder.clone(),
            most: 10,
        })
        .entries
        .unwrap();
    let kinds: Vec<&FileKind> = listed.rows.iter().map(|entry| &entry.kind).collect();
    assert_eq!(kinds, [&FileKind::Link, &FileKind::File]);
    let content = program
        .get(ReadFile {
            pid,
            path: file.clone(),
            most: 4,
        })
        .content
        .unwrap();
    assert_eq!(
        (content.bytes, content.complete),
        (Bytes::from("xxxx"), false)
    );
    let paths = vec![file.clone(), Bytes::from("/none")];
    let stats = program
        .get(Stats {
            pid,
            paths,
            follow: true,
        })
        .files;
    assert_eq!(
        (stats[0].as_ref().unwrap().size, &stats[1]),
        (50, &Err(Unread::Missing))
    );
    let names = vec![Bytes::from("gcc*")];
    let found = program.get(Find {
        pid,
        folders: vec![folder],
        names,
        depth: 0,
        most: 9,
    });
    assert_eq!((found.files.rows.len(), found.files.complete), (2, true));
}

/// A hundred peers at once, of which the slowest decides.
#[test]
fn attempts_are_made_at_once() {
    let (mut program, _) = Program::start();
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let greets = TcpListener::bind("127.0.0.1:0").expect("a port");
    let ports = [&silent, &greets].map(|one| one.local_addr().unwrap().port());
    std::thread::spawn(move || {
        for stream in greets.incoming() {
            drop(stream.and_then(|mut stream| stream.write_all(b"220 ready\r\n")));
        }
    });
    let target = |at: usize| Target {
        host: Host::Address([127, 0, 0, 1].into()),
        port: ports[at % 2],
        within_ms: 300,
        send: Bytes::default(),
        read_most: 40,
        read_ms: 300,
    };
    let targets = (0..60).map(target).collect();
    let started = Instant::now();
    let found = program.get(Connect {
        targets,
        hold_ms: 0,
        watch: true,
    });
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
    for attempt in &found.attempts {
        let Outcome::Open(opened) = &attempt.outcome else {
            panic!("{attempt:?}")
        };
        let (heard, ended) = if attempt.target % 2 == 0 {
            ("", ReadEnd::Silent)
        } else {
            ("220 ready\r\n", ReadEnd::Closed)
        };
        assert_eq!(
            (opened.received.lossy().as_str(), &opened.ended),
            (heard, &ended)
        );
    }
    assert_eq!(found.attempts.len(), 60);
    drop(silent);
}

#[test]
fn a_request_does_not_take_longer_than_it_may() {
    let (mut program, _) = Program::start();
    let everything = Find {
        pid: std::process::id(),
        folders: vec!["/".into()],
        names: vec!["no such name".into()],
        depth: 16,
        most: 1,
    };
    let started = Instant::now();
    program.ask(everything, 50);
    let (_, answer) = program.answer();
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    match answer {
        Answer::Found(found) => assert!(!found.files.complete),
        other => assert_eq!(other, Answer::Late),
    }
}
