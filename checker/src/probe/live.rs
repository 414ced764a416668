//! A live engine.
use super::{Observer, Plan, ProbeError, Progress};
use crate::facts::Facts;
/// A live engine.
#[derive(Debug)]
pub struct Live {}
impl Live {
    /// Connects.
    ///
    /// # Errors
    /// No engine.
    pub async fn connect() -> Result<Self, ProbeError> {
        Err(ProbeError::Nothing("not built yet".into(), String::new()))
    }
}
impl Observer for Live {
    async fn observe(&self, _plan: &Plan, _progress: &dyn Progress) -> Result<Facts, ProbeError> {
        Err(ProbeError::Nothing("not built yet".into(), String::new()))
    }
}
