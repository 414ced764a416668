//! What one look at the engine yields beyond the facts: ids, raw environment, addresses. Never leaves the probes.

use std::fmt;
use std::time::Duration;

use labcheck_core::facts::{
    Container, EnvValue, EnvVar, Image, Meanwhile, Network, NetworkMode, Port, State, Status,
    Volume,
};
use labcheck_core::redact::known::{Secrets, secret_name};

/// An environment as it is: names and values.
pub(crate) type Env = Vec<(String, String)>;

/// A row of the list of containers (`GET /containers/json`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContainerSummary {
    /// Its id.
    pub id: String,
    /// Its name, without the slash in front.
    pub name: String,
    /// Its compose project, if any.
    pub project: Option<String>,
    /// `docker compose run`: not part of the stack.
    pub oneoff: bool,
    /// The folder the project was started from.
    pub folder: Option<String>,
    /// The course's own label (`labcheck.lab`).
    pub lab: Option<String>,
    /// The test that started it (`labcheck.test`).
    pub test: Option<String>,
    /// Its compose service.
    pub service: Option<String>,
    /// Its state.
    pub status: Status,
    /// Ports that it publishes.
    pub ports: Vec<Port>,
    /// Networks it is on, once with its IPv4 address there, and once more with its IPv6 address where it has one.
    pub ends: Vec<NetworkEnd>,
    /// How it was made.
    pub creation: Creation,
    /// When it was made, in milliseconds since 1970; 0 where the engine does not say.
    pub created_ms: u64,
    /// The image's name, as the container was made with it.
    pub image: String,
    /// Health in the engine's words, such as `healthy`; empty without a check.
    pub health: String,
}

/// What the engine's list tells of how a container was made, by which a grader's own are told from others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Creation {
    /// It bears the label of a grader's own (`labcheck.probe`), which a stranger's container may bear too.
    pub labelled: bool,
    /// The image's id.
    pub image_id: String,
    /// The image was named by its id.
    pub by_id: bool,
    /// Its program with arguments, as the list has them.
    pub command: String,
    /// Whose network it is in.
    pub network: NetworkMode,
    /// Something is mounted beyond the unnamed volumes that its image asks for.
    pub mounted: bool,
}

impl ContainerSummary {
    /// Whether it runs.
    pub fn running(&self) -> bool {
        self.status == Status::Running
    }

    /// As much of a container as its row tells, where the engine says no more of it.
    pub fn unseen(&self) -> Inspected {
        // What runs is not known to do so well, and is left alone.
        let status = match self.status {
            Status::Running => Status::Unknown,
            other => other,
        };
        let container = Container {
            id: self.id.clone(),
            name: self.name.clone(),
            project: self.project.clone(),
            service: self.service.clone(),
            image: self.image.clone(),
            image_id: self.creation.image_id.clone(),
            network_mode: self.creation.network.clone(),
            ports: self.ports.clone(),
            state: State {
                status,
                meanwhile: Some(Meanwhile::Silent),
                ..State::default()
            },
            ..Container::default()
        };
        Inspected {
            container,
            addresses: self.ends.iter().map(|end| end.ip.clone()).collect(),
            ends: self.ends.clone(),
            names: vec![self.name.clone()],
            folder: self.folder.clone(),
            ..Inspected::default()
        }
    }

    /// Whether it holds a port of the engine's host.
    pub fn holds(&self, port: u16) -> bool {
        self.ports.iter().any(|own| own.host == port)
    }
}

/// A text beside environment and command that `docker inspect` shows of a container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InspectedText {
    /// Where it stands.
    pub field: InspectedField,
    /// The text, as it is.
    pub text: String,
}

/// Where a text of a container's configuration stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum InspectedField {
    /// The label of this name, cleaned and cut.
    Label(String),
    /// The command of the health check.
    HealthCheck,
}

impl fmt::Display for InspectedField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(name) => write!(f, "label {name}"),
            Self::HealthCheck => f.write_str("the health check"),
        }
    }
}

/// A container's end of a network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkEnd {
    /// The network's name.
    pub network: String,
    /// The container's address there; empty while it is not up.
    pub ip: String,
}

/// A bind mount: a file or folder of the engine's host, and where a container sees it. Both paths as the engine has them,
/// not cut.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bind {
    /// The path on the host.
    pub host: String,
    /// The path inside the container.
    pub inside: String,
}

/// One container, with what facts must not hold.
#[derive(Debug, Clone, Default)]
pub struct Inspected {
    /// The facts, not yet redacted.
    pub container: Container,
    /// The environment as it is.
    pub env: Env,
    /// Every address it has, IPv4 and IPv6.
    pub addresses: Vec<String>,
    /// Networks it is on, once with its IPv4 address there, and once more with its IPv6 address where it has one.
    pub ends: Vec<NetworkEnd>,
    /// Names other containers may see it by: container name, short id, aliases.
    pub names: Vec<String>,
    /// `State.StartedAt`, as the engine writes it.
    pub started_at: String,
    /// When it was made, in milliseconds since 1970.
    pub created_ms: Option<u64>,
    /// Milliseconds since it was created.
    pub created_ms_ago: Option<u64>,
    /// How long its health check may take to make up its mind; `None` without a check.
    pub health_patience: Option<Duration>,
    /// It was paused, and its health check has not answered since.
    pub health_interrupted: bool,
    /// Files and folders of the host that are mounted.
    pub binds: Vec<Bind>,
    /// Other texts that `docker inspect` shows.
    pub texts: Vec<InspectedText>,
    /// The folder its project was started from.
    pub folder: Option<String>,
    /// The compose files of its project, joined by commas.
    pub config_files: Option<String>,
    /// `Config.WorkingDir`; `/` where nothing is said.
    pub workdir: String,
}

/// The stack, as seen by one look.
#[derive(Debug, Clone, Default)]
pub struct Stack {
    /// Its containers.
    pub containers: Vec<Inspected>,
    /// Containers outside of it whose network one of these is in, or one of those.
    pub lenders: Vec<Inspected>,
    /// Networks that they are on.
    pub networks: Vec<Network>,
    /// Gateways by network name.
    pub gateways: Vec<(String, Vec<String>)>,
    /// Volumes that they have mounted.
    pub volumes: Vec<Volume>,
    /// The folders of the engine's host that volumes show, by the volume's name.
    pub shown: std::collections::BTreeMap<String, String>,
    /// Their images, by id.
    pub images: std::collections::BTreeMap<String, Image>,
    /// It was waited for, so its programs may have started only just now.
    pub waited: bool,
}

impl Inspected {
    /// The path on the engine's host of what is bound at a path inside.
    pub fn bound_at(&self, inside: &str) -> Option<&str> {
        let bind = self.binds.iter().find(|bind| bind.inside == inside)?;
        Some(&bind.host)
    }

    /// A variable of the raw environment.
    pub fn var(&self, name: &str) -> Option<&str> {
        self.env
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Splits `NAME=value` rows.
pub fn pairs(env: Vec<String>) -> Env {
    env.into_iter()
        .map(|row| match row.split_once('=') {
            Some((name, value)) => (name.to_owned(), value.to_owned()),
            None => (row, String::new()),
        })
        .collect()
}

/// Learns every secret of an environment.
pub fn learn(env: &[(String, String)], secrets: &mut Secrets) {
    for (name, value) in env {
        if secret_name(name) {
            secrets.learn(value);
        }
        secrets.learn_login(value);
    }
}

/// An environment as facts: secrets are not kept.
pub fn without_secrets(env: &[(String, String)], secrets: &Secrets) -> Vec<EnvVar> {
    const MOST: usize = 200;
    env.iter()
        .map(|(name, value)| EnvVar {
            name: secrets.show(name, 120),
            value: if secret_name(name) {
                EnvValue::Secret {
                    empty: value.trim().is_empty(),
                }
            } else {
                EnvValue::Plain(secrets.show(value, MOST))
            },
        })
        .collect()
}
