//! From the engine's JSON to facts, reading defensively: any field may be absent, empty or of a newer engine.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use bollard::models::{
    ContainerConfig, ContainerInspectResponse, ContainerState, ContainerStateStatusEnum,
    ContainerSummary, ContainerSummaryStateEnum, HealthConfig, HealthStatusEnum, HostConfig,
    ImageInspect, MountPoint, NetworkSettings, PortMap, Volume as EngineVolume,
};

use super::looked::{Env, Listed, Looked, pairs};
use super::{engine_limits, engine_socket, rfc3339};
use crate::facts::{
    Attachment, Container, Dependency, Health, Image, Mount, MountKind, Network, Port, State,
    Status, Volume,
};
use crate::text;

const NAME: usize = 120;
const LINE: usize = 200;

const PROJECT: &str = "com.docker.compose.project";
const SERVICE: &str = "com.docker.compose.service";
const FOLDER: &str = "com.docker.compose.project.working_dir";
const FILES: &str = "com.docker.compose.project.config_files";
const DEPENDS: &str = "com.docker.compose.depends_on";

pub(super) fn name(raw: &str) -> String {
    text::cut(&text::clean(raw), NAME)
}

/// A container's name, which the engine writes with a slash in front.
fn container_name(raw: &str) -> String {
    name(raw.trim_start_matches('/'))
}

fn label(labels: &HashMap<String, String>, key: &str) -> Option<String> {
    labels
        .get(key)
        .map(|value| name(value))
        .filter(|value| !value.is_empty())
}

/// A row of the list; `None` without an id.
pub(super) fn listed(row: ContainerSummary) -> Option<Listed> {
    let labels = row.labels.unwrap_or_default();
    // A container linked to by others has further names with a second slash.
    let names = row.names.unwrap_or_default();
    let own = names
        .iter()
        .find(|name| !name.trim_start_matches('/').contains('/'))
        .or(names.first());
    let ports = row
        .ports
        .unwrap_or_default()
        .into_iter()
        .filter_map(|port| {
            Some(Port {
                container: port.private_port,
                proto: port
                    .typ
                    .map_or_else(|| "tcp".into(), |proto| proto.to_string()),
                host_ip: port.ip.unwrap_or_default(),
                host: port.public_port?,
            })
        });
    Some(Listed {
        name: own.map_or_else(String::new, |own| container_name(own)),
        project: label(&labels, PROJECT),
        oneoff: labels
            .get("com.docker.compose.oneoff")
            .is_some_and(|value| value.eq_ignore_ascii_case("true")),
        folder: labels.get(FOLDER).cloned(),
        lab: label(&labels, "labcheck.lab"),
        probe: labels.contains_key(super::engine_probe::LABEL),
        created_ms: row
            .created
            .and_then(|seconds| u64::try_from(seconds).ok())
            .map_or(0, |seconds| seconds * 1000),
        status: row.state.map_or(Status::Unknown, |state| match state {
            ContainerSummaryStateEnum::CREATED => Status::Created,
            ContainerSummaryStateEnum::RUNNING | ContainerSummaryStateEnum::STOPPING => {
                Status::Running
            }
            ContainerSummaryStateEnum::PAUSED => Status::Paused,
            ContainerSummaryStateEnum::RESTARTING => Status::Restarting,
            ContainerSummaryStateEnum::REMOVING => Status::Removing,
            ContainerSummaryStateEnum::EXITED => Status::Exited,
            ContainerSummaryStateEnum::DEAD => Status::Dead,
            ContainerSummaryStateEnum::EMPTY => Status::Unknown,
        }),
        ports: ports.collect::<BTreeSet<_>>().into_iter().collect(),
        id: row.id?,
    })
}

/// One container in full.
pub(super) fn looked(found: ContainerInspectResponse) -> Looked {
    let config = found.config.unwrap_or_default();
    let host = found.host_config.unwrap_or_default();
    let net = found.network_settings.unwrap_or_default();
    let state = found.state.unwrap_or_default();
    let id = found.id.unwrap_or_default();
    let labels = config.labels.clone().unwrap_or_default();
    let own = container_name(found.name.as_deref().unwrap_or_default());
    let mounts = mounts(found.mounts.unwrap_or_default(), &host);
    let mut names = vec![own.clone(), id.chars().take(12).collect()];
    let addresses = addresses(&net);
    let networks = attachments(&net);
    names.extend(
        networks
            .iter()
            .flat_map(|attachment| attachment.aliases.clone()),
    );
    let container = Container {
        name: own,
        project: label(&labels, PROJECT),
        service: label(&labels, SERVICE),
        image: name(config.image.as_deref().unwrap_or_default()),
        image_id: found.image.unwrap_or_default(),
        health: health(&state),
        restart_policy: host
            .restart_policy
            .as_ref()
            .and_then(|policy| policy.name)
            .map(|name| name.to_string())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "no".into()),
        user: name(config.user.as_deref().unwrap_or_default()),
        command: command(&config),
        network_mode: name(host.network_mode.as_deref().unwrap_or_default()),
        links: sorted(host.links.iter().flatten().map(|link| name(link))),
        networks,
        ports_asked: ports(host.port_bindings.as_ref()),
        ports: ports(net.ports.as_ref()),
        exposed: sorted(config.exposed_ports.iter().flatten().map(|port| name(port))),
        depends_on: labels
            .contains_key(PROJECT)
            .then(|| depends_on(labels.get(DEPENDS).map_or("", String::as_str))),
        init: host.init.unwrap_or(false),
        limits: engine_limits::limits(&host),
        state: run_state(&state, found.restart_count.unwrap_or(0)),
        mounts: mounts.0,
        id,
        env: Vec::new(),
        last_log: Vec::new(),
    };
    Looked {
        container,
        addresses,
        names,
        started_at: state.started_at.unwrap_or_default(),
        created_ms_ago: found
            .created
            .as_deref()
            .and_then(rfc3339::millis)
            .map(|at| rfc3339::now().saturating_sub(at)),
        health_patience: config.healthcheck.as_ref().map(patience),
        binds: mounts.1,
        inspected: inspected(&labels, config.healthcheck.as_ref()),
        folder: labels.get(FOLDER).cloned(),
        config_files: labels.get(FILES).cloned(),
        env: pairs(config.env.unwrap_or_default()),
    }
}

/// Labels and the health check's command, which `docker inspect` shows.
fn inspected(
    labels: &HashMap<String, String>,
    check: Option<&HealthConfig>,
) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = labels
        .iter()
        .map(|(name, value)| {
            (
                format!("label {}", text::cut(&text::clean(name), 80)),
                value.clone(),
            )
        })
        .collect();
    all.sort();
    let test = check.and_then(|check| check.test.as_ref());
    all.extend(test.map(|test| ("the health check".to_owned(), test.join(" "))));
    all
}

fn sorted(items: impl Iterator<Item = String>) -> Vec<String> {
    items.collect::<BTreeSet<_>>().into_iter().collect()
}

fn command(config: &ContainerConfig) -> Vec<String> {
    config
        .entrypoint
        .iter()
        .chain(&config.cmd)
        .flatten()
        .map(|word| text::clean(word))
        .collect()
}

fn run_state(state: &ContainerState, restarts: i64) -> State {
    let status = match state.status {
        Some(ContainerStateStatusEnum::CREATED) => Status::Created,
        Some(ContainerStateStatusEnum::RUNNING | ContainerStateStatusEnum::STOPPING) => {
            Status::Running
        }
        Some(ContainerStateStatusEnum::PAUSED) => Status::Paused,
        Some(ContainerStateStatusEnum::RESTARTING) => Status::Restarting,
        Some(ContainerStateStatusEnum::REMOVING) => Status::Removing,
        Some(ContainerStateStatusEnum::EXITED) => Status::Exited,
        Some(ContainerStateStatusEnum::DEAD) => Status::Dead,
        Some(ContainerStateStatusEnum::EMPTY) | None => Status::Unknown,
    };
    let started = state.started_at.as_deref().and_then(rfc3339::millis);
    let up_ms = if status == Status::Running {
        started.map(|at| rfc3339::now().saturating_sub(at))
    } else {
        None
    };
    State {
        status,
        exit_code: state.exit_code.unwrap_or(0),
        error: text::cut(
            &text::clean(state.error.as_deref().unwrap_or_default()),
            400,
        ),
        oom_killed: state.oom_killed.unwrap_or(false),
        restart_count: restarts,
        restarted_meanwhile: false,
        up_ms,
    }
}

fn health(state: &ContainerState) -> Health {
    let Some(health) = &state.health else {
        return Health::None;
    };
    match health.status {
        Some(HealthStatusEnum::STARTING) => Health::Starting,
        Some(HealthStatusEnum::HEALTHY) => Health::Healthy,
        Some(HealthStatusEnum::UNHEALTHY) => {
            let last = health
                .log
                .iter()
                .flatten()
                .next_back()
                .and_then(|result| result.output.as_deref())
                .unwrap_or_default();
            Health::Unhealthy(text::cut(&text::clean(last), LINE))
        }
        Some(HealthStatusEnum::NONE | HealthStatusEnum::EMPTY) | None => Health::None,
    }
}

/// How long a health check may take to make up its mind: its start period, then every retry with its time-out.
fn patience(check: &HealthConfig) -> Duration {
    // Nanoseconds; 0 and absent mean the engine's defaults (30 s, 30 s, 3).
    let nanos = |value: Option<i64>, default: u64| {
        let given = value
            .and_then(|value| u64::try_from(value).ok())
            .filter(|value| *value > 0);
        Duration::from_nanos(given.unwrap_or(default * 1_000_000_000))
    };
    let retries = check
        .retries
        .and_then(|retries| u32::try_from(retries).ok())
        .filter(|retries| *retries > 0)
        .unwrap_or(3)
        .min(1000);
    let each = nanos(check.interval, 30).saturating_add(nanos(check.timeout, 30));
    nanos(check.start_period, 0)
        .saturating_add(each.saturating_mul(retries))
        .saturating_add(Duration::from_secs(2))
}

/// `80/tcp` with its bindings; `null` and `[]` mean that it is only exposed.
fn ports(map: Option<&PortMap>) -> Vec<Port> {
    let mut all = BTreeSet::new();
    for (key, bindings) in map.into_iter().flatten() {
        let (number, proto) = key.split_once('/').unwrap_or((key, "tcp"));
        let Ok(container) = number.parse() else {
            continue;
        };
        for binding in bindings.iter().flatten() {
            all.insert(Port {
                container,
                proto: name(proto),
                host_ip: name(binding.host_ip.as_deref().unwrap_or_default()),
                host: binding
                    .host_port
                    .as_deref()
                    .and_then(|port| port.parse().ok())
                    .unwrap_or(0),
            });
        }
    }
    all.into_iter().collect()
}

fn attachments(net: &NetworkSettings) -> Vec<Attachment> {
    let mut all: Vec<Attachment> = net
        .networks
        .iter()
        .flatten()
        .map(|(network, end)| Attachment {
            network: name(network),
            ip: name(end.ip_address.as_deref().unwrap_or_default()),
            aliases: sorted(
                end.aliases
                    .iter()
                    .chain(&end.dns_names)
                    .flatten()
                    .map(|alias| name(alias)),
            ),
        })
        .collect();
    all.sort_by(|a, b| a.network.cmp(&b.network));
    all
}

fn addresses(net: &NetworkSettings) -> Vec<String> {
    let both = net
        .networks
        .iter()
        .flatten()
        .flat_map(|(_, end)| [end.ip_address.clone(), end.global_ipv6_address.clone()]);
    both.flatten()
        .filter(|address| !address.is_empty())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

fn mounts(points: Vec<MountPoint>, host: &HostConfig) -> (Vec<Mount>, Vec<(String, String)>) {
    let mut binds = Vec::new();
    let mut all: Vec<Mount> = points
        .into_iter()
        .map(|point| {
            let (volume, source, destination) = (
                point.name.unwrap_or_default(),
                point.source.unwrap_or_default(),
                point.destination.unwrap_or_default(),
            );
            let kind = match point.typ.as_deref().unwrap_or_default() {
                "volume" if anonymous(&volume) => MountKind::AnonymousVolume,
                "volume" => MountKind::Volume,
                "bind" => MountKind::Bind,
                "tmpfs" => MountKind::Tmpfs,
                _ => MountKind::Other,
            };
            if kind == MountKind::Bind {
                binds.push((source.clone(), destination.clone()));
            }
            let socket = kind == MountKind::Bind && engine_socket::within(&source);
            let source = if volume.is_empty() { source } else { volume };
            Mount {
                kind,
                socket,
                source: name(&source),
                destination: name(&destination),
                writable: point.rw.unwrap_or(true),
            }
        })
        .collect();
    for path in host.tmpfs.iter().flat_map(HashMap::keys) {
        all.push(Mount {
            kind: MountKind::Tmpfs,
            source: String::new(),
            destination: name(path),
            writable: true,
            socket: false,
        });
    }
    all.sort_by(|a, b| a.destination.cmp(&b.destination));
    (all, binds)
}

/// The engine names a volume nobody named with 64 hexadecimal digits.
fn anonymous(volume: &str) -> bool {
    volume.len() == 64 && volume.chars().all(|c| c.is_ascii_hexdigit())
}

/// `db:service_healthy:false,cache:service_started:true`.
fn depends_on(label: &str) -> Vec<Dependency> {
    let entries = label
        .split(',')
        .filter(|entry| !entry.is_empty())
        .map(|entry| {
            let mut parts = entry.split(':');
            Dependency {
                service: name(parts.next().unwrap_or_default()),
                condition: name(parts.next().unwrap_or("service_started")),
            }
        });
    let mut all: Vec<Dependency> = entries.collect();
    all.sort_by(|a, b| a.service.cmp(&b.service));
    all
}

/// An image without its environment, and that as it is.
pub(super) fn image(found: ImageInspect) -> (Image, Env) {
    let config = found.config.unwrap_or_default();
    let env = pairs(config.env.unwrap_or_default());
    let kept =
        |key: &str| key.starts_with("org.opencontainers.image.") || key.starts_with("labcheck.");
    let labels = config
        .labels
        .unwrap_or_default()
        .into_iter()
        .filter(|(key, _)| kept(key));
    let image = Image {
        id: found.id.unwrap_or_default(),
        tags: sorted(found.repo_tags.iter().flatten().map(|tag| name(tag))),
        digests: sorted(
            found
                .repo_digests
                .iter()
                .flatten()
                .map(|digest| text::cut(&text::clean(digest), LINE)),
        ),
        size: found.size.unwrap_or(0),
        user: name(config.user.as_deref().unwrap_or_default()),
        exposed: sorted(config.exposed_ports.iter().flatten().map(|port| name(port))),
        env: Vec::new(),
        labels: labels
            .map(|(key, value)| (name(&key), text::cut(&text::clean(&value), LINE)))
            .collect(),
    };
    (image, env)
}

/// A network and its gateways.
pub(super) fn network(found: bollard::models::Network) -> (Network, Vec<String>) {
    let labels = found.labels.unwrap_or_default();
    let gateways = found
        .ipam
        .and_then(|ipam| ipam.config)
        .into_iter()
        .flatten()
        .filter_map(|config| config.gateway)
        .collect();
    let network = Network {
        name: name(found.name.as_deref().unwrap_or_default()),
        driver: name(found.driver.as_deref().unwrap_or_default()),
        internal: found.internal.unwrap_or(false),
        short: label(&labels, "com.docker.compose.network"),
        project: label(&labels, PROJECT),
    };
    (network, gateways)
}

/// A volume.
pub(super) fn volume(found: &EngineVolume) -> Volume {
    Volume {
        name: name(&found.name),
        driver: name(&found.driver),
        short: label(&found.labels, "com.docker.compose.volume"),
        project: label(&found.labels, PROJECT),
    }
}
