//! Attempts against peers of every kind.

use std::net::{IpAddr, TcpListener};
use std::sync::mpsc;

use super::*;

fn slots() -> Slots {
    Slots::new(8)
}

fn soon(ms: u64) -> Instant {
    Instant::now() + Duration::from_millis(ms)
}

fn target(address: SocketAddr) -> Target {
    Target {
        host: Host::Address(address.ip()),
        port: address.port(),
        within_ms: 500,
        send: Bytes::default(),
        read_most: 0,
        read_ms: 300,
    }
}

fn hearing(address: SocketAddr, most: u32) -> Target {
    Target {
        read_most: most,
        ..target(address)
    }
}

fn asked(targets: Vec<Target>) -> Connect {
    Connect {
        targets,
        hold_ms: 0,
        watch: false,
    }
}

/// A peer that does something with each connection.
fn peer(what: impl Fn(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            what(stream);
        }
    });
    address
}

/// An address where nothing listens.
fn closed() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address")
}

fn outcome(target: Target) -> Outcome {
    let mut found = answer(&asked(vec![target]), soon(5000), &slots());
    found.attempts.remove(0).outcome
}

fn heard(target: Target) -> (String, ReadEnd) {
    match outcome(target) {
        Outcome::Open(opened) => (opened.received.lossy(), opened.ended),
        other => panic!("{other:?}"),
    }
}

#[test]
fn open_is_told_from_refused_and_no_way() {
    let (stream, kept) = mpsc::channel();
    let open = peer(move |one| stream.send(one).expect("kept"));
    let Outcome::Open(opened) = outcome(target(open)) else {
        panic!("it listens")
    };
    assert_eq!((opened.peer, &opened.ended), (open, &ReadEnd::NotRead));
    let other = kept.recv().expect("it came");
    assert_eq!(other.peer_addr().expect("known"), opened.local);
    assert_eq!(outcome(target(closed())), Outcome::Refused);
    let nowhere: IpAddr = "255.255.255.255".parse().expect("an address");
    let none = outcome(target(SocketAddr::new(nowhere, 9)));
    assert!(
        matches!(none, Outcome::NoRoute(_) | Outcome::Failed(_)),
        "{none:?}"
    );
}

#[test]
fn a_greeting_is_read_as_far_as_it_may_be_long() {
    let greets = peer(|mut stream| drop(stream.write_all(b"220 ready")));
    assert_eq!(heard(hearing(greets, 3)), ("220".into(), ReadEnd::Full));
    assert_eq!(
        heard(hearing(greets, 100)),
        ("220 ready".into(), ReadEnd::Closed)
    );
    let endless = peer(|mut stream| while stream.write_all(&[b'x'; 4096]).is_ok() {});
    let (text, ended) = heard(hearing(endless, u32::MAX));
    assert_eq!((text.len(), ended), (MAX_GREETING, ReadEnd::Full));
}

#[test]
fn a_peer_that_says_nothing_or_drips_is_waited_for_only_so_long() {
    let (stream, _kept) = mpsc::channel();
    let silent = peer(move |one| stream.send(one).expect("kept"));
    let drips = peer(|mut stream| {
        while stream.write_all(b".").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let started = Instant::now();
    let targets = vec![hearing(silent, 10), hearing(drips, 1000)];
    let found = answer(&asked(targets), soon(5000), &slots());
    assert!(
        started.elapsed() < Duration::from_millis(1500),
        "both at once"
    );
    let words: Vec<(usize, ReadEnd)> = found
        .attempts
        .into_iter()
        .map(|one| match one.outcome {
            Outcome::Open(opened) => (opened.received.0.len(), opened.ended),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(words[0], (0, ReadEnd::Silent));
    assert!(
        (2..100).contains(&words[1].0) && words[1].1 == ReadEnd::Silent,
        "{words:?}"
    );
}

#[test]
fn what_is_to_be_sent_is_sent_and_a_peer_that_never_reads_does_not_matter() {
    let echo = peer(|mut stream| {
        let mut bytes = [0; 8];
        if stream.read_exact(&mut bytes).is_ok() {
            drop(stream.write_all(&bytes));
        }
    });
    let asks = Target {
        send: "ssl-what".into(),
        ..hearing(echo, 100)
    };
    assert_eq!(heard(asks), ("ssl-what".into(), ReadEnd::Closed));
    let resets = peer(drop);
    let asks = Target {
        send: Bytes(vec![0; 4096]),
        ..hearing(resets, 100)
    };
    assert!(matches!(heard(asks).1, ReadEnd::Closed | ReadEnd::Broken));
}

#[test]
fn connections_are_held_and_the_tables_show_them() {
    let (stream, kept) = mpsc::channel();
    let stays = peer(move |one| stream.send(one).expect("kept"));
    let leaves = peer(drop);
    let started = Instant::now();
    let request = Connect {
        hold_ms: 200,
        watch: true,
        ..asked(vec![target(stays), target(leaves)])
    };
    let found = answer(&request, soon(5000), &slots());
    assert!(started.elapsed() >= Duration::from_millis(200));
    let held: Vec<_> = found
        .attempts
        .iter()
        .map(|one| match &one.outcome {
            Outcome::Open(opened) => (opened.local, opened.held.clone()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!((&held[0].1, &held[1].1), (&Held::Open, &Held::Closed));
    let tables = found.watched.expect("asked for");
    let own = |tables: crate::wire::SocketTables| {
        let rows = tables.tcp.expect("it can be read").rows;
        rows.iter()
            .any(|row| row.local == held[0].0 && row.peer == stays)
    };
    assert!(!own(tables.before) && own(tables.held));
    drop(kept);
}

#[test]
fn names_lead_only_to_where_they_may() {
    let (stream, _kept) = mpsc::channel();
    let open = peer(move |one| stream.send(one).expect("kept"));
    let named = |only: Option<Vec<IpAddr>>| Target {
        host: Host::Name(HostName {
            name: "localhost".into(),
            only,
        }),
        ..target(open)
    };
    let all = answer(&asked(vec![named(None)]), soon(5000), &slots()).attempts;
    assert!(
        all.iter()
            .any(|one| one.at == Some(open) && matches!(one.outcome, Outcome::Open(_)))
    );
    let none = answer(&asked(vec![named(Some(vec![]))]), soon(5000), &slots()).attempts;
    assert!(!none.is_empty() && none.iter().all(|one| one.outcome == Outcome::Elsewhere));
    let wrong = Target {
        host: Host::Name(HostName {
            name: "no name".into(),
            only: None,
        }),
        ..target(open)
    };
    let found = outcome(wrong);
    assert!(
        matches!(found, Outcome::NameUnknown | Outcome::NameUnanswered(_)),
        "{found:?}"
    );
}

#[test]
fn what_the_time_does_not_reach_is_untried() {
    let open = peer(drop);
    let targets = (0..5).map(|_| target(open)).collect();
    let found = answer(&asked(targets), Instant::now(), &slots());
    assert_eq!(found.attempts.len(), 5);
    for one in &found.attempts {
        assert!(
            matches!(one.outcome, Outcome::Untried(_) | Outcome::TimedOut),
            "{one:?}"
        );
    }
}

/// The kernel gives the ports between these away; a connection to one of them can meet itself.
#[test]
fn a_connection_that_meets_itself_is_none() {
    let address = closed();
    for _ in 0..2000 {
        assert!(connect(address, Duration::from_millis(200)).is_err());
    }
}
