//! Grades the running stack of a container lab.
//!
//! A grade is: read the lab ([`labcheck_core::lab`]), look once ([`labcheck_probe`]), write what was seen down as plain
//! [`labcheck_core::facts`], judge each check from the facts alone ([`labcheck_core::check`]), fold causes
//! ([`labcheck_core::grade`]), render ([`labcheck_core::report`]).
//!
//! Rooms, lowest first: [`terminal`], [`setup`], [`start`], [`course`], [`course_folder`], [`progress`], [`book`], [`doctor`],
//! `asking_checks`, `notes`, [`watch`], `status`, `commands`, [`run`].

pub mod args;
mod asking_checks;
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
