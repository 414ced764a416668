//! Around the grade: where a student stands, hints, and help for the shell. Nothing here judges.

mod hint;
mod place;
mod progress;
mod shell;

pub use hint::{HintArgs, run as hint};
pub use place::run as place;
pub use progress::remember;
pub use shell::{ManArgs, completions, man};
