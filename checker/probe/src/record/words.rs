//! Words of a recording that differ from run to run, replaced the same way wherever they stand.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::round_trip::names;

/// Replacements known beforehand, and those made up on the way in the order of first appearance.
#[derive(Debug, Default)]
pub(crate) struct Words {
    known: Vec<(String, String)>,
    digests: BTreeMap<String, usize>,
    addresses: BTreeMap<String, usize>,
}

/// A hexadecimal word from this length on is an id, a digest or a token.
const DIGEST: usize = 32;

impl Words {
    /// Replaces a word wherever it stands.
    pub(crate) fn replace(&mut self, word: &str, by: &str) {
        if word.len() > 3 && word != by {
            self.known.push((word.to_owned(), by.to_owned()));
        }
    }

    /// Anything that can be written as JSON with every text and every key gone through; `None` when it cannot.
    pub(crate) fn through<T: Serialize + DeserializeOwned>(mut self, whole: &T) -> Option<T> {
        // Longest first, so that a path inside a path goes whole.
        self.known
            .sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        let value = self.value(serde_json::to_value(whole).ok()?);
        serde_json::from_value(value).ok()
    }

    fn value(&mut self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(items) => {
                Value::Array(items.into_iter().map(|item| self.value(item)).collect())
            }
            Value::Object(items) => Value::Object(
                items
                    .into_iter()
                    .map(|(key, item)| (self.text(&key), self.value(item)))
                    .collect(),
            ),
            other => other,
        }
    }

    fn text(&mut self, text: &str) -> String {
        let mut out = text.to_owned();
        for (word, by) in &self.known {
            if out.contains(word.as_str()) {
                out = out.replace(word.as_str(), by);
            }
        }
        out = between(
            &out,
            |c| c.is_ascii_alphanumeric(),
            |word| self.digest(word),
        );
        out = between(
            &out,
            |c| c.is_ascii_digit() || c == '.',
            |word| self.address(word),
        );
        moments(&never(&out))
    }

    fn digest(&mut self, word: &str) -> Option<String> {
        if word.len() < DIGEST || !word.chars().all(|c| c.is_ascii_hexdigit()) {
            return None;
        }
        let next = self.digests.len() + 1;
        let number = *self.digests.entry(word.to_owned()).or_insert(next);
        Some(format!("{number:0width$x}", width = word.len()))
    }

    /// Addresses of private networks (RFC 1918), which engines deal out as they come.
    fn address(&mut self, word: &str) -> Option<String> {
        let bare = word.trim_end_matches('.');
        let address: std::net::Ipv4Addr =
            bare.parse().ok().filter(std::net::Ipv4Addr::is_private)?;
        let next = self.addresses.len() + 1;
        let number = *self.addresses.entry(address.to_string()).or_insert(next);
        Some(format!(
            "10.0.{}.{}{}",
            number / 250,
            number % 250 + 1,
            &word[bare.len()..]
        ))
    }
}

/// Goes through the longest runs of characters of a kind and replaces those that have another form.
fn between(
    text: &str,
    kind: impl Fn(char) -> bool,
    mut replace: impl FnMut(&str) -> Option<String>,
) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(&kind) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !kind(c)).unwrap_or(from.len());
        out.push_str(before);
        match replace(&from[..end]) {
            Some(other) => out.push_str(&other),
            None => out.push_str(&from[..end]),
        }
        rest = &from[end..];
    }
    out.push_str(rest);
    out
}

/// The name that is never stored is made up anew each time: `keller-optik-4410937`, or with underscores in SQL.
fn never(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let found = ['-', '_'].into_iter().find_map(|mark| {
            let length = names::length(rest, mark)?;
            Some((length, format!("labcheck{mark}000000{mark}never")))
        });
        let taken = if let Some((length, steady)) = found {
            out.push_str(&steady);
            length
        } else {
            out.push(next);
            next.len_utf8()
        };
        rest = &rest[taken..];
    }
    out
}

/// Times such as `2026-11-21 20:09:12.123` or with a `T` become the beginning of a year.
fn moments(text: &str) -> String {
    const SHAPE: &[u8] = b"dddd-dd-dd dd:dd:dd";
    const WORD: &str = "2000-01-01 00:00:00";
    let fits = |at: usize| {
        text.as_bytes()
            .get(at..at + SHAPE.len())
            .is_some_and(|bytes| {
                bytes.iter().zip(SHAPE).all(|(byte, shape)| match shape {
                    b'd' => byte.is_ascii_digit(),
                    b' ' => matches!(byte, b' ' | b'T'),
                    other => byte == other,
                })
            })
    };
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if fits(at) {
            out.push_str(WORD);
            at += SHAPE.len();
            let fraction = text[at..].strip_prefix('.').map_or(0, |rest| {
                1 + rest.bytes().take_while(u8::is_ascii_digit).count()
            });
            at += fraction;
        } else {
            let next = text[at..].chars().next().map_or(1, char::len_utf8);
            out.push_str(&text[at..at + next]);
            at += next;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(texts: &[&str]) -> Vec<String> {
        let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
        Words::default().through(&texts).expect("texts")
    }

    #[test]
    fn digests_are_numbered_as_they_appear() {
        let (a, b) = ("ab".repeat(32), "cd".repeat(16));
        let found = through(&[&format!("sha256:{a} {b}"), &a]);
        assert_eq!(found[1], format!("{:064x}", 1));
        assert_eq!(found[0], format!("sha256:{:064x} {:032x}", 1, 2));
    }

    #[test]
    fn private_addresses_times_and_made_up_names_are_steadied() {
        assert_eq!(
            through(&["from 172.18.0.3:4711, 172.18.0.4, 172.18.0.3."]),
            ["from 10.0.0.2:4711, 10.0.0.3, 10.0.0.2."]
        );
        assert_eq!(
            through(&["127.0.0.1 0.0.0.0 8.8.8.8 1.2"]),
            ["127.0.0.1 0.0.0.0 8.8.8.8 1.2"]
        );
        assert_eq!(
            through(&["2026-11-21T20:09:12.123Z ö"]),
            ["2000-01-01 00:00:00Z ö"]
        );
        assert_eq!(
            through(&["keller-optik-4410937, 'frei_druck_0000001', keller-optik, é"]),
            ["labcheck-000000-never, 'labcheck_000000_never', keller-optik, é"]
        );
    }

    #[test]
    fn once_is_enough() {
        let first = through(&[
            &"ab".repeat(32),
            "172.18.0.3 and 10.9.8.7",
            "2026-11-21 20:09:12",
        ]);
        let texts: Vec<&str> = first.iter().map(String::as_str).collect();
        assert_eq!(through(&texts), first);
    }
}
