//! What people and programs read: one file per format.

mod json_v1;
mod terminal;

pub use json_v1::{Report, render as json};
pub use terminal::{Style, render as terminal};
