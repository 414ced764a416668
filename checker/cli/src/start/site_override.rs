//! The override that a site needs: its certificates, and what builds without reaching out; in the cache, as no student's
//! file is changed.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::builds::Contexts;
use super::corporate_ca;
use super::failed::trouble;
use labcheck_core::error::Error;
use labcheck_engine::client::Engine;
use labcheck_engine::compose::files::site_overrides;

/// Writes what this site needs to the cache, under the project's name, which was `given` or is the file's own.
///
/// # Errors
/// A build context that cannot be made, or a file that cannot be written.
pub(super) fn write(
    engine: &Engine,
    config: &Value,
    name: &str,
    given: bool,
) -> Result<Option<PathBuf>, Error> {
    let folder = site_overrides();
    let mut over = Map::new();
    if corporate_ca::bundle().is_some() {
        over.extend(corporate_ca::overrides(config));
    }
    let services = config.get("services").and_then(Value::as_object);
    let builds = |services: &&Map<String, Value>| {
        let mut all = services.values();
        all.any(|service| service.get("build").is_some())
    };
    if let Some(services) = services.filter(builds) {
        let docker = || engine.command().into_std();
        let contexts = Contexts::make(&folder, docker).map_err(|err| {
            let help = "`docker build` by itself may say more".into();
            trouble("making ready to build images", err.to_string(), help)
        })?;
        let own = given.then_some(name);
        over.extend(contexts.overrides(services, own));
    }
    if over.is_empty() {
        return Ok(None);
    }
    let over = json!({ "services": over });
    let path = folder.join(format!("{name}.json"));
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&path, over.to_string()))
        .map_err(|err| Error::write(path.display().to_string(), &err))?;
    Ok(Some(path))
}
