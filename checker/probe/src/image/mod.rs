//! The images of the stack: how they were made, what their files show, what is mounted or copied over them.
//!
//! Files are read by the engine's own calls, so that images without a shell are looked at like all others. It may import
//! [`labcheck_engine`], [`labcheck_eye`], `stack`, `compose` and `deadline`.

pub(crate) mod copied_in;
pub(crate) mod files;
pub(crate) mod freshness;
pub(crate) mod last_layer;
pub(crate) mod look;
pub(crate) mod mounts;
pub(crate) mod root_filesystem;
pub(crate) mod running_files;
pub(crate) mod secrets;
pub(crate) mod writable_layer;
