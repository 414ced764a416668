//! The override file beside a stack's compose file: labels to clear away by, shared caches, and ports that are free.
//! Never the student's file.

use serde_json::{Map, Value, json};

use super::{LABEL, keep};
use crate::DevError;
use labcheck::start::{Contexts, built_images};

/// How an override is written.
pub(super) struct OverrideFor<'a> {
    /// The run's name.
    pub(super) run: &'a str,
    /// The volume that keeps what the application was built to.
    pub(super) built: &'a str,
    /// Whether the engine chooses the ports of this machine.
    pub(super) free_ports: bool,
    /// The one port that the file was told, as a page's redirect names it; the engine does not choose that one.
    pub(super) told: Option<u16>,
    /// What builds on this machine need.
    pub(super) site: &'a Contexts,
}

/// A port that a compose file publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The service.
    pub service: String,
    /// The port inside the container.
    pub container: u16,
    /// The port of this machine that the file names; `None` where it leaves that to the engine.
    pub host: Option<u16>,
}

/// A merged configuration (`docker compose config --format json`).
pub(super) struct Config(Value);

impl Config {
    /// Reads what Compose printed.
    ///
    /// # Errors
    /// When it is not of that form.
    pub(super) fn parse(text: &str) -> Result<Self, DevError> {
        let value = serde_json::from_str(text).map_err(|err| {
            DevError::wrong(format!("what `docker compose config` printed: {err}"))
        })?;
        Ok(Self(value))
    }

    /// Whether an image is built for it.
    pub(super) fn builds(&self) -> bool {
        self.part("services")
            .values()
            .any(|service| service.get("build").is_some())
    }

    /// Images that it builds and gives a name to, and the name that each has in a run.
    pub(super) fn built_images(&self, run: &str) -> Vec<(String, String)> {
        built_images(&self.part("services"), run)
    }

    /// The ports it publishes.
    pub(super) fn written(&self) -> Vec<Written> {
        let services = self.part("services");
        let all = services
            .iter()
            .flat_map(|(name, service)| ports(service).iter().map(move |port| (name, port)));
        let read = all.filter_map(|(name, port)| {
            Some(Written {
                service: name.clone(),
                container: number(port, "target")?,
                host: number(port, "published"),
            })
        });
        read.collect()
    }

    /// The override.
    pub(super) fn override_text(&self, how: &OverrideFor<'_>) -> String {
        let labels = json!({ "labels": { LABEL: how.run } });
        let builds = how.site.overrides(&self.part("services"), Some(how.run));
        let mut services = Map::new();
        let mut volumes = labelled(&self.part("volumes"), &labels);
        for (name, service) in self.part("services") {
            let mut over = labels.clone();
            if labcheck::start::corporate_ca::runs_cargo(&service) {
                let (shared, declared) = keep::share(how.built, &service);
                merge(&mut over, shared);
                merge(&mut volumes, declared);
            }
            if how.free_ports && !ports(&service).is_empty() {
                let mut free = ports(&service).to_vec();
                let chosen =
                    |port: &&mut Value| how.told.is_none() || number(port, "published") != how.told;
                for port in free
                    .iter_mut()
                    .filter(chosen)
                    .filter_map(Value::as_object_mut)
                {
                    port.remove("published");
                }
                merge(&mut over, json!({ OVERRIDE_PORTS: free }));
            }
            if let Some(built) = builds.get(&name) {
                merge(&mut over, built.clone());
            }
            services.insert(name, over);
        }
        let networks = labelled(&self.part("networks"), &labels);
        let over = json!({ "services": services, "networks": networks, "volumes": volumes });
        // JSON has no tags, but YAML, which Compose reads, does; lists are added to each other without this one.
        over.to_string()
            .replace(&format!("\"{OVERRIDE_PORTS}\":"), "\"ports\": !override ")
    }

    fn part(&self, name: &str) -> Map<String, Value> {
        self.0
            .get(name)
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default()
    }
}

const OVERRIDE_PORTS: &str = "ports, instead of those written";

fn number(port: &Value, key: &str) -> Option<u16> {
    let value = port.get(key)?;
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
    u16::try_from(number).ok().filter(|number| *number > 0)
}

fn ports(service: &Value) -> &[Value] {
    service
        .get("ports")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
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
        let how = OverrideFor {
            run: "labtest-v4-x",
            built: "built",
            free_ports: false,
            told: None,
            site: &Contexts::default(),
        };
        let over = Config::parse(&config.to_string())
            .expect("made to be right")
            .override_text(&how);
        let over: Value = serde_json::from_str(&over).expect("JSON was written");
        let labels = json!({ "labels": { LABEL: "labtest-v4-x" } });
        assert_eq!(over["services"]["db"], labels);
        assert_eq!(over["services"]["app"]["volumes"][1], "built:/built");
        assert_eq!(over["networks"], json!({ "default": labels }));
        assert_eq!(over["volumes"]["data"], labels);
        assert_eq!(
            over["volumes"]["labcheck-test-cargo"],
            json!({ "external": true })
        );
    }

    #[test]
    fn ports_are_left_to_the_engine_and_remembered() {
        let config = json!({ "services": { "app": { "ports": [
            { "mode": "ingress", "host_ip": "127.0.0.1", "target": 5000, "published": "5000", "protocol": "tcp" },
            { "mode": "ingress", "target": 3306, "protocol": "tcp" },
        ] } } });
        let config = Config::parse(&config.to_string()).expect("made to be right");
        let app = |container, host| Written {
            service: "app".into(),
            container,
            host,
        };
        assert_eq!(config.written(), [app(5000, Some(5000)), app(3306, None)]);
        let how = OverrideFor {
            run: "labtest-v1-x",
            built: "built",
            free_ports: true,
            told: None,
            site: &Contexts::default(),
        };
        let over = config.override_text(&how);
        assert!(over.contains(r#""ports": !override [{"#), "{over}");
        assert!(!over.contains("published"), "{over}");
        assert!(over.contains("127.0.0.1"), "{over}");
    }

    #[test]
    fn the_port_that_the_file_was_told_stays() {
        let config = json!({ "services": { "proxy": { "ports": [
            { "target": 80, "published": "8080" }, { "target": 443, "published": "40123" },
        ] } } });
        let config = Config::parse(&config.to_string()).expect("made to be right");
        let how = OverrideFor {
            run: "labtest-v6-x",
            built: "built",
            free_ports: true,
            told: Some(40123),
            site: &Contexts::default(),
        };
        let over = config.override_text(&how);
        assert!(over.contains("40123") && !over.contains("8080"), "{over}");
    }
}
