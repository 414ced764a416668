//! Making an engine and the course's images reachable, and the tools that the project's own checks need.
//!
//! Nothing here grades. The engine is asked through [`labcheck_engine`]; the command line of Docker is called where only it
//! can do the work (`buildx bake`, `compose`). It may import the engine, and `text`, `error` and `exit` of the core.

pub(crate) mod apt;
pub(crate) mod archive;
pub(crate) mod assets;
mod build_step;
pub mod engine;
pub mod error;
pub mod images;
pub mod process;
pub(crate) mod progress;
pub(crate) mod tools;
pub mod uikit;

pub use engine::ensure as ensure_engine;
pub(crate) use engine::{client, missing_images, there as engine};
pub use error::SetupError;
pub use images::{Origin, Wanted, all as wanted_images, ensure as images};
pub use process::{ask, tool};
pub(crate) use process::{means_untrusted, tool_to};
pub use progress::Say;
pub use tools::{chromium, xmllint};
pub use uikit::FILES as UIKIT_FILES;
pub use uikit::ensure as uikit;
