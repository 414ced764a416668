//! A lab's files: which folder on this machine is which lab's, and starter and solution as two views of one tree of files.
//!
//! Files are read and written here; no engine is changed, and it is asked for one thing: which labs run, where no lab is
//! named. It may import `start` for the list of other stacks, the probe's `ownership`, the engine and the core.

pub(crate) mod chosen_lab;
pub mod error;
pub mod folder;
pub mod lab_files;
pub(crate) mod marks;
pub mod regions;
pub mod tree;
pub mod views;
