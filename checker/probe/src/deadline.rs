//! Work on what came from outside, with a deadline: pages and pictures can be made so that reading them takes for ever.

use std::time::Duration;

/// Does the work on a thread of its own; `None` when it is not done in time, or failed.
///
/// A thread that is late is left behind: it ends with the process, and the grader does not wait for it.
pub(crate) async fn bounded<T: Send + 'static>(
    longest: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    const STACK: usize = 8 * 1024 * 1024;
    let (send, receive) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new().stack_size(STACK);
    let started = thread.spawn(move || {
        // The grader does not listen any more when it was late.
        let _ = send.send(work());
    });
    started.ok()?;
    tokio::time::timeout(longest, receive).await.ok()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_late_is_left_behind() {
        let (open, closing) = std::sync::mpsc::channel::<()>();
        let late = bounded(Duration::from_millis(10), move || closing.recv().is_ok());
        assert_eq!(late.await, None);
        drop(open);
        assert_eq!(bounded(Duration::from_secs(20), || 7).await, Some(7));
    }
}
