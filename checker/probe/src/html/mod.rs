//! Reading pages: tags and texts, what a page loads, forms, names for screen readers, style sheets, `UIkit`, QR codes.
//!
//! Every file reads one text or picture that was fetched already, and says what is in it. Nothing here asks for a page,
//! waits, or knows of containers. It may import [`labcheck_core::facts`] and [`labcheck_core::text`], and no other room of the probe.

pub(crate) mod accessible_names;
pub(crate) mod content;
pub(crate) mod css;
pub(crate) mod form;
pub(crate) mod links;
#[cfg(test)]
mod property_tests;
pub(crate) mod qr;
pub(crate) mod tokenizer;
pub(crate) mod uikit;
