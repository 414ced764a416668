//! What several kinds of check ask of the facts: roles and their containers, rights, reach, the entry, the order of starting,
//! and how the SQL of one server differs from that of another.
//!
//! No kind stands here, and nothing here is named in a lab file. It may import
//! [`crate::facts`], [`crate::text`], and the scene and the verdict of [`crate::check`].

pub(super) mod accounts;
pub(super) mod definers;
pub(super) mod dialect;
pub(super) mod idle_check;
pub(super) mod ingress;
pub(super) mod reach_table;
pub(super) mod seen;
pub(super) mod stack;
pub(super) mod start_order;
