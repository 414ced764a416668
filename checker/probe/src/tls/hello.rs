//! Greetings in the versions of TLS that no library speaks any more, and reading what comes back. Pure.
//!
//! Nothing is negotiated: a `ClientHello` goes out, the server's first record says whether it would go on (RFC 2246, 4346
//! and 5246, section 7.4.1). What comes back is hostile: every length is checked, nothing is kept.

use labcheck_core::facts::{Greeting, Refusal, Trouble, Version};

/// Bytes of an answer that say enough: one record's header, one handshake header and the version in it, with room for a
/// server that sends its greeting in small records.
pub(crate) const ENOUGH: usize = 64;

/// Cipher suites of those days that a server may still have: with ECDHE, DHE and RSA, with AES, 3DES and `ChaCha20`.
const SUITES: [u16; 20] = [
    0xc009, 0xc00a, 0xc013, 0xc014, 0xc008, 0xc012, 0x0033, 0x0039, 0x0016, 0x002f, 0x0035, 0x000a,
    0x0005, 0xc02b, 0xc02f, 0xc030, 0xcca8, 0x009c, 0x003c, 0x00ff,
];
/// Curves: x25519, P-256, P-384, P-521 (RFC 8422).
const GROUPS: [u16; 4] = [0x001d, 0x0017, 0x0018, 0x0019];
/// Signatures, which only TLS 1.2 reads.
const SIGNATURES: [u16; 8] = [
    0x0403, 0x0503, 0x0603, 0x0401, 0x0501, 0x0601, 0x0201, 0x0203,
];

fn number(version: Version) -> u16 {
    match version {
        Version::Tls10 => 0x0301,
        Version::Tls11 => 0x0302,
        Version::Tls12 => 0x0303,
        Version::Tls13 => 0x0304,
    }
}

fn named(number: u16) -> Option<Version> {
    Version::ALL
        .into_iter()
        .find(|version| super::hello::number(*version) == number)
}

/// A `ClientHello` in a version up to 1.2, with a host name where there is one.
pub(crate) fn client_hello(version: Version, host: Option<&str>, random: [u8; 32]) -> Vec<u8> {
    let mut extensions = Vec::new();
    if let Some(host) = host.filter(|host| host.len() < 256) {
        let server_name = [&[0], &sized(host.as_bytes())[..]].concat();
        extension(&mut extensions, 0x0000, &sized(&server_name));
    }
    extension(&mut extensions, 0x000a, &sized(&words(&GROUPS)));
    extension(&mut extensions, 0x000b, &[1, 0]);
    if version >= Version::Tls12 {
        extension(&mut extensions, 0x000d, &sized(&words(&SIGNATURES)));
    }
    let mut hello = number(version).to_be_bytes().to_vec();
    hello.extend(random);
    // No session, the suites, no compression.
    hello.push(0);
    hello.extend(sized(&words(&SUITES)));
    hello.extend([1, 0]);
    hello.extend(sized(&extensions));
    let length = u32::try_from(hello.len()).unwrap_or_default().to_be_bytes();
    let handshake = [&[1], &length[1..], &hello].concat();
    // Records of greetings are marked as 1.0, which old servers insist on.
    [&[22, 3, 1], &sized(&handshake)[..]].concat()
}

fn words(numbers: &[u16]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_be_bytes())
        .collect()
}

/// With two bytes of length in front.
fn sized(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or_default();
    [&length.to_be_bytes(), bytes].concat()
}

fn extension(into: &mut Vec<u8>, kind: u16, body: &[u8]) {
    into.extend(kind.to_be_bytes());
    into.extend(sized(body));
}

/// What the first bytes of an answer mean for a version; `None` while there are too few of them.
pub(crate) fn read(bytes: &[u8], asked: Version) -> Option<Greeting> {
    let (&kind, rest) = bytes.split_first()?;
    if !matches!(kind, 21 | 22) {
        return Some(Greeting::NoTls);
    }
    let major = *rest.first()?;
    let minor = *rest.get(1)?;
    let length = usize::from(u16::from_be_bytes([*rest.get(2)?, *rest.get(3)?]));
    // A record is at most 2^14 bytes and what encryption adds (RFC 5246, section 6.2).
    if major != 3 || minor > 4 || length == 0 || length > (1 << 14) + 2048 {
        return Some(Greeting::NoTls);
    }
    let body = bytes.get(5..)?;
    let body = &body[..body.len().min(length)];
    if kind == 21 {
        let (_, &description) = (body.first()?, body.get(1)?);
        return Some(Refusal::Alert(alert(description)).greeting());
    }
    // A handshake record: type, three bytes of length, and for a `ServerHello` the version.
    if *body.first()? != 2 {
        return Some(Greeting::NoTls);
    }
    let version = u16::from_be_bytes([*body.get(4)?, *body.get(5)?]);
    Some(match named(version) {
        Some(version) if version == asked => Greeting::Agreed,
        Some(version) => Refusal::OtherVersion(version).greeting(),
        None => Greeting::NoTls,
    })
}

/// What it means that nothing more comes after these bytes.
pub(crate) fn ended(bytes: &[u8], asked: Version) -> Greeting {
    if bytes.is_empty() {
        return Refusal::HungUp.greeting();
    }
    read(bytes, asked).unwrap_or(Greeting::Silent(Trouble::Closed))
}

/// Alerts that servers turn a greeting down with (RFC 8446, section 6), by name.
fn alert(description: u8) -> String {
    let word = match description {
        0 => "close_notify",
        10 => "unexpected_message",
        22 => "record_overflow",
        40 => "handshake_failure",
        47 => "illegal_parameter",
        50 => "decode_error",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        112 => "unrecognized_name",
        other => return other.to_string(),
    };
    word.to_owned()
}

#[cfg(test)]
#[path = "hello_tests.rs"]
mod tests;
