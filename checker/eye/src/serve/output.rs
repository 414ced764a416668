//! What the program says, one whole frame after the other.

use std::fs::File;
use std::io::Write;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use crate::wire::frame::{Frame, Kind};

/// Standard output, shared by all threads.
#[derive(Debug, Clone)]
pub(super) struct Output {
    file: Arc<Mutex<File>>,
}

impl Output {
    /// To this file.
    pub(super) fn new(file: File) -> Self {
        Self {
            file: Arc::new(Mutex::new(file)),
        }
    }

    /// Sends a frame. Where that fails the grader is gone, and the program ends.
    pub(super) fn send(&self, frame: &Frame) {
        let bytes = frame.bytes();
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if file.write_all(&bytes).is_err() {
            std::process::exit(1);
        }
    }

    /// Says why the program ends.
    pub(super) fn fault(&self, why: &str) -> ExitCode {
        self.send(&Frame::of(Kind::Fault, 0, &why.to_owned()));
        ExitCode::FAILURE
    }
}
