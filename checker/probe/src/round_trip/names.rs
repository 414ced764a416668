//! Names of firms that do not exist: `keller-metallbau-4410937`.
//!
//! A stack that looks for the grader's own word in what is posted finds none. The grader knows the names of its other
//! gradings by their form, in a database and in a recording.

/// Family names, and so the first word.
const FAMILIES: [&str; 32] = [
    "ackermann",
    "baumann",
    "brunner",
    "buehler",
    "egger",
    "fischer",
    "frei",
    "gerber",
    "graf",
    "huber",
    "imhof",
    "keller",
    "koch",
    "kunz",
    "lehmann",
    "marti",
    "meier",
    "moser",
    "odermatt",
    "pfister",
    "roth",
    "schmid",
    "sommer",
    "steiner",
    "suter",
    "tanner",
    "vogel",
    "weber",
    "wenger",
    "wyss",
    "zbinden",
    "zimmermann",
];
/// Trades, and so the second word.
const TRADES: [&str; 8] = [
    "druck",
    "elektro",
    "holzbau",
    "keramik",
    "metallbau",
    "optik",
    "pumpen",
    "textil",
];
/// Digits of the number behind both.
const DIGITS: usize = 7;

/// A name made of five random bytes: a family, a trade, seven digits.
pub(crate) fn firm(bytes: [u8; 5]) -> String {
    let [family, trade, digits @ ..] = bytes;
    let family = FAMILIES[usize::from(family) % FAMILIES.len()];
    let trade = TRADES[usize::from(trade) % TRADES.len()];
    let digits = digits
        .iter()
        .fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
    format!("{family}-{trade}-{:0DIGITS$}", digits % 10_u32.pow(7))
}

/// The form of these names from the end of the family on, as a regular expression that `MariaDB`, `MySQL` and
/// `PostgreSQL` read alike.
pub(crate) fn pattern() -> String {
    format!("[a-z]-({})-[0-9]{{{DIGITS}}}", TRADES.join("|"))
}

/// The length of the name that a text begins with, its words joined by this mark; `None` where it begins with none.
pub(crate) fn length(text: &str, mark: char) -> Option<usize> {
    let word = |rest: &str, words: &[&str]| {
        let found = words.iter().find(|word| {
            rest.strip_prefix(**word)
                .is_some_and(|rest| rest.starts_with(mark))
        });
        found.map(|word| word.len() + mark.len_utf8())
    };
    let family = word(text, &FAMILIES)?;
    let both = family + word(text.get(family..)?, &TRADES)?;
    let digits = text.get(both..both + DIGITS)?;
    let all = digits.bytes().all(|byte| byte.is_ascii_digit());
    all.then_some(both + DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_by_its_form() {
        for byte in 0..=u8::MAX {
            let name = firm([byte, byte.wrapping_mul(7), byte, 255, byte]);
            assert!(!name.contains("labcheck"), "{name}");
            assert_eq!(
                length(&format!("{name}@example.org"), '-'),
                Some(name.len())
            );
            let in_sql = name.replace('-', "_");
            assert_eq!(length(&in_sql, '_'), Some(name.len()));
        }
        assert_eq!(length("keller-metallbau", '-'), None);
        assert_eq!(length("keller-metallbau-12345é", '-'), None);
        assert_eq!(length("", '-'), None);
    }
}
