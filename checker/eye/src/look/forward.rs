//! Opening the other end of a stream that is passed on.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::time::Duration;

use super::bounded::why;
use super::connect::{connect, failed};
use super::open::fd_path;
use super::root::{FinalLink, Root};
use crate::wire::{Endpoint, Field, Forward, Forwarded, UnixPath, Unread};

/// A connection of either kind.
#[derive(Debug)]
pub(crate) enum Stream {
    /// Over TCP.
    Tcp(TcpStream),
    /// To a Unix socket.
    Unix(UnixStream),
}

/// Opens a stream.
///
/// # Errors
/// What is answered instead.
pub(crate) fn open(asked: &Forward) -> Result<Stream, Forwarded> {
    let failed = |err: &io::Error| Forwarded::Failed(failed(err));
    match &asked.to {
        Endpoint::Tcp(address) => {
            let within = Duration::from_millis(asked.within_ms.into());
            let stream = connect(*address, within).map_err(Forwarded::Failed)?;
            // What is passed on are questions and answers: none of them should wait for the next.
            stream.set_nodelay(true).map_err(|err| failed(&err))?;
            Ok(Stream::Tcp(stream))
        }
        Endpoint::Unix(socket) => {
            let pointed = pointed(socket).map_err(Forwarded::Unfound)?;
            let stream = UnixStream::connect(fd_path(&pointed));
            stream.map(Stream::Unix).map_err(|err| failed(&err))
        }
        Endpoint::Abstract(name) => {
            let address = SocketAddr::from_abstract_name(&name.0);
            let stream = address.and_then(|address| UnixStream::connect_addr(&address));
            stream.map(Stream::Unix).map_err(|err| failed(&err))
        }
    }
}

/// Points at a socket. It is connected to by that handle, so that it cannot be swapped for another one outside.
fn pointed(socket: &UnixPath) -> Field<std::fs::File> {
    let root = Root::of(socket.pid)?;
    let pointed = root.open_path(&socket.path.0, FinalLink::Follow)?.file;
    let data = pointed.metadata().map_err(|err| why(&err))?;
    if data.file_type().is_socket() {
        Ok(pointed)
    } else {
        Err(Unread::NotAFile)
    }
}

impl Stream {
    /// Ends what is still under way in the given direction.
    pub(crate) fn shutdown(&self, how: Shutdown) {
        // Fails only where the other side was faster.
        let _ = match self {
            Self::Tcp(stream) => stream.shutdown(how),
            Self::Unix(stream) => stream.shutdown(how),
        };
    }
}

impl Read for &Stream {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(stream) => (&mut &*stream).read(bytes),
            Stream::Unix(stream) => (&mut &*stream).read(bytes),
        }
    }
}

impl Write for &Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(stream) => (&mut &*stream).write(bytes),
            Stream::Unix(stream) => (&mut &*stream).write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;
    use crate::wire::{Bytes, Outcome};

    fn at(path: &std::path::Path) -> Forward {
        Forward {
            to: Endpoint::Unix(UnixPath {
                pid: std::process::id(),
                path: path.to_str().expect("text").into(),
            }),
            within_ms: 500,
        }
    }

    #[test]
    fn a_socket_is_found_below_the_root_however_long_its_path() {
        let dir = tempfile::tempdir().expect("a folder");
        let deep = dir.path().join("x".repeat(200));
        std::fs::create_dir(&deep).expect("a folder");
        let short = dir.path().join("s");
        symlink(&deep, &short).expect("a link");
        let listener = UnixListener::bind(short.join("sock")).expect("a socket");
        for path in [deep.join("sock"), short.join("sock")] {
            let stream = open(&at(&path)).expect("it listens");
            let (mut other, _) = listener.accept().expect("it came");
            (&stream).write_all(b"hello").expect("it is written");
            let mut bytes = [0; 5];
            other.read_exact(&mut bytes).expect("it is read");
            stream.shutdown(Shutdown::Write);
            assert_eq!(other.read(&mut bytes).expect("it ended"), 0);
        }
        drop(listener);
        assert_eq!(
            open(&at(&short.join("sock"))).err(),
            Some(Forwarded::Failed(Outcome::Refused))
        );
        assert_eq!(
            open(&at(&short)).err(),
            Some(Forwarded::Unfound(Unread::NotAFile))
        );
        assert_eq!(
            open(&at(&short.join("none"))).err(),
            Some(Forwarded::Unfound(Unread::Missing))
        );
    }

    #[test]
    fn a_socket_without_a_path_is_found_by_its_name() {
        let name = format!("labcheck-eye-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).expect("a name");
        let _listener = UnixListener::bind_addr(&address).expect("a socket");
        let to = |name: &str| Forward {
            to: Endpoint::Abstract(Bytes::from(name)),
            within_ms: 500,
        };
        assert!(open(&to(&name)).is_ok());
        assert_eq!(
            open(&to("none")).err(),
            Some(Forwarded::Failed(Outcome::Refused))
        );
        assert!(open(&to(&"x".repeat(200))).is_err());
    }
}
