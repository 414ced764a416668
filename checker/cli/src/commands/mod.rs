//! The commands: one file each, with what can be typed after it and what it does then.
//!
//! They put together what the rooms offer, and print. They may import every room of this crate; nothing imports them but
//! [`crate::run`].

pub(crate) mod book;
pub(crate) mod bundle;
pub(crate) mod course_folder;
pub(crate) mod doctor;
pub(crate) mod grade;
pub(crate) mod hint;
pub(crate) mod images;
pub(crate) mod regrade;
pub(crate) mod schema;
pub(crate) mod shell;
pub(crate) mod start;
