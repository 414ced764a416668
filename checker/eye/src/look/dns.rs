//! Questions to a name server, and its answers (RFC 1035, RFC 3596).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::wire::limits::MAX_ADDRESSES;

/// A record with an IPv4 address.
pub(super) const A: u16 = 1;
/// A record with an IPv6 address.
pub(super) const AAAA: u16 = 28;
const INTERNET: u16 = 1;
/// Bytes of a header.
const HEADER: usize = 12;
/// Bytes of one part of a name.
const MAX_LABEL: usize = 63;
/// Bytes of a name.
const MAX_NAME: usize = 253;
/// Parts of a name that are gone through.
const MAX_LABELS: usize = 128;
/// The server answers that there is no such name.
const NO_NAME: u8 = 3;

/// What a name server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// Addresses; none where the name has none of the kind.
    Addresses(Vec<IpAddr>),
    /// There is no such name.
    Unknown,
    /// The server could not or would not say it, by its code.
    Failed(u8),
}

/// A question for a name; none for what is no name.
pub(super) fn question(id: u16, name: &str, kind: u16) -> Option<Vec<u8>> {
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.is_empty() || name.len() > MAX_NAME {
        return None;
    }
    let mut out = Vec::with_capacity(HEADER + name.len() + 6);
    out.extend(id.to_be_bytes());
    // A plain question; the server may ask others. One question, nothing else.
    out.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in name.split('.') {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if label.is_empty() || label.len() > MAX_LABEL || !label.bytes().all(plain) {
            return None;
        }
        out.push(u8::try_from(label.len()).ok()?);
        out.extend(label.bytes());
    }
    out.push(0);
    out.extend(kind.to_be_bytes());
    out.extend(INTERNET.to_be_bytes());
    Some(out)
}

/// Reads the answer to a question; none where it is none to this question.
pub(super) fn reply(question: &[u8], answer: &[u8]) -> Option<Reply> {
    let same_id = answer.get(..2)? == question.get(..2)?;
    let (flags, code) = (*answer.get(2)?, *answer.get(3)? & 0xf);
    // The server repeats the question, in whatever case.
    let asked = question.get(HEADER..)?;
    let repeated = answer.get(HEADER..HEADER + asked.len())?;
    if !same_id || flags & 0x80 == 0 || !repeated.eq_ignore_ascii_case(asked) {
        return None;
    }
    match code {
        0 => {}
        NO_NAME => return Some(Reply::Unknown),
        code => return Some(Reply::Failed(code)),
    }
    let count = u16::from_be_bytes([*answer.get(6)?, *answer.get(7)?]);
    let mut rest = Cursor {
        all: answer,
        at: HEADER + asked.len(),
    };
    let mut addresses = Vec::new();
    for _ in 0..count {
        // What is cut off is left out: the answer said so much and no more.
        let Some((kind, data)) = rest.record() else {
            break;
        };
        if let Some(address) = address(kind, data)
            && !addresses.contains(&address)
            && addresses.len() < MAX_ADDRESSES
        {
            addresses.push(address);
        }
    }
    Some(Reply::Addresses(addresses))
}

/// The address of a record.
fn address(kind: u16, data: &[u8]) -> Option<IpAddr> {
    match kind {
        A => <[u8; 4]>::try_from(data)
            .ok()
            .map(|bytes| Ipv4Addr::from(bytes).into()),
        AAAA => <[u8; 16]>::try_from(data)
            .ok()
            .map(|bytes| Ipv6Addr::from(bytes).into()),
        _ => None,
    }
}

/// What is still to be read of an answer.
struct Cursor<'a> {
    all: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = self.all.get(self.at..self.at.checked_add(N)?)?;
        self.at += N;
        bytes.try_into().ok()
    }

    /// The next record: its kind, 0 for one that is not of the internet, and its data.
    fn record(&mut self) -> Option<(u16, &[u8])> {
        self.name()?;
        let kind = u16::from_be_bytes(self.bytes()?);
        let class = u16::from_be_bytes(self.bytes()?);
        let _seconds: [u8; 4] = self.bytes()?;
        let length = usize::from(u16::from_be_bytes(self.bytes()?));
        let end = self.at.checked_add(length)?;
        let data = self.all.get(self.at..end)?;
        self.at = end;
        Some((if class == INTERNET { kind } else { 0 }, data))
    }

    /// Goes past a name. Where it goes on elsewhere in the message is of no interest, so it cannot go in circles.
    fn name(&mut self) -> Option<()> {
        for _ in 0..MAX_LABELS {
            let [length] = self.bytes()?;
            match length {
                0 => return Some(()),
                1..=63 => self.at = self.at.checked_add(usize::from(length))?,
                0xc0.. => {
                    self.at = self.at.checked_add(1)?;
                    return Some(());
                }
                _ => return None,
            }
        }
        None
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a server answers to a question: a code, and records of a kind.
    pub(crate) fn answered(question: &[u8], code: u8, records: &[(u16, &[u8])]) -> Vec<u8> {
        let mut out = question.to_vec();
        out[2] |= 0x80;
        out[3] = code;
        out[7] = u8::try_from(records.len()).expect("few");
        for (kind, data) in records {
            out.extend([0xc0, 12]);
            out.extend(kind.to_be_bytes());
            out.extend([0, 1, 0, 0, 0, 60]);
            out.extend(u16::try_from(data.len()).expect("short").to_be_bytes());
            out.extend(*data);
        }
        out
    }

    #[test]
    fn addresses_are_read() {
        let asked = question(7, "db.", A).expect("a name");
        let answer = answered(
            &asked,
            0,
            &[(5, b"\x01x\0"), (A, &[10, 0, 0, 3]), (A, &[10, 0, 0, 3])],
        );
        let found = Reply::Addresses(vec!["10.0.0.3".parse().expect("an address")]);
        assert_eq!(reply(&asked, &answer), Some(found));
        let asked = question(7, "db", AAAA).expect("a name");
        let data = [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
        let found = Reply::Addresses(vec!["fd00::2".parse().expect("an address")]);
        assert_eq!(
            reply(&asked, &answered(&asked, 0, &[(AAAA, &data)])),
            Some(found)
        );
        assert_eq!(
            reply(&asked, &answered(&asked, 3, &[])),
            Some(Reply::Unknown)
        );
        assert_eq!(
            reply(&asked, &answered(&asked, 2, &[])),
            Some(Reply::Failed(2))
        );
    }

    #[test]
    fn answers_to_other_questions_do_not_count() {
        let asked = question(7, "db", A).expect("a name");
        let good = answered(&asked, 0, &[(A, &[10, 0, 0, 3])]);
        let other = |at: usize, byte: u8| {
            let mut bad = good.clone();
            bad[at] = byte;
            reply(&asked, &bad)
        };
        assert_eq!(other(1, 8), None, "another number");
        assert_eq!(other(2, 1), None, "a question");
        assert_eq!(other(13, b'x'), None, "another name");
        assert_eq!(reply(&asked, &good[..15]), None, "cut");
        // A record whose length is a lie.
        let at = asked.len() + 11;
        assert_eq!(other(at, 200), Some(Reply::Addresses(vec![])));
    }

    #[test]
    fn what_is_no_name_is_not_asked_for() {
        for bad in [
            "",
            ".",
            "a..b",
            "a b",
            "bücher",
            &"x".repeat(64),
            &"x.".repeat(130),
            "a\0b",
        ] {
            assert_eq!(question(1, bad, A), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_breaks_it(tail in proptest::collection::vec(any::<u8>(), 0..600), count in any::<u8>()) {
            let asked = question(7, "db", A).expect("a name");
            let mut answer = answered(&asked, 0, &[]);
            answer[7] = count;
            answer.extend(tail);
            let _ = reply(&asked, &answer);
        }

        #[test]
        fn no_bytes_break_it(answer in proptest::collection::vec(any::<u8>(), 0..100)) {
            let asked = question(7, "db", A).expect("a name");
            let _ = reply(&asked, &answer);
        }
    }
}
