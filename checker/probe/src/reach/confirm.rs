//! What came through has to come through twice. Pure.
//!
//! Whenever a network is made, the engine takes its rules between networks out for a moment and puts them in again
//! (`EnsureJumpRule` of its bridge driver), so on a busy machine a connection may come about that never does otherwise.

use std::time::Duration;

use labcheck_core::facts::{ReachRow, Tried};

/// Time between an attempt that came through and the one that confirms it.
pub(crate) const PAUSE: Duration = Duration::from_millis(200);

/// Whether a container that is to be kept apart could be connected to: only then is a second attempt worth its time.
pub(crate) fn came_through(rows: &[ReachRow], kept: &[&str]) -> bool {
    let apart = |row: &&ReachRow| kept.contains(&row.container.as_str());
    rows.iter().filter(apart).any(ReachRow::open)
}

/// Takes back what a second attempt did not confirm. One that was not made takes nothing back.
pub(crate) fn confirm(first: &mut [ReachRow], second: &[ReachRow]) {
    for row in first {
        let same = |other: &&ReachRow| other.container == row.container && other.port == row.port;
        let Some(again) = second.iter().find(same) else {
            continue;
        };
        for one in &mut row.tries {
            let mut twins = again.tries.iter();
            if one.outcome == Tried::Open
                && let Some(twin) = twins.find(|twin| twin.at == one.at && twin.name == one.name)
            {
                one.outcome = twin.outcome.clone();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::{Try, Vantage};

    fn row(container: &str, outcome: Tried) -> ReachRow {
        let one = Try {
            at: "172.20.0.3:3306".into(),
            name: None,
            outcome,
        };
        ReachRow {
            container: container.into(),
            port: 3306,
            proto: "tcp".into(),
            from: Vantage::Proxy("proxy".into()),
            asked: Vec::new(),
            effective: Vec::new(),
            tries: vec![one],
        }
    }

    #[test]
    fn only_what_is_open_twice_is_open() {
        let after = |second: &[ReachRow]| {
            let mut first = [row("db", Tried::Open)];
            confirm(&mut first, second);
            first[0].open()
        };
        assert!(after(&[row("db", Tried::Open)]));
        assert!(!after(&[row("db", Tried::TimedOut(300))]));
        assert!(after(&[]) && after(&[row("app", Tried::TimedOut(300))]));
    }

    #[test]
    fn only_what_is_kept_apart_is_tried_again() {
        let kept = ["db"];
        assert!(came_through(&[row("db", Tried::Open)], &kept));
        assert!(!came_through(&[row("admin", Tried::Open)], &kept));
        assert!(!came_through(&[row("db", Tried::Refused)], &kept));
    }
}
