//! The ingress of the stack: what its published ports answer in plain HTTP and over TLS, with which headers and certificates.
//!
//! One request at a time over a connection of its own, as written on the wire. `survey` fixes the order, `request`
//! asks, `head` and `answers` read. It may import [`labcheck_engine`], `html`, `http`, `tls`, `stack`,
//! `endpoint` and `deadline`.

pub(crate) mod answers;
pub(crate) mod client_address;
pub(crate) mod head;
pub(crate) mod own_asset;
pub(crate) mod request;
pub(crate) mod survey;
pub(crate) mod virtual_host;
