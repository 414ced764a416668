//! Opening an engine: a socket, a pipe, TCP, TCP over TLS, or ssh. Sends nothing yet.

use std::path::Path;

use bollard::errors::Error;
use bollard::{API_DEFAULT_VERSION, Docker};

use crate::address::Address;
use crate::ssh;

/// The client's own limit for one answer, in seconds; callers set shorter ones.
const PATIENCE: u64 = 120;

/// A client for an address.
pub(crate) fn open(address: &Address) -> Result<Docker, Error> {
    let url = address.url.as_str();
    if let Some(far) = url.strip_prefix("ssh://") {
        let near = ssh::forward(far).map_err(|err| Error::IOError { err })?;
        return Docker::connect_with_host(&near);
    }
    match &address.tls {
        Some(folder) => secure(url, folder),
        // Not `connect_with_host`, which asks the environment about TLS: a context may say otherwise.
        None if url.starts_with("tcp://") || url.starts_with("http://") => {
            Docker::connect_with_http(url, PATIENCE, API_DEFAULT_VERSION)
        }
        None => Docker::connect_with_host(url),
    }
}

fn secure(url: &str, folder: &Path) -> Result<Docker, Error> {
    // A second time it is there already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let file = |name: &str| folder.join(name);
    let (key, cert, ca) = (file("key.pem"), file("cert.pem"), file("ca.pem"));
    Docker::connect_with_ssl(url, &key, &cert, &ca, PATIENCE, API_DEFAULT_VERSION)
}
