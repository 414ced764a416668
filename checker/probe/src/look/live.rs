//! A live engine: connecting to it.

use crate::ProbeError;
use crate::stack::asking_checks::AskingChecks;
use labcheck_engine::address::Address;
use labcheck_engine::client::Engine;

/// A live engine.
#[derive(Debug)]
pub struct Live {
    pub(crate) engine: Engine,
    /// Health checks that were tried, by this look or an earlier one, and need not be tried again. Empty at first.
    pub asking_checks: AskingChecks,
}

impl Live {
    /// Connects to the engine that the Docker CLI would use.
    ///
    /// # Errors
    /// [`EngineError::NoEngine`] with what to do about it, [`EngineError::TooOld`].
    pub async fn connect() -> Result<Self, ProbeError> {
        let address = Engine::address()?;
        let engine = Engine::connect(&address).await?;
        Ok(Self {
            engine,
            asking_checks: AskingChecks::default(),
        })
    }

    /// Connects to the engine at an address such as `unix:///var/run/docker.sock`.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub async fn at(url: &str) -> Result<Self, ProbeError> {
        let address = Address {
            url: url.to_owned(),
            from: "given".into(),
            tls: None,
        };
        let engine = Engine::connect(&address).await?;
        Ok(Self {
            engine,
            asking_checks: AskingChecks::default(),
        })
    }
}
