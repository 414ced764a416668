//! Streams that the program passes on, as a pipe within the grader: one task takes what the grader writes to the program,
//! as far as that has room for it; one gives the grader what the program sends, and then tells it that there is room.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::{FusedFuture, FutureExt, join};
use tokio::io::{
    AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf, ReadHalf, WriteHalf,
};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::timeout;

use super::error::EyeError;
use super::incoming::Incoming;
use super::shared::{Shared, Waiting};
use crate::wire::frame::{Frame, Kind};
use crate::wire::limits::{CHUNK, WINDOW};

/// How long what was written last may take when the grader has done with a stream.
const REST: Duration = Duration::from_secs(1);

/// A stream that the program passes on. With it the program's connection ends; until then it keeps the conversation.
#[derive(Debug)]
pub struct EyeStream {
    pipe: DuplexStream,
    /// Tells the task when the grader has done with the stream, which a pipe that is silent does not.
    _kept: oneshot::Sender<()>,
}

impl AsyncRead for EyeStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_read(context, buffer)
    }
}

impl AsyncWrite for EyeStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.pipe).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_shutdown(context)
    }
}

/// A stream that is not open yet.
#[derive(Debug)]
pub(super) struct StreamTask {
    number: u32,
    shared: Arc<Shared>,
    bytes: Option<mpsc::UnboundedReceiver<Vec<u8>>>,
    room: Arc<Semaphore>,
    credit: Arc<Semaphore>,
}

impl StreamTask {
    /// Takes a number that an answer and then the bytes of a stream will come to.
    ///
    /// # Errors
    /// The conversation has ended.
    pub(super) fn prepare(shared: &Arc<Shared>) -> Result<(Waiting, Self), EyeError> {
        let waiting = shared.wait()?;
        let number = waiting.number();
        let (incoming, received) = Incoming::new();
        shared.add_stream(number, incoming);
        let task = Self {
            number,
            shared: Arc::clone(shared),
            bytes: Some(received.bytes),
            room: received.room,
            credit: received.credit,
        };
        Ok((waiting, task))
    }

    /// Passes bytes on until the stream is over. The conversation is held open as long.
    pub(super) fn run(mut self, conversation: impl Send + 'static) -> EyeStream {
        let (pipe, far) = tokio::io::duplex(4 * CHUNK);
        let (kept, given_up) = oneshot::channel::<()>();
        let (from, to) = tokio::io::split(far);
        let bytes = self.bytes.take();
        tokio::spawn(async move {
            if !self.carried(bytes, from, to, given_up).await {
                let reset = Frame::bare(Kind::Reset, self.number);
                // The conversation may be over.
                let _ = self.shared.send(&reset).await;
            }
            drop(self);
            drop(conversation);
        });
        EyeStream { pipe, _kept: kept }
    }

    /// Passes bytes on in both directions; false where the stream did not come to its end in both.
    async fn carried(
        &self,
        bytes: Option<mpsc::UnboundedReceiver<Vec<u8>>>,
        from: ReadHalf<DuplexStream>,
        to: WriteHalf<DuplexStream>,
        given_up: oneshot::Receiver<()>,
    ) -> bool {
        let mut up = pin!(self.up(from).fuse());
        let down = async {
            match bytes {
                Some(bytes) => self.down(bytes, to).await,
                None => true,
            }
        };
        tokio::select! {
            (up, down) = join(&mut up, down) => up && down,
            _ = given_up => {
                // All the credit is there again when all that was written is passed on.
                let rest = async {
                    if !up.is_terminated() {
                        up.await;
                    }
                    let _ = self.credit.acquire_many(WINDOW).await;
                };
                let _ = timeout(REST, rest).await;
                false
            }
        }
    }

    /// From the grader to the program; false where the stream broke.
    async fn up(&self, mut from: ReadHalf<DuplexStream>) -> bool {
        let mut bytes = vec![0; CHUNK];
        loop {
            let Ok(count) = from.read(&mut bytes).await else {
                return false;
            };
            let frame = if count == 0 {
                Frame::bare(Kind::End, self.number)
            } else {
                let want = u32::try_from(count).unwrap_or(WINDOW);
                let Ok(taken) = self.credit.acquire_many(want).await else {
                    return false;
                };
                taken.forget();
                Frame {
                    kind: Kind::Data,
                    number: self.number,
                    payload: bytes.get(..count).unwrap_or_default().to_vec(),
                }
            };
            if self.shared.send(&frame).await.is_err() {
                return false;
            }
            if count == 0 {
                return true;
            }
        }
    }

    /// From the program to the grader; false where the grader reads no more.
    async fn down(
        &self,
        mut bytes: mpsc::UnboundedReceiver<Vec<u8>>,
        mut to: WriteHalf<DuplexStream>,
    ) -> bool {
        while let Some(piece) = bytes.recv().await {
            if to.write_all(&piece).await.is_err() {
                return false;
            }
            self.room.add_permits(piece.len());
            let count = u32::try_from(piece.len()).unwrap_or(u32::MAX);
            let credit = Frame::of(Kind::Credit, self.number, &count);
            if self.shared.send(&credit).await.is_err() {
                return false;
            }
        }
        let _ = to.shutdown().await;
        true
    }
}

impl Drop for StreamTask {
    fn drop(&mut self) {
        if self.bytes.is_some() {
            // It was never opened, or the caller did not wait for that: the program need not keep it.
            self.shared.try_send(&Frame::bare(Kind::Reset, self.number));
        }
        self.shared.forget_stream(self.number);
    }
}
