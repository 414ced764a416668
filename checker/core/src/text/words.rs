//! Small things that all texts share: lists, plurals, and cuts.

use std::fmt::Write as _;

use super::{Language, clean, say, within};

/// `a`, `a and b`, `a, b and c`; at most six, then "and N more".
pub fn list<T: AsRef<str>>(items: &[T]) -> String {
    const MOST: usize = 6;
    let mut listed: Vec<&str> = items.iter().take(MOST).map(AsRef::as_ref).collect();
    let rest = items.len() - listed.len();
    let more = say!("{rest} more", rest);
    if rest > 0 {
        listed.push(&more);
    }
    match listed.split_last() {
        None => say!("none").into(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, before)) => say!("{} and {last}", before.join(", "), last),
    }
}

/// A list for a fact: facts speak English, whatever is spoken elsewhere.
pub fn english_list<T: AsRef<str>>(items: &[T]) -> String {
    within(Language::English, || list(items))
}

/// Names in backticks, as a list.
pub fn ticked<T: AsRef<str>>(items: &[T]) -> String {
    list(
        &items
            .iter()
            .map(|item| format!("`{}`", item.as_ref()))
            .collect::<Vec<_>>(),
    )
}

/// `once`, `twice`, `3 times`.
pub fn times(count: i64) -> String {
    match count {
        1 => say!("once").into(),
        2 => say!("twice").into(),
        more => say!("{more} times", more),
    }
}

/// `1 point`, `2 points`.
pub fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A time for a sentence: `212 ms`, `8.4 s`, `2 min 46 s`.
pub fn took(ms: u64) -> String {
    match ms {
        0..1000 => format!("{ms} ms"),
        1000..60_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1000),
    }
}

/// The day of a moment in seconds since 1970 (UTC), such as `2026-11-21`.
pub fn date(seconds: i64) -> String {
    // Counted in days from 0000-03-01 in the Gregorian calendar, so that leap days come last in their year.
    let days = seconds.div_euclid(86_400).saturating_add(719_468);
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let of_era_year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * of_era_year + of_era_year / 4 - of_era_year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = of_era_year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Words into lines of at most `room` characters; a longer word stands alone.
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    laid(text.split_whitespace().map(str::to_owned), room)
}

/// As [`wrap`]; what stands between backticks stays on one line, however long, as it is there to be copied.
pub fn wrap_whole(text: &str, room: usize) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for word in text.split_whitespace() {
        match words.last_mut() {
            Some(last) if open => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
        open ^= word.matches('`').count() % 2 == 1;
    }
    if open {
        return wrap(text, room);
    }
    laid(words.into_iter(), room)
}

fn laid(words: impl Iterator<Item = String>, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words {
        let last = lines.len() - 1;
        let used = lines[last].chars().count();
        if used == 0 {
            lines[last].push_str(&word);
        } else if used + 1 + word.chars().count() <= room {
            lines[last].push(' ');
            lines[last].push_str(&word);
        } else {
            lines.push(word);
        }
    }
    lines
}

/// Lines as they are where they fit, else wrapped with what follows hanging below. A command at a line's end goes on a
/// line of its own. `None`: nothing is wrapped, as a pipe has no width.
pub fn hanging(text: &str, width: Option<usize>) -> String {
    let Some(width) = width else {
        return text.to_owned();
    };
    let mut out = String::new();
    for line in text.lines() {
        if line.chars().count() <= width {
            out.push_str(line);
            out.push('\n');
            continue;
        }
        let indent = line.chars().take_while(|letter| *letter == ' ').count();
        let (what, command) = match line.rsplit_once(": ") {
            Some((what, last)) if is_command(last) => (format!("{what}:"), Some(last)),
            _ => (line.to_owned(), None),
        };
        let room = width.saturating_sub(indent + 4).max(1);
        let mut parts = wrap_whole(&what, width.saturating_sub(indent)).into_iter();
        let first = parts.next().unwrap_or_default();
        let rest = parts.collect::<Vec<_>>().join(" ");
        let _ = writeln!(out, "{:indent$}{first}", "");
        let rest = wrap_whole(&rest, room)
            .into_iter()
            .filter(|part| !part.is_empty());
        for part in rest.chain(command.map(str::to_owned)) {
            let _ = writeln!(out, "{:indent$}    {part}", "");
        }
    }
    out
}

fn is_command(text: &str) -> bool {
    ["docker ", "labcheck "]
        .iter()
        .any(|own| text.starts_with(own))
}

/// An address for a sentence: brackets around IPv6.
pub fn host(address: &str) -> String {
    if address.contains(':') {
        format!("[{address}]")
    } else {
        address.to_owned()
    }
}

/// The words of an HTML page without its tags, cleaned. Good enough to quote from; not a parser.
pub fn visible(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    clean(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_stays_whole_and_lines_hang() {
        let text = "type `docker compose up -d` then";
        assert_eq!(wrap(text, 12)[0], "type `docker");
        assert_eq!(
            wrap_whole(text, 12),
            ["type", "`docker compose up -d`", "then"]
        );
        assert_eq!(wrap_whole("a ` b", 3), ["a `", "b"]);
        let said = "  one two three\nshort\n  the last one: labcheck book v1.html\n";
        assert_eq!(
            hanging(said, Some(13)),
            "  one two\n      three\nshort\n  the last\n      one:\n      labcheck book v1.html\n"
        );
        assert_eq!(hanging(said, None), said);
    }

    #[test]
    fn lists_read_as_a_person_would_say_them() {
        assert_eq!(list::<&str>(&[]), "none");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b"]), "a and b");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(
            list(&["1", "2", "3", "4", "5", "6", "7", "8"]),
            "1, 2, 3, 4, 5, 6 and 2 more"
        );
    }

    #[test]
    fn times_are_told_in_the_unit_that_fits() {
        assert_eq!(took(212), "212 ms");
        assert_eq!(took(8_450), "8.4 s");
        assert_eq!(took(165_778), "2 min 45 s");
    }

    #[test]
    fn moments_fall_on_days() {
        for (seconds, day) in [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (951_868_799, "2000-02-29"),
            (1_795_291_752, "2026-11-21"),
            (-1, "1969-12-31"),
            (2_524_607_999, "2049-12-31"),
        ] {
            assert_eq!(date(seconds), day);
        }
        // Whatever a certificate says, it is shown.
        for seconds in [i64::MIN, i64::MAX] {
            assert!(!date(seconds).is_empty());
        }
    }
}
