//! Looks: reads `/proc`, walks below a process's root, connects.
//!
//! What is read belongs to hostile programs: every text is bounded, no link leads out of the root that is meant, nothing
//! but regular files and folders is ever opened, and whatever cannot be read says why.

mod answers;
mod bounded;
mod connect;
mod dns;
mod files;
mod find;
mod forward;
mod held;
mod listener;
mod maps;
mod mountinfo;
mod names;
mod namespaces;
mod numbers;
mod open;
mod process;
mod program;
mod root;
mod slots;
mod stat;
mod status;
mod tcp;
mod threads;
mod unix;

pub(crate) use answers::answer;
pub(crate) use forward::{Stream, open as open_stream};
pub(crate) use namespaces::{INITIAL_PID, of as namespaces};
pub(crate) use slots::{STACK, Slots};
pub(crate) use status::own as own_credentials;
