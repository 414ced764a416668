//! Grades the running stack of a container lab.
//!
//! A grade is: read the lab ([`lab`]), look once ([`probe`]), write what was seen down as plain [`facts`], judge each
//! check from the facts alone ([`check`]), fold causes ([`grade`]), render ([`report`]).

pub mod args;
pub mod book;
pub mod bundle;
pub mod check;
pub(crate) mod commands;
pub mod course;
pub mod course_folder;
pub mod dev;
pub mod doctor;
pub mod embedded;
pub mod engine;
pub mod error;
pub mod exit;
pub mod facts;
mod file;
pub mod grade;
pub mod grade_args;
pub mod lab;
pub(crate) mod notes;
pub mod output;
pub mod probe;
pub mod progress;
pub(crate) mod redact;
pub mod report;
pub mod run;
pub mod setup;
pub mod start;
pub(crate) mod status;
pub mod terminal;
pub mod text;
mod watch;
