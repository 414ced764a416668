//! A line in a container's log, waited for or looked up. Whatever its driver keeps, and never for long.

use std::time::Duration;

use bollard::query_parameters::LogsOptionsBuilder;
use futures_util::StreamExt as _;

use crate::client::{Engine, words};

/// Lines of the past that are read too: the one waited for may be there already.
const PAST: usize = 200;
/// Bytes of a log that are read.
const MOST: usize = 1024 * 1024;

impl Engine {
    /// The first lines of a container's log that hold a word, at most four; empty when none comes in time.
    ///
    /// # Errors
    /// The engine's words when the log cannot be read, such as with a driver that keeps it elsewhere.
    pub async fn lines_with(
        &self,
        id: &str,
        word: &str,
        patience: Duration,
    ) -> Result<Vec<String>, String> {
        let options = LogsOptionsBuilder::new()
            .stdout(true)
            .stderr(true)
            .follow(true)
            .tail(&PAST.to_string())
            .build();
        let mut stream = std::pin::pin!(self.docker.logs(id, Some(options)));
        let mut bytes: Vec<u8> = Vec::new();
        let mut trouble = None;
        let read = async {
            while let Some(part) = stream.next().await {
                match part {
                    Ok(part) => bytes.extend_from_slice(&part.into_bytes()),
                    Err(err) => {
                        trouble = Some(words(&err));
                        break;
                    }
                }
                if bytes.len() > MOST || !lines(&bytes, word).is_empty() {
                    break;
                }
            }
        };
        // Without such a line the stream goes on as long as the container lives.
        let _ = tokio::time::timeout(patience, read).await;
        match (lines(&bytes, word), trouble) {
            (found, Some(why)) if found.is_empty() => Err(why),
            (found, _) => Ok(found),
        }
    }
}

impl Engine {
    /// The first line of a container's log that holds a word, read from its beginning. `None` when there is none among the
    /// first, or the log cannot be read.
    pub async fn first_line_with(&self, id: &str, word: &str) -> Option<String> {
        const PATIENCE: Duration = Duration::from_secs(2);
        let options = LogsOptionsBuilder::new()
            .stdout(true)
            .stderr(true)
            .tail("all")
            .build();
        let mut stream = std::pin::pin!(self.docker.logs(id, Some(options)));
        let mut bytes: Vec<u8> = Vec::new();
        let read = async {
            while let Some(Ok(part)) = stream.next().await {
                bytes.extend_from_slice(&part.into_bytes());
                if bytes.len() > MOST || !lines(&bytes, word).is_empty() {
                    break;
                }
            }
        };
        // What came in time is used.
        let _ = tokio::time::timeout(PATIENCE, read).await;
        lines(&bytes, word).into_iter().next()
    }
}

/// Whole lines with the word in them.
fn lines(bytes: &[u8], word: &str) -> Vec<String> {
    let end = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    let text = String::from_utf8_lossy(&bytes[..end]);
    let found = text.lines().filter(|line| line.contains(word));
    found.take(4).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn only_whole_lines_with_the_word_count() {
        assert_eq!(lines(b"a x\nb word\nc word", "word"), ["b word"]);
        assert_eq!(lines(b"word\xff\n\n", "word"), ["word\u{fffd}"]);
        assert!(lines(b"", "word").is_empty() && lines(b"word", "word").is_empty());
    }
}
