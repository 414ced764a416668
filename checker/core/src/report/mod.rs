//! What people and programs read: one file per format, and what the formats share in `parts` and `links`.
//!
//! A graded report goes in, text or JSON comes out; nothing here judges, and nothing is printed. It may import
//! [`crate::grade`], [`crate::lab`], [`crate::check`], [`crate::facts`] and [`crate::text`].

mod classroom50;
mod github;
mod gitlab;
mod gradescope;
mod html;
mod json_v1;
mod junit;
mod links;
mod markdown;
mod onward;
mod parts;
mod render;
mod tap;
mod terminal;

pub use classroom50::{Submission, render as classroom50};
pub use github::render as github;
pub use gitlab::render as gitlab;
pub use gradescope::render as gradescope;
pub use html::render as html;
pub use json_v1::{Report, ReportVerdict, render as json};
pub use junit::render as junit;
pub use links::reading;
pub use markdown::render as markdown;
pub use render::{Format, render};
pub use tap::render as tap;
pub use terminal::PIPE;
pub use terminal::{Style, explain, render as terminal};
