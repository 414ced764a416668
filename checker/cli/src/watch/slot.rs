//! Work that is under way or not, so that one loop can wait for all of it. Decides nothing.

use std::future::pending;
use std::pin::Pin;

use crossterm::event::{Event as Key, EventStream};
use futures_util::StreamExt as _;
use tokio::time::Instant;

pub(crate) type Slot<T> = Option<Pin<Box<dyn Future<Output = T>>>>;

/// Ends when what is under way is done; never when nothing is.
pub(crate) async fn done<T>(slot: &mut Slot<T>) -> T {
    let Some(work) = slot else {
        return pending().await;
    };
    let out = work.await;
    *slot = None;
    out
}

pub(crate) async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => pending().await,
    }
}

pub(crate) async fn next_key(keys: &mut Option<EventStream>) -> Key {
    loop {
        let Some(stream) = keys else {
            return pending().await;
        };
        match stream.next().await {
            Some(Ok(key)) => return key,
            Some(Err(_)) => {}
            None => *keys = None,
        }
    }
}
