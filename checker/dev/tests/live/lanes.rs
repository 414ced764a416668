//! How many stacks are up at the same time, and which must be alone.

use std::sync::{Condvar, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use labcheck_dev::stack::{Case, CaseKind};

/// The variable that says how many stacks are up at the same time.
const LANES: &str = "LABCHECK_LANES";

/// How many stacks are up at the same time. Most of a stack's time is waiting: for a database's first start, for a health
/// check. Recordings are made one after the other, as nothing may differ from one to the next.
pub(crate) fn count() -> usize {
    let recording = std::env::var_os("LABCHECK_RECORD").is_some_and(|wanted| wanted == "1");
    let asked = std::env::var(LANES)
        .ok()
        .and_then(|lanes| lanes.parse().ok());
    if recording {
        1
    } else {
        asked.unwrap_or(2).clamp(1, 8)
    }
}

/// A lane, and with it the right to have a stack up; given back when dropped.
pub(crate) struct Lane {
    /// Its number, from 0.
    pub(crate) number: usize,
    _turn: Turn,
}

enum Turn {
    Shared(#[expect(dead_code, reason = "held")] RwLockReadGuard<'static, ()>),
    Exclusive(#[expect(dead_code, reason = "held")] RwLockWriteGuard<'static, ()>),
}

static ALONE: RwLock<()> = RwLock::new(());
static TAKEN: Mutex<[bool; 8]> = Mutex::new([false; 8]);
static GIVEN_BACK: Condvar = Condvar::new();

impl Lane {
    /// Waits for a lane. What is started beside a stack holds ports that other stacks are asked about, and what is done to
    /// images once it is up is dated by what the builder did then: such a mistake is up alone.
    pub(crate) fn take(case: &Case) -> Self {
        let alone = matches!(&case.kind, CaseKind::Mistake(_, mistake) if !mistake.before.is_empty() || !mistake.then.is_empty());
        let turn = if alone {
            Turn::Exclusive(ALONE.write().unwrap_or_else(PoisonError::into_inner))
        } else {
            Turn::Shared(ALONE.read().unwrap_or_else(PoisonError::into_inner))
        };
        let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(number) = taken[..count()].iter().position(|taken| !taken) {
                taken[number] = true;
                return Self {
                    number,
                    _turn: turn,
                };
            }
            taken = GIVEN_BACK
                .wait(taken)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        TAKEN.lock().unwrap_or_else(PoisonError::into_inner)[self.number] = false;
        GIVEN_BACK.notify_one();
    }
}
