//! The grader's own look from inside a container's namespaces, so that no program of the student's stack has to be
//! believed.
//!
//! | part | does | feature |
//! |---|---|---|
//! | [`wire`] | the format that the grader and the program speak: typed, versioned, bounded | always |
//! | [`container`] | what the program's container is made with, and why | always |
//! | [`image`] | the image that the program is brought to the engine in, and its id | `image` |
//! | [`client`] | the grader's side: asks, gets typed answers, forwards streams | `client` |
//! | `look`, [`serve`] | the program itself, on Linux: it reads `/proc`, connects, forwards | `program` |
//!
//! The program depends on the standard library alone. It answers with what the kernel says; it judges nothing.

#[cfg(feature = "client")]
pub mod client;
pub mod container;
#[cfg(feature = "image")]
pub mod image;
pub mod wire;

#[cfg(all(feature = "program", target_os = "linux"))]
mod look;
#[cfg(all(feature = "program", target_os = "linux"))]
pub mod serve;
