//! A small fake engine on a Unix socket: it answers the handful of calls that a look needs, as badly as it is told to.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Answers at once.
    Well,
    /// Takes a tenth of a second for everything.
    Slow,
    /// Accepts and never answers.
    Hangs,
    /// Cuts every answer but the version in half.
    Truncates,
    /// Turns the client's version down.
    Refuses,
    /// Is of another age.
    Speaks(&'static str),
    /// Stops for good after so many answers.
    DiesAfter(usize),
    /// Answers what no engine would.
    Raves,
}

/// A running fake engine; gone when dropped.
pub(crate) struct Fake {
    /// Its address.
    pub(crate) url: String,
    socket: PathBuf,
    asked: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Fake {
    pub(crate) fn start(mood: Mood, containers: Vec<Value>) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!(
            "labcheck-fake-{}-{}.sock",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let socket = std::env::temp_dir().join(name);
        let _ = std::fs::remove_file(&socket);
        let listener = UnixListener::bind(&socket).expect("a socket in the temporary folder");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(serve(
            listener,
            mood,
            Arc::new(containers),
            Arc::clone(&asked),
        ));
        Self {
            url: format!("unix://{}", socket.display()),
            socket,
            asked,
            task,
        }
    }

    /// Paths asked for so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked
            .lock()
            .expect("no panic while it was held")
            .clone()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
        let _ = std::fs::remove_file(&self.socket);
    }
}

async fn serve(
    listener: UnixListener,
    mood: Mood,
    containers: Arc<Vec<Value>>,
    asked: Arc<Mutex<Vec<String>>>,
) {
    let answered = Arc::new(AtomicUsize::new(0));
    while let Ok((stream, _)) = listener.accept().await {
        if let Mood::DiesAfter(most) = mood
            && answered.load(Ordering::Relaxed) >= most
        {
            continue;
        }
        answered.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(answer(
            stream,
            mood,
            Arc::clone(&containers),
            Arc::clone(&asked),
        ));
    }
}

async fn answer(
    mut stream: UnixStream,
    mood: Mood,
    containers: Arc<Vec<Value>>,
    asked: Arc<Mutex<Vec<String>>>,
) {
    let mut bytes = vec![0; 16 * 1024];
    let Ok(got) = stream.read(&mut bytes).await else {
        return;
    };
    let request = String::from_utf8_lossy(&bytes[..got]).into_owned();
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    asked
        .lock()
        .expect("no panic while it was held")
        .push(path.clone());
    let (status, body) = match mood {
        Mood::Hangs => return std::future::pending().await,
        Mood::Refuses => (
            400,
            json!({ "message": "client version 1.53 is too new. Maximum supported API version is 1.41" }),
        ),
        Mood::Raves => (200, json!({ "Id": 7, "Names": "x" })),
        _ => reply(&path, mood, &containers),
    };
    if mood == Mood::Slow {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let body = body.to_string();
    let length = body.len();
    let sent = if mood == Mood::Truncates && !path.starts_with("/version") {
        &body[..length / 2]
    } else {
        &body
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(sent.as_bytes()).await;
}

fn reply(path: &str, mood: Mood, containers: &[Value]) -> (u16, Value) {
    let path = path.split('?').next().unwrap_or_default();
    let named = |id: &str| containers.iter().find(|container| container["Id"] == id);
    let missing = || (404, json!({ "message": "no such thing" }));
    match path.split('/').skip(1).collect::<Vec<_>>().as_slice() {
        ["version"] => {
            let api = if let Mood::Speaks(api) = mood {
                api
            } else {
                "1.45"
            };
            (
                200,
                json!({ "Version": "26.1.5", "ApiVersion": api, "Os": "linux", "Arch": "amd64" }),
            )
        }
        ["containers", "json"] => (200, containers.iter().map(listed).collect()),
        ["containers", id, "json"] => named(id).map_or_else(missing, |found| (200, found.clone())),
        ["containers", _, "top"] => (
            200,
            json!({ "Titles": ["PID", "PPID", "EUID", "COMMAND"], "Processes": [["10", "1", "0", "serve --quietly"]] }),
        ),
        ["networks"] => (
            200,
            json!([{ "Name": "shop_default", "Driver": "bridge", "Labels": { "com.docker.compose.project": "shop" } }]),
        ),
        ["volumes"] => (200, json!({ "Volumes": null })),
        _ => missing(),
    }
}

/// A row of the list, from a container in full.
fn listed(container: &Value) -> Value {
    let held = container["NetworkSettings"]["Ports"].as_object();
    let held: Vec<u16> = held
        .into_iter()
        .flatten()
        .filter_map(|(_, rows)| rows[0]["HostPort"].as_str()?.parse().ok())
        .collect();
    // Who says nothing of its ports holds one all the same.
    let held = if held.is_empty() { vec![8080] } else { held };
    let ports: Vec<Value> = held
        .iter()
        .map(
            |port| json!({ "PrivatePort": 80, "PublicPort": port, "IP": "0.0.0.0", "Type": "tcp" }),
        )
        .collect();
    json!({
        "Id": container["Id"], "Names": [container["Name"]], "Image": container["Config"]["Image"],
        "Labels": container["Config"]["Labels"], "State": container["State"]["Status"],
        "Ports": ports,
    })
}

/// A container as an engine describes it, of a compose project or of none.
pub(crate) fn container(id: &str, name: &str, project: Option<&str>) -> Value {
    let labels = project.map_or_else(|| json!({}), |project| json!({ "com.docker.compose.project": project, "com.docker.compose.service": "app" }));
    json!({
        "Id": id, "Name": format!("/{name}"), "Image": "sha256:1", "RestartCount": 0,
        "State": { "Status": "running", "StartedAt": "2026-01-01T00:00:00Z" },
        "Config": { "Image": "shop:1", "Labels": labels, "Env": ["DB_PASSWORD=made-up-password", "PATH=/bin"], "Cmd": ["serve", "made-up-password"] },
        "HostConfig": { "NetworkMode": "shop_default", "PidsLimit": null },
        "NetworkSettings": { "Ports": { "80/tcp": null }, "Networks": { "shop_default": { "Aliases": null } } },
    })
}
