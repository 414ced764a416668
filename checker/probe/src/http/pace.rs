//! How fast a stack is asked: one that says "too many requests" is asked again after a while, and more slowly from then on.
//! All of that is bounded, so the student never waits for a stack that answers nothing else.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use tokio::time::Instant;

/// `429 Too Many Requests` (RFC 6585, section 4).
const TOO_MANY: u16 = 429;
/// `503 Service Unavailable` (RFC 9110, section 15.6.4): what nginx's `limit_req` says unless it is told otherwise, and what
/// a server says that is away.
const AWAY: u16 = 503;
/// Longest wait before one request is asked again.
const LONGEST: Duration = Duration::from_secs(3);
/// First wait where the answer names none; it doubles.
const FIRST: Duration = Duration::from_millis(400);
/// Times that one request is asked again.
const MOST: u32 = 4;
/// Between two requests, once a limit is known.
const GAPS: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(500)];
/// Longest wait of all requests of a grading together.
const ALTOGETHER: Duration = Duration::from_secs(40);

/// What is known of a stack's limit. Shared by all browsers that ask the stack for pages.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// Between two requests.
    gap: Duration,
    /// When the next one may be made.
    next: Option<Instant>,
    /// What was waited so far.
    spent: Duration,
    /// A server that was away was still away after waiting: it is no limit.
    away: bool,
}

impl Pace {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for its turn where a limit is known.
    pub(crate) async fn turn(&self) {
        let until = self.known().slot(Instant::now());
        if let Some(until) = until {
            tokio::time::sleep_until(until).await;
        }
    }

    /// Whether an answer is one to ask again for; waits before it says so. `tried` is how often that was said already.
    pub(crate) async fn again(&self, status: u16, headers: &HeaderMap, tried: u32) -> bool {
        let named = headers.get(RETRY_AFTER).and_then(|value| {
            let seconds = value.to_str().ok()?.trim().parse().ok()?;
            Some(Duration::from_secs(seconds))
        });
        let wait = {
            let mut known = self.known();
            let Some(wait) = known.wait(status, named, tried) else {
                return false;
            };
            known.spent += wait;
            wait
        };
        tokio::time::sleep(wait).await;
        true
    }

    /// Whatever came after waiting was the answer.
    pub(crate) fn ended(&self, status: u16, tried: u32) {
        let mut known = self.known();
        if tried > 0 && status == AWAY {
            known.away = true;
        } else if tried > 0 && status != TOO_MANY {
            known.slow_down();
        }
    }
}

impl Known {
    /// When the next request may be made; `None` where no limit is known, or it was waited long enough.
    fn slot(&mut self, now: Instant) -> Option<Instant> {
        if self.gap.is_zero() || self.spent > ALTOGETHER {
            return None;
        }
        let until = self.next.map_or(now, |next| next.max(now));
        let gap = self.gap;
        self.next = Some(until + gap);
        self.spent += gap;
        Some(until)
    }

    fn wait(&mut self, status: u16, named: Option<Duration>, tried: u32) -> Option<Duration> {
        let limit = match status {
            TOO_MANY => {
                self.slow_down();
                MOST
            }
            AWAY if !self.away => 2,
            _ => return None,
        };
        // A server that asks for more patience than there is gets one more request, not four.
        let limit = if named.is_some_and(|named| named > LONGEST) {
            1
        } else {
            limit
        };
        let wait = named.unwrap_or(FIRST * 2_u32.pow(tried)).min(LONGEST);
        (tried < limit && self.spent + wait <= ALTOGETHER).then_some(wait)
    }

    fn slow_down(&mut self) {
        self.gap = if self.gap.is_zero() { GAPS[0] } else { GAPS[1] };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_limit_is_waited_out_and_not_for_ever() {
        let mut known = Known::default();
        assert_eq!(known.wait(429, Some(SECOND), 0), Some(SECOND));
        assert_eq!(known.wait(429, None, 1), Some(FIRST * 2));
        assert_eq!(known.wait(429, None, MOST), None);
        assert_eq!(known.wait(429, Some(SECOND * 600), 0), Some(LONGEST));
        assert_eq!(known.wait(429, Some(SECOND * 600), 1), None);
        assert_eq!(known.wait(200, None, 0), None);
        known.spent = ALTOGETHER;
        assert_eq!(known.wait(429, Some(SECOND), 0), None);
    }

    #[test]
    fn a_server_that_is_away_is_waited_for_once() {
        let pace = Pace::default();
        assert!(pace.known().wait(503, None, 0).is_some());
        pace.ended(503, 2);
        assert!(pace.known().wait(503, None, 0).is_none());
        assert!(pace.known().gap.is_zero());
    }

    #[test]
    fn once_a_limit_is_known_requests_come_one_after_the_other() {
        let mut known = Known::default();
        let now = Instant::now();
        assert_eq!(known.slot(now), None);
        known.slow_down();
        assert_eq!(known.slot(now), Some(now));
        assert_eq!(known.slot(now), Some(now + GAPS[0]));
        known.slow_down();
        assert_eq!(known.slot(now + SECOND), Some(now + SECOND));
        assert_eq!(known.slot(now), Some(now + SECOND + GAPS[1]));
        known.spent = ALTOGETHER + SECOND;
        assert_eq!(known.slot(now), None);
    }
}
