//! Greetings are well formed, and no answer, however made, is read beyond its end.

use proptest::prelude::*;

use super::*;

fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3], &sized(body)[..]].concat()
}

fn server_hello(version: u16) -> Vec<u8> {
    let mut hello = vec![2, 0, 0, 70];
    hello.extend(version.to_be_bytes());
    hello.extend([7; 68]);
    record(22, &hello)
}

#[test]
fn a_greeting_has_the_lengths_it_says() {
    for version in Version::ALL {
        for host in [None, Some("localhost"), Some("")] {
            let hello = client_hello(version, host, [9; 32]);
            assert_eq!(hello[..3], [22, 3, 1]);
            let record = usize::from(u16::from_be_bytes([hello[3], hello[4]]));
            assert_eq!(record, hello.len() - 5);
            let handshake = u32::from_be_bytes([0, hello[6], hello[7], hello[8]]);
            assert_eq!(handshake as usize, hello.len() - 9);
            assert_eq!(hello[5], 1);
            assert_eq!(u16::from_be_bytes([hello[9], hello[10]]), number(version));
        }
    }
}

#[test]
fn the_name_stands_in_the_greeting() {
    let hello = client_hello(Version::Tls11, Some("shop.test"), [0; 32]);
    assert!(hello.windows(9).any(|nine| nine == b"shop.test"));
    let long = "a".repeat(300);
    let hello = client_hello(Version::Tls11, Some(&long), [0; 32]);
    assert!(!hello.windows(9).any(|nine| nine == b"aaaaaaaaa"));
}

#[test]
fn an_answer_in_the_version_asked_for_is_an_agreement() {
    let read = |bytes: &[u8]| read(bytes, Version::Tls11);
    assert_eq!(read(&server_hello(0x0302)), Some(Greeting::Agreed));
    assert_eq!(
        read(&server_hello(0x0301)),
        Some(Greeting::Refused("it answers in TLS 1.0".into()))
    );
    assert_eq!(read(&server_hello(0x7777)), Some(Greeting::NoTls));
    assert_eq!(read(&server_hello(0x0302)[..9]), None);
}

#[test]
fn alerts_are_refusals() {
    let read = |bytes: &[u8]| read(bytes, Version::Tls10);
    assert_eq!(
        read(&record(21, &[2, 70])),
        Some(Greeting::Refused("alert protocol_version".into()))
    );
    assert_eq!(
        read(&record(21, &[2, 201])),
        Some(Greeting::Refused("alert 201".into()))
    );
    assert_eq!(read(&record(21, &[2, 70])[..6]), None);
}

#[test]
fn what_is_no_tls_is_told_apart() {
    for bytes in [
        &b"HTTP/1.1 400 Bad Request\r\n"[..],
        &b"SSH-2.0-OpenSSH\r\n"[..],
        &[22, 9, 9, 0, 5][..],
        &[22, 3, 1, 255, 255][..],
        &[22, 3, 1, 0, 0][..],
        &record(22, &[11, 0, 0, 1, 0, 0])[..],
    ] {
        assert_eq!(
            read(bytes, Version::Tls10),
            Some(Greeting::NoTls),
            "{bytes:?}"
        );
    }
}

#[test]
fn hanging_up_is_a_refusal_and_half_an_answer_is_none() {
    assert_eq!(
        ended(&[], Version::Tls10),
        Greeting::Refused("it hangs up".into())
    );
    assert_eq!(
        ended(&[22, 3], Version::Tls10),
        Greeting::Silent(Trouble::Closed)
    );
    assert_eq!(
        ended(&server_hello(0x0301), Version::Tls10),
        Greeting::Agreed
    );
}

proptest! {
    #[test]
    fn anything_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for version in Version::ALL {
            let _ = read(&bytes, version);
            let _ = ended(&bytes, version);
        }
    }

    #[test]
    fn what_begins_like_tls_can_be_read(
        kind in 20u8..24,
        minor in 0u8..6,
        length in any::<u16>(),
        body in proptest::collection::vec(any::<u8>(), 0..ENOUGH),
    ) {
        let mut bytes = vec![kind, 3, minor];
        bytes.extend(length.to_be_bytes());
        bytes.extend(body);
        // Enough bytes always give an answer, so that the grader does not read for ever.
        bytes.resize(bytes.len().max(ENOUGH), 0);
        for version in Version::ALL {
            let found = read(&bytes, version);
            prop_assert!(found.is_some() || length < 6);
        }
    }
}
