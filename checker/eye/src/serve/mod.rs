//! The program's side of the protocol: reads requests, works on them at once, answers as each is done.
//!
//! It ends when its input does, which is when the grader goes away in whatever way, and by itself after
//! [`limits::MAX_AGE`].

mod output;
mod pending;
mod streams;

use std::fs::File;
use std::io::{self, BufReader};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Builder;
use std::time::{Duration, Instant};

use crate::look::{self, INITIAL_PID, STACK, Slots};
use crate::wire::frame::{Frame, Kind};
use crate::wire::limits::{self, MAX_ACTIVE, MAX_ATTEMPTS, MAX_REQUEST, MAX_WITHIN};
use crate::wire::{Answer, Ask, Bytes, Forward, Hello, Request, decode};
use output::Output;
use pending::Pending;
use streams::Streams;

/// Threads that may be at work on requests, those with it whose time is over and that cannot be ended.
const MAX_WORKERS: usize = 2 * MAX_ACTIVE;

/// The pid namespace that the program may run in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PidNamespace {
    /// Only beside a container: in the machine's own namespace it says so and ends.
    Container,
    /// Anywhere, for tests.
    Anywhere,
}

/// Serves standard input until it ends.
pub fn run(allowed: PidNamespace) -> ExitCode {
    let stdio = own(io::stdin().as_fd()).and_then(|input| Ok((input, own(io::stdout().as_fd())?)));
    let Ok((input, output)) = stdio else {
        return ExitCode::FAILURE;
    };
    let output = Output::new(output);
    let hello = hello();
    // A number that cannot be read is not known to be harmless.
    let machine = hello
        .namespaces
        .pid
        .as_ref()
        .map_or(true, |pid| *pid == INITIAL_PID);
    if allowed == PidNamespace::Container && machine {
        return output.fault("it does not look into the machine's own processes");
    }
    output.send(&Frame::of(Kind::Hello, 0, &hello));
    let server = Arc::new(Server {
        pending: Pending::new(output.clone()),
        streams: Streams::new(output.clone()),
        slots: Slots::new(MAX_ATTEMPTS),
        workers: AtomicUsize::new(0),
        output,
    });
    server.serve(BufReader::new(input))
}

/// The file behind standard input or output, without the buffer of lines that the standard library puts before it.
fn own(standard: impl AsFd) -> io::Result<File> {
    let owned: OwnedFd = standard.as_fd().try_clone_to_owned()?;
    Ok(File::from(owned))
}

fn hello() -> Hello {
    let credentials = look::own_credentials();
    let kernel = std::fs::read("/proc/sys/kernel/osrelease").unwrap_or_default();
    Hello {
        pid: std::process::id(),
        uid: credentials.as_ref().map_or(u32::MAX, |own| own.uids[1]),
        capabilities: credentials.map_or(0, |own| own.effective),
        namespaces: look::namespaces(Path::new("/proc/self")),
        kernel: Bytes::from(kernel.trim_ascii_end()),
    }
}

/// What all threads share.
struct Server {
    output: Output,
    pending: Arc<Pending>,
    streams: Arc<Streams>,
    slots: Slots,
    workers: AtomicUsize,
}

impl Server {
    fn serve(self: &Arc<Self>, mut input: BufReader<File>) -> ExitCode {
        let pending = Arc::clone(&self.pending);
        let clock = Builder::new().stack_size(STACK);
        if clock.spawn(move || pending.watch(limits::MAX_AGE)).is_err() {
            return self.output.fault("no thread can be had");
        }
        loop {
            match Frame::read(&mut input, MAX_REQUEST) {
                Ok(Some(frame)) => {
                    if let Err(why) = self.take(frame) {
                        return self.output.fault(why);
                    }
                }
                Ok(None) => return ExitCode::SUCCESS,
                Err(err) => return self.output.fault(&err.to_string()),
            }
        }
    }

    /// Takes a frame.
    ///
    /// # Errors
    /// It is none that the grader sends.
    fn take(self: &Arc<Self>, frame: Frame) -> Result<(), &'static str> {
        let number = frame.number;
        match frame.kind {
            Kind::Ask => self.ask(number, &frame.payload),
            Kind::Data => {
                self.streams.data(number, frame.payload);
                Ok(())
            }
            Kind::Credit => {
                let more = decode(&frame.payload).map_err(|_| "a credit is no number")?;
                self.streams.credit(number, more);
                Ok(())
            }
            Kind::End => {
                self.streams.end(number);
                Ok(())
            }
            Kind::Reset => {
                // Or it is the number of a request that the grader does not wait for any more.
                self.pending.take(number);
                self.streams.reset(number);
                Ok(())
            }
            Kind::Hello | Kind::Fault | Kind::Answer => {
                Err("the frame is one of the program's own")
            }
        }
    }

    fn ask(self: &Arc<Self>, number: u32, payload: &[u8]) -> Result<(), &'static str> {
        if self.streams.has(number) {
            return Err("the number is one of a stream");
        }
        let asked: Result<Ask, _> = decode(payload);
        let within = match &asked {
            Ok(asked) => Duration::from_millis(asked.within_ms.into()).min(MAX_WITHIN),
            Err(_) => MAX_WITHIN,
        };
        let until = Instant::now() + within;
        if !self.pending.begin(number, until) {
            return Err("the number is one of a request that is under way");
        }
        let asked = match asked {
            Ok(asked) => asked,
            Err(err) => {
                self.pending
                    .answer(number, &Answer::Refused(err.to_string()));
                return Ok(());
            }
        };
        let many = self.pending.count() > MAX_ACTIVE;
        if many || self.workers.fetch_add(1, Ordering::Relaxed) >= MAX_WORKERS {
            if !many {
                self.workers.fetch_sub(1, Ordering::Relaxed);
            }
            let why = "too many requests are under way";
            self.pending.answer(number, &Answer::Refused(why.into()));
            return Ok(());
        }
        let server = Arc::clone(self);
        let work = move || {
            server.work(number, &asked.request, until);
            server.workers.fetch_sub(1, Ordering::Relaxed);
        };
        if Builder::new().stack_size(STACK).spawn(work).is_err() {
            self.workers.fetch_sub(1, Ordering::Relaxed);
            let why = Answer::Refused("no thread can be had".into());
            self.pending.answer(number, &why);
        }
        Ok(())
    }

    fn work(&self, number: u32, request: &Request, until: Instant) {
        match request {
            Request::Forward(asked) => self.forward(number, asked, until),
            request => {
                let answer = look::answer(request, until, &self.slots);
                self.pending.answer(number, &answer);
            }
        }
    }

    fn forward(&self, number: u32, asked: &Forward, until: Instant) {
        let left = until.saturating_duration_since(Instant::now()).as_millis();
        let within_ms = asked.within_ms.min(u32::try_from(left).unwrap_or(u32::MAX));
        let asked = Forward {
            within_ms,
            to: asked.to.clone(),
        };
        match look::open_stream(&asked) {
            Ok(stream) => self.streams.forward(number, stream, &self.pending),
            Err(answer) => self.pending.answer(number, &Answer::Forwarded(answer)),
        }
    }
}
