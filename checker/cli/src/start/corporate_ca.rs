//! What a site that re-signs TLS needs beside a compose file: its certificates, for the cargo that runs in a container.
//! Never in a student's file.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

/// The bundle that Debian and its children keep; a site's own certificates are in it.
pub const CA_BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";
/// Where `update-ca-certificates` (8) takes a site's own certificates from.
const OWN: &str = "/usr/local/share/ca-certificates";

/// The bundle of a site that has certificates of its own; `None` elsewhere.
pub(crate) fn bundle() -> Option<PathBuf> {
    let own = std::fs::read_dir(OWN).ok()?.flatten().next().is_some();
    let bundle = Path::new(CA_BUNDLE);
    (own && bundle.is_file()).then(|| bundle.to_path_buf())
}

/// The part of an override for every service that runs cargo.
pub fn overrides(config: &Value) -> Map<String, Value> {
    let mut over = Map::new();
    let services = config.get("services").and_then(Value::as_object);
    for (name, service) in services.into_iter().flatten() {
        if runs_cargo(service) {
            let part = json!({
                "environment": { "CARGO_HTTP_CAINFO": CA_BUNDLE },
                "volumes": [format!("{CA_BUNDLE}:{CA_BUNDLE}:ro")],
            });
            over.insert(name.clone(), part);
        }
    }
    over
}

/// Whether a service runs from source in an image with the toolchain.
pub fn runs_cargo(service: &Value) -> bool {
    let image = service.get("image").and_then(Value::as_str);
    let last = image.unwrap_or_default().rsplit('/').next();
    last.and_then(|last| last.split(':').next()) == Some("rust")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_runs_cargo_gets_the_certificates() {
        let config = json!({ "services": {
            "app": { "image": "rust:1.95-slim" }, "db": { "image": "mariadb:11.8" },
        } });
        let over = overrides(&config);
        assert_eq!(over["app"]["environment"]["CARGO_HTTP_CAINFO"], CA_BUNDLE);
        assert!(over.get("db").is_none());
    }
}
