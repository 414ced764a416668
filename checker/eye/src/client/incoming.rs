//! Where the program's frames of one stream go to, and how much either side may still send.

use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};

use super::error::EyeError;
use crate::wire::decode;
use crate::wire::frame::{Frame, Kind};
use crate::wire::limits::WINDOW;

/// Where the frames of a stream go to.
#[derive(Debug)]
pub(super) struct Incoming {
    bytes: mpsc::UnboundedSender<Vec<u8>>,
    /// Bytes that the program may still send.
    room: Arc<Semaphore>,
    /// Bytes that the grader may still send.
    credit: Arc<Semaphore>,
}

/// Where the frames of a stream are read.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) bytes: mpsc::UnboundedReceiver<Vec<u8>>,
    /// Bytes that the program may still send.
    pub(super) room: Arc<Semaphore>,
    /// Bytes that the grader may still send.
    pub(super) credit: Arc<Semaphore>,
}

impl Incoming {
    /// Both ends of a stream's frames: where they go to, and where they are read.
    pub(super) fn new() -> (Self, Received) {
        let (send, bytes) = mpsc::unbounded_channel();
        let room = Arc::new(Semaphore::new(WINDOW as usize));
        let credit = Arc::new(Semaphore::new(WINDOW as usize));
        let incoming = Self {
            bytes: send,
            room: Arc::clone(&room),
            credit: Arc::clone(&credit),
        };
        let received = Received {
            bytes,
            room,
            credit,
        };
        (incoming, received)
    }

    /// Takes a frame of the stream.
    ///
    /// # Errors
    /// The program sends more than there is room for, or says that there is more room than there can be.
    pub(super) fn take(&mut self, frame: Frame) -> Result<(), EyeError> {
        match frame.kind {
            Kind::Data => {
                let count = u32::try_from(frame.payload.len()).unwrap_or(u32::MAX);
                let Ok(taken) = self.room.try_acquire_many(count) else {
                    return Err(EyeError::Protocol("it sends more than there is room for"));
                };
                taken.forget();
                // Where the caller reads no more, the task tells the program.
                let _ = self.bytes.send(frame.payload);
            }
            Kind::Credit => {
                let more: u32 = decode(&frame.payload).map_err(EyeError::Malformed)?;
                let all = self.credit.available_permits() + more as usize;
                if all > WINDOW as usize {
                    return Err(EyeError::Protocol("it has more room than there can be"));
                }
                self.credit.add_permits(more as usize);
            }
            Kind::End => self.bytes = mpsc::unbounded_channel().0,
            _ => {
                self.bytes = mpsc::unbounded_channel().0;
                self.credit.close();
            }
        }
        Ok(())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.credit.close();
    }
}
