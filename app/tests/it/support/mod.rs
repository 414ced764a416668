//! What the tests share.

mod database;
mod gate;
mod qr;
mod server;
mod site;

pub(crate) use database::{Rights, TestDatabase};
pub(crate) use gate::Gate;
pub(crate) use qr::decode;
pub(crate) use site::{Answer, Site, form};
