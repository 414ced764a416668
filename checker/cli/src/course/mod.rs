//! A lab's files: which folder on this machine is which lab's, and starter and solution as two views of one tree of files.
//!
//! Files are read and written here; no engine is asked. It may import the rooms below (`text`, `lab`, `error`) and the
//! probe's `ownership`.

pub(crate) mod chosen_lab;
pub mod error;
pub mod folder;
pub mod lab_files;
pub(crate) mod marks;
pub mod regions;
pub mod tree;
pub mod views;
