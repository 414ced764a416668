//! `lab.yaml`, the file that says what a lab asks. Its shape only; cross-checks are in [`super::load`].

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Again, CheckId, Hint, LabId};
use crate::check::Expect;
use crate::facts::Role;

/// A lab, as its author writes it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The lab's name.
    pub lab: LabId,
    /// One line for reports and the book.
    pub title: String,
    /// How the containers of this lab are recognised.
    pub roles: BTreeMap<Role, RoleSigns>,
    /// Checks of earlier labs that must still hold.
    #[serde(default)]
    pub again: Vec<Again>,
    /// The lab's own checks.
    pub checks: Vec<CheckEntry>,
}

/// What a role's container looks like. Any sign is enough; the first that fits is the reason given.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RoleSigns {
    /// Compose service name used by the course.
    pub service: Option<String>,
    /// Program names, as the process list shows them.
    pub process: Vec<String>,
    /// Wire protocols it speaks.
    pub speaks: Vec<Protocol>,
    /// Words in the image's name, without registry and tag.
    pub image: Vec<String>,
    /// Taken when it is the only container left over: the application can be written in anything.
    pub leftover: bool,
    /// It stands in front of the application: what publishes a port while the application publishes none is one, and
    /// what runs a proxy and the application in one container, with no other container left for it, is none.
    pub in_front: bool,
}

/// Wire protocols that roles are recognised by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// MariaDB and MySQL (port 3306).
    Mysql,
    /// PostgreSQL (port 5432).
    Postgres,
}

/// One check.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckEntry {
    /// Stable name.
    pub id: CheckId,
    /// A statement that is true on pass.
    pub title: String,
    /// Points at stake, 1 to 20.
    #[schemars(range(min = 1, max = 20))]
    pub points: u32,
    /// The milestone stands or falls with it.
    #[serde(default)]
    pub core: bool,
    /// Checks that must pass first; otherwise this one is skipped with them as the cause.
    #[serde(default)]
    pub after: Vec<CheckId>,
    /// What is expected.
    #[serde(with = "serde_yaml::with::singleton_map")]
    #[schemars(with = "Expect")]
    pub expect: Expect,
    /// Why it matters: one or two sentences.
    pub why: String,
    /// Hints, from the first nudge to the last; those for what was found come before the others.
    pub hints: Vec<Hint>,
    /// Page of the book and its anchor.
    pub chapter: String,
}
