//! How a container's image is made, and what its files show.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{MountKind, Seen};

/// What a check can ask for of an image or a container's files; each is a part of [`ImageFacts`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// Mounts that may hold the program or its source, and what was copied into the container.
    Mounts,
    /// Compilers and package builders.
    Toolchain,
    /// A file or folder of this name.
    Lying(String),
    /// Files of the container's own layer that hold what was posted.
    Kept,
    /// Secrets in the image.
    Secrets,
    /// How the kernel has the container's root file system mounted.
    RootFilesystem,
    /// How its last layer came about.
    LastLayer,
    /// The Dockerfile.
    Dockerfile,
    /// Whether the image is the one that its name and its files stand for now.
    Current,
    /// How it stops (disruptive).
    Stop,
}

/// What looking at a container's image and files showed. A part that no check asked for is `None` or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ImageFacts {
    /// Mounts that may hold the program or its source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mounts: Option<Vec<MountOver>>,
    /// The program that runs and source, where they were put into the container after it was made (`GET
    /// /containers/{id}/changes`), as `docker cp` does; facts of earlier versions do not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub put_in: Option<Seen<Vec<CopiedIn>>>,
    /// Compilers and package builders in the folders of the image's `PATH` and where they lie by default, as paths; one of each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toolchain: Option<Seen<Vec<String>>>,
    /// For each name that was asked for, where it lies in the image: in the working folder, at the top, or beside the
    /// program.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lying: BTreeMap<String, Seen<Vec<String>>>,
    /// Files of the container's own layer (`GET /containers/{id}/changes`) that hold what the round trip posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<Seen<Vec<String>>>,
    /// Where the image shows a secret, never the secret itself: "environment variable `DB_PASSWORD`".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secrets: Option<Seen<Vec<String>>>,
    /// The root file system, as the kernel has it mounted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_filesystem: Option<Seen<RootFilesystem>>,
    /// What runs and does not lie in the root file system, or no longer lies where it was started from; empty where there is
    /// none. Facts of earlier versions do not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running_elsewhere: Option<Seen<Vec<RunningFile>>>,
    /// How the image's last layer came about; facts of earlier versions do not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_layer: Option<Seen<LastLayer>>,
    /// The Dockerfile that the compose file names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dockerfile: Option<Seen<Dockerfile>>,
    /// Whether the image is the one that its name and its files stand for now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Current>,
    /// What happened when it was told to stop (only with `--disruptive`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<Seen<Stopped>>,
}

/// A bind mount or volume, and what it hides or brings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MountOver {
    /// Path inside the container.
    pub destination: String,
    /// Volume name or host path; host paths are shortened in recordings.
    pub source: String,
    /// What it is made of.
    pub kind: MountKind,
    /// The program or script that runs and lies below it.
    pub program: Option<String>,
    /// It lies over the working folder or a parent of it.
    pub workdir: bool,
    /// Source files and templates in it, a few; `Unseen` where not all of it could be looked through.
    pub holds: Option<Seen<Vec<String>>>,
}

/// A file of a container's own layer that its image does not hold like that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CopiedIn {
    /// Path inside the container.
    pub path: String,
    /// It is what runs, or what runs was told to run.
    pub program: bool,
    /// The container cannot have written it by itself.
    pub certain: bool,
}

/// A file that runs, as the kernel says (`/proc/PID/exe`, `/proc/PID/maps`, `proc_pid_exe(5)`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunningFile {
    /// Its path inside the container.
    pub path: String,
    /// Where the mount lies that it was started from; none where that is the root file system or cannot be told.
    pub mount: Option<String>,
    /// The path still leads to this very file: it was neither deleted nor replaced.
    pub in_place: bool,
    /// It is a library of a program, not a program.
    pub library: bool,
}

/// How a container's file systems are mounted (`/proc/PID/mountinfo`, `proc_pid_mountinfo(5)`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RootFilesystem {
    /// `/` is mounted for reading only.
    pub read_only: bool,
    /// Where something else is mounted that can be written; the kernel's own file systems and what the engine mounts in
    /// every container are left out.
    pub writable: Vec<String>,
    /// Those of [`Self::writable`] that hold a program which runs.
    pub writable_programs: Vec<String>,
}

/// How an image's last layer came about (`GET /images/{name}/history`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LastLayer {
    /// A builder left its mark on it.
    Built,
    /// It was taken from a container, as `docker commit` does; what the history says it was written by.
    Committed(String),
    /// Neither is certain; what the history says it was written by.
    Unclear(String),
}

/// What a Dockerfile says; only what checks ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Dockerfile {
    /// Its path from the folder of the compose file.
    pub path: String,
    /// What its stages begin with (`FROM`), other stages of its own and `scratch` left out.
    pub bases: Vec<Base>,
    /// What it declares (`EXPOSE`), such as `5000/tcp`.
    pub exposes: Vec<String>,
}

/// A `FROM`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Base {
    /// The line it stands in, from 1.
    pub line: usize,
    /// The image, with the defaults of `ARG` put in.
    pub image: String,
}

/// Whether the image is the one that its name and its files stand for now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Current {
    /// The container's image name stands for another image by now: built anew, the container not made anew.
    pub superseded: Seen<bool>,
    /// Files that the build copies and that were changed after the image was built.
    pub newer: Seen<Vec<String>>,
}

/// What happened when a container was told to stop, as `docker stop` does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Stopped {
    /// Milliseconds from the signal to the end.
    pub took_ms: u64,
    /// It did not end by itself and was killed.
    pub killed: bool,
    /// How long it was given, in seconds.
    pub given_s: u64,
}
