//! Streams that the program passes on, frame by frame.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may")]

mod support;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixListener;
use std::time::Duration;

use labcheck_eye::wire::frame::{Frame, Kind};
use labcheck_eye::wire::limits::{CHUNK, MAX_STREAMS, WINDOW};
use labcheck_eye::wire::{
    Answer, Endpoint, Forward, Forwarded, Outcome, Sockets, UnixPath, Unread, decode,
};
use support::Program;

fn peer(what: impl Fn(TcpStream) + Send + Sync + Clone + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let what = what.clone();
            std::thread::spawn(move || what(stream));
        }
    });
    address
}

fn echo(mut stream: TcpStream) {
    let mut bytes = [0; 4096];
    while let Ok(count) = stream.read(&mut bytes) {
        if count == 0 || stream.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Write);
}

fn to(address: SocketAddr) -> Forward {
    Forward {
        to: Endpoint::Tcp(address),
        within_ms: 1000,
    }
}

/// Opens a stream and gives its number.
fn open(program: &mut Program, asked: Forward) -> u32 {
    let number = program.ask(asked, 5000);
    assert_eq!(
        program.answer(),
        (number, Answer::Forwarded(Forwarded::Open))
    );
    number
}

fn data(number: u32, payload: &[u8]) -> Frame {
    Frame {
        kind: Kind::Data,
        number,
        payload: payload.to_vec(),
    }
}

#[test]
fn bytes_are_passed_on_in_both_directions_to_the_end() {
    let (mut program, _) = Program::start();
    let number = open(&mut program, to(peer(echo)));
    program.send(&data(number, b"hello"));
    program.send(&Frame::bare(Kind::End, number));
    let (mut got, mut credit) = (Vec::new(), 0);
    loop {
        let frame = program.read().expect("it goes on");
        assert_eq!(frame.number, number);
        match frame.kind {
            Kind::Data => got.extend(frame.payload),
            Kind::Credit => credit += decode::<u32>(&frame.payload).unwrap(),
            Kind::End => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((got.as_slice(), credit), (&b"hello"[..], 5));
    // The number is free again, and so is the stream's place.
    for _ in 0..3 * MAX_STREAMS {
        let number = open(&mut program, to(peer(drop)));
        program.send(&Frame::bare(Kind::End, number));
        while program.read().expect("it goes on").kind != Kind::End {}
    }
}

#[test]
fn no_more_is_sent_than_there_is_room_for() {
    let (mut program, _) = Program::start();
    let endless = peer(|mut stream| while stream.write_all(&[7; 4096]).is_ok() {});
    let number = open(&mut program, to(endless));
    let mut came = 0;
    while came < WINDOW as usize {
        let frame = program.read().expect("it goes on");
        assert!(frame.kind == Kind::Data && frame.payload.len() <= CHUNK);
        came += frame.payload.len();
    }
    assert_eq!(came, WINDOW as usize);
    // Nothing else comes: the next frame is the answer to another request.
    std::thread::sleep(Duration::from_millis(100));
    assert!(program.get(Sockets { pid: None }).tcp.is_ok());
    program.send(&Frame::of(Kind::Credit, number, &10u32));
    let frame = program.read().expect("it goes on");
    assert_eq!((frame.kind, frame.payload.len()), (Kind::Data, 10));
    program.send(&Frame::bare(Kind::Reset, number));
    // Its place is free again a moment later.
    std::thread::sleep(Duration::from_millis(100));
    for _ in 0..MAX_STREAMS {
        open(
            &mut program,
            to(peer(|stream| {
                std::thread::sleep(Duration::from_secs(5));
                drop(stream);
            })),
        );
    }
}

#[test]
fn a_grader_that_sends_too_much_loses_the_stream() {
    let (mut program, _) = Program::start();
    // It never reads, so soon nothing can be passed on.
    let deaf = peer(|stream| {
        std::thread::sleep(Duration::from_secs(20));
        drop(stream);
    });
    let number = open(&mut program, to(deaf));
    let chunk = vec![0; 60_000];
    // What the kernel takes for the peer is some megabytes.
    for _ in 0..400 {
        program.send(&data(number, &chunk));
    }
    while program.read().expect("it goes on").kind != Kind::Reset {}
    assert!(program.get(Sockets { pid: None }).tcp.is_ok(), "it goes on");
}

#[test]
fn several_streams_do_not_disturb_each_other() {
    let (mut program, _) = Program::start();
    let echoes = peer(echo);
    let endless = peer(|mut stream| while stream.write_all(&[7; 4096]).is_ok() {});
    let stuck = open(&mut program, to(endless));
    // One stream's bytes are not read; its window is full before the others begin.
    let mut came = 0;
    while came < WINDOW as usize {
        came += program.read().expect("it goes on").payload.len();
    }
    let numbers: Vec<u32> = (0..5).map(|_| open(&mut program, to(echoes))).collect();
    for round in 0..20u8 {
        for number in &numbers {
            program.send(&data(*number, &[round; 3000]));
        }
    }
    let mut got: BTreeMap<u32, usize> = BTreeMap::new();
    while got.values().sum::<usize>() < 5 * 20 * 3000 {
        let frame = program.read().expect("it goes on");
        if frame.kind == Kind::Data {
            assert_ne!(frame.number, stuck);
            *got.entry(frame.number).or_default() += frame.payload.len();
            let count = u32::try_from(frame.payload.len()).unwrap();
            program.send(&Frame::of(Kind::Credit, frame.number, &count));
        }
    }
    assert!(got.values().all(|count| *count == 20 * 3000), "{got:?}");
}

#[test]
fn what_cannot_be_opened_says_why() {
    let (mut program, _) = Program::start();
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    assert_eq!(program.get(to(closed)), Forwarded::Failed(Outcome::Refused));
    let path = |path: &str| Forward {
        to: Endpoint::Unix(UnixPath {
            pid: std::process::id(),
            path: path.into(),
        }),
        within_ms: 1000,
    };
    assert_eq!(
        program.get(path("/none")),
        Forwarded::Unfound(Unread::Missing)
    );
    assert_eq!(
        program.get(path("/etc/passwd")),
        Forwarded::Unfound(Unread::NotAFile)
    );
    let silent = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for _ in 0..MAX_STREAMS {
        let kept = peer(|stream| {
            std::thread::sleep(Duration::from_secs(20));
            drop(stream);
        });
        open(&mut program, to(kept));
    }
    let number = program.ask(to(peer(drop)), 1000);
    let (of, answer) = program.answer();
    assert!(
        of == number && matches!(answer, Answer::Refused(_)),
        "{answer:?}"
    );
    let _ = silent;
}

#[test]
fn a_socket_of_the_file_system_is_reached_below_a_processs_root() {
    let (mut program, _) = Program::start();
    let dir = tempfile::tempdir().unwrap();
    let listener = UnixListener::bind(dir.path().join("sock")).unwrap();
    let asked = Forward {
        to: Endpoint::Unix(UnixPath {
            pid: std::process::id(),
            path: dir.path().join("sock").to_str().unwrap().into(),
        }),
        within_ms: 1000,
    };
    let number = open(&mut program, asked);
    let (mut other, _) = listener.accept().unwrap();
    other.write_all(b"ready").unwrap();
    assert_eq!(program.read().unwrap(), data(number, b"ready"));
    // The other end goes away: the grader hears of it.
    drop(other);
    assert_eq!(program.read().unwrap(), Frame::bare(Kind::End, number));
}
