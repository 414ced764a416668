//! The files of the student's folder: compose files, Dockerfiles, `.dockerignore`, and what a clean checkout would hold.
//!
//! Files are read, nothing is run. `stack` and `image` look at what the engine made of them. It may import
//! [`labcheck_engine`], `stack`, `project_files` and `deadline`.

pub(crate) mod build_section;
pub(crate) mod checkout;
pub(crate) mod dockerfile;
pub(crate) mod dockerignore;
pub(crate) mod elsewhere;
pub(crate) mod host_paths;
pub(crate) mod networks;
#[cfg(test)]
mod property_tests;
pub(crate) mod syntax;
pub(crate) mod tool_files;
