//! Around the grade: where a student stands, hints, and help for the shell. Nothing here judges.

pub(crate) mod hint;
pub(crate) mod notes;
pub(crate) mod place;
pub(crate) mod progress;
pub(crate) mod reached;
pub(crate) mod shell;

pub(crate) use hint::next as next_hint;
pub use hint::{HintArgs, run as hint};
pub use place::run as place;
pub(crate) use progress::kept;
pub use progress::remember;
pub use shell::{ManArgs, completions, man};
