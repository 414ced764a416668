//! TLS at one address: handshakes, greetings of versions that no library speaks any more, what a certificate says.
//!
//! A connection is opened, shaken hands over, and closed; nothing here knows of containers, roles or pages. It may import
//! [`labcheck_core::facts`] and [`labcheck_core::text`], and no other room of the probe.

pub(crate) mod certificate;
pub(crate) mod handshake;
pub(crate) mod hello;
