//! Whether the stack runs what its files say now: compose files, mounted files, and files that images are built from.
//!
//! Whether Compose would make a container anew is asked of Compose itself (`up --dry-run`), as only Compose knows; where
//! it cannot say, times decide, and are told as no more than that. Nothing is started. It may import [`labcheck_engine`],
//! `compose`, `image`, `project_files` and `deadline`.

pub(crate) mod compose_files;
pub(crate) mod images;
pub(crate) mod kind;
pub(crate) mod look;
pub(crate) mod mounted_files;
pub(crate) mod times;
