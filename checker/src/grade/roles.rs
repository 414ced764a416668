//! Which container plays which role: by evidence, not by name.

use std::collections::BTreeMap;

use crate::facts::{Container, Process, Role, Seen, Taken};
use crate::lab::RoleSigns;

/// Assigns roles.
pub fn assign(
    _containers: &[Container],
    _processes: &BTreeMap<String, Seen<Vec<Process>>>,
    _signs: &BTreeMap<Role, RoleSigns>,
    _explicit: &BTreeMap<Role, Vec<String>>,
) -> BTreeMap<Role, Vec<Taken>> {
    BTreeMap::new()
}
