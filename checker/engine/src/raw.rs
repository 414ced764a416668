//! Answers of the engine that its client leaves fields out of: which hostname an image was given, and when its builder
//! last worked. Over the engine's Unix socket; by another way they are not known.

use std::time::Duration;

use serde_json::Value;

use crate::client::Engine;
use crate::model::time;

/// Longest wait for such an answer.
const DEADLINE: Duration = Duration::from_secs(5);
/// Bytes of one that are read: a builder's records are a few hundred each.
#[cfg(unix)]
const MOST: usize = 8 * 1024 * 1024;
/// The newest version of the API that these fields are read from; later ones leave some of them out.
const NEWEST: (usize, usize) = (1, 45);

/// A moment of the builder's work, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worked {
    /// When a folder that was sent to the builder was last used, which is at the end of the build.
    pub at: u64,
}

impl Engine {
    /// `Config.Hostname` of an image: the engine writes one where the image was taken from a container, builders none.
    /// `None` where it is not told.
    pub(crate) async fn image_hostname(&self, id: &str) -> Option<String> {
        let found = self.raw(&format!("images/{id}/json")).await.ok()?;
        let name = found.pointer("/Config/Hostname")?.as_str()?;
        Some(name.to_owned())
    }

    /// When folders that were sent to the engine's own builder were last used (`GET /system/df`, `BuildCache`).
    ///
    /// # Errors
    /// Why it is not known.
    pub async fn builder_worked(&self) -> Result<Vec<Worked>, String> {
        let found = self.raw("system/df?type=build-cache").await?;
        let records = found.get("BuildCache").and_then(Value::as_array);
        let records = records.ok_or("the engine does not say when its builder worked")?;
        Ok(worked(records))
    }

    async fn raw(&self, what: &str) -> Result<Value, String> {
        let agreed = self.docker.client_version();
        let (major, minor) = (agreed.major_version, agreed.minor_version).min(NEWEST);
        let target = format!("/v{major}.{minor}/{what}");
        let body = tokio::time::timeout(DEADLINE, self.ask(&target));
        let body = body
            .await
            .map_err(|_| "the engine did not answer within 5 s".to_owned())??;
        serde_json::from_slice(&body).map_err(|_| "the engine's answer is no JSON".to_owned())
    }

    #[cfg(unix)]
    async fn ask(&self, target: &str) -> Result<Vec<u8>, String> {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

        let trouble = |err: std::io::Error| {
            labcheck_core::text::cut(&labcheck_core::text::clean(&err.to_string()), 200)
        };
        let socket = self
            .socket
            .as_ref()
            .ok_or("the engine is not asked over a socket of this machine")?;
        let mut stream = tokio::net::UnixStream::connect(socket)
            .await
            .map_err(trouble)?;
        // HTTP/1.0: the answer comes in one piece and ends with the connection.
        let question =
            format!("GET {target} HTTP/1.0\r\nHost: docker\r\nConnection: close\r\n\r\n");
        stream
            .write_all(question.as_bytes())
            .await
            .map_err(trouble)?;
        let mut bytes = Vec::new();
        let most = u64::try_from(MOST).unwrap_or(u64::MAX);
        stream
            .take(most)
            .read_to_end(&mut bytes)
            .await
            .map_err(trouble)?;
        body(&bytes).map(<[u8]>::to_vec)
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_async, reason = "as on other systems")]
    async fn ask(&self, _target: &str) -> Result<Vec<u8>, String> {
        Err("the engine is not asked over a socket of this machine".into())
    }
}

/// The body of a good answer.
#[cfg(any(unix, test))]
fn body(bytes: &[u8]) -> Result<&[u8], String> {
    let wrong = || "the engine's answer is no HTTP".to_owned();
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .ok_or_else(wrong)?;
    let head = String::from_utf8_lossy(&bytes[..end]);
    let status = head.split_whitespace().nth(1).unwrap_or_default();
    if status != "200" {
        return Err(format!(
            "the engine answered {}",
            labcheck_core::text::cut(&labcheck_core::text::clean(status), 20)
        ));
    }
    Ok(&bytes[end + 4..])
}

/// Folders sent to a builder are records of the kind `source.local`.
fn worked(records: &[Value]) -> Vec<Worked> {
    let word =
        |record: &Value, key: &str| record.get(key).and_then(Value::as_str).map(str::to_owned);
    let sent = records
        .iter()
        .filter(|record| word(record, "Type").as_deref() == Some("source.local"));
    sent.filter_map(|record| time::millis(&word(record, "LastUsedAt")?))
        .map(|at| Worked { at })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_good_answers_have_a_body() {
        assert_eq!(body(b"HTTP/1.0 200 OK\r\nA: b\r\n\r\n{}"), Ok(&b"{}"[..]));
        assert!(body(b"HTTP/1.0 404 Not Found\r\n\r\n{}").is_err());
        assert!(body(b"").is_err());
    }

    #[test]
    fn folders_sent_to_the_builder_tell_when_it_worked() {
        let records = serde_json::json!([
            { "Type": "source.local", "LastUsedAt": "1970-01-01T00:00:02Z" },
            { "Type": "regular", "LastUsedAt": "1970-01-01T00:00:03Z" },
            { "Type": "source.local", "LastUsedAt": null },
        ]);
        let records = records.as_array().expect("a list");
        assert_eq!(worked(records), [Worked { at: 2000 }]);
    }
}
