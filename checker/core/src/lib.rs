//! What is judged, and how it is told: lab files, facts, checks, grades, reports, in two languages.
//!
//! Pure: facts go in, reports come out. Nothing here opens a file or a connection, starts a process, reads the environment
//! or a clock; its manifest names no library that could ([`facts`] are filled by `labcheck-probe`).
//!
//! Lowest first: [`text`], [`redact`], [`facts`], [`exit`], [`error`], [`embedded`], [`check`], [`lab`], [`grade`],
//! [`report`], [`bundle`].

pub mod bundle;
pub mod check;
pub mod embedded;
pub mod error;
pub mod exit;
pub mod facts;
pub mod grade;
pub mod lab;
pub mod redact;
pub mod report;
pub mod text;
