//! Shared by kinds that need something seen: the value, or an unknown verdict with the reason.

/// The seen value, or return [`crate::check::Verdict::unknown`] from the kind that asks.
macro_rules! seen {
    ($seen:expr, $expected:expr, $what:expr) => {
        match $seen {
            Some($crate::facts::Seen::Seen(value)) => value,
            Some($crate::facts::Seen::Unseen(why)) => {
                return $crate::check::Verdict::unknown($expected, why);
            }
            None => {
                return $crate::check::Verdict::unknown(
                    $expected,
                    $crate::text::say!("{what} was not looked at in these facts", what = $what),
                );
            }
        }
    };
}

pub(crate) use seen;
