//! What watching a port is taken for.

use super::*;

/// The first packet of MariaDB 11.8, as it comes.
const WHOLE: &[u8] = b"\x40\0\0\0\x0a11.8.3-MariaDB\0\x25\0\0\0abcdefgh\0\xfe\xf7\x2d\x02\0\xff\x81\x15\0\0\0\0\0\0\x1d\0\0\0ijklmnopqrst\0xxxx";
const BANNER: &[u8] = b"220 backup service ready, version 4.2.1-release\r\n";

fn watched(heard: &[u8], passes_on: Result<bool, &str>) -> Watched {
    Watched {
        heard: vec![heard.to_vec(), heard.to_vec()],
        passes_on: Some(passes_on.map_err(str::to_owned)),
        ..Watched::default()
    }
}

fn claim() -> Claim {
    Claim {
        name: "cache".into(),
        addresses: vec!["10.0.0.9".into()],
    }
}

#[test]
fn a_greeting_that_comes_late_or_after_a_banner_is_one() {
    for said in [WHOLE.to_vec(), [BANNER, WHOLE].concat()] {
        for passes_on in [Ok(true), Ok(false), Err("it is paused")] {
            let (outcome, why) = judge(1, &watched(&said, passes_on), None, false);
            assert_eq!((outcome.greets(), why), (Some("MariaDB 11.8"), None));
        }
    }
}

#[test]
fn who_holds_a_connection_for_each_passes_on_whatever_it_says() {
    for said in [&b""[..], BANNER] {
        let (outcome, why) = judge(1, &watched(said, Ok(true)), None, false);
        assert_eq!((outcome, why), (Tried::PassedOn, None));
    }
}

#[test]
fn an_honest_port_is_open_and_not_known_where_nothing_explains_it() {
    let (outcome, why) = judge(25, &watched(BANNER, Ok(false)), None, false);
    assert_eq!(outcome, Tried::Open);
    assert!(why.is_some_and(|why| why.contains("port 25")));
    let (outcome, why) = judge(25, &watched(b"", Err("it is gone")), None, false);
    assert_eq!(outcome, Tried::Open);
    assert!(why.is_some_and(|why| why.ends_with("it is gone")));
    // A web server that took its time.
    let slow = Watched {
        page: b"HTTP/1.0 404 Not Found\r\n".to_vec(),
        ..watched(b"", Ok(false))
    };
    assert_eq!(judge(80, &slow, None, false), (Tried::Open, None));
}

#[test]
fn what_answers_and_ends_each_connection_has_none_to_pass_on() {
    let ends = |passes_on| Watched {
        ends: true,
        ..watched(b"up\n", passes_on)
    };
    assert_eq!(
        judge(21, &ends(Ok(false)), None, false),
        (Tried::Open, None)
    );
    let (outcome, _) = judge(21, &ends(Ok(true)), None, false);
    assert_eq!(outcome, Tried::PassedOn);
    let (_, why) = judge(21, &ends(Err("it is gone")), None, false);
    assert!(why.is_some(), "what was not seen explains nothing");
}

#[test]
fn a_database_of_its_own_is_told_by_the_tables() {
    let claim = claim();
    let of = |watched: &Watched, holds| judge(1, watched, Some(&claim), holds);
    let own = watched(WHOLE, Ok(false));
    assert_eq!(of(&own, false), (Tried::Open, None));
    assert!(of(&own, true).1.is_some_and(|why| why.contains("socket")));
    let held = Watched {
        connected: BTreeSet::from([std::net::IpAddr::from([10, 0, 0, 9])]),
        ..watched(WHOLE, Ok(false))
    };
    assert!(of(&held, false).1.is_some_and(|why| why.contains("holds")));
    let relay = watched(WHOLE, Ok(true));
    assert_eq!(of(&relay, false).0.greets(), Some("MariaDB 11.8"));
    let unseen = watched(WHOLE, Err("it is gone"));
    let (outcome, why) = of(&unseen, false);
    assert_eq!(outcome, Tried::Open);
    assert!(why.is_some_and(|why| why.contains("not known")));
}

#[test]
fn only_open_ports_that_nothing_explains_are_watched() {
    let target = |container: &str, port: u16| Target {
        container: container.into(),
        port,
        to: super::super::targets::To::Address("10.0.0.9".into()),
        control: false,
        by: port,
        heard: Some(Heard::Unasked),
    };
    let listen = Listen {
        targets: vec![
            target("app", 8000),
            target("relay", 13306),
            target("cache", 3306),
            target("worker", 9000),
            target("worker", 9000),
            target("gone", 7),
        ],
        claims: vec![claim()],
        ..Listen::default()
    };
    let mut said = Said::default();
    for port in [8000, 13306, 3306, 9000] {
        said.tried("10.0.0.9", port, Tried::Open);
    }
    for port in [13306, 3306] {
        said.heard("10.0.0.9", port, WHOLE.to_vec());
    }
    let (_, rows) = rows("proxy", &listen.targets, &said, PATIENCE);
    let served = BTreeSet::from([("app", 8000)]);
    let left = unexplained(&rows, &listen, &said, &served);
    let left: Vec<ContainerPort<'_>> = left
        .iter()
        .map(|target| (target.container.as_str(), target.port))
        .collect();
    assert_eq!(left, [("cache", 3306), ("worker", 9000)]);
}
