//! The engine's times (RFC 3339) as milliseconds since 1970. Only what comparing ages needs.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970, now.
pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| u64::try_from(since.as_millis()).ok())
        .unwrap_or(0)
}

/// Milliseconds since 1970 of `2026-11-21T20:09:12.123456789Z`; `None` for anything else, and for the engine's
/// "never" (the year 1).
pub fn millis(text: &str) -> Option<u64> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let (clock, offset) = match rest.find(['Z', 'z', '+', '-']) {
        Some(at) => rest.split_at(at),
        None => (rest, "Z"),
    };
    let mut date = date.splitn(3, '-').map(str::parse::<i64>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut clock = clock.splitn(3, ':').map(str::parse::<i64>);
    let (hour, minute, second) = (
        clock.next()?.ok()?,
        clock.next()?.ok()?,
        clock.next()?.ok()?,
    );
    if !(1970..10_000).contains(&year)
        || !(1..=12).contains(&month)
        || !(1..=31).contains(&day)
        || hour > 24
        || minute > 60
        || second > 60
    {
        return None;
    }
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
        - offset_seconds(offset)?;
    u64::try_from(seconds * 1000 + digits.parse::<i64>().ok()?).ok()
}

fn offset_seconds(offset: &str) -> Option<i64> {
    let sign = match offset.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return Some(0),
    };
    let (hours, minutes) = offset[1..].split_once(':')?;
    Some(sign * (hours.parse::<i64>().ok()? * 3600 + minutes.parse::<i64>().ok()? * 60))
}

/// Days from 1970-01-01 in the Gregorian calendar: years begin in March, so that leap days come last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_times_are_read() {
        assert_eq!(millis("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(millis("2000-02-29T12:00:00.5Z"), Some(951_825_600_500));
        assert_eq!(
            millis("2026-11-21T20:09:12.123456789Z"),
            Some(1_795_291_752_123)
        );
        assert_eq!(
            millis("2026-11-21T21:09:12.123+01:00"),
            Some(1_795_291_752_123)
        );
    }

    #[test]
    fn never_and_nonsense_are_no_times() {
        for text in [
            "0001-01-01T00:00:00Z",
            "",
            "yesterday",
            "2026-13-01T00:00:00Z",
            "2026-01-01",
            "2026-01-01Tx:y:zZ",
            "2026-01-01T00:00:00+",
        ] {
            assert_eq!(millis(text), None, "{text}");
        }
    }
}
