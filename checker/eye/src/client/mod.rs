//! The grader's side of the protocol: asks, and gets typed answers.
//!
//! It speaks over whatever carries the program's input and output; [`Chunks`] makes a reader of what the engine's client
//! gives. What the program says is believed (its image is the grader's own), but bounded all the same: a container can be
//! stopped, killed or starved by the stack whose namespaces it is in, and then the answer is an error, never an empty one.

mod chunks;
mod error;
mod eye;
mod incoming;
#[cfg(unix)]
mod local_socket;
mod shared;
mod stream;

pub use chunks::Chunks;
pub use error::EyeError;
pub use eye::Eye;
#[cfg(unix)]
pub use local_socket::LocalSocket;
pub use stream::EyeStream;
