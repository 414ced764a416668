//! What a student has reached so far: the last and the best result of each lab, and how many hints were shown.
//!
//! One small `SQLite` file in the user's data folder. Nothing here grades, and nothing that goes wrong here stops a
//! grading: progress is a comfort, the running stack is the answer. The only room that
//! knows SQL of this file; it may import `grade`, `report`, `lab` and `text` of the core.

pub(crate) mod hints;
pub(crate) mod next_hint;
pub(crate) mod open;
pub(crate) mod remember;
pub(crate) mod results;

pub use open::{Store, StoreError};
pub use results::{Kept, Past};
