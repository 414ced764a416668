//! When files were changed, as far as that can be compared with the start of a container.

use std::path::Path;
use std::time::UNIX_EPOCH;

use labcheck_core::facts::Status;
use labcheck_engine::model::inspected::Inspected;

/// File systems count in milliseconds at best, and a container is made some moments after its file was read.
pub(crate) const SLACK_MS: u64 = 10;
/// When a file was changed, in milliseconds since 1970.
pub(crate) fn changed(file: &Path) -> Option<u64> {
    let at = std::fs::metadata(file).ok()?.modified().ok()?;
    u64::try_from(at.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// One that ended, by a slip that is mended by now, has to be started anew as well.
pub(crate) fn was_up(inspected: &Inspected) -> bool {
    matches!(
        inspected.container.state.status,
        Status::Running | Status::Exited | Status::Restarting
    )
}
