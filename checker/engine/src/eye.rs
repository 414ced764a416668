//! The grader's own program that looks from inside (`labcheck-eye`): brought to the engine as an image whose id is known
//! beforehand, and started in the namespaces of a container.
//!
//! [`crate::sidecars`] names its container, and removes it on every way out.

use std::collections::HashMap;
use std::sync::OnceLock;

use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::models::{
    ContainerCreateBody, ContainerInspectResponse, HostConfig, HostConfigLogConfig,
};
use bollard::query_parameters::{
    AttachContainerOptionsBuilder, CreateContainerOptionsBuilder, StartContainerOptions,
};
use bytes::Bytes;
use futures_util::{StreamExt as _, future, stream};
use labcheck_eye::client::{Chunks, Eye};
use labcheck_eye::container::{MEMORY, Modes, PIDS, Settings, SharedNamespaces, capabilities};
use labcheck_eye::image::{Image, PROGRAM, architecture};

use crate::client::{Engine, words};
use crate::model::inspected::ContainerSummary;
use labcheck_core::facts::{Status, labels};

/// Containers that are asked about at once.
const AT_ONCE: usize = 16;
/// Capabilities with which a process can write into the memory of another user's (`capabilities(7)`).
const TRACING: [&str; 4] = ["SYS_PTRACE", "CAP_SYS_PTRACE", "ALL", "CAP_ALL"];

/// The namespaces of a container, with the names that another one's may be given by.
#[derive(Debug, Clone)]
pub(crate) struct NamedModes {
    /// Its name, without the slash in front.
    name: String,
    /// Its namespaces.
    pub(crate) modes: Modes,
    /// The id of the image whose program it runs with nothing added: no argument, no mount, nothing written, no further
    /// capability.
    as_is: Option<String>,
}

impl NamedModes {
    /// Whether this is the container of `container:WORD`: its id, the beginning of it, or its name.
    pub(crate) fn is(&self, word: &str) -> bool {
        self.name == word || (!word.is_empty() && self.modes.id.starts_with(word))
    }

    /// Whether it is the program that looks inside, of this or another grading: whatever else it shows, only that program
    /// can run in it, and that one changes nothing.
    pub(crate) fn is_eye(&self, image: &Image) -> bool {
        self.as_is.as_ref().is_some_and(|id| image.is(id))
    }

    fn of(seen: ContainerInspectResponse) -> Self {
        let as_is = as_is(&seen);
        let host = seen.host_config.unwrap_or_default();
        let added = host.cap_add.unwrap_or_default();
        let traces = |name: &String| TRACING.contains(&name.to_uppercase().as_str());
        Self {
            name: seen
                .name
                .unwrap_or_default()
                .trim_start_matches('/')
                .to_owned(),
            modes: Modes {
                id: seen.id.unwrap_or_default(),
                pid: host.pid_mode.unwrap_or_default(),
                network: host.network_mode.unwrap_or_default(),
                may_trace: host.privileged == Some(true) || added.iter().any(traces),
            },
            as_is,
        }
    }
}

impl Engine {
    /// The namespaces of all containers that run (`GET /containers/{id}/json`): the stack's and all others, since any of
    /// them may lend its own or share another's. One that is gone by now is left out.
    ///
    /// # Errors
    /// The engine's words, cleaned.
    pub(crate) async fn namespaces(
        &self,
        all: &[ContainerSummary],
    ) -> Result<Vec<NamedModes>, String> {
        let running = all.iter().filter(|row| row.status == Status::Running);
        let ids: Vec<String> = running.map(|row| row.id.clone()).collect();
        let each = stream::iter(ids).map(|id| async move {
            match self.docker.inspect_container(&id, None).await {
                Ok(seen) => Ok(Some(NamedModes::of(seen))),
                Err(Error::DockerResponseServerError {
                    status_code: 404, ..
                }) => Ok(None),
                Err(err) => Err(words(&err)),
            }
        });
        let found: Vec<_> = each.buffer_unordered(AT_ONCE).collect().await;
        found.into_iter().filter_map(Result::transpose).collect()
    }

    /// The id of the image that holds the program, brought to the engine where it is not there yet (`POST /images/load`).
    ///
    /// # Errors
    /// There is no program for the engine's architecture, or the engine's words, cleaned.
    pub(crate) async fn eye_image(&self) -> Result<String, String> {
        let image = self.eye_image_made()?;
        if let Some(id) = self.eye_image_id(image).await? {
            return Ok(id);
        }
        let archive = stream::iter([Ok(Bytes::from_static(&image.archive))]);
        let mut said = self.load_images(archive);
        while let Some(line) = said.next().await {
            line?;
        }
        let id = self.eye_image_id(image).await?;
        id.ok_or_else(|| "the engine gives the program that looks inside another id".into())
    }

    /// The program's image for this engine, whether it is there yet or not.
    ///
    /// # Errors
    /// There is no program for the engine's architecture.
    pub(crate) fn eye_image_made(&self) -> Result<&'static Image, String> {
        image_for(&self.about.platform)
    }

    /// The id of the program's image, where the engine has it and no other under its name.
    async fn eye_image_id(&self, image: &Image) -> Result<Option<String>, String> {
        let found = self.image_named(&image.name).await?;
        Ok(found.filter(|id| image.is(id)))
    }

    /// Makes a container of the program's image, attaches to it, and starts it.
    ///
    /// # Errors
    /// The engine's words, cleaned.
    pub(crate) async fn start_eye(
        &self,
        name: &str,
        image: &str,
        shared: &SharedNamespaces,
    ) -> Result<(String, Eye), String> {
        let refused = |err: Error| words(&err);
        let options = CreateContainerOptionsBuilder::new().name(name).build();
        let created = self
            .docker
            .create_container(Some(options), body(image, shared));
        let id = created.await.map_err(refused)?.id;
        // Attached before it starts, or what it says first could be lost.
        let options = AttachContainerOptionsBuilder::new()
            .stream(true)
            .stdin(true)
            .stdout(true)
            .build();
        let attached = self.docker.attach_container(&id, Some(options)).await;
        let attached = attached.map_err(refused)?;
        let output = attached.output.filter_map(|piece| {
            future::ready(match piece {
                Ok(LogOutput::StdOut { message }) => Some(Ok(message)),
                Ok(_) => None,
                Err(err) => Some(Err(err)),
            })
        });
        let eye = Eye::start(Chunks::new(Box::pin(output)), attached.input);
        let start = None::<StartContainerOptions>;
        self.docker
            .start_container(&id, start)
            .await
            .map_err(refused)?;
        Ok((id, eye))
    }
}

/// The id of a container's image, where nothing but the image's own program can run in it: a file of a mount, or one that
/// was copied in, could stand in the program's place.
fn as_is(seen: &ContainerInspectResponse) -> Option<String> {
    let host = seen.host_config.as_ref()?;
    let config = seen.config.as_ref()?;
    let added = host.cap_add.iter().flatten();
    let few = added.into_iter().all(|name| capabilities_given(name));
    let plain = seen.path.as_deref() == Some(PROGRAM)
        && seen.args.as_ref().is_none_or(Vec::is_empty)
        && seen.mounts.as_ref().is_none_or(Vec::is_empty)
        && config
            .env
            .iter()
            .flatten()
            .all(|pair| pair.starts_with("PATH="))
        && host.readonly_rootfs == Some(true)
        && host.privileged != Some(true);
    seen.image.clone().filter(|_| plain && few)
}

/// Whether a capability is one that the program is given.
fn capabilities_given(name: &str) -> bool {
    let name = name.strip_prefix("CAP_").unwrap_or(name);
    let shared = SharedNamespaces {
        processes_of: Some(String::new()),
        network_of: None,
        user: None,
    };
    capabilities(&shared).iter().any(|one| one.name == name)
}

/// The image of the program for a platform such as `linux/amd64`; made once.
fn image_for(platform: &str) -> Result<&'static Image, String> {
    static IMAGE: OnceLock<(String, Result<Image, String>)> = OnceLock::new();
    let (made_for, image) = IMAGE.get_or_init(|| (platform.to_owned(), make_image(platform)));
    // One run of the program asks one engine.
    if made_for == platform {
        image.as_ref().map_err(Clone::clone)
    } else {
        Err(format!("it was made for {made_for}, not for {platform}"))
    }
}

fn make_image(platform: &str) -> Result<Image, String> {
    let of_engine = platform.rsplit('/').next().unwrap_or_default();
    let program = labcheck_eye_binary::program(of_engine)?;
    let named = architecture(of_engine);
    let named = named.ok_or("images have no name for the engine's architecture")?;
    Ok(Image::new(program, named))
}

/// What the container is made with: see [`Settings`] for the reasons.
fn body(image: &str, shared: &SharedNamespaces) -> ContainerCreateBody {
    let settings = Settings::new(shared);
    let host = HostConfig {
        pid_mode: Some(settings.pid_mode),
        network_mode: Some(settings.network_mode),
        ipc_mode: Some(Settings::IPC_MODE.to_owned()),
        cap_drop: Some(vec![Settings::CAP_DROP.to_owned()]),
        cap_add: Some(settings.cap_add.into_iter().map(str::to_owned).collect()),
        security_opt: Some(vec![Settings::SECURITY_OPT.to_owned()]),
        readonly_rootfs: Some(Settings::READ_ONLY),
        auto_remove: Some(Settings::AUTO_REMOVE),
        log_config: Some(HostConfigLogConfig {
            typ: Some(Settings::LOG_DRIVER.to_owned()),
            config: None,
        }),
        memory: Some(MEMORY),
        memory_swap: Some(MEMORY),
        pids_limit: Some(PIDS),
        ..HostConfig::default()
    };
    ContainerCreateBody {
        image: Some(image.to_owned()),
        user: Some(settings.user),
        labels: Some(HashMap::from([(
            labels::SIDECAR.to_owned(),
            "1".to_owned(),
        )])),
        open_stdin: Some(true),
        stdin_once: Some(true),
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        host_config: Some(host),
        ..ContainerCreateBody::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(pid: &str, added: &[&str], privileged: bool) -> NamedModes {
        NamedModes::of(ContainerInspectResponse {
            id: Some("0123456789abcdef".into()),
            name: Some("/v6-db-1".into()),
            host_config: Some(HostConfig {
                pid_mode: Some(pid.into()),
                cap_add: Some(added.iter().map(|&name| name.to_owned()).collect()),
                privileged: Some(privileged),
                ..HostConfig::default()
            }),
            ..ContainerInspectResponse::default()
        })
    }

    #[test]
    fn a_container_is_found_by_id_and_name() {
        let db = seen("", &[], false);
        assert!(
            ["0123456789abcdef", "0123456789ab", "v6-db-1"].map(|word| db.is(word)) == [true; 3]
        );
        assert!(["", "db", "23", "/v6-db-1"].map(|word| db.is(word)) == [false; 4]);
    }

    #[test]
    fn who_may_trace_is_told_by_rights() {
        assert!(!seen("", &["SYS_NICE"], false).modes.may_trace);
        for added in ["SYS_PTRACE", "cap_sys_ptrace", "ALL"] {
            assert!(seen("", &[added], false).modes.may_trace, "{added}");
        }
        assert!(seen("host", &[], true).modes.may_trace);
    }

    fn host(seen: &mut ContainerInspectResponse) -> &mut HostConfig {
        seen.host_config.as_mut().expect("it was made with one")
    }

    #[test]
    fn only_the_program_as_it_is_made_is_believed_to_be_it() {
        let image = Image::new(b"program", "amd64");
        let of = |change: fn(&mut ContainerInspectResponse)| {
            let mut seen = ContainerInspectResponse {
                image: Some(image.config.clone()),
                path: Some(PROGRAM.into()),
                config: Some(bollard::models::ContainerConfig::default()),
                host_config: Some(HostConfig {
                    readonly_rootfs: Some(true),
                    cap_add: Some(vec!["CAP_SYS_PTRACE".into()]),
                    ..HostConfig::default()
                }),
                ..ContainerInspectResponse::default()
            };
            change(&mut seen);
            NamedModes::of(seen).is_eye(&image)
        };
        assert!(of(|_| {}));
        assert!(!of(|seen| seen.image = Some("sha256:1".into())));
        assert!(!of(|seen| seen.args = Some(vec!["x".into()])));
        assert!(!of(
            |seen| seen.mounts = Some(vec![bollard::models::MountPoint::default()])
        ));
        assert!(!of(|seen| host(seen).readonly_rootfs = None));
        assert!(!of(|seen| host(seen).privileged = Some(true)));
        assert!(!of(
            |seen| host(seen).cap_add = Some(vec!["SYS_ADMIN".into()])
        ));
    }

    #[test]
    fn an_architecture_without_a_program_says_so() {
        assert!(make_image("linux/riscv64").is_err());
    }
}
