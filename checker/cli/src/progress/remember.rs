//! Opening what was kept, and keeping a result: trouble with it is one line on standard error, and stops nothing.

use std::io::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use super::{Kept, Store};
use labcheck_core::report::Report;
use labcheck_core::text::{retold, say};

/// What was kept, or `None` with a line that says why not.
pub(crate) async fn open() -> Option<Store> {
    match Store::open(&Store::path()).await {
        Ok(store) => {
            if let Some(note) = &store.note {
                say(note);
            }
            Some(store)
        }
        Err(err) => {
            say(&format!("progress is not kept: {err}"));
            None
        }
    }
}

/// The same where a line on standard error would spoil a screen.
pub(crate) async fn open_quietly() -> Option<Store> {
    Store::open(&Store::path()).await.ok()
}

/// Keeps the result of a live grading.
pub(crate) async fn remember(report: &Report) {
    if let Some(said) = kept(report).await {
        say(&said);
    }
}

/// Keeps a result; what is to be said about it is given back.
pub(crate) async fn kept(report: &Report) -> Option<String> {
    let store = match Store::open(&Store::path()).await {
        Ok(store) => store,
        Err(err) => return Some(format!("progress is not kept: {err}")),
    };
    match store.keep(&report.lab, &Kept::of(report, now())).await {
        Ok(()) => store.note,
        Err(err) => Some(format!("progress is not kept: {err}")),
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

pub(crate) fn say(what: &str) {
    let _ = writeln!(std::io::stderr(), "{}", say!("note: {}", retold(what)));
}
