//! Requests that are under way, and the clock that answers those whose time is over: a thread that waits for the kernel
//! cannot be ended, but the grader need not wait for it either.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::output::Output;
use crate::wire::frame::{Frame, Kind};
use crate::wire::limits::MAX_ANSWER;
use crate::wire::{Answer, encode};

/// After its time a request is given a moment to say how far it came.
const GRACE: Duration = Duration::from_millis(100);

/// Requests that are under way, by number, with the end of their time.
#[derive(Debug)]
pub(super) struct Pending {
    ends: Mutex<BTreeMap<u32, Instant>>,
    changed: Condvar,
    output: Output,
}

impl Pending {
    /// None yet.
    pub(super) fn new(output: Output) -> Arc<Self> {
        Arc::new(Self {
            ends: Mutex::default(),
            changed: Condvar::new(),
            output,
        })
    }

    /// Notes a request; false where one of this number is under way.
    pub(super) fn begin(&self, number: u32, until: Instant) -> bool {
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        if ends.contains_key(&number) {
            return false;
        }
        ends.insert(number, until + GRACE);
        self.changed.notify_all();
        true
    }

    /// How many are under way.
    pub(super) fn count(&self) -> usize {
        let ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        ends.len()
    }

    /// Takes a request off; false where it was answered already.
    pub(super) fn take(&self, number: u32) -> bool {
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        ends.remove(&number).is_some()
    }

    /// Answers a request, where it was not answered already.
    pub(super) fn answer(&self, number: u32, answer: &Answer) {
        let mut payload = encode(answer);
        if payload.len() > MAX_ANSWER {
            payload = encode(&Answer::TooLong);
        }
        if self.take(number) {
            self.output.send(&Frame {
                kind: Kind::Answer,
                number,
                payload,
            });
        }
    }

    /// Answers requests whose time is over, until the program is too old; then ends it.
    pub(super) fn watch(&self, age: Duration) {
        let end = Instant::now() + age;
        loop {
            let now = Instant::now();
            if now >= end {
                self.output.fault("it has become too old");
                std::process::exit(0);
            }
            let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
            let late: Vec<u32> = ends
                .iter()
                .filter(|(_, until)| **until <= now)
                .map(|(number, _)| *number)
                .collect();
            if late.is_empty() {
                let next = ends.values().min().copied().unwrap_or(end).min(end);
                let wait = next.saturating_duration_since(now);
                drop(self.changed.wait_timeout(ends, wait));
                continue;
            }
            for number in &late {
                ends.remove(number);
            }
            drop(ends);
            for number in late {
                self.output
                    .send(&Frame::of(Kind::Answer, number, &Answer::Late));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Seek};

    use super::*;
    use crate::wire::ListeningAt;

    /// What was sent: numbers and answers.
    fn sent(file: &mut File) -> Vec<(u32, Answer)> {
        let mut bytes = Vec::new();
        file.rewind().expect("it rewinds");
        file.read_to_end(&mut bytes).expect("it reads");
        let mut rest = bytes.as_slice();
        let mut all = Vec::new();
        while let Some(frame) = Frame::read(&mut rest, MAX_ANSWER).expect("a frame") {
            let answer = crate::wire::decode(&frame.payload).expect("an answer");
            all.push((frame.number, answer));
        }
        all
    }

    #[test]
    fn a_request_is_answered_once_and_late_after_its_time() {
        let mut file = tempfile::tempfile().expect("a file");
        let pending = Pending::new(Output::new(file.try_clone().expect("it")));
        let clock = Arc::clone(&pending);
        std::thread::spawn(move || clock.watch(Duration::from_mins(1)));
        let soon = Instant::now() + Duration::from_secs(9);
        assert!(pending.begin(7, Instant::now()) && pending.begin(8, soon));
        assert!(!pending.begin(8, soon), "the number is taken");
        let answer = Answer::ListeningAt(ListeningAt { rows: vec![] });
        pending.answer(8, &answer);
        pending.answer(8, &answer);
        std::thread::sleep(GRACE + Duration::from_millis(200));
        pending.answer(7, &answer);
        assert_eq!(sent(&mut file), [(8, answer), (7, Answer::Late)]);
        assert_eq!(pending.count(), 0);
    }

    #[test]
    fn what_is_too_long_says_so() {
        let mut file = tempfile::tempfile().expect("a file");
        let pending = Pending::new(Output::new(file.try_clone().expect("it")));
        pending.begin(1, Instant::now());
        pending.answer(1, &Answer::Refused("x".repeat(MAX_ANSWER)));
        assert_eq!(sent(&mut file), [(1, Answer::TooLong)]);
    }
}
