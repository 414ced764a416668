//! What a look that is under way says, and how it hears that the watch ends.

use std::future::pending;
use std::pin::Pin;

use tokio::sync::{mpsc, watch};

use labcheck_probe::Progress;

/// What a look says of itself, and how it is told to end.
pub(crate) struct Word {
    pub say: mpsc::UnboundedSender<String>,
    pub stop: watch::Receiver<bool>,
}

impl Progress for Word {
    fn now(&self, what: &str) {
        let _ = self.say.send(what.to_owned());
    }

    fn stopped(&self) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        let mut stop = self.stop.clone();
        Box::pin(async move {
            if stop.wait_for(|told| *told).await.is_err() {
                pending::<()>().await;
            }
        })
    }
}
