//! What the grader says of itself to a server: what a browser says. A stack that knew the grader could serve it alone. Pure.

use labcheck_engine::token::fresh;

/// The program: Firefox ESR on Linux.
pub(crate) const USER_AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
/// What it asks for as a page.
pub(crate) const ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
/// How its answers may be compressed, as it says it in plain HTTP; over TLS it would also name two codings that are not read
/// here.
pub(crate) const ACCEPT_ENCODING: &str = "gzip, deflate";
/// The languages of its reader.
pub(crate) const ACCEPT_LANGUAGE: &str = "en-US,en;q=0.5";

/// Two words that mean nothing and look like a name, such as `kasorami-betoluna`; new each time.
pub(crate) fn made_up() -> String {
    spelled(&fresh())
}

/// The first eight hexadecimal digits as syllables.
fn spelled(digits: &str) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "zu",
        "han",
    ];
    let digits = digits.chars().filter_map(|digit| digit.to_digit(16));
    let mut word = String::new();
    for (at, digit) in digits.take(8).enumerate() {
        if at == 4 {
            word.push('-');
        }
        word.push_str(SYLLABLES.get(digit as usize).copied().unwrap_or_default());
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_up_of_syllables_and_new_each_time() {
        assert_eq!(spelled("0123456789abcdef"), "bacedifo-gukalemi");
        assert_ne!(made_up(), made_up());
        assert!(!USER_AGENT.contains("labcheck"));
    }
}
