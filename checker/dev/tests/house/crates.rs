//! What each crate may depend on: arrows only point down, and each library has a home.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{CRATES, root, tracked};

/// Libraries that have a home, with those that begin with their name, and the crates that may name them in their manifest.
const HOMES: [(&str, &[&str]); 7] = [
    ("bollard", &["engine"]),
    ("sqlx", &["probe", "cli"]),
    ("reqwest", &["probe", "cli", "dev"]),
    ("tokio", &["eye", "engine", "probe", "cli", "dev"]),
    ("axum", &["cli"]),
    ("mdbook-driver", &["cli"]),
    ("x509-cert", &["probe"]),
];

/// What tests alone may name besides: those of the eye talk to a database server through it.
const TESTS: [(&str, &str); 1] = [("sqlx", "eye")];

/// What the crate that judges is built on: none of it looks, waits, or tells the time.
const CORE: [&str; 12] = [
    "aho-corasick",
    "askama",
    "owo-colors",
    "rust-embed",
    "schemars",
    "serde",
    "serde_json",
    "sha1",
    "shell-words",
    "strsim",
    "thiserror",
    "yaml_serde",
];

/// What a manifest's table of libraries is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum For {
    /// `[dependencies]`.
    Program,
    /// `[build-dependencies]`.
    Build,
    /// `[dev-dependencies]`.
    Tests,
}

/// The libraries of the packages of a workspace as Cargo reads them, by the manifest's path: by their own names, whatever the
/// manifest calls them, in whichever table they stand.
fn libraries(workspace: &Path) -> Vec<(String, BTreeSet<(For, String)>)> {
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .arg("--manifest-path")
        .arg(workspace)
        .output()
        .expect("cargo is here");
    let said: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|err| {
        panic!("{err}: {}", String::from_utf8_lossy(&out.stderr));
    });
    let packages = said["packages"].as_array().expect("packages");
    let of = |package: &Value| {
        let all = package["dependencies"].as_array().expect("a list");
        let each = all.iter().map(|library| {
            let what = match library["kind"].as_str() {
                Some("dev") => For::Tests,
                Some("build") => For::Build,
                _ => For::Program,
            };
            (what, library["name"].as_str().expect("a name").to_owned())
        });
        let path = package["manifest_path"].as_str().expect("a path");
        (path.replace('\\', "/"), each.collect())
    };
    packages.iter().map(of).collect()
}

/// The libraries of each of our crates, lowest first.
fn dependencies() -> Vec<(&'static str, BTreeSet<(For, String)>)> {
    let all = libraries(&root().join("Cargo.toml"));
    let of = |(name, _): (&'static str, &str)| {
        let end = format!("/checker/{name}/Cargo.toml");
        let own = all.iter().find(|(path, _)| path.ends_with(&end));
        (name, own.expect("the crate is of the workspace").1.clone())
    };
    CRATES.into_iter().map(of).collect()
}

#[test]
fn crates_depend_on_lower_ones_only() {
    for (at, (name, own)) in dependencies().into_iter().enumerate() {
        let mut higher = CRATES[at..].iter().map(|(_, package)| *package);
        assert!(
            !higher.any(|package| own.iter().any(|(_, library)| library == package)),
            "{name}: {own:?}"
        );
    }
}

#[test]
fn every_crate_is_in_the_list() {
    let manifests = tracked("checker/*Cargo.toml");
    let mut there: Vec<&str> = manifests
        .iter()
        .filter_map(|(path, _)| path.strip_prefix("checker/")?.strip_suffix("/Cargo.toml"))
        .collect();
    let mut listed = CRATES.map(|(name, _)| name);
    there.sort_unstable();
    listed.sort_unstable();
    assert_eq!(there, listed);
}

#[test]
fn each_library_with_a_home_is_named_there_alone() {
    let mut wrong = Vec::new();
    for (name, own) in dependencies() {
        for (what, library) in own {
            let is = |homed: &str| {
                let rest = library.strip_prefix(homed);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            };
            let home = HOMES.iter().find(|(homed, _)| is(homed));
            let tests = what == For::Tests && TESTS.contains(&(library.as_str(), name));
            if home.is_some_and(|(_, homes)| !homes.contains(&name)) && !tests {
                wrong.push(format!("{name}: {library} ({what:?})"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn what_judges_is_built_on_what_is_pure() {
    let all = dependencies();
    let (_, own) = all.iter().find(|(name, _)| *name == "core").expect("core");
    let own = own.iter().filter(|(what, _)| *what != For::Tests);
    let own: Vec<&str> = own.map(|(_, library)| library.as_str()).collect();
    assert_eq!(own, CORE);
}

#[test]
fn every_table_of_a_manifest_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = "[package]\nname = \"x\"\nversion = \"1.0.0\"\n[dependencies]\na.workspace = true\n# b = 1\n\
        \"q\" = \"1\"\n[dev-dependencies]\nc = { version = \"1\" }\n[build-dependencies]\nd = { package=\"e\", version = \"1\" }\n\
        [target.'cfg(unix)'.dependencies]\n  f = \"1\"\n[dev-dependencies.g]\npackage = \"h\"\nversion = \"1\"\n[workspace]\n\
        [workspace.dependencies]\na = { package = \"z\", version = \"1\" }\n";
    let file = folder.path().join("Cargo.toml");
    std::fs::write(&file, manifest).expect("written");
    std::fs::create_dir(folder.path().join("src")).expect("a folder");
    std::fs::write(folder.path().join("src/lib.rs"), "").expect("written");
    let all = libraries(&file);
    let of = |wanted| {
        let found = all[0].1.iter().filter(|(what, _)| *what == wanted);
        found
            .map(|(_, library)| library.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(of(For::Program), ["f", "q", "z"]);
    assert_eq!(of(For::Tests), ["c", "h"]);
    assert_eq!(of(For::Build), ["e"]);
}
