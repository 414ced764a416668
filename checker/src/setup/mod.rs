//! Making an engine and the course's images reachable, and the tools that the project's own checks need.
//!
//! Nothing here grades. The engine is asked through [`labcheck_engine`]; the command line of Docker is called where only it
//! can do the work (`buildx bake`, `compose`).

pub(crate) mod apt;
pub(crate) mod archive;
pub(crate) mod assets;
pub(crate) mod engine;
pub(crate) mod error;
pub(crate) mod images;
pub(crate) mod process;
pub(crate) mod progress;
pub(crate) mod tools;
pub(crate) mod uikit;

pub use engine::ensure as ensure_engine;
pub(crate) use engine::{client, missing_images, there as engine};
pub use error::SetupError;
pub use images::{Origin, Wanted, all as wanted_images, ensure as images};
pub(crate) use process::{ask, means_untrusted, tool, tool_to};
pub use progress::Say;
pub use tools::{chromium, xmllint};
pub(crate) use uikit::FILES as UIKIT_FILES;
pub use uikit::ensure as uikit;
