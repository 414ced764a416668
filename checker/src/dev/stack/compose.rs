//! The override file beside a stack's compose file: labels to clear away by, and shared caches. Never the student's.

use serde_json::{Map, Value, json};

use super::{LABEL, keep};
use crate::dev::DevError;

/// The override for a stack whose merged configuration is `config` (`docker compose config --format json`).
///
/// # Errors
/// When the configuration is not of the form Compose prints.
pub(super) fn beside(config: &str, run: &str, built: &str) -> Result<String, DevError> {
    let config: Value = serde_json::from_str(config)
        .map_err(|err| DevError::wrong(format!("what `docker compose config` printed: {err}")))?;
    let part = |name: &str| {
        config
            .get(name)
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default()
    };
    let labels = json!({ "labels": { LABEL: run } });
    let mut services = Map::new();
    let mut volumes = labelled(&part("volumes"), &labels);
    for (name, service) in part("services") {
        let mut over = labels.clone();
        if keep::is_from_source(&service) {
            let (shared, declared) = keep::share(built, &service);
            merge(&mut over, shared);
            merge(&mut volumes, declared);
        }
        services.insert(name, over);
    }
    let over = json!({ "services": services, "networks": labelled(&part("networks"), &labels), "volumes": volumes });
    Ok(over.to_string())
}

/// A label for everything that the stack makes itself.
fn labelled(parts: &Map<String, Value>, labels: &Value) -> Value {
    let own = parts
        .iter()
        .filter(|(_, part)| part.get("external").and_then(Value::as_bool) != Some(true));
    Value::Object(
        own.map(|(name, _)| (name.clone(), labels.clone()))
            .collect(),
    )
}

fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_stack_makes_is_labelled_and_only_sources_share_caches() {
        let config = json!({
            "services": {
                "app": { "image": "rust:1.95-slim", "environment": { "CARGO_TARGET_DIR": "/built" } },
                "db": { "image": "mariadb:11.8" },
            },
            "networks": { "default": { "name": "x_default" }, "outside": { "external": true } },
            "volumes": { "data": { "name": "x_data" } },
        });
        let over = beside(&config.to_string(), "labtest-v4-x", "built").expect("made to be right");
        let over: Value = serde_json::from_str(&over).expect("JSON was written");
        let labels = json!({ "labels": { "labcheck.test": "labtest-v4-x" } });
        assert_eq!(over["services"]["db"], labels);
        assert_eq!(over["services"]["app"]["volumes"][1], "built:/built");
        assert_eq!(over["networks"], json!({ "default": labels }));
        assert_eq!(over["volumes"]["data"], labels);
        assert_eq!(
            over["volumes"]["labcheck-test-cargo"],
            json!({ "external": true })
        );
    }
}
