//! The program as a plain process of this machine, spoken to frame by frame.

#![allow(dead_code, reason = "each test uses what it needs of it")]

use std::io::{BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use labcheck_eye::wire::frame::{Frame, Kind};
use labcheck_eye::wire::limits::MAX_ANSWER;
use labcheck_eye::wire::{Answer, Ask, Hello, Question, Request, decode};

/// The program, ended with the test.
pub(crate) struct Program {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    next: u32,
}

/// The program with some arguments.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_labcheck-eye"));
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

impl Program {
    /// Starts it, without reading anything.
    pub(crate) fn silent(arguments: &[&str]) -> Self {
        let mut child = command(arguments).spawn().expect("it starts");
        Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().expect("it is piped")),
            child,
            next: 1,
        }
    }

    /// Starts it and reads what it says first.
    pub(crate) fn start() -> (Self, Hello) {
        let mut program = Self::silent(&["--anywhere"]);
        let first = program.read().expect("it says something");
        assert_eq!(first.kind, Kind::Hello);
        (program, decode(&first.payload).expect("a hello"))
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("it is open");
        input.write_all(bytes).expect("it listens");
    }

    /// Sends a frame.
    pub(crate) fn send(&mut self, frame: &Frame) {
        self.bytes(&frame.bytes());
    }

    /// The next frame; none when it ended.
    pub(crate) fn read(&mut self) -> Option<Frame> {
        Frame::read(&mut self.output, MAX_ANSWER).expect("frames")
    }

    /// Asks, and gives the number.
    pub(crate) fn ask(&mut self, request: impl Into<Request>, within_ms: u32) -> u32 {
        let number = self.next;
        self.next += 1;
        let request = request.into();
        let ask = Ask { within_ms, request };
        self.send(&Frame::of(Kind::Ask, number, &ask));
        number
    }

    /// The next answer, with its number.
    pub(crate) fn answer(&mut self) -> (u32, Answer) {
        let frame = self.read().expect("an answer");
        assert_eq!(frame.kind, Kind::Answer, "{frame:?}");
        (frame.number, decode(&frame.payload).expect("an answer"))
    }

    /// Asks, and waits for the answer.
    pub(crate) fn get<Q: Question>(&mut self, question: Q) -> Q::Answer {
        let number = self.ask(question, 5000);
        let (of, answer) = self.answer();
        assert_eq!(of, number);
        let shown = format!("{answer:?}");
        Q::answered(answer).unwrap_or_else(|| panic!("another answer: {shown}"))
    }

    /// Ends its input.
    pub(crate) fn end(&mut self) {
        self.input = None;
    }

    /// Waits for its end.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                return status;
            }
            assert!(Instant::now() < until, "it goes on");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What it says last, and whether it ended well.
    pub(crate) fn fault(mut self) -> (String, bool) {
        loop {
            let frame = self.read().expect("it says why");
            if frame.kind == Kind::Fault {
                let why = decode(&frame.payload).expect("a text");
                return (why, self.ended().success());
            }
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
