//! The stack that is graded: which containers it has, which plays which role, what runs and listens in them, its secrets.
//!
//! Everything that other rooms need to know before they look further ends up in [`context::StackContext`]. No page is asked
//! for here and no database is entered. It may import [`labcheck_engine`] and
//! `project_files`, and no other room of the probe.

pub(crate) mod asking_checks;
pub(crate) mod assign;
pub(crate) mod choose;
pub(crate) mod choose_database;
pub(crate) mod context;
pub(crate) mod health_checks;
pub(crate) mod images;
pub(crate) mod last_log;
pub(crate) mod lenders;
pub(crate) mod listening;
pub(crate) mod main_process;
pub(crate) mod meanwhile;
pub(crate) mod network;
pub mod ownership;
pub(crate) mod resources;
pub(crate) mod roles;
pub(crate) mod second_look;
pub(crate) mod secret_files;
pub(crate) mod secrets;
pub(crate) mod settle;
