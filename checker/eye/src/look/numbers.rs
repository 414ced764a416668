//! Numbers in texts of the kernel's.

/// A decimal number that is all of the word.
pub(super) fn decimal<T: std::str::FromStr>(word: &[u8]) -> Option<T> {
    let digits = !word.is_empty() && word.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(word).ok().filter(|_| digits)?;
    text.parse().ok()
}

/// A hexadecimal number that is all of the word.
pub(super) fn hex(word: &[u8]) -> Option<u64> {
    let digits = !word.is_empty() && word.iter().all(u8::is_ascii_hexdigit);
    let text = std::str::from_utf8(word).ok().filter(|_| digits)?;
    u64::from_str_radix(text, 16).ok()
}

/// Words that are parted by spaces or tabs.
pub(super) fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| matches!(byte, b' ' | b'\t'))
        .filter(|word| !word.is_empty())
}

/// A text with what the kernel writes as a backslash and three octal digits put back.
pub(super) fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let octal = |at: usize| {
            after
                .get(at)
                .filter(|byte| (b'0'..=b'7').contains(byte))
                .map(|byte| u16::from(byte - b'0'))
        };
        let value = || Some(octal(0)? * 64 + octal(1)? * 8 + octal(2)?);
        let escaped = (*first == b'\\').then(value).flatten();
        if let Some(byte) = escaped.and_then(|value| u8::try_from(value).ok()) {
            out.push(byte);
            rest = after.get(3..).unwrap_or_default();
        } else {
            out.push(*first);
            rest = after;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_whole_words() {
        assert_eq!(decimal::<u16>(b"65535"), Some(65535));
        for bad in [&b""[..], b"65536", b"+1", b"-1", b" 1", b"1x"] {
            assert_eq!(decimal::<u16>(bad), None, "{bad:?}");
        }
        assert_eq!(hex(b"0A"), Some(10));
        for bad in [&b""[..], b"0x1", b"+A", b"fffffffffffffffff"] {
            assert_eq!(hex(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn what_is_escaped_is_put_back() {
        assert_eq!(unescape(br"/a\040b\134c\012"), b"/a b\\c\n");
        assert_eq!(unescape(br"\777\04\x\"), br"\777\04\x\");
    }
}
