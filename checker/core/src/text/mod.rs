//! Every sentence the program says: the language it is said in, the catalogue of the others, and small things that all
//! texts share. Decides nothing, and reads no file: the catalogue is inside the binary.
//!
//! A message is written once, in English, where it is said: [`say!`]. The English text is its key in `catalogue/de/`.
//! It may import no other room.

mod catalogue;
mod clean;
mod compiler;
mod cut;
mod language;
mod say;
pub mod shell;
mod translate_facts;
mod words;

pub use catalogue::{Entry, Part, entries};
pub use clean::{clean, clean_json, clean_line, invisible};
pub use compiler::first_error;
pub use cut::cut;
pub use language::{Language, speak, spoken, within};
pub use say::holes;
pub use say::{fill, plain, say, translated, word};
pub use shell::{ShellCommand, quoted, shell};
pub use translate_facts::retold;
pub use words::*;
