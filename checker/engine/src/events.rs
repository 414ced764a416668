//! The engine's events (`GET /events`), as one long-lived stream that is opened again when it breaks off.
//!
//! Only what may change a verdict is asked for: execs, which health checks and the grader itself run all the time, are
//! not. The caller decides whose event it is and what follows from it.

use labcheck_core::facts::labels;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use bollard::Docker;
use bollard::models::{EventMessage, EventMessageTypeEnum};
use bollard::query_parameters::EventsOptionsBuilder;
use futures_util::StreamExt as _;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::client::{Engine, words};
use crate::model::time;
use crate::own;
use labcheck_core::text;

/// Actions by which the state of a stack changes (`docker events` in Docker's reference).
const ACTIONS: [&str; 22] = [
    "create",
    "start",
    "restart",
    "die",
    "oom",
    "pause",
    "unpause",
    "destroy",
    "rename",
    "update",
    "health_status",
    "connect",
    "disconnect",
    "remove",
    "tag",
    "untag",
    "delete",
    "load",
    "pull",
    "import",
    "prune",
    "stop",
];
/// The first and the longest wait before the stream is opened again.
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(15);
/// A stream that lived this long was a good one; the next wait is short again.
const GOOD: Duration = Duration::from_secs(5);
/// A stream that lives this long after it was opened again is told to be back.
const CALM: Duration = Duration::from_secs(1);
/// Longest wait for a word of the engine before the stream is opened again.
const PING: Duration = Duration::from_secs(5);

/// What sort of thing an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A container.
    Container,
    /// A network; `container` of the event tells who joins or leaves.
    Network,
    /// A volume.
    Volume,
    /// An image.
    Image,
}

/// One event, reduced to what telling whose it is needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What it is about.
    pub subject: Subject,
    /// `start`, `die`, `health_status: healthy` and so on.
    pub action: String,
    /// The container's, network's or volume's name; the image's reference.
    pub name: String,
    /// The id of the container that joins or leaves a network.
    pub container: Option<String>,
    /// A container's labels and what else the engine tells.
    pub attributes: BTreeMap<String, String>,
    /// Milliseconds since 1970, by the engine's clock.
    pub at_ms: u64,
}

impl Event {
    /// Whether it is about a container that a grader made for itself, by label, name, and belonging to no project. That is
    /// enough for not looking again at once; no verdict rests on it.
    pub fn is_own(&self) -> bool {
        let project = self.attributes.get(labels::PROJECT);
        self.attributes.contains_key(labels::SIDECAR)
            && own::named(&self.name)
            && project.is_none_or(String::is_empty)
    }
}

/// What the stream tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Something happened.
    Event(Event),
    /// The stream broke off, with the engine's or the system's words; it is being opened again.
    Lost(String),
    /// It is open again. What happened in between is told now.
    Back,
}

/// The stream's end that is read from; dropping it ends the stream.
#[derive(Debug)]
pub struct Events {
    news: UnboundedReceiver<News>,
    task: tokio::task::JoinHandle<()>,
}

impl Events {
    /// The next piece of news. Waits as long as nothing happens, and never ends.
    pub async fn next(&mut self) -> News {
        match self.news.recv().await {
            Some(news) => news,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Engine {
    /// Begins to listen. Events from this moment on are told, also those that happen before the stream stands.
    pub fn events(&self) -> Events {
        let (tell, news) = unbounded_channel();
        // A far engine has a clock of its own.
        let since = self.host.is_none().then(time::now);
        let task = tokio::spawn(listen(self.docker.clone(), since, tell));
        Events { news, task }
    }
}

async fn listen(docker: Docker, mut since: Option<u64>, tell: UnboundedSender<News>) {
    let mut wait = FIRST;
    let mut lost = false;
    loop {
        let opened = tokio::time::Instant::now();
        let why = stream(&docker, since, &mut lost, &tell).await;
        if opened.elapsed() >= GOOD {
            wait = FIRST;
        }
        since = since.map(|_| time::now());
        if !lost && tell.send(News::Lost(why)).is_err() {
            return;
        }
        lost = true;
        loop {
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST);
            let word = tokio::time::timeout(PING, docker.ping()).await;
            if matches!(word, Ok(Ok(_))) {
                break;
            }
            if tell.is_closed() {
                return;
            }
        }
    }
}

/// Tells events until the stream ends; gives back why it did. One that was lost is told to be back with its first event,
/// or once it has stood for a moment.
async fn stream(
    docker: &Docker,
    since: Option<u64>,
    lost: &mut bool,
    tell: &UnboundedSender<News>,
) -> String {
    let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    let filters: HashMap<String, Vec<String>> = HashMap::from([
        (
            "type".into(),
            owned(&["container", "network", "volume", "image"]),
        ),
        ("event".into(), owned(&ACTIONS)),
    ]);
    let mut options = EventsOptionsBuilder::new().filters(&filters);
    if let Some(ms) = since {
        options = options.since(&format!("{}.{:03}", ms / 1000, ms % 1000));
    }
    let mut events = std::pin::pin!(docker.events(Some(options.build())));
    let mut calm = std::pin::pin!(tokio::time::sleep(CALM));
    loop {
        let message = tokio::select! {
            message = events.next() => message,
            () = &mut calm, if *lost => {
                *lost = false;
                let _ = tell.send(News::Back);
                continue;
            }
        };
        match message {
            Some(Ok(message)) => {
                if std::mem::take(lost) {
                    let _ = tell.send(News::Back);
                }
                if let Some(event) = event(message) {
                    let _ = tell.send(News::Event(event));
                }
            }
            Some(Err(err)) => return words(&err),
            None => return "the engine closed the stream".into(),
        }
    }
}

/// An event as it is told; `None` for one that no verdict depends on, whatever filters the engine knows.
fn event(message: EventMessage) -> Option<Event> {
    let subject = match message.typ? {
        EventMessageTypeEnum::CONTAINER => Subject::Container,
        EventMessageTypeEnum::NETWORK => Subject::Network,
        EventMessageTypeEnum::VOLUME => Subject::Volume,
        EventMessageTypeEnum::IMAGE => Subject::Image,
        _ => return None,
    };
    let action = text::cut(&text::clean(&message.action?), 80);
    let verb = action.split(':').next().unwrap_or_default();
    if !ACTIONS.contains(&verb) {
        return None;
    }
    let actor = message.actor.unwrap_or_default();
    let mut attributes: BTreeMap<String, String> =
        actor.attributes.unwrap_or_default().into_iter().collect();
    let id = actor.id.unwrap_or_default();
    let name = attributes.remove("name").unwrap_or_else(|| id.clone());
    let container = match subject {
        Subject::Container => Some(id),
        _ => attributes.remove("container"),
    };
    Some(Event {
        subject,
        action,
        name: text::cut(&text::clean(&name), 120),
        container,
        attributes,
        at_ms: message
            .time_nano
            .and_then(|nanos| u64::try_from(nanos / 1_000_000).ok())
            .unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<Event> {
        event(serde_json::from_str(json).expect("an event"))
    }

    #[test]
    fn what_no_verdict_depends_on_is_passed_over() {
        for action in [
            "exec_create: sh",
            "exec_start: sh",
            "exec_die",
            "top",
            "attach",
            "archive-path",
            "kill",
        ] {
            let json =
                format!(r#"{{"Type":"container","Action":"{action}","Actor":{{"ID":"a"}}}}"#);
            assert_eq!(read(&json), None, "{action}");
        }
        assert_eq!(read(r#"{"Type":"daemon","Action":"reload"}"#), None);
        assert_eq!(read("{}"), None);
    }

    #[test]
    fn an_event_tells_whose_it_is() {
        let json = serde_json::json!({
            "Type": "container", "Action": "health_status: healthy", "timeNano": 1_795_291_752_123_000_000_u64,
            "Actor": { "ID": "abc", "Attributes": { "name": "v4-db-1", labels::PROJECT: "v4" } },
        });
        let found = read(&json.to_string()).expect("told");
        assert_eq!(
            (found.name.as_str(), found.at_ms, found.is_own()),
            ("v4-db-1", 1_795_291_752_123, false)
        );
        assert_eq!(found.attributes[labels::PROJECT], "v4");
        let own = serde_json::json!({
            "Type": "container", "Action": "create",
            "Actor": { "ID": "x", "Attributes": { labels::SIDECAR: "1", "name": "labcheck-probe-0123456789abcdef-1" } },
        });
        let own = own.to_string();
        assert!(read(&own).is_some_and(|event| event.is_own()));
        let other = own.replace("labcheck-probe-", "relay-");
        assert!(read(&other).is_some_and(|event| !event.is_own()));
        let joins = r#"{"Type":"network","Action":"connect","Actor":{"ID":"n","Attributes":{"name":"v4_default","container":"abc"}}}"#;
        let found = read(joins).expect("told");
        assert_eq!(found.container.as_deref(), Some("abc"));
    }
}
