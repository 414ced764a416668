//! An engine of another machine, as Docker's command line reaches it: `ssh HOST docker system dial-stdio` for every
//! connection. This side is a socket in a folder that no other user may enter.
//!
//! <https://docs.docker.com/engine/security/protect-access/#use-ssh-to-protect-the-docker-daemon-socket>

use std::io;

/// Where the far engine is.
#[derive(Debug, PartialEq, Eq)]
struct Far {
    user: Option<String>,
    host: String,
    port: Option<u16>,
    /// A socket on that machine other than its default one.
    socket: Option<String>,
}

impl Far {
    /// Reads `user@host:port/socket`; `None` for what would be taken for something else, such as a flag.
    fn parse(text: &str) -> Option<Self> {
        let (authority, socket) = match text.find('/') {
            Some(at) => text.split_at(at),
            None => (text, ""),
        };
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        let (host, port) = match host.rsplit_once(':') {
            Some((host, port)) if !host.ends_with(':') => (host, Some(port.parse().ok()?)),
            _ => (host, None),
        };
        let good = |word: &str| {
            let known = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            !word.is_empty() && !word.starts_with('-') && word.chars().all(known)
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
        if !good(host) || user.is_some_and(|user| !good(user)) || !socket.chars().all(plain) {
            return None;
        }
        Some(Self {
            user: user.map(str::to_owned),
            host: host.to_owned(),
            port,
            socket: (socket.len() > 1).then(|| socket.to_owned()),
        })
    }
}

/// Begins to forward, and gives the address of this side.
///
/// # Errors
/// For an address that names no machine, and when no socket can be made here.
pub(crate) fn forward(far: &str) -> io::Result<String> {
    let far = Far::parse(far).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidInput,
            "an address over ssh looks like ssh://user@host:22",
        )
    })?;
    near::forward(far)
}

#[cfg(not(unix))]
mod near {
    use std::io;

    pub fn forward(_far: super::Far) -> io::Result<String> {
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "ssh is spoken on Linux and macOS only; run labcheck on that machine",
        ))
    }
}

#[cfg(unix)]
mod near {
    use std::io;
    use std::os::unix::fs::DirBuilderExt as _;
    use std::path::{Path, PathBuf};
    use std::process::Stdio;
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, copy};
    use tokio::net::{UnixListener, UnixStream};
    use tokio::process::Command;

    use super::Far;
    use labcheck_core::text;

    /// A folder that goes when the program ends.
    struct Folder(PathBuf);

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    pub(super) fn forward(far: Far) -> io::Result<String> {
        let mut word = [0_u8; 8];
        getrandom::fill(&mut word).map_err(io::Error::other)?;
        let name = format!("labcheck-ssh-{:016x}", u64::from_ne_bytes(word));
        let folder = Folder(std::env::temp_dir().join(name));
        std::fs::DirBuilder::new().mode(0o700).create(&folder.0)?;
        let socket = folder.0.join("engine.sock");
        let listener = UnixListener::bind(&socket)?;
        let (far, folder) = (Arc::new(far), Arc::new(folder));
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (far, folder) = (Arc::clone(&far), Arc::clone(&folder));
                tokio::spawn(async move { carry(near, &far, &folder.0).await });
            }
        });
        Ok(format!("unix://{}", socket.display()))
    }

    /// The command, which asks no questions: keys or an agent have to do. Connections after the first share it.
    fn command(far: &Far, folder: &Path) -> Command {
        let mut ssh = Command::new("ssh");
        ssh.args(["-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=4"]);
        ssh.args(["-o", "ControlMaster=auto", "-o", "ControlPersist=10"]);
        ssh.arg("-o")
            .arg(format!("ControlPath={}/%C", folder.display()));
        if let Some(user) = &far.user {
            ssh.args(["-l", user]);
        }
        if let Some(port) = far.port {
            ssh.args(["-p", &port.to_string()]);
        }
        ssh.args(["--", &far.host, "docker"]);
        if let Some(socket) = &far.socket {
            ssh.args(["--host", &format!("unix://{socket}")]);
        }
        ssh.args(["system", "dial-stdio"]);
        ssh.stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        ssh.kill_on_drop(true);
        ssh
    }

    async fn carry(mut near: UnixStream, far: &Far, folder: &Path) {
        // An ssh that ends at once must not be answered for before anything was asked.
        if near.readable().await.is_err() {
            return;
        }
        let mut child = match command(far, folder).spawn() {
            Ok(child) => child,
            Err(err) => {
                refuse(&mut near, &format!("`ssh` could not be run: {err}")).await;
                return;
            }
        };
        let (Some(mut to), Some(mut from), Some(mut words)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return;
        };
        let (mut read, mut write) = near.split();
        let up = async {
            let _ = copy(&mut read, &mut to).await;
            let _ = to.shutdown().await;
            // The far side ends when it has answered.
            std::future::pending::<()>().await;
        };
        let down = copy(&mut from, &mut write);
        let came = tokio::select! {
            () = up => 0,
            came = down => came.unwrap_or(1),
        };
        if came == 0 {
            refuse(&mut near, &last_line(&mut words).await).await;
        }
    }

    /// What ssh complained of. A connection that others share keeps the pipe open, so the end is not waited for long.
    async fn last_line(words: &mut (impl AsyncRead + Unpin)) -> String {
        let mut bytes = vec![0; 4096];
        let mut much = 0;
        while let Ok(Ok(more)) =
            tokio::time::timeout(Duration::from_millis(300), words.read(&mut bytes[much..])).await
        {
            much += more;
            if more == 0 {
                break;
            }
        }
        let all = String::from_utf8_lossy(&bytes[..much]).into_owned();
        let last = all.lines().rev().find(|line| !line.trim().is_empty());
        text::cut(
            &text::clean(last.unwrap_or("ssh ended without a word")),
            300,
        )
    }

    /// Tells the client in its own language.
    async fn refuse(near: &mut UnixStream, why: &str) {
        let body = serde_json::json!({ "message": why }).to_string();
        let answer = format!(
            "HTTP/1.1 502 Bad Gateway\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let _ = near.write_all(answer.as_bytes()).await;
        let _ = near.shutdown().await;
        // Who still writes must not find the line broken before it reads the answer.
        let mut rest = tokio::io::sink();
        let _ = tokio::time::timeout(Duration::from_millis(500), copy(near, &mut rest)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart_as_ssh_would() {
        let far = Far::parse("ada@far.example:2222/run/user/1000/docker.sock").expect("good");
        assert_eq!(far.user.as_deref(), Some("ada"));
        assert_eq!((far.host.as_str(), far.port), ("far.example", Some(2222)));
        assert_eq!(far.socket.as_deref(), Some("/run/user/1000/docker.sock"));
        let bare = Far::parse("far").expect("good");
        assert_eq!((bare.user, bare.port, bare.socket), (None, None, None));
    }

    #[test]
    fn nothing_in_an_address_becomes_a_flag_or_a_command() {
        for bad in [
            "-oProxyCommand=x",
            "a@-x",
            "-l@far",
            "far;x",
            "far/$(x)",
            "",
            "far:x",
            "a b",
        ] {
            assert_eq!(Far::parse(bad), None, "{bad}");
        }
    }
}
