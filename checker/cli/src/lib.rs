//! Grades the running stack of a container lab.
//!
//! A grade is: read the lab ([`lab`]), look once ([`probe`]), write what was seen down as plain [`facts`], judge each
//! check from the facts alone ([`check`]), fold causes ([`grade`]), render ([`report`]).

pub mod args;
pub mod book;
pub(crate) mod commands;
pub mod course;
pub mod course_folder;
pub mod doctor;
mod file;
pub mod grade_args;
pub(crate) mod notes;
pub mod output;
pub mod progress;
pub mod run;
pub mod setup;
pub mod start;
pub(crate) mod status;
pub mod terminal;
pub mod watch;
