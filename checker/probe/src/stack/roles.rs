//! Which containers play which role, once that is known.

use std::collections::BTreeMap;

use labcheck_core::facts::{Role, Taken};
use labcheck_engine::model::inspected::{Inspected, Stack};

/// Which container was taken for which role.
pub(crate) type Roles = BTreeMap<Role, Vec<Taken>>;

/// The containers of a role.
pub(crate) fn playing<'s>(stack: &'s Stack, roles: &Roles, role: Role) -> Vec<&'s Inspected> {
    let taken = roles.get(&role).map(Vec::as_slice).unwrap_or_default();
    let find = |taken: &Taken| {
        let mut all = stack.containers.iter();
        all.find(|inspected| inspected.container.name == taken.container)
    };
    taken.iter().filter_map(find).collect()
}
