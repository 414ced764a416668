//! The engine's names and lines, safe to show: without control sequences, and not longer than people read.

use std::collections::BTreeSet;

use labcheck_core::text;

/// Characters of a name at most.
pub(crate) const NAME: usize = 120;
/// Characters of a line at most.
pub(crate) const LINE: usize = 200;

/// A name, cleaned and cut.
pub(crate) fn name(raw: &str) -> String {
    text::cut(&text::clean(raw), NAME)
}

/// Each once, in order.
pub(crate) fn sorted(items: impl Iterator<Item = String>) -> Vec<String> {
    items.collect::<BTreeSet<_>>().into_iter().collect()
}
