//! Where the engine is: `DOCKER_HOST`, the CLI's context, or the default socket. Opens nothing.

use std::path::PathBuf;

use labcheck_core::redact::known::Secrets;
use labcheck_core::text;

/// Where the engine listens when neither the environment nor a context says otherwise. The same words stand in install.sh.
pub const SOCKET: &str = "/var/run/docker.sock";

/// The variable that names another one, to the set-up script and to this program.
const OWN_SOCKET: &str = "LABCHECK_ENGINE_SOCKET";

fn own_socket() -> Option<String> {
    std::env::var(OWN_SOCKET)
        .ok()
        .filter(|path| !path.trim().is_empty())
}

/// The socket of the engine that the set-up script starts.
pub fn socket_of_set_up() -> String {
    own_socket().unwrap_or_else(|| SOCKET.into())
}

/// An engine's address and where it was taken from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// `unix:///…`, `npipe:////…`, `tcp://host:port`, `ssh://user@host`.
    pub url: String,
    /// "the default socket", "`DOCKER_HOST`", "docker context `desktop-linux`".
    pub from: String,
    /// The folder with `ca.pem`, `cert.pem` and `key.pem`, where TCP is spoken over TLS.
    pub tls: Option<PathBuf>,
}

/// What the address is worked out from; a test gives its own.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// `DOCKER_HOST`.
    pub docker_host: Option<String>,
    /// `DOCKER_CONTEXT`.
    pub docker_context: Option<String>,
    /// `DOCKER_TLS_VERIFY` or `DOCKER_TLS` is set: an engine of `DOCKER_HOST` is spoken to over TLS.
    pub tls: bool,
    /// `DOCKER_CERT_PATH`.
    pub cert_path: Option<PathBuf>,
    /// `DOCKER_CONFIG`, or `.docker` in the home folder.
    pub config: Option<PathBuf>,
    /// Sockets to look for, in order, when nothing else is said.
    pub sockets: Vec<PathBuf>,
}

impl Address {
    /// For a sentence: the address without a password, and where it was taken from.
    pub fn printable(&self) -> String {
        let url = Secrets::default().hide(&text::clean(&self.url));
        format!("{} ({})", text::cut(&url, 120), self.from)
    }

    /// The path of the Unix socket; `None` where the engine is reached in another way.
    pub fn socket(&self) -> Option<PathBuf> {
        self.url.strip_prefix("unix://").map(PathBuf::from)
    }

    /// Whether the environment or a context says that the engine is there.
    pub fn named(&self) -> bool {
        !self.from.starts_with("the default")
    }
}

impl Surroundings {
    /// The process's own.
    pub fn of_process() -> Self {
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
        let mut sockets = vec![PathBuf::from(SOCKET)];
        sockets.extend(home.iter().flat_map(|home| {
            [
                home.join(".docker/run/docker.sock"),
                home.join(".docker/desktop/docker.sock"),
            ]
        }));
        let runtime = set("XDG_RUNTIME_DIR").map(PathBuf::from);
        sockets.extend(runtime.iter().map(|folder| folder.join("docker.sock")));
        // Podman's, which speaks Docker's API too, where there is no Docker.
        sockets.extend(runtime.map(|folder| folder.join("podman/podman.sock")));
        sockets.push("/run/podman/podman.sock".into());
        if let Some(own) = own_socket() {
            sockets = vec![own.into()];
        }
        Self {
            docker_host: set("DOCKER_HOST"),
            docker_context: set("DOCKER_CONTEXT"),
            tls: set("DOCKER_TLS_VERIFY")
                .or_else(|| set("DOCKER_TLS"))
                .is_some(),
            cert_path: set("DOCKER_CERT_PATH").map(PathBuf::from),
            config,
            sockets,
        }
    }

    /// The address, in the order the Docker CLI documents: host, context of the environment, context in use, default.
    ///
    /// # Errors
    /// A sentence when a context is named that does not exist or has no address.
    pub fn address(&self) -> Result<Address, String> {
        if let Some(url) = &self.docker_host {
            let url = url.trim().to_owned();
            let secure = url.starts_with("https://") || self.tls && url.starts_with("tcp://");
            let folder = || self.cert_path.clone().or_else(|| self.config.clone());
            return Ok(Address {
                tls: if secure { folder() } else { None },
                url,
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
        let metas = std::fs::read_dir(&store).map_err(|_| missing())?;
        let mut metas = metas.flatten().filter_map(|entry| {
            let text = std::fs::read_to_string(entry.path().join("meta.json")).ok()?;
            let meta: serde_json::Value = serde_json::from_str(&text).ok()?;
            Some((entry.file_name(), meta))
        });
        let (digest, meta) = metas
            .find(|(_, meta)| meta.get("Name").and_then(serde_json::Value::as_str) == Some(name))
            .ok_or_else(missing)?;
        let url = meta
            .pointer("/Endpoints/docker/Host")
            .and_then(serde_json::Value::as_str)
            .map(str::to_owned);
        let url = url.ok_or_else(|| format!("docker context `{shown}` names no engine"))?;
        // Its certificates lie beside it: `contexts/tls/DIGEST/docker/`.
        let tls = store.with_file_name("tls").join(digest).join("docker");
        Ok(Address {
            tls: tls.join("ca.pem").is_file().then_some(tls),
            url,
            from: format!("docker context `{shown}`"),
        })
    }

    fn default_socket(&self) -> Address {
        if cfg!(windows) {
            return Address {
                url: "npipe:////./pipe/docker_engine".into(),
                from: "the default pipe".into(),
                tls: None,
            };
        }
        let there = self.sockets.iter().find(|path| path.exists());
        let path = there
            .or(self.sockets.first())
            .map_or(SOCKET.into(), |path| path.display().to_string());
        Address {
            url: format!("unix://{path}"),
            from: "the default socket".into(),
            tls: None,
        }
    }
}

/// The host on which published ports are reached: this machine, unless the engine is spoken to over the network.
pub(crate) fn host_of(url: &str) -> Option<String> {
    let rest = url
        .strip_prefix("tcp://")
        .or_else(|| url.strip_prefix("http://"))
        .or_else(|| url.strip_prefix("https://"))
        .or_else(|| url.strip_prefix("ssh://"))?;
    let authority = rest.split('/').next()?;
    let authority = authority.rsplit('@').next()?;
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
            around
                .address()
                .map(|address| (address.socket(), address.url)),
            Ok((None, "tcp://h:1".into()))
        );
    }

    #[test]
    fn tls_is_spoken_where_the_environment_or_the_context_says_so() {
        let config = folder("tls");
        let certificates = config.join("contexts/tls/abc/docker");
        std::fs::create_dir_all(&certificates).expect("made");
        std::fs::write(certificates.join("ca.pem"), "made up").expect("written");
        let meta = r#"{"Name":"far","Endpoints":{"docker":{"Host":"tcp://far:2376"}}}"#;
        std::fs::write(config.join("contexts/meta/abc/meta.json"), meta).expect("written");
        let context = Surroundings {
            docker_context: Some("far".into()),
            config: Some(config.clone()),
            ..Surroundings::default()
        };
        assert_eq!(context.address().map(|far| far.tls), Ok(Some(certificates)));
        let host = |url: &str, tls| Surroundings {
            docker_host: Some(url.into()),
            tls,
            cert_path: Some("/certs".into()),
            ..Surroundings::default()
        };
        let tls = |around: Surroundings| around.address().map(|address| address.tls);
        assert_eq!(tls(host("tcp://h:2376", true)), Ok(Some("/certs".into())));
        assert_eq!(
            tls(host("https://h:2376", false)),
            Ok(Some("/certs".into()))
        );
        assert_eq!(tls(host("tcp://h:2375", false)), Ok(None));
        assert_eq!(tls(host("unix:///d.sock", true)), Ok(None));
        std::fs::remove_dir_all(config).expect("cleared");
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
        assert_eq!(address.socket(), Some("/there.sock".into()));
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
        assert_eq!(host_of("ssh://ada@far:22/x"), Some("far".into()));
        assert_eq!(host_of("ssh://far"), Some("far".into()));
        assert_eq!(host_of("tcp://127.0.0.1:2375"), None);
        assert_eq!(host_of("unix:///var/run/docker.sock"), None);
    }
}
