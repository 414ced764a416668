//! The settings, read from the environment.
//! A secret can also come from a file that `<NAME>_FILE` names.
//!
//! Nothing is guessed: a setting that is missing or makes no sense is an error that names it.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use std::fmt;
use std::time::Duration;

/// What the application needs to know before it can start.
#[derive(Debug)]
pub struct Config {
    /// Address and port to listen on: `LISTEN`, by default `0.0.0.0:5000`.
    pub listen: SocketAddr,
    /// The folder behind `/static`: `STATIC_DIR`, by default `static`.
    pub assets: PathBuf,
    /// Where the data is kept.
    pub database: Database,
    /// How long the database may take to answer for the first time: `DB_WAIT_SECONDS`, by default 60.
    pub wait: Duration,
}

/// How to reach the database.
#[derive(Debug)]
pub struct Database {
    /// `DB_HOST`.
    pub host: String,
    /// `DB_PORT`, by default 3306.
    pub port: u16,
    /// `DB_NAME`.
    pub name: String,
    /// `DB_USER`, or the content of the file that `DB_USER_FILE` names.
    pub user: String,
    /// `DB_PASSWORD`, or the content of the file that `DB_PASSWORD_FILE` names; may be empty.
    pub password: Secret,
}

/// A text that never shows up in logs or error messages.
pub struct Secret(String);

impl Secret {
    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// A setting that keeps the application from starting.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Neither set nor given a default.
    #[error("{name} is not set: it holds {meaning}")]
    Missing {
        /// The setting.
        name: String,
        /// What it is for.
        meaning: &'static str,
    },
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
    /// The value and the file are both given, so it is open which one counts.
    #[error("{name} and {name}_FILE are both set: keep one of them")]
    Both {
        /// The setting without `_FILE`.
        name: String,
    },
    /// The file of a secret cannot be read.
    #[error("{name}_FILE names {path}, which cannot be read")]
    File {
        /// The setting without `_FILE`.
        name: String,
        /// The file it names.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Config {
    /// Reads every setting through `lookup`, which is the process's environment outside of tests.
    pub fn read(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let env = Env(&lookup);
        let seconds = env.parsed("DB_WAIT_SECONDS", "60", "a whole number of seconds")?;
        Ok(Self {
            listen: listen(&lookup)?,
            assets: env.or("STATIC_DIR", "static")?.into(),
            database: Database {
                host: env.required("DB_HOST", "the name of the database's host")?,
                port: env.parsed("DB_PORT", "3306", "a port from 0 to 65535")?,
                name: env.required("DB_NAME", "the name of the database")?,
                user: env.secret("DB_USER", "the user who signs in to the database")?,
                password: Secret(env.password()?),
            },
            wait: Duration::from_secs(seconds),
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

    fn required(&self, name: &str, meaning: &'static str) -> Result<String, ConfigError> {
        self.filled(name)?.ok_or_else(|| ConfigError::Missing {
            name: name.into(),
            meaning,
        })
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

    fn file_of(&self, name: &str) -> Result<Option<String>, ConfigError> {
        let Some(path) = self.filled(&format!("{name}_FILE"))? else {
            return Ok(None);
        };
        let text = std::fs::read_to_string(&path).map_err(|source| ConfigError::File {
            name: name.into(),
            path,
            source,
        })?;
        // Editors end a file with a newline that is no part of the secret.
        Ok(Some(text.trim_end_matches(['\r', '\n']).into()))
    }

    fn secret(&self, name: &str, meaning: &'static str) -> Result<String, ConfigError> {
        match (self.filled(name)?, self.file_of(name)?) {
            (Some(_), Some(_)) => Err(ConfigError::Both { name: name.into() }),
            (Some(value), None) => Ok(value),
            (None, Some(value)) if !value.is_empty() => Ok(value),
            (None, _) => Err(ConfigError::Missing {
                name: format!("{name} (or {name}_FILE)"),
                meaning,
            }),
        }
    }

    /// An empty password is one, if a bad one: unlike the other settings it only has to be set.
    fn password(&self) -> Result<String, ConfigError> {
        let empty = self
            .get("DB_PASSWORD")?
            .is_some_and(|value| value.is_empty());
        match self.secret("DB_PASSWORD", "the password of DB_USER") {
            Err(ConfigError::Missing { .. }) if empty => Ok(String::new()),
            other => other,
        }
    }
}
