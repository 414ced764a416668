//! What a database says to a client that connects, told from what anything else says. Pure.
//!
//! The bytes come from another container and may be anything; NUL bytes may be missing from them, as shells drop them.

/// Handshake errors by which MySQL and MariaDB turn a client away before they have asked for a name: too many
/// connections, host blocked, host not allowed.
const TURNED_AWAY: [u16; 3] = [1040, 1129, 1130];

/// The longest version that a server of MySQL's protocol tells.
const MOST_VERSION: usize = 80;

/// Which database greets with these bytes, in words; `None` where none does. `asked` says that PostgreSQL's question
/// came first, whether TLS is spoken (`SSLRequest`).
pub(crate) fn greeting(bytes: &[u8], asked: bool) -> Option<String> {
    let said: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    mysql(&said).or_else(|| postgres(&said).filter(|_| asked))
}

/// The database whose first packet stands anywhere in these bytes, in words: what is passed on may come late, or after
/// something else. The bytes are as they came, and the packet has to be whole, so that no other text is taken for one.
pub(crate) fn greeting_within(bytes: &[u8]) -> Option<String> {
    (0..bytes.len()).find_map(|at| whole_packet(bytes.get(at..)?))
}

/// A whole first packet of a MySQL server: its length, number 0, protocol version 10, the server's version and a NUL, four
/// bytes of a thread's id, eight of a salt, and a NUL.
fn whole_packet(bytes: &[u8]) -> Option<String> {
    let [low, high, 0, 0, payload @ ..] = bytes else {
        return None;
    };
    let payload = payload.get(..usize::from(u16::from_le_bytes([*low, *high])))?;
    let [10, version @ ..] = payload else {
        return None;
    };
    let end = version.iter().position(|byte| *byte == 0)?;
    let (version, rest) = version.split_at(end);
    let plain = version.iter().all(u8::is_ascii_graphic) && version.len() <= MOST_VERSION;
    // After the NUL that ends the version: id and salt.
    let whole = rest.get(1 + 4 + 8) == Some(&0);
    let version = std::str::from_utf8(version).ok()?;
    (plain && whole).then(|| release(version))?
}

/// The first packet of a MySQL server: three bytes of length and a number, without NULs one to four bytes; then protocol
/// version 10 and its own version, or 0xff and the number of an error.
fn mysql(said: &[u8]) -> Option<String> {
    (1..=4).find_map(|at| match said.get(at..)? {
        [10, version @ ..] => release(&String::from_utf8_lossy(version)),
        [0xff, low, high, ..] => {
            let number = u16::from_le_bytes([*low, *high]);
            TURNED_AWAY
                .contains(&number)
                .then(|| format!("MySQL or MariaDB, error {number}"))
        }
        _ => None,
    })
}

/// `MariaDB 11.8` of `11.8.3-MariaDB-…`; older ones say `5.5.5-` in front. What follows the second number may already be
/// another field.
fn release(version: &str) -> Option<String> {
    let own = version.strip_prefix("5.5.5-").unwrap_or(version);
    let (major, rest) = own.split_once('.')?;
    let digits = |text: &str| -> String { text.chars().take_while(char::is_ascii_digit).collect() };
    let minor = digits(rest);
    let whole = !minor.is_empty() && minor.len() <= 3 && (1..=3).contains(&major.len());
    let name = if version.contains("MariaDB") {
        "MariaDB"
    } else {
        "MySQL"
    };
    (whole && digits(major) == major).then(|| format!("{name} {major}.{minor}"))
}

/// `S` or `N` alone, or an error message with its severity.
fn postgres(said: &[u8]) -> Option<String> {
    let error = || said.first() == Some(&b'E') && said.windows(5).any(|word| word == b"FATAL");
    (matches!(said, b"S" | b"N") || error()).then(|| "PostgreSQL".to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{greeting, greeting_within};

    const MARIA: &[u8] =
        b"\x6e\0\0\0\x0a11.8.3-MariaDB-0+deb13u1 from Debian\0\x25\0\0\0abcdefgh\0";

    #[test]
    fn a_mysql_server_says_its_version_first() {
        assert_eq!(greeting(MARIA, false).as_deref(), Some("MariaDB 11.8"));
        let bare: Vec<u8> = MARIA.iter().copied().filter(|byte| *byte != 0).collect();
        assert_eq!(greeting(&bare, false).as_deref(), Some("MariaDB 11.8"));
        let old = b"\x5b\0\0\0\x0a5.5.5-10.6.12-MariaDB\0\x01";
        assert_eq!(greeting(old, false).as_deref(), Some("MariaDB 10.6"));
        let mysql = b"\x4a\0\0\0\x0a8.4.0\x31aaaaaaaa";
        assert_eq!(greeting(mysql, false).as_deref(), Some("MySQL 8.4"));
    }

    #[test]
    fn being_turned_away_shows_the_database_as_well() {
        let host = b"\x45\0\0\0\xff\x6a\x04Host '172.18.0.4' is not allowed to connect";
        let said = greeting(host, false);
        assert_eq!(said.as_deref(), Some("MySQL or MariaDB, error 1130"));
        assert_eq!(greeting(b"\x45\0\0\0\xff\x01\x01x", false), None);
    }

    /// The first packet of MariaDB 11.8, as it comes.
    const WHOLE: &[u8] = b"\x40\0\0\0\x0a11.8.3-MariaDB\0\x25\0\0\0abcdefgh\0\xfe\xf7\x2d\x02\0\xff\x81\x15\0\0\0\0\0\0\x1d\0\0\0ijklmnopqrst\0xxxx";

    #[test]
    fn a_greeting_is_found_after_whatever_came_first() {
        let said = |before: &[u8]| greeting_within(&[before, WHOLE].concat());
        for before in [&b""[..], b"220 ready\r\n", &[0; 300]] {
            assert_eq!(said(before).as_deref(), Some("MariaDB 11.8"), "{before:?}");
        }
        assert_eq!(greeting_within(&WHOLE[..30]), None, "cut");
    }

    #[test]
    fn text_about_a_version_is_no_greeting() {
        for other in [
            &b""[..],
            b"HTTP/1.1 200 OK\r\n\r\n\n11.8.3-MariaDB\0",
            b"\x10\0\0\0\x0a11.8.3-MariaDB\0",
            b"Version:\n10.2 of the tool",
        ] {
            assert_eq!(greeting_within(other), None, "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..300), at in 0usize..300) {
            let mut all = bytes.clone();
            let at = at.min(all.len());
            all.splice(at..at, WHOLE.iter().copied());
            let _ = (greeting(&bytes, true), greeting_within(&bytes));
            prop_assert!(greeting_within(&all).is_some());
        }
    }

    #[test]
    fn postgres_answers_its_question_and_nobody_else_does() {
        for said in [&b"S"[..], b"N", b"E\0\0\0\x60SFATAL\0VFATAL\0C53300\0"] {
            assert_eq!(greeting(said, true).as_deref(), Some("PostgreSQL"));
            assert_eq!(greeting(said, false), None);
        }
        for other in [
            &b""[..],
            b"Nope",
            b"SSH-2.0-OpenSSH_9.9",
            b"HTTP/1.1 400 Bad Request",
            b"-ERR unknown command",
            b"\x15\x03\x01\0\x02\x02\x46",
            b"220 mail ESMTP",
            b"E",
            b"1\n10 things",
        ] {
            assert_eq!(greeting(other, true), None, "{other:?}");
        }
    }
}
