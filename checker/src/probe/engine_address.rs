//! Where the engine is: `DOCKER_HOST`, the CLI's context, or the default socket. Opens nothing.

use std::path::{Path, PathBuf};

use super::redact::Secrets;
use crate::text;

/// An engine's address and where it was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// `unix:///…`, `npipe:////…`, `tcp://host:port`.
    pub url: String,
    /// "the default socket", "`DOCKER_HOST`", "docker context `desktop-linux`".
    pub from: String,
}

/// What the address is worked out from; a test gives its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings {
    /// `DOCKER_HOST`.
    pub docker_host: Option<String>,
    /// `DOCKER_CONTEXT`.
    pub docker_context: Option<String>,
    /// `DOCKER_CONFIG`, or `.docker` in the home folder.
    pub config: Option<PathBuf>,
    /// Sockets to look for, in order, when nothing else is said.
    pub sockets: Vec<PathBuf>,
}

impl Address {
    /// For a sentence: the address without a password, and where it was taken from.
    pub(crate) fn shown(&self) -> String {
        let url = Secrets::default().hide(&text::clean(&self.url));
        format!("{} ({})", text::cut(&url, 120), self.from)
    }

    /// Whether somebody said that the engine is there.
    pub(crate) fn named(&self) -> bool {
        !self.from.starts_with("the default")
    }
}

impl Surroundings {
    /// The process's own.
    pub(crate) fn of_process() -> Self {
        let set = |name: &str| {
            std::env::var(name)
                .ok()
                .filter(|value| !value.trim().is_empty())
        };
        let home = set("HOME")
            .or_else(|| set("USERPROFILE"))
            .map(PathBuf::from);
        let config = set("DOCKER_CONFIG")
            .map(PathBuf::from)
            .or_else(|| home.as_ref().map(|home| home.join(".docker")));
        let mut sockets = vec![PathBuf::from("/var/run/docker.sock")];
        sockets.extend(home.iter().flat_map(|home| {
            [
                home.join(".docker/run/docker.sock"),
                home.join(".docker/desktop/docker.sock"),
            ]
        }));
        sockets.extend(set("XDG_RUNTIME_DIR").map(|folder| Path::new(&folder).join("docker.sock")));
        Self {
            docker_host: set("DOCKER_HOST"),
            docker_context: set("DOCKER_CONTEXT"),
            config,
            sockets,
        }
    }

    /// The address, in the order the Docker CLI documents: host, context of the environment, context in use, default.
    ///
    /// # Errors
    /// A sentence when a context is named that does not exist or has no address.
    pub(crate) fn address(&self) -> Result<Address, String> {
        if let Some(url) = &self.docker_host {
            return Ok(Address {
                url: url.trim().into(),
                from: "DOCKER_HOST".into(),
            });
        }
        let named = self
            .docker_context
            .clone()
            .or_else(|| self.current_context());
        match named {
            Some(name) if name != "default" => self.context(&name),
            _ => Ok(self.default_socket()),
        }
    }

    fn current_context(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.config.as_ref()?.join("config.json")).ok()?;
        let config: serde_json::Value = serde_json::from_str(&text).ok()?;
        config
            .get("currentContext")?
            .as_str()
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
    }

    /// A context's address from the CLI's store: `contexts/meta/DIGEST/meta.json`.
    fn context(&self, name: &str) -> Result<Address, String> {
        let shown = text::cut(&text::clean(name), 60);
        let missing =
            || format!("docker context `{shown}` is not there; `docker context ls` lists them");
        let store = self
            .config
            .as_ref()
            .ok_or_else(missing)?
            .join("contexts")
            .join("meta");
        let metas = std::fs::read_dir(store).map_err(|_| missing())?;
        let url = metas
            .flatten()
            .filter_map(|entry| std::fs::read_to_string(entry.path().join("meta.json")).ok())
            .filter_map(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
            .find(|meta| meta.get("Name").and_then(serde_json::Value::as_str) == Some(name))
            .ok_or_else(missing)?
            .pointer("/Endpoints/docker/Host")
            .and_then(serde_json::Value::as_str)
            .map(str::to_owned);
        let url = url.ok_or_else(|| format!("docker context `{shown}` names no engine"))?;
        Ok(Address {
            url,
            from: format!("docker context `{shown}`"),
        })
    }

    fn default_socket(&self) -> Address {
        if cfg!(windows) {
            return Address {
                url: "npipe:////./pipe/docker_engine".into(),
                from: "the default pipe".into(),
            };
        }
        let there = self.sockets.iter().find(|path| path.exists());
        let path = there
            .or(self.sockets.first())
            .map_or("/var/run/docker.sock".into(), |path| {
                path.display().to_string()
            });
        Address {
            url: format!("unix://{path}"),
            from: "the default socket".into(),
        }
    }
}

/// The host on which published ports are reached: this machine, unless the engine is spoken to over the network.
pub(super) fn host_of(url: &str) -> Option<String> {
    let rest = url
        .strip_prefix("tcp://")
        .or_else(|| url.strip_prefix("http://"))
        .or_else(|| url.strip_prefix("https://"))?;
    let authority = rest.split('/').next()?;
    let host = match authority.strip_prefix('[') {
        Some(six) => six.split(']').next()?,
        None => authority
            .rsplit_once(':')
            .map_or(authority, |(host, _)| host),
    };
    let here = matches!(host, "localhost" | "127.0.0.1" | "::1" | "0.0.0.0" | "");
    (!here).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("labcheck-address-{name}-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("contexts/meta/abc")).expect("a folder for the test");
        folder
    }

    #[test]
    fn docker_host_wins_over_everything() {
        let around = Surroundings {
            docker_host: Some("tcp://h:1".into()),
            docker_context: Some("x".into()),
            ..Surroundings::default()
        };
        assert_eq!(
            around.address().map(|address| address.url),
            Ok("tcp://h:1".into())
        );
    }

    #[test]
    fn the_context_in_use_is_followed() {
        let config = folder("current");
        std::fs::write(config.join("config.json"), r#"{"currentContext":"desk"}"#)
            .expect("written");
        let meta = r#"{"Name":"desk","Endpoints":{"docker":{"Host":"unix:///there.sock"}}}"#;
        std::fs::write(config.join("contexts/meta/abc/meta.json"), meta).expect("written");
        let around = Surroundings {
            config: Some(config.clone()),
            ..Surroundings::default()
        };
        let address = around.address().expect("an address");
        assert_eq!(
            (address.url.as_str(), address.from.as_str()),
            ("unix:///there.sock", "docker context `desk`")
        );
        let other = Surroundings {
            docker_context: Some("gone".into()),
            config: Some(config.clone()),
            ..Surroundings::default()
        };
        assert!(
            other
                .address()
                .is_err_and(|why| why.contains("`gone` is not there"))
        );
        std::fs::remove_dir_all(config).expect("cleared");
    }

    #[test]
    fn published_ports_of_a_far_engine_are_far_too() {
        assert_eq!(host_of("tcp://10.0.0.5:2375"), Some("10.0.0.5".into()));
        assert_eq!(host_of("tcp://[fd00::5]:2375"), Some("fd00::5".into()));
        assert_eq!(host_of("tcp://127.0.0.1:2375"), None);
        assert_eq!(host_of("unix:///var/run/docker.sock"), None);
    }
}
