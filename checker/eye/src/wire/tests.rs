//! Every message as it is written, cut, made longer, and with any byte another one.

mod samples;

use std::fmt::Debug;
use std::io;

use proptest::prelude::*;

use super::frame::{Frame, HEADER, Header, Kind};
use super::limits::{MAX_ANSWER, MAX_ROWS};
use super::*;
use samples::{answers, requests, tables};

/// What is written is read again; what is cut, longer or changed is an error or another value that is written so.
fn holds<T: Wire + PartialEq + Debug>(value: &T) {
    let bytes = encode(value);
    assert_eq!(decode::<T>(&bytes).as_ref(), Ok(value));
    for length in 0..bytes.len() {
        assert!(
            decode::<T>(&bytes[..length]).is_err(),
            "{length} of {value:?}"
        );
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(decode::<T>(&longer).err(), Some(Malformed::Rest));
    for at in 0..bytes.len() {
        for other in [0, 1, 2, 7, 0x7f, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] = other;
            if let Ok(read) = decode::<T>(&changed) {
                assert_eq!(encode(&read), changed, "one value, one way to write it");
            }
        }
    }
}

#[test]
fn requests_are_read_as_they_are_written() {
    for request in requests() {
        holds(&Ask {
            within_ms: 5000,
            request,
        });
    }
}

#[test]
fn answers_are_read_as_they_are_written() {
    for answer in answers() {
        holds(&answer);
    }
    holds(&Hello {
        pid: 90,
        uid: 0,
        capabilities: 1 << 19,
        namespaces: Namespaces {
            net: Ok(1),
            pid: Err(Unread::Gone),
            mnt: Ok(3),
            user: Ok(4),
        },
        kernel: "6.18".into(),
    });
}

#[test]
fn an_answer_belongs_to_its_question() {
    let tables = Answer::SocketTables(tables());
    assert!(Sockets::answered(tables.clone()).is_some());
    assert!(Mounts::answered(tables).is_none() && Mounts::answered(Answer::Late).is_none());
}

#[test]
fn a_length_that_is_a_lie_allocates_nothing() {
    let huge = u32::MAX.to_le_bytes();
    assert_eq!(decode::<Bytes>(&huge), Err(Malformed::Short));
    assert_eq!(decode::<Vec<u64>>(&huge), Err(Malformed::Short));
    assert_eq!(decode::<String>(&huge), Err(Malformed::Short));
    let count = u32::try_from(MAX_ROWS + 1).expect("a number");
    let many = [&count.to_le_bytes()[..], &vec![0; MAX_ROWS + 1]].concat();
    assert_eq!(decode::<Vec<bool>>(&many), Err(Malformed::Long));
    assert_eq!(decode::<String>(&[1, 0, 0, 0, 0xff]), Err(Malformed::Text));
    let rows = Listed {
        rows: vec![true; MAX_ROWS + 1],
        complete: true,
    };
    let cut: Listed<bool> = decode(&encode(&rows)).expect("it is cut");
    assert_eq!((cut.rows.len(), cut.complete), (MAX_ROWS, false));
}

#[test]
fn frames_are_read_one_after_the_other() {
    let frames = [
        Frame::of(Kind::Answer, 7, &Answer::Late),
        Frame::bare(Kind::End, 8),
    ];
    let bytes = [frames[0].bytes(), frames[1].bytes()].concat();
    let mut rest = bytes.as_slice();
    for frame in &frames {
        let read = Frame::read(&mut rest, 1).expect("it reads");
        assert_eq!(read.as_ref(), Some(frame));
    }
    assert_eq!(Frame::read(&mut rest, 1).expect("it ended"), None);
    for length in 1..=HEADER {
        let err = Frame::read(&mut &bytes[..length], 1).expect_err("it is cut");
        assert_eq!(err.kind(), io::ErrorKind::UnexpectedEof);
    }
    let err = Frame::read(&mut bytes.as_slice(), 0).expect_err("it is too long");
    assert_eq!(err.kind(), io::ErrorKind::InvalidData);
}

proptest! {
    #[test]
    fn no_bytes_break_a_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode::<Ask>(&bytes);
        let _ = decode::<Hello>(&bytes);
        let _ = Frame::read(&mut bytes.as_slice(), MAX_ANSWER);
        if let Ok(answer) = decode::<Answer>(&bytes) {
            prop_assert_eq!(encode(&answer), bytes);
        }
    }

    #[test]
    fn no_header_breaks_a_reader(bytes in any::<[u8; HEADER]>()) {
        if let Ok(header) = Header::parse(bytes, MAX_ANSWER) {
            prop_assert!(header.length <= MAX_ANSWER);
        }
    }

    /// Several bytes changed at once, in messages that were right.
    #[test]
    fn no_change_breaks_a_reader(which in any::<usize>(), changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..8)) {
        let all = answers();
        let mut bytes = encode(&all[which % all.len()]);
        for (at, byte) in changes {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        let _ = decode::<Answer>(&bytes);
    }
}
