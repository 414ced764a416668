//! Lab files: what they look like, how they are read and cross-checked, and the ones that ship inside the binary.
//!
//! A lab file says which checks there are and what they expect; nothing here judges one. It may import
//! [`crate::check`] for the kinds, [`crate::facts`] for roles, and the rooms below: `text`, `error`, `exit`, `embedded`.

mod again;
mod course;
mod error;
mod hint;
mod id;
mod load;
mod manifest;
mod translation;

pub use crate::embedded::Embedded;
pub use again::Again;
pub use course::{Course, Lab};
pub use error::LabError;
pub use error::nearest;
pub use hint::Hint;
pub use id::{CheckId, LabId};
pub use manifest::{CheckEntry, Manifest, Protocol, RoleSigns};
pub use translation::Translation;
