//! Being told to stop: Ctrl-C, the end of the terminal, the end of the machine. Each is a reason to take back what was
//! posted, and none to leave it.

/// Listens from the moment it is made, so that no signal is missed.
#[cfg(unix)]
pub struct Stop(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Stop {
    /// Starts to listen; a signal that cannot be listened to ends the program as it always did.
    pub fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ];
        Self(
            kinds
                .into_iter()
                .filter_map(|kind| signal(kind).ok())
                .collect(),
        )
    }

    /// Ends when a signal comes.
    pub async fn told(&mut self) {
        let any = self.0.iter_mut().map(|signal| Box::pin(signal.recv()));
        let any: Vec<_> = any.collect();
        if any.is_empty() {
            std::future::pending::<()>().await;
        }
        futures_util::future::select_all(any).await;
    }
}

/// Listens for Ctrl-C.
#[cfg(not(unix))]
pub struct Stop;

#[cfg(not(unix))]
impl Stop {
    pub fn listen() -> Self {
        Self
    }

    /// Ends when Ctrl-C is pressed.
    pub async fn told(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Stop {
    /// Ends when a signal comes, or when the watching program says so (see [`crate::Progress::stopped`]).
    pub async fn told_by(&mut self, progress: &dyn crate::Progress) {
        tokio::select! {
            () = self.told() => {}
            () = progress.stopped() => {}
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_way_of_being_told_counts() {
        for name in ["-INT", "-TERM", "-HUP"] {
            let mut stop = Stop::listen();
            let own = std::process::id().to_string();
            let mut sent = std::process::Command::new("kill");
            let sent = sent.args([name, &own]).status();
            assert!(sent.expect("kill runs").success(), "{name}");
            stop.told().await;
        }
    }
}
