//! Grades the running stack of a container lab.
//!
//! A grade is: read the lab ([`lab`]), look once ([`probe`]), write what was seen down as plain [`facts`], judge each
//! check from the facts alone ([`check`]), fold causes ([`grade`]), render ([`report`]).

pub mod book;
pub mod bundle;
pub mod check;
pub mod cli;
pub mod course;
pub mod dev;
pub mod doctor;
pub mod engine;
pub mod error;
pub mod exit;
pub mod facts;
mod file;
pub mod grade;
pub mod guide;
pub mod kit;
pub mod lab;
pub mod probe;
pub(crate) mod redact;
pub mod report;
pub mod run;
pub mod setup;
pub mod start;
pub mod store;
pub mod text;
mod watch;
