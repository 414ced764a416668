//! The application's account: which one its sessions use, where its password lies, what it may do, what is refused to it.
//!
//! Looks at sessions in the process list, at texts of the stack and the lab's folder, and at what sign-ins show.
//! `inquiry` is what all of them know of the stack beforehand.
//! It may import `client`, `dialect`, `schema`, `stack`, `round_trip`, `project_files`, [`labcheck_engine`] and the rooms
//! of plain data.

pub(crate) mod administrator;
pub(crate) mod identity;
pub(crate) mod inquiry;
pub(crate) mod password;
pub(crate) mod privilege_attempts;
pub(crate) mod privilege_statements;
pub(crate) mod session_sources;
pub(crate) mod sessions;
pub(crate) mod source_files;
pub(crate) mod superuser;
pub(crate) mod texts;
