//! Resolver against files of any content and name servers of any kind.

use proptest::prelude::*;

use super::super::dns::tests::answered;
use super::*;

fn soon(ms: u64) -> Instant {
    Instant::now() + Duration::from_millis(ms)
}

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// Resolver whose server answers each question with what is made of it.
fn served(answer: impl Fn(&[u8]) -> Vec<Vec<u8>> + Send + 'static) -> Resolver {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let server = socket.local_addr().expect("its address");
    std::thread::spawn(move || {
        let mut bytes = [0; 512];
        while let Ok((count, from)) = socket.recv_from(&mut bytes) {
            for answer in answer(&bytes[..count]) {
                let _ = socket.send_to(&answer, from);
            }
        }
    });
    Resolver {
        servers: vec![server],
        ..Resolver::default()
    }
}

fn asks_for_six(question: &[u8]) -> bool {
    question[question.len() - 3] == 28
}

#[test]
fn files_are_read_as_the_c_library_reads_them() {
    let hosts =
        b"127.0.0.1 localhost # db\n::1\tlocalhost ip6-localhost\n10.0.0.9 a b DB\nx y\n".to_vec();
    let names = Resolver::parse(
        hosts,
        b"search one two\nnameserver 127.0.0.11\nnameserver x\noptions timeout:1 ndots:0\n",
    );
    assert_eq!(
        names.servers,
        ["127.0.0.11:53".parse().expect("an address")]
    );
    let found = |name| names.resolve(name, soon(0));
    assert_eq!(
        found("localhost"),
        Ok(vec![address("127.0.0.1"), address("::1")])
    );
    assert_eq!(found("db"), Ok(vec![address("10.0.0.9")]));
    assert_eq!(found("10.1.2.3"), Ok(vec![address("10.1.2.3")]));
    assert_eq!(names.candidates("app"), ["app", "app.one", "app.two"]);
    assert_eq!(names.candidates("app."), ["app."]);
    let usual = Resolver::parse(Vec::new(), b"search one\n");
    assert_eq!(usual.candidates("app"), ["app.one", "app"]);
    assert!(matches!(
        usual.resolve("app", soon(10)),
        Err(ResolveError::Unanswered(_))
    ));
}

#[test]
fn both_kinds_of_addresses_are_found() {
    let names = served(|question| {
        let (kind, data) = if asks_for_six(question) {
            (28, vec![0xfd; 16])
        } else {
            (1, vec![10, 0, 0, 3])
        };
        vec![answered(question, 0, &[(kind, &data)])]
    });
    let found = names.resolve("db", soon(2000)).expect("it is known");
    assert_eq!((found.len(), found[0]), (2, address("10.0.0.3")));
}

#[test]
fn an_unknown_name_is_told_from_a_server_that_says_nothing() {
    let unknown = served(|question| vec![answered(question, 3, &[])]);
    assert_eq!(
        unknown.resolve("none", soon(2000)),
        Err(ResolveError::Unknown)
    );
    let empty = served(|question| vec![answered(question, 0, &[])]);
    assert_eq!(
        empty.resolve("none", soon(2000)),
        Err(ResolveError::Unknown)
    );
    assert_eq!(
        empty.resolve("no name", soon(2000)),
        Err(ResolveError::Unknown)
    );
    for names in [
        served(|_| vec![]),
        served(|question| vec![answered(question, 2, &[])]),
    ] {
        let started = Instant::now();
        assert!(matches!(
            names.resolve("db", soon(200)),
            Err(ResolveError::Unanswered(_))
        ));
        assert!(started.elapsed() < Duration::from_millis(1500));
    }
    // Nothing listens there.
    let gone = Resolver {
        servers: vec!["127.0.0.1:1".parse().expect("an address")],
        ..Resolver::default()
    };
    assert!(matches!(
        gone.resolve("db", soon(500)),
        Err(ResolveError::Unanswered(_))
    ));
}

#[test]
fn a_flood_of_other_answers_is_not_listened_to_for_ever() {
    let names = served(|question| {
        let mut other = answered(question, 0, &[(1, &[6, 6, 6, 6])]);
        other[0] ^= 0xff;
        vec![other; 200]
    });
    let started = Instant::now();
    assert!(matches!(
        names.resolve("db", soon(400)),
        Err(ResolveError::Unanswered(_))
    ));
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[test]
fn one_kind_of_addresses_is_enough() {
    let names = served(|question| {
        let four = answered(question, 0, &[(1, &[10, 0, 0, 3])]);
        if asks_for_six(question) {
            vec![]
        } else {
            vec![four]
        }
    });
    assert_eq!(
        names.resolve("db", soon(300)),
        Ok(vec![address("10.0.0.3")])
    );
}

proptest! {
    #[test]
    fn no_files_break_it(hosts in proptest::collection::vec(any::<u8>(), 0..300), resolv in "(nameserver|search|options|ndots:|[0-9a-f:.]{1,9}| |\n){0,40}") {
        let names = Resolver::parse(hosts, resolv.as_bytes());
        let _ = names.in_hosts("db");
        prop_assert!(names.servers.len() <= MAX_SERVERS && names.candidates("db").len() <= MAX_SEARCH + 1);
    }
}
