//! A small fake engine on a Unix socket: it answers the handful of calls that a look needs, as badly as it is told to.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use labcheck_core::facts::labels;
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

/// A container with this set is listed, and no question about it is answered.
pub(crate) const HANGS: &str = "hangs";

/// A running fake engine; gone when dropped.
pub(crate) struct Fake {
    /// Its address.
    pub(crate) url: String,
    socket: PathBuf,
    asked: Arc<Mutex<Vec<String>>>,
    containers: Containers,
    events: Told,
    task: tokio::task::JoinHandle<()>,
}

type Containers = Arc<Mutex<Vec<Value>>>;
/// What the streams of events are told.
type Told = tokio::sync::watch::Sender<Stream>;

/// The streams of events: everything that was told so far.
#[derive(Debug, Clone, Default)]
struct Stream {
    events: Vec<String>,
    /// They break off, and no other is opened.
    broken: bool,
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
        let containers = Arc::new(Mutex::new(containers));
        let events = Told::default();
        let task = tokio::spawn(serve(
            listener,
            mood,
            Arc::clone(&containers),
            Arc::clone(&asked),
            events.clone(),
        ));
        Self {
            url: format!("unix://{}", socket.display()),
            socket,
            asked,
            containers,
            events,
            task,
        }
    }

    /// Changes a container, and tells an event of it to who listens.
    pub(crate) fn change(&self, action: &str, id: &str, change: impl FnOnce(&mut Value)) {
        let mut containers = self.containers.lock().expect("no panic while it was held");
        let found = containers.iter_mut().find(|one| one["Id"] == id);
        let found = found.expect("there is such a container");
        change(found);
        let mut attributes = found["Config"]["Labels"].clone();
        attributes["name"] = json!(
            found["Name"]
                .as_str()
                .unwrap_or_default()
                .trim_start_matches('/')
        );
        let event = json!({ "Type": "container", "Action": action, "Actor": { "ID": id, "Attributes": attributes } });
        self.events
            .send_modify(|stream| stream.events.push(event.to_string()));
    }

    /// Breaks the streams of events off, or lets them be opened again.
    pub(crate) fn break_events(&self, broken: bool) {
        self.events.send_modify(|stream| stream.broken = broken);
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
    containers: Containers,
    asked: Arc<Mutex<Vec<String>>>,
    events: Told,
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
            events.clone(),
        ));
    }
}

/// A stream of events, until it is broken off or the client is gone.
async fn tell(mut stream: UnixStream, events: &Told) -> std::io::Result<()> {
    let mut events = events.subscribe();
    let mut told = events.borrow().events.len();
    if events.borrow().broken {
        return Ok(());
    }
    stream
        .write_all(b"HTTP/1.1 200 X\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
        .await?;
    while events.changed().await.is_ok() {
        let now = events.borrow().clone();
        if now.broken {
            break;
        }
        for event in now.events.iter().skip(told) {
            let chunk = format!("{:x}\r\n{event}\n\r\n", event.len() + 1);
            stream.write_all(chunk.as_bytes()).await?;
        }
        told = now.events.len();
    }
    Ok(())
}

async fn answer(
    mut stream: UnixStream,
    mood: Mood,
    containers: Containers,
    asked: Arc<Mutex<Vec<String>>>,
    events: Told,
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
    if path.starts_with("/events") && mood == Mood::Well {
        let _ = tell(stream, &events).await;
        return;
    }
    let containers = containers
        .lock()
        .expect("no panic while it was held")
        .clone();
    let hangs =
        |one: &Value| one[HANGS] == true && one["Id"].as_str().is_some_and(|id| path.contains(id));
    let (status, body) = match mood {
        _ if containers.iter().any(hangs) => return std::future::pending().await,
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
        ["_ping"] => (200, json!("OK")),
        ["containers", "json"] => (200, containers.iter().map(listed).collect()),
        ["containers", id, "json"] => named(id).map_or_else(missing, |found| (200, found.clone())),
        ["containers", _, "top"] => (
            200,
            json!({ "Titles": ["PID", "PPID", "EUID", "COMMAND"], "Processes": [["10", "1", "0", "serve --quietly"]] }),
        ),
        ["networks"] => (
            200,
            json!([{ "Name": "shop_default", "Driver": "bridge", "Labels": { labels::PROJECT: "shop" } }]),
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
    let mode = container["HostConfig"]["NetworkMode"].as_str();
    let none = mode.is_some_and(|mode| mode == "none" || mode.starts_with("container:"));
    let held = if held.is_empty() && !none {
        vec![8080]
    } else {
        held
    };
    let ports: Vec<Value> = held
        .iter()
        .map(
            |port| json!({ "PrivatePort": 80, "PublicPort": port, "IP": "0.0.0.0", "Type": "tcp" }),
        )
        .collect();
    json!({
        "Id": container["Id"], "Names": [container["Name"]], "Image": container["Config"]["Image"],
        "Labels": container["Config"]["Labels"], "State": container["State"]["Status"],
        "Ports": ports, "ImageID": container["Image"], "Command": container["Path"], "Created": container["Created"],
        "HostConfig": { "NetworkMode": mode },
        "NetworkSettings": { "Networks": container["NetworkSettings"]["Networks"] },
    })
}

/// A container as an engine describes it, of a compose project or of none.
pub(crate) fn container(id: &str, name: &str, project: Option<&str>) -> Value {
    let labels = project.map_or_else(
        || json!({}),
        |project| json!({ labels::PROJECT: project, labels::SERVICE: "app" }),
    );
    json!({
        "Id": id, "Name": format!("/{name}"), "Image": "sha256:1", "RestartCount": 0,
        "State": { "Status": "running", "StartedAt": "2026-01-01T00:00:00Z" },
        "Config": { "Image": "shop:1", "Labels": labels, "Env": ["DB_PASSWORD=made-up-password", "PATH=/bin"], "Cmd": ["serve", "made-up-password"] },
        "HostConfig": { "NetworkMode": "shop_default", "PidsLimit": null },
        "NetworkSettings": { "Ports": { "80/tcp": null }, "Networks": { "shop_default": { "Aliases": null } } },
    })
}
