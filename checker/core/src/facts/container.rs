//! One container of the stack, as the engine describes it.

use super::network_mode::NetworkMode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A container (`GET /containers/{id}/json`), reduced to what checks ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Container {
    /// Name without the leading slash.
    pub name: String,
    /// The engine's id; shortened or replaced in recordings.
    pub id: String,
    /// Compose project (`com.docker.compose.project`), if any.
    pub project: Option<String>,
    /// Compose service (`com.docker.compose.service`), if any.
    pub service: Option<String>,
    /// The image's name as the container was created with it (`Config.Image`).
    pub image: String,
    /// The id of the image the container runs (`Image`).
    pub image_id: String,
    /// Run state and restarts.
    pub state: State,
    /// Health, as the engine sees it.
    pub health: Health,
    /// The command of its health check (`Config.Healthcheck.Test`), where that command cannot fail, whatever the container
    /// does: `exit 0`, `curl … || true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_check: Option<String>,
    /// `HostConfig.RestartPolicy.Name`; "no" when unset.
    pub restart_policy: String,
    /// `Config.User` as typed; empty when the image decides and it is root.
    pub user: String,
    /// `Config.Entrypoint` and `Config.Cmd`, in this order, redacted.
    pub command: Vec<String>,
    /// Whose network it is in.
    pub network_mode: NetworkMode,
    /// `HostConfig.PidMode`: whose processes it sees beside its own, `host` or `container:` with an id; empty where it sees its own alone.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pid_mode: String,
    /// `HostConfig.ExtraHosts`: names that stand in its `/etc/hosts`, as `NAME:ADDRESS`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extra_hosts: Vec<String>,
    /// `HostConfig.Links`: legacy links.
    pub links: Vec<String>,
    /// Networks the container is attached to.
    pub networks: Vec<Attachment>,
    /// Ports that were asked for (`HostConfig.PortBindings`).
    pub ports_asked: Vec<Port>,
    /// Ports that are really published (`NetworkSettings.Ports`).
    pub ports: Vec<Port>,
    /// Ports that the image or the container declares (`Config.ExposedPorts`), such as `5000/tcp`.
    pub exposed: Vec<String>,
    /// Mounts.
    pub mounts: Vec<Mount>,
    /// Environment, secrets redacted.
    pub env: Vec<EnvVar>,
    /// What Compose noted of `depends_on` (`com.docker.compose.depends_on`); `None` when not made by Compose.
    pub depends_on: Option<Vec<Dependency>>,
    /// `HostConfig.Init`: an init process is PID 1.
    pub init: bool,
    /// Limits and privileges.
    pub limits: Limits,
    /// The last lines of its log, only for containers that are not up; redacted and cut.
    pub last_log: Vec<String>,
}

impl Container {
    /// Whether its network is that of another container, which it names by id or by name.
    pub fn is_in_network_of(&self, lender: &Self) -> bool {
        let of = |named: &str| named == lender.name || lender.id.starts_with(named);
        self.network_mode.lender().is_some_and(of)
    }

    /// How the student knows it: the service's name, or the container's where there is no service.
    pub fn known_as(&self) -> &str {
        self.service.as_deref().unwrap_or(&self.name)
    }
}

/// `State` of a container, and what a second look some moments later showed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct State {
    /// `State.Status`.
    pub status: Status,
    /// `State.ExitCode`; meaningful once it has exited.
    pub exit_code: i64,
    /// `State.Error`: why the engine could not start it.
    pub error: String,
    /// `State.OOMKilled`.
    pub oom_killed: bool,
    /// `RestartCount`.
    pub restart_count: i64,
    /// It ended and was started again by its restart policy between the first and the second look.
    pub restarted_meanwhile: bool,
    /// What was done to it between the two looks, by no doing of its own or of the grader; facts of earlier versions do not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meanwhile: Option<Meanwhile>,
    /// Milliseconds it had been up when first seen; `None` when it is not up.
    pub up_ms: Option<u64>,
}

/// What became of a container while the grader looked, by the hand of another one.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Meanwhile {
    /// It was restarted.
    Restarted,
    /// It was stopped, and not started again.
    Stopped,
    /// It was paused, also where it goes on by now.
    Paused,
    /// It was removed.
    Removed,
    /// The engine said nothing of it in time, though it said so of others.
    Silent,
}

/// `State.Status`, every value the API documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Created, never started.
    #[default]
    Created,
    /// Up.
    Running,
    /// Up, but frozen.
    Paused,
    /// Between two starts.
    Restarting,
    /// Being removed.
    Removing,
    /// Stopped.
    Exited,
    /// Could not be removed.
    Dead,
    /// A word this version does not know.
    Unknown,
}

impl Status {
    /// The engine's own word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Restarting => "restarting",
            Self::Removing => "removing",
            Self::Exited => "exited",
            Self::Dead => "dead",
            Self::Unknown => "in a state this version does not know",
        }
    }
}

/// `State.Health`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// No health check is configured.
    #[default]
    None,
    /// Neither healthy nor unhealthy yet.
    Starting,
    /// The last probe succeeded.
    Healthy,
    /// The last probes failed; the last output, cut and redacted.
    Unhealthy(String),
}

/// One attachment to a network (`NetworkSettings.Networks`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Attachment {
    /// The network's name.
    pub network: String,
    /// IPv4 address on it, empty when the container is not up.
    pub ip: String,
    /// Names under which others find it there.
    pub aliases: Vec<String>,
}

/// A published (or asked for) port.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields, default)]
pub struct Port {
    /// Port inside the container.
    pub container: u16,
    /// `tcp`, `udp` or `sctp`.
    pub proto: String,
    /// Address on the host; `0.0.0.0` and `::` mean every address of the host; empty when the engine was left to choose.
    pub host_ip: String,
    /// Port on the host; 0 when the engine was left to choose.
    pub host: u16,
}

impl Port {
    /// Whether only this machine reaches it.
    pub fn loopback(&self) -> bool {
        self.host_ip.starts_with("127.") || self.host_ip == "::1"
    }
}

/// What a mount is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MountKind {
    /// A volume whose name stands in the compose file or the command line.
    #[default]
    Volume,
    /// A volume the engine named: lost with the container.
    AnonymousVolume,
    /// A folder or file of the host.
    Bind,
    /// Memory.
    Tmpfs,
    /// Anything else.
    Other,
}

/// A mount (`Mounts`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Mount {
    /// What it is made of.
    pub kind: MountKind,
    /// Volume name or host path; host paths are shortened in recordings.
    pub source: String,
    /// Path inside the container.
    pub destination: String,
    /// Whether it can be written.
    pub writable: bool,
    /// Whether the engine's socket is, or lies in, what is mounted.
    #[serde(skip_serializing_if = "is_false")]
    pub socket: bool,
    /// Whether it is a volume made of memory (`type: tmpfs`): empty again as soon as no container uses it.
    #[serde(skip_serializing_if = "is_false")]
    pub memory: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_false(value: &bool) -> bool {
    !*value
}

/// An environment variable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EnvVar {
    /// Its name.
    pub name: String,
    /// Its value, unless it looks like a secret.
    pub value: EnvValue,
}

/// The value of an environment variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnvValue {
    /// As it is.
    Plain(String),
    /// Looks like a secret, so it is not kept; `true` when it is empty.
    Secret {
        /// Whether the value was empty.
        empty: bool,
    },
}

impl Default for EnvValue {
    fn default() -> Self {
        Self::Plain(String::new())
    }
}

/// One entry of `com.docker.compose.depends_on`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Dependency {
    /// The service waited for.
    pub service: String,
    /// `service_started`, `service_healthy` or `service_completed_successfully`.
    pub condition: String,
}

/// Limits and privileges (`HostConfig`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Bytes; 0 means no limit.
    pub memory: i64,
    /// `PidsLimit`; `None` means unset.
    pub pids: Option<i64>,
    /// Thousandths of a processor (`NanoCpus`, or `CpuQuota` over `CpuPeriod`); `None` means unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_millis: Option<i64>,
    /// `Privileged`.
    pub privileged: bool,
    /// `SecurityOpt`, as typed.
    pub security_opt: Vec<String>,
    /// `CapDrop`, as typed.
    pub cap_drop: Vec<String>,
    /// `CapAdd`, as typed.
    pub cap_add: Vec<String>,
    /// `ReadonlyRootfs`.
    pub read_only: bool,
    /// `LogConfig.Type`.
    pub log_driver: String,
    /// `LogConfig.Config["max-size"]`, if set.
    pub log_max_size: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lender_is_found_by_name_and_by_the_beginning_of_its_id() {
        let lender = Container {
            name: "v6-app-1".into(),
            id: "abcdef".into(),
            ..Container::default()
        };
        for (mode, is) in [
            ("container:v6-app-1", true),
            ("container:abc", true),
            ("container:v6-db-1", false),
            ("container:", false),
            ("host", false),
        ] {
            let guest = Container {
                network_mode: mode.into(),
                ..Container::default()
            };
            assert_eq!(guest.is_in_network_of(&lender), is, "{mode}");
        }
    }
}
