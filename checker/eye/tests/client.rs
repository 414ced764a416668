//! The grader's side: against the program as a plain process, and against programs that do not keep to the protocol.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may")]

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use labcheck_eye::client::{Eye, EyeError, LocalSocket};
use labcheck_eye::wire::frame::{Frame, Kind};
use labcheck_eye::wire::limits::{CHUNK, WINDOW};
use labcheck_eye::wire::{
    Answer, Endpoint, Forwarded, ListeningAt, Mounts, Outcome, Sockets, WaitForListener, encode,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::net::{TcpListener, UnixStream};
use tokio::process::{Child, Command};

const SOON: Duration = Duration::from_secs(5);

fn started() -> (Eye, Child) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_labcheck-eye"));
    command
        .arg("--anywhere")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    (Eye::start(output, input), child)
}

/// An echo of TCP connections.
async fn echo() -> Endpoint {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = stream.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
            });
        }
    });
    Endpoint::Tcp(address)
}

#[tokio::test]
async fn many_questions_are_answered_at_once() {
    let (eye, child) = started();
    assert_eq!(Some(eye.hello(SOON).await.unwrap().pid), child.id());
    let asked = (0..40).map(|_| eye.ask(Sockets { pid: None }, SOON));
    for answer in futures_util::future::join_all(asked).await {
        assert!(answer.unwrap().tcp.is_ok());
    }
    let none = eye.ask(Mounts { pid: u32::MAX }, SOON).await.unwrap();
    assert!(none.mounts.is_err());
}

#[tokio::test]
async fn the_program_ends_with_the_last_clone() {
    let (eye, mut child) = started();
    let other = eye.clone();
    drop(eye);
    assert!(other.ask(Sockets { pid: None }, SOON).await.is_ok());
    drop(other);
    let status = tokio::time::timeout(SOON, child.wait())
        .await
        .expect("it ends");
    assert!(status.unwrap().success());
}

#[tokio::test]
async fn who_waits_learns_that_the_program_was_ended() {
    let (eye, mut child) = started();
    eye.hello(SOON).await.unwrap();
    let waits = WaitForListener {
        port: 1,
        within_ms: 50_000,
    };
    let asked = eye.ask(waits, Duration::from_secs(50));
    let (answer, ()) = tokio::join!(asked, async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        child.start_kill().unwrap();
    });
    assert!(matches!(answer, Err(EyeError::Ended(_))), "{answer:?}");
    assert!(matches!(
        eye.ask(Sockets { pid: None }, SOON).await,
        Err(EyeError::Ended(_))
    ));
    let again = eye.forward(echo().await, SOON).await;
    assert!(matches!(again, Err(EyeError::Ended(_))));
}

#[tokio::test]
async fn a_stopped_program_is_not_waited_for_for_ever() {
    let (eye, child) = started();
    eye.hello(SOON).await.unwrap();
    let pid = child.id().unwrap().to_string();
    let stop = Command::new("kill")
        .args(["-STOP", &pid])
        .status()
        .await
        .unwrap();
    assert!(stop.success());
    let asked = Instant::now();
    let within = Duration::from_millis(100);
    let answer = eye.ask(Sockets { pid: None }, within).await;
    assert_eq!(answer, Err(EyeError::Silent(within)));
    assert!(asked.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn streams_carry_bytes_to_the_end() {
    let (eye, _child) = started();
    let to = echo().await;
    let bytes: Vec<u8> = (0..3_000_000u32)
        .map(|at| at.to_le_bytes()[at as usize % 3])
        .collect();
    let each = (0..4).map(|_| async {
        let stream = eye.forward(to.clone(), SOON).await.unwrap();
        let (mut from, mut into) = tokio::io::split(stream);
        let mut back = Vec::new();
        let (sent, read) = tokio::join!(
            async {
                into.write_all(&bytes).await?;
                into.shutdown().await
            },
            from.read_to_end(&mut back)
        );
        assert!(sent.is_ok() && read.is_ok());
        assert!(back == bytes, "{} of {} bytes", back.len(), bytes.len());
    });
    futures_util::future::join_all(each).await;
}

#[tokio::test]
async fn a_stream_that_is_not_read_stops_no_other() {
    let (eye, _child) = started();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endless = Endpoint::Tcp(listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        while stream.write_all(&[7; CHUNK]).await.is_ok() {}
    });
    let unread = eye.forward(endless, SOON).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut other = eye.forward(echo().await, SOON).await.unwrap();
    other.write_all(b"hello").await.unwrap();
    let mut back = [0; 5];
    tokio::time::timeout(SOON, other.read_exact(&mut back))
        .await
        .expect("in time")
        .unwrap();
    assert_eq!(&back, b"hello");
    drop(unread);
    // Places become free again when streams are dropped.
    for _ in 0..40 {
        drop(eye.forward(echo().await, SOON).await);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(eye.forward(echo().await, SOON).await.is_ok());
}

/// The other end neither speaks nor closes: what the grader has done with is closed all the same, after what it wrote.
#[tokio::test]
async fn a_stream_that_is_dropped_ends_whatever_the_other_end_does() {
    let (eye, mut child) = started();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = Endpoint::Tcp(listener.local_addr().unwrap());
    for _ in 0..20 {
        let mut stream = eye.forward(to.clone(), SOON).await.unwrap();
        let (mut other, _) = listener.accept().await.unwrap();
        stream.write_all(b"quit").await.unwrap();
        drop(stream);
        let mut all = Vec::new();
        let end = tokio::time::timeout(SOON, other.read_to_end(&mut all)).await;
        assert!(end.is_ok(), "it is told");
        assert_eq!(all, b"quit");
    }
    drop(eye);
    let status = tokio::time::timeout(SOON, child.wait()).await;
    assert!(status.expect("nothing keeps it").unwrap().success());
}

#[tokio::test]
async fn what_cannot_be_opened_says_why() {
    let (eye, _child) = started();
    let closed = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let refused = eye.forward(Endpoint::Tcp(closed), SOON).await;
    let failed = Forwarded::Failed(Outcome::Refused);
    assert_eq!(refused.err(), Some(EyeError::Unopened(failed)));
}

#[tokio::test]
async fn a_local_socket_passes_its_connections_on() {
    let (eye, _child) = started();
    let socket = LocalSocket::serve(&eye, echo().await, "mysqld.sock", SOON).unwrap();
    let mode = std::fs::metadata(socket.folder())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700, "other users may not enter");
    for _ in 0..3 {
        let mut stream = UnixStream::connect(socket.path()).await.unwrap();
        stream.write_all(b"hello").await.unwrap();
        stream.shutdown().await.unwrap();
        let mut back = String::new();
        stream.read_to_string(&mut back).await.unwrap();
        assert_eq!(back, "hello");
    }
    assert_eq!(socket.trouble(), None);
    let mut open = UnixStream::connect(socket.path()).await.unwrap();
    let folder = socket.folder().to_owned();
    drop(socket);
    assert!(!folder.exists());
    let end = tokio::time::timeout(SOON, open.read(&mut [0; 1]))
        .await
        .expect("it ends");
    assert!(matches!(end, Ok(0) | Err(_)));
    let closed = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let socket = LocalSocket::serve(&eye, Endpoint::Tcp(closed), "x", SOON).unwrap();
    let mut stream = UnixStream::connect(socket.path()).await.unwrap();
    assert_eq!(stream.read(&mut [0; 1]).await.unwrap(), 0);
    assert!(matches!(socket.trouble(), Some(EyeError::Unopened(_))));
}

/// A program that says what the test lets it say.
fn played() -> (Eye, DuplexStream) {
    let (near, far) = tokio::io::duplex(1 << 20);
    let (output, input) = tokio::io::split(near);
    (Eye::start(output, input), far)
}

async fn said(bytes: &[u8]) -> EyeError {
    let (eye, mut program) = played();
    program.write_all(bytes).await.unwrap();
    program.shutdown().await.unwrap();
    let answer = eye.ask(Sockets { pid: None }, SOON).await;
    answer.expect_err("it is no answer")
}

#[tokio::test]
async fn a_program_that_says_anything_else_is_not_understood() {
    let late = Frame::of(Kind::Answer, 1, &Answer::Late).bytes();
    for length in 1..late.len() {
        assert!(
            matches!(said(&late[..length]).await, EyeError::Ended(_)),
            "{length}"
        );
    }
    assert!(matches!(said(b"").await, EyeError::Ended(_)));
    assert!(matches!(
        said(b"Hello from Docker!").await,
        EyeError::Malformed(_)
    ));
    assert!(matches!(said(&[0xff; 10]).await, EyeError::Malformed(_)));
    let mut long = late.clone();
    long[3] = 0x7f;
    assert!(matches!(said(&long).await, EyeError::Malformed(_)));
    let frame = |kind, payload: Vec<u8>| {
        Frame {
            kind,
            number: 1,
            payload,
        }
        .bytes()
    };
    assert!(matches!(
        said(&frame(Kind::Answer, vec![9, 9])).await,
        EyeError::Malformed(_)
    ));
    assert!(matches!(
        said(&frame(Kind::Hello, vec![])).await,
        EyeError::Malformed(_)
    ));
    assert!(matches!(
        said(&frame(Kind::Ask, vec![])).await,
        EyeError::Protocol(_)
    ));
    let fault = Frame::of(Kind::Fault, 0, &"it does not".to_owned()).bytes();
    assert_eq!(said(&fault).await, EyeError::Ended("it does not".into()));
    let other = Answer::ListeningAt(ListeningAt { rows: vec![] });
    assert!(matches!(
        said(&frame(Kind::Answer, encode(&other))).await,
        EyeError::Protocol(_)
    ));
    let refused = Answer::Refused("too many".into());
    assert_eq!(
        said(&frame(Kind::Answer, encode(&refused))).await,
        EyeError::Refused("too many".into())
    );
    assert_eq!(
        said(&frame(Kind::Answer, encode(&Answer::TooLong))).await,
        EyeError::TooLong
    );
    assert_eq!(said(&late).await, EyeError::Late(SOON));
}

#[tokio::test]
async fn a_program_that_says_nothing_is_not_waited_for() {
    let (eye, _program) = played();
    let within = Duration::from_millis(50);
    assert_eq!(eye.hello(within).await, Err(EyeError::Silent(within)));
    assert_eq!(
        eye.ask(Sockets { pid: None }, within).await,
        Err(EyeError::Silent(within))
    );
}

/// More bytes than there is room for, and more room than there can be.
#[tokio::test]
async fn a_program_that_floods_a_stream_ends_the_conversation() {
    let chunk = |count: usize| Frame {
        kind: Kind::Data,
        number: 1,
        payload: vec![0; count],
    };
    let window = WINDOW as usize;
    for flood in [
        chunk(window + 5 * CHUNK),
        Frame::of(Kind::Credit, 1, &1u32),
        Frame::of(Kind::Credit, 1, &u32::MAX),
    ] {
        let (eye, mut program) = played();
        let open = Frame::of(Kind::Answer, 1, &Answer::Forwarded(Forwarded::Open));
        program.write_all(&open.bytes()).await.unwrap();
        let stream = eye
            .forward(Endpoint::Abstract("x".into()), SOON)
            .await
            .unwrap();
        program.write_all(&flood.bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        let answer = eye.ask(Sockets { pid: None }, SOON).await;
        assert!(matches!(answer, Err(EyeError::Protocol(_))), "{answer:?}");
        drop(stream);
    }
}
