//! Threads for attempts that wait: as many as there are slots, over all requests.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::Builder;
use std::time::Instant;

/// Bytes of a thread's stack.
pub(crate) const STACK: usize = 256 * 1024;

/// How many attempts may still begin.
#[derive(Debug)]
pub(crate) struct Slots {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Slots {
    /// So many at once.
    pub(crate) fn new(count: usize) -> Self {
        Self {
            free: Mutex::new(count),
            freed: Condvar::new(),
        }
    }

    /// Takes as many as there are, up to `most`; waits for one until the deadline. None are taken where it is over.
    fn take(&self, most: usize, until: Instant) -> usize {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free == 0 {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return 0;
            }
            let woken = self.freed.wait_timeout(free, left);
            free = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        let taken = most.min(*free);
        *free -= taken;
        taken
    }

    fn give(&self, count: usize) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        *free += count;
        self.freed.notify_all();
    }
}

/// Works on every item in threads, as many at once as there are slots; none for an item that no thread came to in time.
pub(super) fn each<T: Sync, R: Send>(
    slots: &Slots,
    until: Instant,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<Option<R>> {
    let results: Vec<Mutex<Option<R>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let taken = if items.is_empty() {
        0
    } else {
        slots.take(items.len(), until)
    };
    std::thread::scope(|scope| {
        for _ in 0..taken {
            let through = || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let (Some(item), Some(result)) = (items.get(at), results.get(at)) else {
                        break;
                    };
                    if Instant::now() > until {
                        break;
                    }
                    let done = work(item);
                    *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
                }
            };
            let thread = Builder::new().stack_size(STACK);
            if thread.spawn_scoped(scope, through).is_err() {
                // No more threads can be had: those that run do the work.
                break;
            }
        }
    });
    slots.give(taken);
    let results = results.into_iter();
    results
        .map(|result| result.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_item_is_worked_on_with_few_slots() {
        let slots = Slots::new(2);
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let until = Instant::now() + Duration::from_secs(10);
        let done = each(&slots, until, &[1, 2, 3, 4, 5], |item| {
            let running = now.fetch_add(1, Ordering::SeqCst) + 1;
            most.fetch_max(running, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(20));
            now.fetch_sub(1, Ordering::SeqCst);
            item * 2
        });
        assert_eq!(done, [Some(2), Some(4), Some(6), Some(8), Some(10)]);
        assert_eq!(most.load(Ordering::SeqCst), 2);
        assert_eq!(slots.take(9, until), 2, "they were given back");
    }

    #[test]
    fn without_a_slot_nothing_is_tried() {
        let slots = Slots::new(0);
        let until = Instant::now() + Duration::from_millis(20);
        assert_eq!(each(&slots, until, &[1], |item| *item), [None]);
    }
}
