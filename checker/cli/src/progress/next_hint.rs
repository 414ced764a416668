//! The next hint for a check: those that fit what was found, one more each time.

use std::fmt::Write as _;

use super::open::Store;
use super::remember::open_quietly;
use labcheck_core::lab::{CheckEntry, Hint, Lab};
use labcheck_core::text::say;

/// The hints that fit what was found, one more than the last time and than were given elsewhere; all of them where
/// nothing can be counted. Another cause begins anew.
pub(crate) async fn one_more(
    lab: &Lab,
    entry: &CheckEntry,
    found: Option<&str>,
    store: Option<&Store>,
    given: u32,
) -> String {
    let hints = Hint::fitting(&entry.hints, found);
    let most = u32::try_from(hints.len()).unwrap_or(u32::MAX);
    let shown = match store {
        Some(store) => store
            .one_more_hint(lab.id.as_str(), &counted(entry.id.as_str(), found), most)
            .await
            .map_or(most, |shown| shown.saturating_add(given).min(most)),
        None => most,
    };
    told(entry, &hints, usize::try_from(shown).unwrap_or(hints.len()))
}

/// The hints of a check so far, one more than the last time.
pub(crate) async fn next(lab: &Lab, id: &str, found: Option<&str>) -> String {
    let Some(entry) = lab.checks.iter().find(|entry| entry.id.as_str() == id) else {
        return String::new();
    };
    let store = open_quietly().await;
    one_more(lab, entry, found, store.as_ref(), 0).await
}

/// Under which name the hints of a check are counted: what was found is part of it, without its numbers, as they differ
/// from one look to the next.
fn counted(id: &str, found: Option<&str>) -> String {
    let Some(found) = found else {
        return id.to_owned();
    };
    // FNV-1a: short, and the same on every machine and in every version.
    let bytes = found.bytes().filter(|byte| !byte.is_ascii_digit());
    let sum = bytes.fold(0x811c_9dc5_u32, |sum, byte| {
        (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    format!("{id}#{sum:08x}")
}

fn told(entry: &CheckEntry, hints: &[&str], shown: usize) -> String {
    let of = hints.len();
    let mut out = format!("{}  {}\n", entry.id, entry.title);
    for (hint, number) in hints.iter().zip(1..).take(shown) {
        let line = say!("hint {number} of {of}: {hint}", number, of, hint);
        let _ = writeln!(out, "  {line}");
    }
    if shown >= of {
        let line = say!(
            "that was the last one; the chapter: {}",
            labcheck_core::report::reading(&entry.chapter)
        );
        let _ = writeln!(out, "  {line}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_cause_is_counted_by_itself_and_a_number_is_none() {
        let of = |found| counted("v1-a", Some(found));
        assert_eq!(of("restarted 3 times"), of("restarted 41 times"));
        assert_ne!(of("restarted 3 times"), of("stopped with exit code 3"));
        assert_eq!(counted("v1-a", None), "v1-a");
    }
}
