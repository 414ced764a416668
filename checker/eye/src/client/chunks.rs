//! A reader of what comes in pieces, as the engine's client gives the output of a container.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::stream::{Stream, StreamExt};
use tokio::io::{AsyncRead, ReadBuf};

/// Reads from a stream of pieces.
#[derive(Debug)]
pub struct Chunks<S, B> {
    stream: S,
    piece: Option<B>,
    read: usize,
}

impl<S, B> Chunks<S, B> {
    /// Reads from these pieces.
    pub fn new(stream: S) -> Self {
        Self {
            stream,
            piece: None,
            read: 0,
        }
    }
}

impl<S, B, E> AsyncRead for Chunks<S, B>
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: AsRef<[u8]> + Unpin,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            let rest = this.piece.as_ref().map(AsRef::as_ref);
            let rest = rest.and_then(|piece| piece.get(this.read..));
            if let Some(rest) = rest.filter(|rest| !rest.is_empty()) {
                let count = rest.len().min(buffer.remaining());
                buffer.put_slice(rest.get(..count).unwrap_or_default());
                this.read += count;
                return Poll::Ready(Ok(()));
            }
            // Gone before more is waited for, or it would be read again after the wait.
            this.piece = None;
            this.read = 0;
            match ready!(this.stream.poll_next_unpin(context)) {
                Some(Ok(piece)) => this.piece = Some(piece),
                Some(Err(err)) => return Poll::Ready(Err(io::Error::other(err))),
                None => return Poll::Ready(Ok(())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream::iter;
    use tokio::io::AsyncReadExt;

    use super::*;

    #[tokio::test]
    async fn pieces_are_read_one_after_the_other() {
        let pieces: [Result<&str, io::Error>; 4] = [Ok("he"), Ok(""), Ok("llo"), Ok("!")];
        let mut text = String::new();
        let mut reader = Chunks::new(iter(pieces));
        let mut first = [0; 3];
        reader.read_exact(&mut first).await.expect("it reads");
        reader.read_to_string(&mut text).await.expect("it reads");
        assert_eq!((&first, text.as_str()), (b"hel", "lo!"));
    }

    /// Between two pieces there is nothing for a while.
    #[tokio::test]
    async fn no_piece_is_read_twice() {
        let pieces = iter(["a", "b", "c"]).then(|piece| async move {
            tokio::task::yield_now().await;
            Ok::<_, io::Error>(piece)
        });
        let mut text = String::new();
        let mut reader = Chunks::new(Box::pin(pieces));
        reader.read_to_string(&mut text).await.expect("it reads");
        assert_eq!(text, "abc");
    }

    #[tokio::test]
    async fn an_error_is_one() {
        let pieces: [Result<&str, io::Error>; 2] = [Ok("x"), Err(io::Error::other("gone"))];
        let mut all = Vec::new();
        let err = Chunks::new(iter(pieces)).read_to_end(&mut all).await;
        assert_eq!(
            (all, err.expect_err("it broke").to_string()),
            (b"x".to_vec(), "gone".into())
        );
    }
}
