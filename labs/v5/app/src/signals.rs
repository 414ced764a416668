//! The two signals that ask the process to stop.
//!
//! As process 1 of a container it gets no default behaviour from the kernel: without these handlers
//! SIGTERM would be ignored, and the engine would kill it after its own patience.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Handlers for SIGTERM and SIGINT, in place from the moment this exists.
pub struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    /// Puts the handlers in place. Fails when the system refuses them.
    pub fn install() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Returns once one of the signals has arrived.
    pub async fn asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
