//! The whole of what was seen, and how it was chosen.

use crate::text::{ShellCommand, shell};
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Assets, BaseUrl, Container, Database, Declared, Image, ImageFacts, Ingress, Listener, Network,
    Origin, Page, Process, Reach, Recreated, Role, RoundTrip, Seen, Taken, TriedHealthCheck,
    UnknownHost, Volume,
};

/// The format's name; a file with another one is refused with a line that says so.
pub const SCHEMA: &str = "labcheck.facts/v1";

/// Everything seen of a stack at one grading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Facts {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The lab the look was planned for.
    pub lab: String,
    /// The engine.
    pub engine: Engine,
    /// What was taken for the stack.
    pub stack: StackChoice,
    /// Which container was taken for which role.
    pub roles: BTreeMap<Role, Vec<Taken>>,
    /// The stack's containers, by name.
    pub containers: Vec<Container>,
    /// Containers outside of the stack whose network one of the stack is in (`network_mode: container:…`), or one of these:
    /// their names, networks and ports alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lenders: Vec<Container>,
    /// Other containers on the engine that hold a port or belong to another lab.
    pub neighbours: Vec<Neighbour>,
    /// Images of the stack's containers, by id.
    pub images: BTreeMap<String, Image>,
    /// Networks of the stack.
    pub networks: Vec<Network>,
    /// Volumes of the stack.
    pub volumes: Vec<Volume>,
    /// Process lists by container name.
    pub processes: BTreeMap<String, Seen<Vec<Process>>>,
    /// Listening sockets by container name; looked at only where a page did not answer or a check asks.
    pub listening: BTreeMap<String, Seen<Vec<Listener>>>,
    /// Pages asked for.
    pub pages: Vec<Page>,
    /// Names that nothing knows, in the settings of admin pages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(rename = "lost")]
    pub unknown_hosts: Vec<UnknownHost>,
    /// What a role's home page loads and how it is built, by role; only where a check asked for it.
    pub assets: BTreeMap<Role, Seen<Assets>>,
    /// How images are made and what their files show, by container name; only where a check asked for it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[serde(rename = "made")]
    pub image_facts: BTreeMap<String, ImageFacts>,
    /// Health checks, tried without the program, by container name; only where a check asked for it and the engine calls the
    /// container healthy. Facts of earlier versions do not tell.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tried_health_checks: BTreeMap<String, Seen<TriedHealthCheck>>,
    /// The round trip; `None` when no check asked for it.
    #[serde(rename = "drive")]
    pub round_trip: Option<Seen<RoundTrip>>,
    /// The database's own word; `None` when no check asked for it.
    #[serde(rename = "sql")]
    pub database: Option<Seen<Database>>,
    /// Who reaches which port; `None` when no check asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reach: Option<Seen<Reach>>,
    /// How the application was looked for behind the proxy; `None` when no check asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "entry")]
    pub base_url: Option<BaseUrl>,
    /// What the projects' compose files declare, by project; `None` when no check asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<Vec<Declared>>,
    /// The ingress, looked at port by port; `None` when no check asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "gate")]
    pub ingress: Option<Seen<Ingress>>,
    /// Where the stack's projects come from; `None` when no check asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origins: Option<Vec<Origin>>,
    /// What became of the data when the stack was taken down and up; `None` when that was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recreated: Option<Seen<Recreated>>,
    /// What the course says of this lab's environment, such as a nonce given by an instructor.
    pub course: Course,
}

/// The engine that was asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Engine {
    /// `Version` (`GET /version`).
    pub version: String,
    /// `ApiVersion`.
    pub api: String,
    /// `Os`/`Arch`.
    pub platform: String,
}

/// What was taken for the stack, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StackChoice {
    /// Compose projects, if any.
    pub projects: Vec<String>,
    /// Why these: "the project of this folder", "--project shop", "--containers a,b".
    pub why: String,
}

/// A container that is not of the stack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Neighbour {
    /// Its name.
    pub name: String,
    /// Its compose project, if any.
    pub project: Option<String>,
    /// The course's lab it belongs to by label (`labcheck.lab`), if any.
    pub lab: Option<String>,
    /// Host ports it holds.
    pub ports: Vec<super::Port>,
    /// Its service, where the compose file chose its name (`container_name`): such a name is held as long as it exists, up or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holds_name_of: Option<String>,
}

impl Neighbour {
    /// The command that clears it away.
    pub fn clear(&self) -> ShellCommand {
        match &self.project {
            Some(project) => shell!("docker compose -p {} down", project),
            None => shell!("docker rm -f {}", self.name),
        }
    }
}

/// What came with the course rather than from the stack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Course {
    /// Host names added with `--host`.
    pub hosts: Vec<String>,
    /// Routes mapped with `--route`, from the course's path to the app's.
    pub routes: BTreeMap<String, String>,
    /// `--disruptive` was given.
    pub disruptive: bool,
    /// The word given with `--nonce`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
}
