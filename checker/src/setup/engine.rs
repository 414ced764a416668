//! An engine that answers, with the parts of Docker's command line that the course needs.
//!
//! On Debian and Ubuntu, as root, what is missing is installed; anywhere else the error says what to install.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use tokio::process::Command;

use super::api::{Api, Kept, Machine, Row, Version};
use super::error::{SetupError, words};
use super::say::Say;
use super::{apt, assets, process};
use crate::engine::advice::{self, Trouble};
use crate::engine::host;
use crate::probe::{Address, Surroundings};

/// Where the engine listens when nobody says otherwise.
const SOCKET: &str = "/var/run/docker.sock";
/// Where the set-up script unpacks what the distribution's own packages lack. The same words stand in install.sh.
const PREFIX: &str = "/opt/labcheck/engine";
/// An engine answers its version in milliseconds; one that takes this long hangs.
const PATIENCE: Duration = Duration::from_secs(5);

/// An engine that answers.
#[derive(Debug)]
pub struct Engine {
    /// The connection.
    pub(super) api: Api,
    /// Its version, such as `26.1.5`.
    pub version: String,
    /// Its API's version, such as `1.45`.
    pub(crate) api_version: String,
    /// It is Podman, which speaks Docker's API.
    pub(crate) podman: bool,
    /// Where it was found, for a sentence.
    pub(crate) at: String,
    /// The folder to put before PATH, so that `docker` is the one that was set up. `None`: PATH is right as it is.
    pub path_entry: Option<PathBuf>,
    /// Its address, where Docker's command line might not find it by itself.
    pub(super) url: Option<String>,
}

impl Engine {
    /// The engine there is; nothing is installed.
    ///
    /// # Errors
    /// [`SetupError::NoEngine`].
    pub async fn find() -> Result<Self, SetupError> {
        let address = address()?;
        match connect(&address).await {
            Ok((api, version)) => Ok(Self {
                api,
                version: version.engine,
                api_version: version.api,
                podman: version.podman,
                at: address.shown(),
                path_entry: None,
                url: (!address.named()).then_some(address.url),
            }),
            Err((trouble, why)) => Err(no_engine(&address, trouble, why)),
        }
    }

    /// The engine there is, with Compose v2 and Buildx; nothing is installed.
    ///
    /// # Errors
    /// [`SetupError::NoEngine`], [`SetupError::NoClient`].
    pub(crate) async fn there() -> Result<Self, SetupError> {
        let mut engine = Self::find().await?;
        engine.find_client().await?;
        Ok(engine)
    }

    /// What is there of Docker's command line, Compose v2 and Buildx, in a sentence.
    ///
    /// # Errors
    /// [`SetupError::NoClient`] naming the first part that is missing.
    pub(crate) async fn client(&mut self) -> Result<String, SetupError> {
        self.find_client().await?;
        let (mut docker, mut compose, mut buildx) = (self.docker(), self.docker(), self.docker());
        let (docker, compose, buildx) = tokio::join!(
            process::ask(docker.arg("--version")),
            process::ask(compose.args(["compose", "version", "--short"])),
            process::ask(buildx.args(["buildx", "version"])),
        );
        let said = [
            docker.unwrap_or_default(),
            format!("Compose {}", compose.unwrap_or_default()),
            buildx.unwrap_or_default(),
        ];
        Ok(words(&said.join(" · ")))
    }

    /// The machine that it runs on; `None` when it does not say.
    pub(crate) async fn machine(&self) -> Option<Machine> {
        tokio::time::timeout(PATIENCE, self.api.machine())
            .await
            .ok()
            .flatten()
    }

    /// The names of the images that labs use and that are not there, and how many they use.
    ///
    /// # Errors
    /// [`SetupError::Engine`].
    pub(crate) async fn missing_images(&self) -> Result<(Vec<&'static str>, usize), SetupError> {
        let wanted = super::images::of(None);
        let mut missing = Vec::new();
        for image in &wanted {
            if self.api.image(image.name).await?.is_none() {
                missing.push(image.name);
            }
        }
        Ok((missing, wanted.len()))
    }

    /// Every container on it, up or not.
    ///
    /// # Errors
    /// [`SetupError::Engine`].
    pub(crate) async fn containers(&self) -> Result<Vec<Row>, SetupError> {
        self.api.containers().await
    }

    /// Every network and volume on it.
    ///
    /// # Errors
    /// [`SetupError::Engine`].
    pub(crate) async fn kept(&self) -> Result<Vec<Kept>, SetupError> {
        self.api.kept().await
    }

    /// The engine there is, with Compose v2 and Buildx; what is missing is installed where that can be done.
    ///
    /// # Errors
    /// [`SetupError::NoEngine`], [`SetupError::NoClient`], [`SetupError::EngineSetUp`].
    pub async fn ensure(say: Say) -> Result<Self, SetupError> {
        let address = address()?;
        match connect(&address).await {
            Ok(_) => {}
            Err((Trouble::Absent | Trouble::Stopped | Trouble::Elsewhere, _))
                if apt::possible() && script_serves(&address) =>
            {
                install(say).await?;
            }
            Err((trouble, why)) => return Err(no_engine(&address, trouble, why)),
        }
        let mut engine = Self::find().await?;
        if let Err(missing) = engine.find_client().await {
            if !apt::possible() {
                return Err(missing);
            }
            install(say).await?;
            engine.find_client().await?;
        }
        Ok(engine)
    }

    /// Looks for `docker` with both plugins: on PATH, then where the script puts it.
    ///
    /// # Errors
    /// [`SetupError::NoClient`] naming the first part that is missing.
    async fn find_client(&mut self) -> Result<(), SetupError> {
        let own = prefix().join("usr/bin");
        let mut missing = "Docker's command line";
        for entry in [None, Some(own)] {
            self.path_entry = entry;
            match self.missing_client().await {
                None => return Ok(()),
                Some(what) if self.path_entry.is_none() => missing = what,
                Some(_) => {}
            }
        }
        self.path_entry = None;
        Err(SetupError::NoClient {
            what: missing,
            advice: advice::client(&host::system()),
        })
    }

    async fn missing_client(&self) -> Option<&'static str> {
        let (mut compose, mut buildx) = (self.docker(), self.docker());
        let (compose, buildx) = tokio::join!(
            process::ask(compose.args(["compose", "version", "--short"])),
            process::ask(buildx.args(["buildx", "version"])),
        );
        match (
            compose.is_some_and(|version| is_v2(&version)),
            buildx.is_some(),
        ) {
            (true, true) => None,
            (false, false) if process::ask(self.docker().arg("--version")).await.is_none() => {
                Some("Docker's command line (`docker`)")
            }
            (false, _) => Some("Compose v2 (`docker compose`)"),
            (true, false) => Some("Buildx (`docker buildx`)"),
        }
    }

    /// `docker`, found as set up.
    pub fn docker(&self) -> Command {
        let mut command = match &self.path_entry {
            Some(folder) => Command::new(folder.join("docker")),
            None => Command::new("docker"),
        };
        if let Some(path) = self.path() {
            command.env("PATH", path);
        }
        if let Some(url) = &self.url {
            command.env("DOCKER_HOST", url);
        }
        command
    }

    /// PATH for other programs that call `docker`; `None` when it is right as it is.
    pub fn path(&self) -> Option<OsString> {
        let first = self.path_entry.clone()?;
        let rest = std::env::var_os("PATH").unwrap_or_default();
        std::env::join_paths(std::iter::once(first).chain(std::env::split_paths(&rest))).ok()
    }
}

fn prefix() -> PathBuf {
    std::env::var_os("LABCHECK_ENGINE_PREFIX").map_or_else(|| PREFIX.into(), PathBuf::from)
}

/// The socket that the set-up script would start an engine on.
fn script_socket() -> String {
    std::env::var("LABCHECK_ENGINE_SOCKET").unwrap_or_else(|_| SOCKET.into())
}

/// Whether an engine started by the script would be the one that is asked for.
fn script_serves(address: &Address) -> bool {
    !address.named() || address.url == format!("unix://{}", script_socket())
}

/// Where the engine is: as Docker's command line finds it, then where the script puts it.
fn address() -> Result<Address, SetupError> {
    let mut around = Surroundings::of_process();
    if std::env::var_os("LABCHECK_ENGINE_SOCKET").is_some() {
        around.sockets = vec![script_socket().into()];
    }
    around.address().map_err(|why| SetupError::NoEngine {
        at: "the address that Docker's command line would use".into(),
        advice: why.clone(),
        why,
    })
}

/// A connection that has answered, or what is in the way.
async fn connect(address: &Address) -> Result<(Api, Version), (Trouble, String)> {
    let api = Api::at(address).map_err(|failed| failed.trouble(address))?;
    match tokio::time::timeout(PATIENCE, api.version()).await {
        Ok(Ok(version)) => Ok((api, version)),
        Ok(Err(failed)) => Err(failed.trouble(address)),
        Err(_) => Err((
            Trouble::Silent,
            format!("no answer within {} s", PATIENCE.as_secs()),
        )),
    }
}

fn no_engine(address: &Address, trouble: Trouble, why: String) -> SetupError {
    SetupError::NoEngine {
        at: address.shown(),
        why,
        advice: advice::of_machine(trouble, address),
    }
}

/// Runs the set-up script; what it prints, step by step, is shown as it comes.
async fn install(say: Say) -> Result<(), SetupError> {
    const DOING: &str = "setting up Docker Engine, Compose and Buildx";
    let script = assets::unpack()?.join("engine/install.sh");
    let mut step = say.step(DOING);
    let ended = process::run(Command::new("bash").arg(script), DOING, &mut step, None).await?;
    if ended.well {
        step.done(ended.tail.back().map_or("done", String::as_str));
        return Ok(());
    }
    let line = ended.gist();
    let (line, help) = match line.rsplit_once("; help: ") {
        Some((line, help)) => (line.to_owned(), help.to_owned()),
        None => (line, advice::client(&host::system())),
    };
    Err(SetupError::EngineSetUp { line, help })
}

/// Compose v1 (`docker-compose`) cannot read the course's files.
fn is_v2(version: &str) -> bool {
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .unwrap_or_default();
    major.parse::<u32>().is_ok_and(|major| major >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compose_v1_is_not_enough() {
        assert!(is_v2("2.26.1-4") && is_v2("v2.40.0") && is_v2("5.0.1"));
        assert!(!is_v2("1.29.2") && !is_v2("") && !is_v2("unknown"));
    }

    #[test]
    fn script_and_program_agree_on_places() {
        let script = assets::text("engine/install.sh").expect("embedded");
        assert!(script.contains(&format!("LABCHECK_ENGINE_PREFIX:-{PREFIX}}}")));
        assert!(script.contains(&format!("LABCHECK_ENGINE_SOCKET:-{SOCKET}}}")));
    }
}
