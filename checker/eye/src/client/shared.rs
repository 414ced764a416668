//! What the two tasks of a conversation share: which callers wait for which answers, and which streams are open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, oneshot, watch};

use super::error::EyeError;
use super::incoming::Incoming;
use crate::wire::frame::{Frame, HEADER, Header, Kind};
use crate::wire::limits::MAX_ANSWER;
use crate::wire::{Answer, Hello, decode};

/// Bytes of a frame that are read before more room is made.
const PIECE: usize = 64 * 1024;

/// What was said first, or why nothing will be said.
type Said = Option<Result<Hello, EyeError>>;

/// What both tasks and all callers share.
#[derive(Debug)]
pub(super) struct Shared {
    send: mpsc::Sender<Vec<u8>>,
    state: Mutex<State>,
    hello: watch::Sender<Said>,
}

#[derive(Debug, Default)]
struct State {
    last: u32,
    waiting: HashMap<u32, oneshot::Sender<Answer>>,
    streams: HashMap<u32, Incoming>,
    ended: Option<EyeError>,
}

/// A caller that waits for an answer.
#[derive(Debug)]
pub(super) struct Waiting {
    number: u32,
    answer: tokio::sync::Mutex<oneshot::Receiver<Answer>>,
    shared: Arc<Shared>,
}

impl Shared {
    pub(super) fn new(send: mpsc::Sender<Vec<u8>>) -> Self {
        Self {
            send,
            state: Mutex::default(),
            hello: watch::Sender::new(None),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is said first, once it is.
    pub(super) fn hello(&self) -> watch::Receiver<Said> {
        self.hello.subscribe()
    }

    /// A number that an answer will come to.
    ///
    /// # Errors
    /// The conversation has ended.
    pub(super) fn wait(self: &Arc<Self>) -> Result<Waiting, EyeError> {
        let mut state = self.lock();
        if let Some(why) = &state.ended {
            return Err(why.clone());
        }
        state.last = state.last.wrapping_add(1);
        let number = state.last;
        let (answered, answer) = oneshot::channel();
        state.waiting.insert(number, answered);
        Ok(Waiting {
            number,
            answer: tokio::sync::Mutex::new(answer),
            shared: Arc::clone(self),
        })
    }

    /// Frames with this number go to a stream.
    pub(super) fn add_stream(&self, number: u32, incoming: Incoming) {
        self.lock().streams.insert(number, incoming);
    }

    /// A stream is gone.
    pub(super) fn forget_stream(&self, number: u32) {
        self.lock().streams.remove(&number);
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// The conversation has ended.
    pub(super) async fn send(&self, frame: &Frame) -> Result<(), EyeError> {
        let sent = self.send.send(frame.bytes()).await;
        sent.map_err(|_| self.why())
    }

    /// Sends a frame where there is room for it, for callers that cannot wait.
    pub(super) fn try_send(&self, frame: &Frame) {
        let _ = self.send.try_send(frame.bytes());
    }

    fn why(&self) -> EyeError {
        let ended = self.lock().ended.clone();
        ended.unwrap_or_else(|| EyeError::Ended("its input is closed".into()))
    }

    /// Nothing will be said any more.
    pub(super) fn end(&self, why: &EyeError) {
        let mut state = self.lock();
        if state.ended.is_none() {
            state.ended = Some(why.clone());
        }
        // A caller that waits finds its channel closed, and then asks for the reason.
        state.waiting.clear();
        state.streams.clear();
        drop(state);
        self.hello.send_if_modified(|said| {
            let first = said.is_none();
            if first {
                *said = Some(Err(why.clone()));
            }
            first
        });
    }

    /// Takes a frame of the program's.
    fn take(&self, frame: Frame) -> Result<(), EyeError> {
        let number = frame.number;
        match frame.kind {
            Kind::Hello => {
                let hello: Hello = decode(&frame.payload).map_err(EyeError::Malformed)?;
                self.hello.send_replace(Some(Ok(hello)));
            }
            Kind::Fault => {
                let why = decode(&frame.payload).map_err(EyeError::Malformed)?;
                return Err(EyeError::Ended(why));
            }
            Kind::Answer => {
                let answer = decode(&frame.payload).map_err(EyeError::Malformed)?;
                let waits = self.lock().waiting.remove(&number);
                // A caller that has given up needs no answer.
                if let Some(waits) = waits {
                    let _ = waits.send(answer);
                }
            }
            Kind::Data | Kind::Credit | Kind::End | Kind::Reset => {
                if let Some(stream) = self.lock().streams.get_mut(&number) {
                    stream.take(frame)?;
                }
            }
            Kind::Ask => return Err(EyeError::Protocol("it asks")),
        }
        Ok(())
    }
}

impl Waiting {
    /// The number of the request.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    /// The answer.
    ///
    /// # Errors
    /// The conversation has ended.
    pub(super) async fn answer(&self) -> Result<Answer, EyeError> {
        let mut answer = self.answer.lock().await;
        (&mut *answer).await.map_err(|_| self.shared.why())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.shared.lock().waiting.remove(&self.number);
    }
}

/// Reads frames until there are no more.
pub(super) async fn read(shared: Arc<Shared>, mut output: impl AsyncRead + Unpin) {
    let why = loop {
        match next(&mut output).await {
            Ok(Some(frame)) => {
                if let Err(why) = shared.take(frame) {
                    break why;
                }
            }
            Ok(None) => break EyeError::Ended("its output is closed".into()),
            Err(why) => break why,
        }
    };
    shared.end(&why);
}

/// The next frame.
async fn next(output: &mut (impl AsyncRead + Unpin)) -> Result<Option<Frame>, EyeError> {
    let broken = |err: std::io::Error| EyeError::Ended(err.to_string());
    let mut bytes = [0; HEADER];
    let first = output.read(&mut bytes).await.map_err(broken)?;
    if first == 0 {
        return Ok(None);
    }
    let rest = bytes.get_mut(first..).unwrap_or_default();
    output.read_exact(rest).await.map_err(broken)?;
    let header = Header::parse(bytes, MAX_ANSWER).map_err(EyeError::Malformed)?;
    let mut payload = Vec::new();
    while payload.len() < header.length {
        let have = payload.len();
        payload.resize(header.length.min(have + PIECE), 0);
        let piece = payload.get_mut(have..).unwrap_or_default();
        output.read_exact(piece).await.map_err(broken)?;
    }
    Ok(Some(Frame {
        kind: header.kind,
        number: header.number,
        payload,
    }))
}

/// Writes frames until no caller sends any more.
pub(super) async fn write(
    shared: Arc<Shared>,
    mut queue: mpsc::Receiver<Vec<u8>>,
    mut input: impl AsyncWrite + Unpin,
) {
    while let Some(mut bytes) = queue.recv().await {
        // What waits already goes together.
        while bytes.len() < PIECE
            && let Ok(more) = queue.try_recv()
        {
            bytes.extend(more);
        }
        let sent = async {
            input.write_all(&bytes).await?;
            input.flush().await
        };
        if let Err(err) = sent.await {
            shared.end(&EyeError::Ended(err.to_string()));
            break;
        }
    }
}
