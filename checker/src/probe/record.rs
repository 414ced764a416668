//! Recording.
use crate::facts::Facts;
/// Writes.
///
/// # Errors
/// I/O.
pub fn write(_path: &std::path::Path, _facts: &Facts) -> std::io::Result<()> {
    Err(std::io::Error::other("not built yet"))
}
