//! Streams that are passed on. Each has two threads: one reads what comes from the other end, as far as the grader has
//! room for it; one writes what comes from the grader, and tells when it has passed it on.

use std::collections::{BTreeMap, VecDeque};
use std::io::{Read, Write};
use std::net::Shutdown;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;

use super::output::Output;
use super::pending::Pending;
use crate::look::{STACK, Stream};
use crate::wire::frame::{Frame, Kind};
use crate::wire::limits::{CHUNK, MAX_STREAMS, WINDOW};
use crate::wire::{Answer, Forwarded};

/// All streams, by the number of the request that opened them.
#[derive(Debug)]
pub(super) struct Streams {
    open: Mutex<BTreeMap<u32, Arc<OpenStream>>>,
    output: Output,
}

/// One stream.
#[derive(Debug)]
struct OpenStream {
    stream: Stream,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Bytes that the grader has room for.
    room: u64,
    /// What came from the grader and was not passed on.
    queue: VecDeque<Vec<u8>>,
    /// Bytes of it, with what is being passed on.
    queued: usize,
    /// The grader has no more.
    ended: bool,
    /// The stream is over.
    over: bool,
    /// Directions that are done.
    done: u8,
}

impl Streams {
    /// None yet.
    pub(super) fn new(output: Output) -> Arc<Self> {
        Arc::new(Self {
            open: Mutex::default(),
            output,
        })
    }

    /// Whether a stream has this number.
    pub(super) fn has(&self, number: u32) -> bool {
        self.find(number).is_some()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<u32, Arc<OpenStream>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, number: u32) -> Option<Arc<OpenStream>> {
        self.all().get(&number).cloned()
    }

    /// Says that a stream is open, and passes it on until it is over.
    pub(super) fn forward(self: &Arc<Self>, number: u32, stream: Stream, pending: &Pending) {
        let carried = Arc::new(OpenStream {
            stream,
            state: Mutex::new(State {
                room: WINDOW.into(),
                ..State::default()
            }),
            changed: Condvar::new(),
        });
        let mut open = self.all();
        if open.len() == MAX_STREAMS {
            drop(open);
            let why = Answer::Refused("too many streams are open".into());
            pending.answer(number, &why);
            return;
        }
        open.insert(number, Arc::clone(&carried));
        drop(open);
        let (streams, writing) = (Arc::clone(self), Arc::clone(&carried));
        let write = move || streams.write(number, &writing);
        if Builder::new().stack_size(STACK).spawn(write).is_err() {
            self.all().remove(&number);
            pending.answer(number, &Answer::Refused("no thread can be had".into()));
            return;
        }
        // Nothing of the stream may be sent before this, and nothing after the grader was told that it came too late.
        if pending.take(number) {
            let answer = Answer::Forwarded(Forwarded::Open);
            self.output.send(&Frame::of(Kind::Answer, number, &answer));
            self.read(number, &carried);
        } else {
            carried.over();
            self.all().remove(&number);
        }
    }

    /// Passes on what comes from the other end.
    fn read(&self, number: u32, carried: &OpenStream) {
        let mut bytes = vec![0; CHUNK];
        while let Some(room) = carried.room() {
            let want = usize::try_from(room).unwrap_or(CHUNK).min(CHUNK);
            match (&carried.stream).read(bytes.get_mut(..want).unwrap_or_default()) {
                Ok(0) => {
                    // Of a stream that is over the grader was told already, or told it itself.
                    if !carried.lock().over {
                        self.output.send(&Frame::bare(Kind::End, number));
                    }
                    break;
                }
                Ok(count) => {
                    carried.lock().room -= count as u64;
                    self.output.send(&Frame {
                        kind: Kind::Data,
                        number,
                        payload: bytes.get(..count).unwrap_or_default().to_vec(),
                    });
                }
                Err(err) if err.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => {
                    self.broken(number, carried);
                    break;
                }
            }
        }
        self.done(number, carried);
    }

    /// Passes on what comes from the grader.
    fn write(&self, number: u32, carried: &OpenStream) {
        while let Some(bytes) = carried.next() {
            if (&carried.stream).write_all(&bytes).is_err() {
                self.broken(number, carried);
                break;
            }
            carried.lock().queued -= bytes.len();
            let count = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            self.output.send(&Frame::of(Kind::Credit, number, &count));
        }
        carried.stream.shutdown(Shutdown::Write);
        self.done(number, carried);
    }

    /// Tells the grader, once, that the stream is over before its end.
    fn broken(&self, number: u32, carried: &OpenStream) {
        if carried.over() {
            self.output.send(&Frame::bare(Kind::Reset, number));
        }
    }

    /// One direction is done; with the other one the stream is gone.
    fn done(&self, number: u32, carried: &OpenStream) {
        let mut state = carried.lock();
        state.done += 1;
        let gone = state.done == 2;
        drop(state);
        if gone {
            self.all().remove(&number);
        }
    }

    /// Bytes from the grader. More than it was given room for are the end of the stream.
    pub(super) fn data(&self, number: u32, bytes: Vec<u8>) {
        // A stream that ended here a moment ago may still be written to.
        let Some(carried) = self.find(number) else {
            return;
        };
        let mut state = carried.lock();
        let above = state.queued + bytes.len() > WINDOW as usize;
        if above || state.ended {
            drop(state);
            self.broken(number, &carried);
            return;
        }
        if !state.over {
            state.queued += bytes.len();
            state.queue.push_back(bytes);
            carried.changed.notify_all();
        }
    }

    /// The grader has room for more.
    pub(super) fn credit(&self, number: u32, more: u32) {
        if let Some(carried) = self.find(number) {
            let mut state = carried.lock();
            state.room = state.room.saturating_add(more.into());
            carried.changed.notify_all();
        }
    }

    /// The grader has no more bytes.
    pub(super) fn end(&self, number: u32) {
        if let Some(carried) = self.find(number) {
            carried.lock().ended = true;
            carried.changed.notify_all();
        }
    }

    /// The grader has done with the stream.
    pub(super) fn reset(&self, number: u32) {
        if let Some(carried) = self.find(number) {
            carried.over();
        }
    }
}

impl OpenStream {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the grader has room; none where the stream is over.
    fn room(&self) -> Option<u64> {
        let mut state = self.lock();
        loop {
            if state.over {
                return None;
            }
            if state.room > 0 {
                return Some(state.room);
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits for bytes from the grader; none where there are no more.
    fn next(&self) -> Option<Vec<u8>> {
        let mut state = self.lock();
        loop {
            if state.over {
                return None;
            }
            if let Some(bytes) = state.queue.pop_front() {
                return Some(bytes);
            }
            if state.ended {
                return None;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends the stream in both directions; false where it was over already.
    fn over(&self) -> bool {
        let mut state = self.lock();
        let first = !state.over;
        state.over = true;
        state.queue.clear();
        self.changed.notify_all();
        drop(state);
        self.stream.shutdown(Shutdown::Both);
        first
    }
}
