//! The program against frames that are cut, too long, out of order, or none at all.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may")]

mod support;

use std::time::{Duration, Instant};

use labcheck_eye::wire::frame::{Frame, HEADER, Kind};
use labcheck_eye::wire::limits::{MAX_REQUEST, VERSION};
use labcheck_eye::wire::{Answer, Ask, Connect, Mounts, Sockets, WaitForListener, encode};
use proptest::prelude::*;
use support::Program;

fn header(length: u32, version: u8, kind: u8) -> Vec<u8> {
    let mut bytes = length.to_le_bytes().to_vec();
    bytes.extend([version, kind, 1, 0, 0, 0]);
    assert_eq!(bytes.len(), HEADER);
    bytes
}

/// A port where nothing listens.
fn spare() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}

#[test]
fn it_says_who_it_is() {
    let (program, hello) = Program::start();
    assert_eq!(hello.pid, program.pid());
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").expect("it is there");
    assert_eq!(hello.kernel.lossy(), kernel.trim());
    let own = std::fs::read_link("/proc/self/ns/net").expect("it is there");
    assert_eq!(
        own.to_str(),
        Some(format!("net:[{}]", hello.namespaces.net.unwrap()).as_str())
    );
}

#[test]
fn it_does_not_look_into_the_machines_own_processes() {
    let own = std::fs::read_link("/proc/self/ns/pid").expect("it is there");
    if own.to_str() != Some("pid:[4026531836]") {
        // This test runs in a container, where it does look.
        assert_eq!(
            Program::silent(&[]).read().map(|frame| frame.kind),
            Some(Kind::Hello)
        );
        return;
    }
    let (why, well) = Program::silent(&[]).fault();
    assert!(why.contains("machine") && !well, "{why}");
}

#[test]
fn it_ends_with_its_input_whatever_is_under_way() {
    let (mut program, _) = Program::start();
    let port = spare();
    program.ask(
        WaitForListener {
            port,
            within_ms: 50_000,
        },
        50_000,
    );
    program.end();
    let started = Instant::now();
    assert!(program.ended().success());
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[test]
fn answers_come_as_each_is_done() {
    let (mut program, _) = Program::start();
    let port = spare();
    let slow = program.ask(
        WaitForListener {
            port,
            within_ms: 400,
        },
        5000,
    );
    let quick = program.ask(Sockets { pid: None }, 5000);
    assert_eq!(program.answer().0, quick);
    assert_eq!(program.answer().0, slow);
}

#[test]
fn what_is_no_frame_is_told_and_ends_it() {
    let long = u32::try_from(MAX_REQUEST + 1).expect("a number");
    let ask = 3;
    for (bytes, why) in [
        (header(long, VERSION, ask), "limit"),
        (header(u32::MAX, VERSION, ask), "limit"),
        (header(0, VERSION + 1, ask), "version"),
        (header(0, VERSION, 0), "variant"),
        (header(0, VERSION, 4), "own"),
        (b"GET / HTTP/1.1\r\n".to_vec(), "version"),
        (Frame::of(Kind::Credit, 1, &1u8).bytes(), "credit"),
    ] {
        let (mut program, _) = Program::start();
        program.bytes(&bytes);
        let (said, well) = program.fault();
        assert!(said.contains(why) && !well, "{bytes:?}: {said}");
    }
}

#[test]
fn what_is_cut_is_told_and_ends_it() {
    let ask = Ask {
        within_ms: 5000,
        request: Mounts { pid: 1 }.into(),
    };
    let whole = Frame::of(Kind::Ask, 1, &ask).bytes();
    for length in 1..whole.len() {
        let (mut program, _) = Program::start();
        program.bytes(&whole[..length]);
        program.end();
        assert!(!program.fault().1, "{length} bytes");
    }
}

#[test]
fn a_request_that_cannot_be_read_is_refused_and_the_next_is_answered() {
    let (mut program, _) = Program::start();
    for payload in [
        vec![],
        vec![1, 2, 3],
        vec![0, 0, 0, 0, 99],
        [
            encode(&Ask {
                within_ms: 1,
                request: Mounts { pid: 1 }.into(),
            }),
            vec![0],
        ]
        .concat(),
    ] {
        program.send(&Frame {
            kind: Kind::Ask,
            number: 900,
            payload,
        });
        let (number, answer) = program.answer();
        assert_eq!(number, 900);
        assert!(matches!(answer, Answer::Refused(_)), "{answer:?}");
    }
    assert!(program.get(Sockets { pid: None }).tcp.is_ok());
}

#[test]
fn a_number_is_used_once_at_a_time() {
    let (mut program, _) = Program::start();
    let port = spare();
    let ask = Ask {
        within_ms: 5000,
        request: WaitForListener {
            port,
            within_ms: 5000,
        }
        .into(),
    };
    let frame = Frame::of(Kind::Ask, 7, &ask);
    program.send(&frame);
    program.send(&frame);
    let (why, well) = program.fault();
    assert!(why.contains("under way") && !well, "{why}");
}

#[test]
fn too_many_requests_at_once_are_refused() {
    let (mut program, _) = Program::start();
    for _ in 0..70 {
        let sleeps = Connect {
            targets: vec![],
            hold_ms: 2000,
            watch: false,
        };
        program.ask(sleeps, 10_000);
    }
    let answers: Vec<Answer> = (0..70).map(|_| program.answer().1).collect();
    let refused = answers
        .iter()
        .filter(|answer| matches!(answer, Answer::Refused(_)));
    assert_eq!(refused.count(), 6);
    let tables = program.get(Sockets { pid: None });
    assert!(tables.tcp.is_ok(), "it goes on");
}

#[test]
fn frames_of_streams_that_do_not_exist_are_passed_over() {
    let (mut program, _) = Program::start();
    program.send(&Frame {
        kind: Kind::Data,
        number: 5,
        payload: vec![1; 1000],
    });
    program.send(&Frame::of(Kind::Credit, 5, &u32::MAX));
    program.send(&Frame::bare(Kind::End, 5));
    program.send(&Frame::bare(Kind::Reset, 5));
    assert!(program.get(Sockets { pid: None }).tcp.is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever it is sent, it ends by itself when its input does.
    #[test]
    fn no_bytes_hang_it(bytes in proptest::collection::vec(any::<u8>(), 0..300), frame in any::<bool>()) {
        let (mut program, _) = Program::start();
        let bytes = if frame {
            Frame { kind: Kind::Ask, number: 1, payload: bytes }.bytes()
        } else {
            bytes
        };
        program.bytes(&bytes);
        program.end();
        program.ended();
    }
}
