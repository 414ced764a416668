//! The settings, read from the environment.
//!
//! Nothing is guessed: a setting that is missing or makes no sense is an error that names it.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What the application needs to know before it can start.
#[derive(Debug)]
pub struct Config {
    /// Address and port to listen on: `LISTEN`, by default `0.0.0.0:5000`.
    pub listen: SocketAddr,
    /// The folder behind `/static`: `STATIC_DIR`, by default `static`.
    pub assets: PathBuf,
}

/// A setting that keeps the application from starting.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Set, but not usable.
    #[error("{name} is \"{value}\", but must be {wanted}")]
    Unusable {
        /// The setting.
        name: &'static str,
        /// What it holds now.
        value: String,
        /// What it may hold.
        wanted: &'static str,
    },
    /// Not UTF-8; the value is left out, as it may be a secret.
    #[error("{name} is not valid UTF-8 text")]
    NotText {
        /// The setting.
        name: String,
    },
}

impl Config {
    /// Reads every setting through `lookup`, which is the process's environment outside of tests.
    pub fn read(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let env = Env(&lookup);
        Ok(Self {
            listen: listen(&lookup)?,
            assets: env.or("STATIC_DIR", "static")?.into(),
        })
    }
}

/// The address and port to listen on, without the other settings.
pub fn listen(lookup: impl Fn(&str) -> Option<OsString>) -> Result<SocketAddr, ConfigError> {
    let wanted = "an address and a port such as 0.0.0.0:5000";
    Env(&lookup).parsed("LISTEN", "0.0.0.0:5000", wanted)
}

struct Env<'a>(&'a dyn Fn(&str) -> Option<OsString>);

impl Env<'_> {
    fn get(&self, name: &str) -> Result<Option<String>, ConfigError> {
        let Some(value) = (self.0)(name) else {
            return Ok(None);
        };
        value
            .into_string()
            .map(Some)
            .map_err(|_| ConfigError::NotText { name: name.into() })
    }

    /// Compose hands on `NAME: ${NAME}` as an empty text when `NAME` is not set, so empty counts as not set.
    fn filled(&self, name: &str) -> Result<Option<String>, ConfigError> {
        Ok(self.get(name)?.filter(|value| !value.is_empty()))
    }

    fn or(&self, name: &str, default: &str) -> Result<String, ConfigError> {
        Ok(self.filled(name)?.unwrap_or_else(|| default.into()))
    }

    fn parsed<T: std::str::FromStr>(
        &self,
        name: &'static str,
        default: &str,
        wanted: &'static str,
    ) -> Result<T, ConfigError> {
        let value = self.or(name, default)?;
        value.parse().map_err(|_| ConfigError::Unusable {
            name,
            value,
            wanted,
        })
    }
}
