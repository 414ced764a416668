//! As much of an engine's interface as a trial needs, over its socket.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use futures_util::stream::{self, Stream};
use labcheck_eye::client::{Chunks, Eye};
use labcheck_eye::container::{MEMORY, PIDS, Settings, SharedNamespaces};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf};
use tokio::net::UnixStream;

const SOCKET: &str = "/var/run/docker.sock";

/// An engine that answers on its usual socket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Engine;

/// An answer: its code, and its text.
pub(crate) type Answered = (u16, String);

impl Engine {
    /// The engine, where one answers.
    pub(crate) async fn here() -> Option<Self> {
        let ping = tokio::time::timeout(Duration::from_secs(5), Self.ask("GET", "/_ping", b""));
        ping.await
            .ok()?
            .ok()
            .filter(|(code, _)| *code == 200)
            .map(|_| Self)
    }

    /// Asks, with a body of JSON or of an archive.
    pub(crate) async fn ask(self, method: &str, path: &str, body: &[u8]) -> io::Result<Answered> {
        let mut stream = UnixStream::connect(SOCKET).await?;
        let kind = if body.first() == Some(&b'{') {
            "application/json"
        } else {
            "application/x-tar"
        };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: engine\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body).await?;
        let mut all = Vec::new();
        stream.read_to_end(&mut all).await?;
        let text = String::from_utf8_lossy(&all);
        let code = text
            .get(9..12)
            .and_then(|code| code.parse().ok())
            .unwrap_or(0);
        let body = text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
        Ok((code, body.unwrap_or_default()))
    }

    /// Makes and starts a container, and gives its id.
    pub(crate) async fn run(self, name: &str, body: &str) -> String {
        let path = format!("/containers/create?name={name}");
        let made = self.ask("POST", &path, body.as_bytes());
        let (code, text) = made.await.expect("it answers");
        assert_eq!(code, 201, "{text}");
        let started = self
            .ask("POST", &format!("/containers/{name}/start"), b"")
            .await;
        let (code, text) = started.expect("it answers");
        assert_eq!(code, 204, "{text}");
        self.field(&format!("/containers/{name}/json"), "Id")
            .await
            .expect("it has an id")
    }

    /// The first text field of a name in an answer.
    pub(crate) async fn field(self, path: &str, name: &str) -> Option<String> {
        let (code, text) = self.ask("GET", path, b"").await.expect("it answers");
        let start = text.find(&format!("\"{name}\":\""))? + name.len() + 4;
        let text = text.get(start..)?;
        text.get(..text.find('"')?)
            .filter(|_| code == 200)
            .map(str::to_owned)
    }

    /// Runs a program in a container as a user, and gives its exit code.
    pub(crate) async fn exec(self, name: &str, user: &str, words: &[&str]) -> Option<i64> {
        let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
        let body = format!(
            r#"{{"User":"{user}","AttachStdout":true,"Cmd":[{}]}}"#,
            words.join(",")
        );
        let path = format!("/containers/{name}/exec");
        let (code, text) = self
            .ask("POST", &path, body.as_bytes())
            .await
            .expect("it answers");
        assert_eq!(code, 201, "{text}");
        let id = text.split('"').nth(3).expect("an id");
        let started = self.ask("POST", &format!("/exec/{id}/start"), b"{}").await;
        assert_eq!(started.expect("it answers").0, 200);
        let path = format!("/exec/{id}/json");
        let (_, text) = self.ask("GET", &path, b"").await.expect("it answers");
        let rest = text.split_once("\"ExitCode\":")?.1;
        rest.split(',').next()?.parse().ok()
    }

    /// Removes a container, whatever it is doing.
    pub(crate) async fn remove(self, name: &str) {
        let path = format!("/containers/{name}?force=1&v=1");
        let _ = self.ask("DELETE", &path, b"").await;
    }

    /// Starts the program of an image beside containers.
    pub(crate) async fn eye(self, name: &str, image: &str, shared: &SharedNamespaces) -> Eye {
        let settings = Settings::new(shared);
        let added: Vec<String> = settings
            .cap_add
            .iter()
            .map(|one| format!("\"{one}\""))
            .collect();
        let body = format!(
            r#"{{"Image":"{image}","User":"{}","OpenStdin":true,"StdinOnce":true,"AttachStdin":true,"AttachStdout":true,
            "HostConfig":{{"PidMode":"{}","NetworkMode":"{}","IpcMode":"{}","CapDrop":["{}"],"CapAdd":[{}],"SecurityOpt":["{}"],
            "ReadonlyRootfs":{},"AutoRemove":{},"LogConfig":{{"Type":"{}"}},"Memory":{MEMORY},"MemorySwap":{MEMORY},"PidsLimit":{PIDS}}}}}"#,
            settings.user,
            settings.pid_mode,
            settings.network_mode,
            Settings::IPC_MODE,
            Settings::CAP_DROP,
            added.join(","),
            Settings::SECURITY_OPT,
            Settings::READ_ONLY,
            Settings::AUTO_REMOVE,
            Settings::LOG_DRIVER,
        );
        let path = format!("/containers/create?name={name}");
        let made = self.ask("POST", &path, body.as_bytes());
        let (code, text) = made.await.expect("it answers");
        assert_eq!(code, 201, "{text}");
        let stream = self.attach(name).await.expect("it attaches");
        let (from, to) = tokio::io::split(stream);
        let eye = Eye::start(Chunks::new(Box::pin(pieces(from))), to);
        let started = self
            .ask("POST", &format!("/containers/{name}/start"), b"")
            .await;
        let (code, text) = started.expect("it answers");
        assert_eq!(code, 204, "{text}");
        eye
    }

    async fn attach(self, name: &str) -> io::Result<UnixStream> {
        let mut stream = UnixStream::connect(SOCKET).await?;
        let head = format!(
            "POST /containers/{name}/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: engine\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await?;
        let mut answered = VecDeque::new();
        while !answered.iter().eq(b"\r\n\r\n") {
            if answered.len() == 4 {
                answered.pop_front();
            }
            answered.push_back(stream.read_u8().await?);
        }
        Ok(stream)
    }
}

/// The pieces of a container's output: the engine puts eight bytes before each, the last four of which are its length.
fn pieces(from: ReadHalf<UnixStream>) -> impl Stream<Item = io::Result<Vec<u8>>> {
    stream::unfold(from, |mut from| async move {
        let mut head = [0; 8];
        let piece = match from.read_exact(&mut head).await {
            Err(err) if err.kind() == io::ErrorKind::UnexpectedEof => return None,
            Err(err) => Err(err),
            Ok(_) => {
                let [.., a, b, c, d] = head;
                let mut piece = vec![0; u32::from_be_bytes([a, b, c, d]) as usize];
                from.read_exact(&mut piece).await.map(|_| piece)
            }
        };
        Some((piece, from))
    })
}
