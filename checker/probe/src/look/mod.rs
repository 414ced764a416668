//! One look at a running stack, in order: what is asked at the same time, what waits for what, and what is undone afterwards.
//!
//! The rooms below look; this one only calls them, fills [`labcheck_core::facts::Facts`], and takes secrets out. It may import
//! [`labcheck_engine`], and every other room of the probe but `record`.

pub(crate) mod broken_off;
pub(crate) mod data_mounts;
pub(crate) mod inside;
pub(crate) mod live;
pub(crate) mod observe;
pub(crate) mod older;
pub(crate) mod outside;
pub(crate) mod own;
pub(crate) mod recreate;
pub(crate) mod redact_facts;
pub(crate) mod restart;
pub(crate) mod running;
pub(crate) mod turn;
pub(crate) mod visit;
pub(crate) mod watch;
