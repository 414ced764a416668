//! A server as a visitor asks for it: an address, the name that is asked for there, and whether over TLS.

use std::net::SocketAddr;

/// HTTP, with TLS or without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    /// As it stands in a URL.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// A server as a visitor asks for it: at an address, by a name, over TLS or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct VirtualHost<'a> {
    pub address: SocketAddr,
    pub name: &'a str,
    pub scheme: Scheme,
}

impl VirtualHost<'_> {
    /// Its address as a URL, without a path.
    pub(crate) fn base(&self) -> String {
        format!("{}://{}", self.scheme.word(), self.host())
    }

    /// What stands in the `Host` header.
    pub(crate) fn host(&self) -> String {
        format!("{}:{}", self.name, self.address.port())
    }
}
