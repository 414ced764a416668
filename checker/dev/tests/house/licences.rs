//! Licences of everything that the project is built from, as their manifests state them, against the list in `deny.toml`.

use std::process::Command;

use serde_json::Value;
use spdx::{Expression, LicenseReq, ParseMode};

use super::root;

/// The list in `deny.toml`.
fn allowed() -> Vec<LicenseReq> {
    let text = std::fs::read_to_string(root().join("deny.toml")).expect("deny.toml is there");
    let list = text.split_once("allow = [").expect("a list").1;
    let list = list.split_once(']').expect("its end").0;
    let words = list.split('"').skip(1).step_by(2);
    let found: Vec<LicenseReq> = words
        .flat_map(|word| {
            let one = Expression::parse(word).expect("a licence");
            one.requirements()
                .map(|row| row.req.clone())
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(found.len() > 5, "the list is read");
    found
}

/// Whether a manifest's `license` can be met by licences of the list.
fn may_be_used(stated: &str, allowed: &[LicenseReq]) -> bool {
    // Older manifests write `MIT/Apache-2.0`.
    let Ok(stated) = Expression::parse_mode(stated, ParseMode::LAX) else {
        return false;
    };
    stated.evaluate(|wanted| allowed.contains(wanted))
}

#[test]
fn everything_that_is_built_in_has_a_licence_of_the_list() {
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .expect("cargo is here");
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    let all: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    let packages = all["packages"].as_array().expect("packages");
    assert!(packages.len() > 100, "all of them are listed");
    let allowed = allowed();
    let wrong: Vec<String> = packages
        .iter()
        .filter(|package| !may_be_used(package["license"].as_str().unwrap_or_default(), &allowed))
        .map(|package| format!("{}: {}", package["name"], package["license"]))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_licence_that_asks_for_more_is_refused() {
    let allowed = allowed();
    for stated in ["GPL-3.0-only", "MIT AND AGPL-3.0-only", "", "nonsense"] {
        assert!(!may_be_used(stated, &allowed), "{stated}");
    }
    for stated in ["MIT/Apache-2.0", "MIT OR GPL-2.0-only", "Apache-2.0 / MIT"] {
        assert!(may_be_used(stated, &allowed), "{stated}");
    }
}
