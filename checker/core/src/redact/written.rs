//! A secret as other texts write it: in an address, in a page, in JSON, in hexadecimal digits, in Base64.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// A shorter piece of Base64 would blot out ordinary words.
const SHORTEST_PIECE: usize = 6;

/// Every way in which a value is written, as it is among them.
pub(crate) fn ways(value: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::from([value.to_owned()]);
    for upper in [true, false] {
        let pair = |byte: u8| hexadecimal(byte, upper);
        let address = |keeps: &dyn Fn(u8) -> bool| -> String {
            let each = value.bytes().map(|byte| match byte {
                byte if keeps(byte) => char::from(byte).to_string(),
                byte => format!("%{}", pair(byte)),
            });
            each.collect()
        };
        // RFC 3986's unreserved characters; those that JavaScript's encodeURIComponent and encodeURI keep; those of a
        // form; none.
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        let component = |byte: u8| unreserved(byte) || b"!*'()".contains(&byte);
        let whole = |byte: u8| component(byte) || b";,/?:@&=+$#".contains(&byte);
        let form = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.*".contains(&byte);
        all.extend([
            address(&unreserved),
            address(&component),
            address(&whole),
            address(&form).replace("%20", "+"),
            address(&|_| false),
            value.bytes().map(pair).collect(),
        ]);
    }
    for quote in ["&quot;", "&#34;", "&#x22;"] {
        for apostrophe in ["'", "&apos;", "&#39;", "&#039;", "&#x27;"] {
            let marks = value
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;");
            all.insert(marks.replace('"', quote).replace('\'', apostrophe));
        }
    }
    all.insert(each(value, |c| format!("&#{};", u32::from(c))));
    all.insert(each(value, |c| format!("&#x{:x};", u32::from(c))));
    all.insert(each(value, |c| format!("&#x{:X};", u32::from(c))));
    all.extend(in_json(value));
    all.extend(in_base64(value.as_bytes()));
    all
}

fn each(value: &str, how: impl Fn(char) -> String) -> String {
    value.chars().map(how).collect()
}

fn hexadecimal(byte: u8, upper: bool) -> String {
    if upper {
        format!("{byte:02X}")
    } else {
        format!("{byte:02x}")
    }
}

/// Inside a JSON text (RFC 8259, section 7): with other letters as they are and as `\u00e4`, slashes plain and not.
fn in_json(value: &str) -> Vec<String> {
    let quoted = serde_json::to_string(value).unwrap_or_default();
    let plain = quoted
        .get(1..quoted.len().saturating_sub(1))
        .unwrap_or_default();
    let mut ascii = String::new();
    for c in plain.chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a text cannot fail.
                let _ = write!(ascii, "\\u{unit:04x}");
            }
        }
    }
    // As it is often done for pages.
    let page = ascii
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026");
    let slashes = ascii.replace('/', "\\/");
    vec![plain.to_owned(), ascii, page, slashes]
}

/// What of Base64 (RFC 4648) the value alone decides, wherever it begins in the encoded text: after a whole number of
/// groups, or one or two bytes later; with the alphabet of section 4 and that of section 5.
fn in_base64(value: &[u8]) -> Vec<String> {
    let mut all = Vec::new();
    for before in 0..3 {
        let mut bytes = vec![0; before];
        bytes.extend(value);
        let digits = base64(&bytes);
        // The first digits hold bits of what stands before, the last one bits of what follows.
        let begin = (before * 8).div_ceil(6);
        let end = bytes.len() * 8 / 6;
        let mut pieces = vec![&digits[begin..end.max(begin)]];
        if before == 0 {
            // The whole value, where nothing follows.
            pieces.push(&digits);
        }
        for piece in pieces
            .into_iter()
            .filter(|piece| piece.len() >= SHORTEST_PIECE)
        {
            all.extend([piece.to_owned(), piece.replace('+', "-").replace('/', "_")]);
        }
    }
    all
}

/// Base64 without padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len() * 4 / 3 + 2);
    for group in bytes.chunks(3) {
        let bits = group
            .iter()
            .fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        let bits = bits << (8 * (3 - group.len()));
        for digit in 0..=group.len() {
            out.push(char::from(DIGITS[bits >> (18 - 6 * digit) & 63]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::known::Secrets;

    #[test]
    fn base64_is_that_of_the_rfc() {
        // RFC 4648, section 10, without padding.
        let of = [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("foobar", "Zm9vYmFy"),
        ];
        for (text, encoded) in of {
            assert_eq!(base64(text.as_bytes()), encoded);
        }
    }

    /// What is left of a text in which the secret stands encoded.
    fn hidden(secret: &str, text: &str) -> String {
        let mut secrets = Secrets::default();
        secrets.learn(secret);
        secrets.hide(text)
    }

    #[test]
    fn a_secret_is_hidden_however_it_is_written() {
        let secret = "pä/s <w&\"o'rd+1";
        for written in [
            secret,
            "p%C3%A4%2Fs%20%3Cw%26%22o%27rd%2B1",
            "p%c3%a4%2fs%20%3cw%26%22o%27rd%2b1",
            "p%C3%A4%2Fs+%3Cw%26%22o%27rd%2B1",
            "p%C3%A4/s%20%3Cw&%22o'rd+1",
            "pä/s &lt;w&amp;&quot;o&#39;rd+1",
            "pä/s &lt;w&amp;&#34;o&#x27;rd+1",
            "pä/s <w&\\\"o'rd+1",
            "p\\u00e4/s <w&\\\"o'rd+1",
            "p\\u00e4\\/s <w&\\\"o'rd+1",
            "p\\u00e4/s \\u003cw\\u0026\\\"o'rd+1",
            "70c3a42f73203c7726226f2772642b31",
            "70C3A42F73203C7726226F2772642B31",
            "&#112;&#228;&#47;&#115;&#32;&#60;&#119;&#38;&#34;&#111;&#39;&#114;&#100;&#43;&#49;",
        ] {
            assert_eq!(
                hidden(secret, &format!("a={written};")),
                "a=[hidden];",
                "{written}"
            );
        }
    }

    #[test]
    fn base64_is_hidden_wherever_the_secret_begins() {
        let secret = "made-up-secret";
        for before in ["", "a", "ab", "abc", "user:"] {
            for after in ["", "x", "xy", "xyz"] {
                let text = base64(format!("{before}{secret}{after}").as_bytes());
                let left = hidden(secret, &format!("Basic {text}=="));
                assert!(left.contains("[hidden]"), "{before}{after}: {left}");
                // What decides part of a digit alone may stay.
                assert!(
                    left.len() <= "Basic [hidden]==".len() + 4 + (before.len() + after.len()) * 2,
                    "{left}"
                );
            }
        }
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        let text = "GET /insert?name=acme&hash=6d61 200 <b>made</b> bWFk up";
        assert_eq!(hidden("made-up", text), text);
    }
}
