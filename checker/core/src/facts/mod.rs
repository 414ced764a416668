//! What was seen of a running stack, as plain data.
//!
//! Facts are written down once by `labcheck-probe` and judged any number of times by [`crate::check`]: live, from a
//! recording, or from a bundle that a student handed in. Nothing here talks to an engine, a database or a clock, and no
//! type of the engine's client library appears. It may import [`crate::text`] alone.

mod all;
mod assets;
mod base_url;
mod compose_networks;
mod container;
pub mod course_app;
mod database;
mod greeting;
mod health_check;
mod http;
mod image;
mod image_facts;
mod ingress;
pub mod labels;
mod network;
mod network_mode;
mod origin;
mod process;
mod reach;
mod role;
mod round_trip;
mod seen;

pub use all::*;
pub use assets::*;
pub use base_url::*;
pub use compose_networks::*;
pub use container::*;
pub use database::*;
pub use greeting::*;
pub use health_check::*;
pub use http::*;
pub use image::*;
pub use image_facts::*;
pub use ingress::*;
pub use network::*;
pub use network_mode::*;
pub use origin::*;
pub use process::*;
pub use reach::*;
pub use role::*;
pub use round_trip::*;
pub use seen::*;
