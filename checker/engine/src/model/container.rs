//! From the engine's JSON to facts, reading defensively: any field may be absent, empty or of a newer engine.

use std::collections::{BTreeSet, HashMap};

use bollard::models::{
    ContainerConfig, ContainerInspectResponse, ContainerSummaryStateEnum, HealthConfig,
    ImageInspect, MountPoint, Volume as EngineVolume,
};

use super::clean::{LINE, name, sorted};
use super::ends::{addresses, attachments, ends, mounts, ports};
use super::inspected::{
    ContainerSummary, Creation, Env, Inspected, InspectedField, InspectedText, pairs,
};
use super::socket_mounts::{self, BackedVolume};
use super::state::{health, is_interrupted, patience, run_state};
use super::{limits, noop_healthcheck, time};
use labcheck_core::facts::labels;
use labcheck_core::facts::{Container, Dependency, Image, Network, Port, Status, Volume};
use labcheck_core::text;

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
pub(crate) fn listed(row: bollard::models::ContainerSummary) -> Option<ContainerSummary> {
    let creation = creation(&row);
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
    Some(ContainerSummary {
        creation,
        name: own.map_or_else(String::new, |own| container_name(own)),
        project: label(&labels, labels::PROJECT),
        oneoff: labels
            .get(labels::ONEOFF)
            .is_some_and(|value| value.eq_ignore_ascii_case("true")),
        folder: labels.get(labels::FOLDER).cloned(),
        lab: label(&labels, labels::LAB),
        service: label(&labels, labels::SERVICE),
        test: label(&labels, labels::TEST),
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
        ends: row
            .network_settings
            .and_then(|settings| settings.networks)
            .into_iter()
            .flatten()
            .flat_map(|(network, end)| ends(&network, &end))
            .collect(),
        image: name(row.image.as_deref().unwrap_or_default()),
        health: health_word(row.status.as_deref().unwrap_or_default()),
        id: row.id?,
    })
}

/// How a container was made, as far as its row tells.
fn creation(row: &bollard::models::ContainerSummary) -> Creation {
    let image_id = row.image_id.clone().unwrap_or_default();
    let mounts = row.mounts.iter().flatten();
    let unnamed = |mount: &MountPoint| {
        let name = mount.name.as_deref().unwrap_or_default();
        let digits = name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        digits && mount.typ.as_deref() == Some("volume")
    };
    let host = row.host_config.as_ref();
    let mode = host.and_then(|host| host.network_mode.clone());
    Creation {
        labelled: row
            .labels
            .iter()
            .any(|all| all.contains_key(labels::SIDECAR)),
        by_id: !image_id.is_empty() && row.image.as_ref() == Some(&image_id),
        image_id,
        command: row.command.clone().unwrap_or_default(),
        network: name(mode.as_deref().unwrap_or_default()).into(),
        mounted: mounts.into_iter().any(|mount| !unnamed(mount)),
    }
}

/// `Up 3 minutes (healthy)`: what stands in the last brackets. Those of `Exited (1) 2 minutes ago` are not last.
fn health_word(status: &str) -> String {
    let word = status
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once('('));
    name(word.map_or("", |(_, word)| word))
}

/// One container in full.
pub(crate) fn looked(found: ContainerInspectResponse) -> Inspected {
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
    let each = net.networks.iter().flatten();
    let ends = each.flat_map(|(network, end)| ends(network, end)).collect();
    names.extend(
        networks
            .iter()
            .flat_map(|attachment| attachment.aliases.clone()),
    );
    let container = Container {
        name: own,
        project: label(&labels, labels::PROJECT),
        service: label(&labels, labels::SERVICE),
        image: name(config.image.as_deref().unwrap_or_default()),
        image_id: found.image.unwrap_or_default(),
        health: health(&state),
        idle_check: config
            .healthcheck
            .as_ref()
            .and_then(|check| check.test.as_deref())
            .and_then(noop_healthcheck::idle),
        restart_policy: host
            .restart_policy
            .as_ref()
            .and_then(|policy| policy.name)
            .map(|name| name.to_string())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "no".into()),
        user: name(config.user.as_deref().unwrap_or_default()),
        command: command(&config),
        network_mode: name(host.network_mode.as_deref().unwrap_or_default()).into(),
        pid_mode: name(host.pid_mode.as_deref().unwrap_or_default()),
        extra_hosts: sorted(host.extra_hosts.iter().flatten().map(|pair| name(pair))),
        links: sorted(host.links.iter().flatten().map(|link| name(link))),
        networks,
        ports_asked: ports(host.port_bindings.as_ref()),
        ports: ports(net.ports.as_ref()),
        exposed: sorted(config.exposed_ports.iter().flatten().map(|port| name(port))),
        depends_on: labels
            .contains_key(labels::PROJECT)
            .then(|| depends_on(labels.get(labels::DEPENDS_ON).map_or("", String::as_str))),
        init: host.init.unwrap_or(false),
        limits: limits::limits(&host),
        state: run_state(&state, found.restart_count.unwrap_or(0)),
        mounts: mounts.0,
        id,
        env: Vec::new(),
        last_log: Vec::new(),
    };
    Inspected {
        container,
        addresses,
        ends,
        names,
        health_interrupted: is_interrupted(&state),
        started_at: state.started_at.unwrap_or_default(),
        created_ms: found.created.as_deref().and_then(time::millis),
        created_ms_ago: found
            .created
            .as_deref()
            .and_then(time::millis)
            .map(|at| time::now().saturating_sub(at)),
        health_patience: config.healthcheck.as_ref().map(patience),
        binds: mounts.1,
        texts: texts(&labels, config.healthcheck.as_ref()),
        folder: labels.get(labels::FOLDER).cloned(),
        config_files: labels.get(labels::CONFIG_FILES).cloned(),
        workdir: config
            .working_dir
            .filter(|folder| folder.starts_with('/'))
            .unwrap_or_else(|| "/".into()),
        env: pairs(config.env.unwrap_or_default()),
    }
}

/// Labels and the health check's command, which `docker inspect` shows.
fn texts(labels: &HashMap<String, String>, check: Option<&HealthConfig>) -> Vec<InspectedText> {
    let labels = labels.iter().map(|(name, value)| InspectedText {
        field: InspectedField::Label(text::cut(&text::clean(name), 80)),
        text: value.clone(),
    });
    let test = check.and_then(|check| check.test.as_ref());
    let test = test.map(|test| InspectedText {
        field: InspectedField::HealthCheck,
        text: test.join(" "),
    });
    let mut all: Vec<InspectedText> = labels.chain(test).collect();
    all.sort();
    all
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
pub(crate) fn image(found: ImageInspect) -> (Image, Env) {
    let config = found.config.unwrap_or_default();
    let env = pairs(config.env.unwrap_or_default());
    let kept =
        |key: &str| key.starts_with("org.opencontainers.image.") || key.starts_with(labels::COURSE);
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
pub(crate) fn network(found: bollard::models::Network) -> (Network, Vec<String>) {
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
        short: label(&labels, labels::NETWORK),
        project: label(&labels, labels::PROJECT),
        left_by: label(&labels, labels::LAB),
    };
    (network, gateways)
}

/// A volume, with the folder that it shows.
pub(crate) fn volume(found: &EngineVolume) -> BackedVolume {
    let backing = socket_mounts::backing(&found.driver, |key| found.options.get(key).cloned());
    let volume = Volume {
        name: name(&found.name),
        driver: name(&found.driver),
        short: label(&found.labels, labels::VOLUME),
        project: label(&found.labels, labels::PROJECT),
        left_by: label(&found.labels, labels::LAB),
    };
    (volume, backing)
}
