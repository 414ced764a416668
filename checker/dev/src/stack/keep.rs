//! What keeps the second stack fast: one cargo registry, one build folder for applications that ask for the same crates,
//! and file times that let cargo see what really changed.
//!
//! Cargo rebuilds what is newer than its last build, whatever it holds. Every stack is written afresh, so its
//! application would always look new. Its files therefore get the time at which their content was first seen in a row.
//! An application that no cargo of the stack reads, because its image is built, gets an old time: a build that finds
//! everything done before makes no other image, and its files are no newer than that image.

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::Docker;
use crate::{DevError, Root};
use labcheck::course::tree::Tree;
use labcheck::start::corporate_ca::CA_BUNDLE;
use labcheck_core::facts::labels;

const REGISTRY: &str = "labcheck-test-cargo";
const REGISTRY_AT: &str = "/usr/local/cargo/registry";
const BUILT_AT: &str = "/target";

/// The volume that keeps what an application was built to: labs whose applications ask for the same crates share one,
/// and every clone has its own, because what it knows of the last build lies in its `target/`. Stacks that are up at the
/// same time are in different lanes: each would run what the other has just built.
pub(super) fn built(root: &Root, folder: &Path, lane: usize) -> String {
    let manifests = ["app/Cargo.toml", "app/Cargo.lock"]
        .map(|path| std::fs::read(folder.join(path)).unwrap_or_default());
    let crates = hash(&(root.path(), manifests));
    match lane {
        0 => format!("labcheck-test-target-{crates:016x}"),
        _ => format!("labcheck-test-target-{crates:016x}-{lane}"),
    }
}

fn hash(what: &impl Hash) -> u64 {
    // Without a random key, so that the next run finds the same volume.
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// What the names of shared volumes are replaced by in recordings: those a student's own stack has.
pub(super) fn names(lab: u32, built: &str) -> [(String, String); 2] {
    [
        (built.into(), format!("v{lab}_target")),
        (REGISTRY.into(), format!("v{lab}_registry")),
    ]
}

/// The part of a service's override that shares the volumes, and the volumes' declarations.
pub(super) fn share(built: &str, service: &Value) -> (Value, Value) {
    let given = service
        .pointer("/environment/CARGO_TARGET_DIR")
        .and_then(Value::as_str);
    let at = given.unwrap_or(BUILT_AT);
    let part = json!({
        "environment": { "CARGO_TARGET_DIR": at },
        "volumes": [format!("{REGISTRY}:{REGISTRY_AT}"), format!("{built}:{at}")],
    });
    (
        part,
        json!({ REGISTRY: { "external": true }, built: { "external": true } }),
    )
}

/// Makes the shared volumes of a stack with an application, where they are not there yet.
pub(super) fn make_volumes(folder: &Path, built: &str) -> Result<(), DevError> {
    if folder.join("app/Cargo.toml").is_file() {
        let label = format!("{}=test", labels::CACHE);
        for volume in [REGISTRY, built] {
            Docker::ask(&["volume", "create", "--label", &label, volume])?;
        }
    }
    Ok(())
}

/// Fetches and builds a lab's application once, so that no stack needs the network or a cold build. The site's CA is
/// needed here only, never in a stack. Every further lane gets a copy.
///
/// # Errors
/// When the volumes cannot be made or the application does not build.
pub(super) fn warm(root: &Root, folder: &Path, lanes: usize) -> Result<(), DevError> {
    let app = folder.join("app");
    if !app.join("Cargo.toml").is_file() {
        return Ok(());
    }
    let first = built(root, folder, 0);
    settle(root, folder, &first)?;
    make_volumes(folder, &first)?;
    build(&app, &first)?;
    for lane in 1..lanes {
        let built = built(root, folder, lane);
        make_volumes(folder, &built)?;
        copy(&first, &built)?;
        carry(root, &first, &built)?;
    }
    Ok(())
}

/// Notes for a copy of a volume what is noted for the original; of an application whose image is built nothing is.
fn carry(root: &Root, from: &str, to: &str) -> Result<(), DevError> {
    let (from, to) = (note(root, from), note(root, to));
    match std::fs::copy(&from, &to) {
        Err(err) if err.kind() != ErrorKind::NotFound => Err(DevError::file(&from, &err)),
        _ => Ok(()),
    }
}

/// `docker run` with the label of a test run, so that what an interrupted run leaves is found and removed.
fn run_words() -> Vec<String> {
    let label = format!("{}={}warm", super::LABEL, super::RUN_PREFIX);
    ["run", "--rm", "--label", &label].map(str::to_owned).into()
}

const IMAGE: &str = "rust:1.95-slim";

/// Makes one volume hold what another does, file times included.
fn copy(from: &str, to: &str) -> Result<(), DevError> {
    let mounts = [format!("{from}:/from:ro"), format!("{to}:/to")];
    let script = "find /to -mindepth 1 -delete && cp -a /from/. /to/";
    let run = run_words();
    let mut args: Vec<&str> = run.iter().map(String::as_str).collect();
    args.extend(["--volume", &mounts[0], "--volume", &mounts[1], IMAGE]);
    args.extend(["sh", "-c", script]);
    Docker::ask(&args).map(|_| ())
}

fn build(app: &Path, built: &str) -> Result<(), DevError> {
    let mount = |from: &str, to: &str| format!("{from}:{to}");
    let mut args = run_words();
    args.extend(["--workdir", "/app"].map(str::to_owned));
    for pair in [
        mount(REGISTRY, REGISTRY_AT),
        mount(built, BUILT_AT),
        mount(&app.display().to_string(), "/app"),
    ] {
        args.extend(["--volume".into(), pair]);
    }
    if Path::new(CA_BUNDLE).is_file() {
        args.extend(["--volume".into(), format!("{CA_BUNDLE}:{CA_BUNDLE}:ro")]);
        args.extend([
            "--env".into(),
            format!("CARGO_HTTP_CAINFO={CA_BUNDLE}"),
            "--env".into(),
            format!("SSL_CERT_FILE={CA_BUNDLE}"),
        ]);
    }
    args.extend([
        "--env".into(),
        format!("CARGO_TARGET_DIR={BUILT_AT}"),
        IMAGE.into(),
    ]);
    args.extend(["cargo", "build", "--quiet", "--locked"].map(Into::into));
    Docker::ask(&args.iter().map(String::as_str).collect::<Vec<_>>()).map(|_| ())
}

/// Gives the files of a stack's application their time: a year ago where only its image is built from them, else that of
/// the last stack with the same content, or now.
pub(super) fn settle(root: &Root, folder: &Path, built: &str) -> Result<(), DevError> {
    let app = Tree::folder(&folder.join("app"))?;
    if app.files.contains_key("Dockerfile") && !mounted(folder)? {
        let year = Duration::from_hours(365 * 24);
        return timed(folder, &app, SystemTime::now() - year);
    }
    let files: Vec<_> = app
        .files
        .iter()
        .map(|(path, file)| (path, &file.bytes))
        .collect();
    let content = hash(&files);
    let note = note(root, built);
    let last = std::fs::read_to_string(&note).unwrap_or_default();
    let time = same(&last, content).unwrap_or_else(SystemTime::now);
    timed(folder, &app, time)?;
    let since = time
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_nanos();
    std::fs::write(&note, format!("{content} {since}\n")).map_err(|err| DevError::file(&note, &err))
}

/// Whether one of a stack's own files, those of its application aside, names the image that holds cargo.
fn mounted(folder: &Path) -> Result<bool, DevError> {
    let all = Tree::folder(folder)?;
    let mut own = all
        .files
        .iter()
        .filter(|(path, _)| !path.starts_with("app/"));
    Ok(own.any(|(_, file)| {
        let text = String::from_utf8_lossy(&file.bytes);
        let mut said = text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'));
        said.any(|line| line.contains("rust:"))
    }))
}

fn timed(folder: &Path, app: &Tree, time: SystemTime) -> Result<(), DevError> {
    for path in app.files.keys() {
        let path = folder.join("app").join(path);
        let open = File::options().write(true).open(&path);
        open.and_then(|file| file.set_modified(time))
            .map_err(|err| DevError::file(&path, &err))?;
    }
    Ok(())
}

/// Where the time is noted that the files of the last stack got.
fn note(root: &Root, built: &str) -> PathBuf {
    root.join(format!("target/stacks/{built}"))
}

/// The time noted for a content, if it is the one noted last.
fn same(note: &str, content: u64) -> Option<SystemTime> {
    let (noted, since) = note.trim().split_once(' ')?;
    let since = Duration::from_nanos(since.parse().ok()?);
    (noted == content.to_string()).then_some(UNIX_EPOCH + since)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(root: &Root, text: &str) -> SystemTime {
        written(root, text, "image: rust:1.95-slim")
    }

    fn written(root: &Root, text: &str, compose: &str) -> SystemTime {
        let folder = root.join("target/stacks/one");
        let mut tree = Tree::default();
        tree.insert("compose.yaml", compose);
        tree.insert("app/src/main.rs", text);
        if compose.contains("build:") {
            tree.insert("app/Dockerfile", "FROM debian:12-slim");
        }
        tree.write(&folder).expect("a folder of our own");
        settle(root, &folder, "built").expect("a folder of our own");
        let file = folder
            .join("app/src/main.rs")
            .metadata()
            .expect("just written");
        file.modified().expect("this system keeps times")
    }

    #[test]
    fn what_an_image_is_built_from_is_older_than_any_image() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = Root::at(folder.path());
        let week = Duration::from_hours(7 * 24);
        assert!(written(&root, "a", "build: ./app") < SystemTime::now() - week);
        carry(&root, "built", "built-1").expect("nothing is noted, so nothing is carried over");
        assert!(!note(&root, "built-1").exists());
        stack(&root, "a");
        carry(&root, "built", "built-1").expect("there is a note");
        assert!(note(&root, "built-1").exists());
    }

    #[test]
    fn what_no_image_is_built_from_is_built_by_the_stack_whatever_its_image_is_called() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = Root::at(folder.path());
        let first = stack(&root, "a");
        let renamed = written(&root, "b", "image: a-name-of-its-own/rust");
        assert!(
            renamed > first,
            "else cargo runs what the last stack was built to"
        );
    }

    #[test]
    fn the_same_content_in_a_row_keeps_its_time_and_another_is_newer() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = Root::at(folder.path());
        let first = stack(&root, "a");
        assert_eq!(stack(&root, "a"), first);
        let other = stack(&root, "b");
        assert!(other > first);
        assert!(
            stack(&root, "a") > other,
            "the build in between was of something else"
        );
    }
}
