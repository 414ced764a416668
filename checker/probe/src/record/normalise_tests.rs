//! Recordings of stacks that differ only by chance.

use super::*;
use labcheck_core::facts::{
    Asset, AssetKind, Attachment, Container, Delivered, Mount, Role, SCHEMA, Status, Step,
    StepAnswer,
};

/// Facts as a run with a given fortune would see them.
fn seen(fortune: u64) -> Facts {
    let id = format!("{fortune:064x}");
    let ip = format!("172.{}.0.3", 16 + fortune % 10);
    let name = format!("labcheck-{fortune:010x}");
    let hash = format!("{:064x}", fortune * 7 + 99_000);
    let container = Container {
        name: "v4-app-1".into(),
        id: id.clone(),
        image_id: format!("sha256:{:064x}", fortune + 5000),
        networks: vec![Attachment {
            network: "v4_default".into(),
            ip: ip.clone(),
            aliases: vec!["app".into(), id[..12].to_owned()],
        }],
        mounts: vec![Mount {
            kind: MountKind::Bind,
            source: format!("/home/user{fortune}/v4/app"),
            destination: "/app".into(),
            writable: true,
            socket: false,
            memory: false,
        }],
        ..Container::default()
    };
    let mut container = container;
    container.state.status = Status::Running;
    container.state.up_ms = Some(70_000 + fortune);
    let body = format!(
        "<p>{name} {hash} from {ip}</p><img src=\"data:image/png;base64,QUJD{fortune}\"><svg viewBox='0 0 1 1'><path d='M{fortune}'/></svg>"
    );
    let answer = Answer {
        status: 200,
        headers: BTreeMap::from([
            ("date".into(), format!("run {fortune}")),
            ("content-length".into(), body.len().to_string()),
        ]),
        bytes: body.len() as u64,
        body,
        ..Answer::default()
    };
    let step = |number: u64| StepAnswer {
        step: Step::Store,
        repeat: format!("curl --data-urlencode 'number={number}' 'http://127.0.0.1:5000/'"),
        answer: Ok(answer.clone()),
        page_search: None,
    };
    let process = |pid: u64, parent: u64, command: &str| Process {
        pid,
        parent,
        user: "root".into(),
        command: command.into(),
    };
    let base = 1000 + fortune * 10;
    let mut processes = vec![
        process(base, 7, "apache2"),
        process(base + 1, base, "apache2 -D"),
        process(base + 2, base, "apache2 -D"),
    ];
    processes.extend((fortune.is_multiple_of(2)).then(|| process(base + 3, base, "apache2 -D")));
    let loaded = Asset {
        kind: AssetKind::Script,
        url: "http://127.0.0.1:5000/static/a.js".into(),
        elsewhere: false,
        answer: Seen::Seen(Ok(Delivered {
            etag: format!("\"{fortune}\""),
            last_modified: format!("run {fortune}"),
            ..Delivered::default()
        })),
    };
    let assets = Assets {
        loaded: vec![loaded],
        ..Assets::default()
    };
    Facts {
        schema: SCHEMA.into(),
        assets: BTreeMap::from([(Role::App, Seen::Seen(assets))]),
        containers: vec![container],
        processes: BTreeMap::from([("v4-app-1".into(), Seen::Seen(processes))]),
        round_trip: Some(Seen::Seen(RoundTrip {
            name,
            hash: Some(hash),
            stored: Some(step(440_000_000 + fortune)),
            again: Some(step(450_000_000 + fortune)),
            ..RoundTrip::default()
        })),
        ..Facts::default()
    }
}

#[test]
fn chance_leaves_no_trace() {
    assert_eq!(normalised(&seen(11)), normalised(&seen(1234)));
}

#[test]
fn normalising_twice_is_normalising_once() {
    let once = normalised(&seen(11));
    assert_eq!(normalised(&once), once);
}

#[test]
fn what_is_judged_stays() {
    let facts = normalised(&seen(11));
    let round_trip = facts
        .round_trip
        .as_ref()
        .and_then(Seen::get)
        .expect("a drive");
    let answer = round_trip
        .stored
        .as_ref()
        .and_then(|step| step.answer.as_ref().ok())
        .expect("an answer");
    assert!(
        answer.body.contains(&round_trip.name)
            && answer
                .body
                .contains(round_trip.hash.as_deref().expect("a hash"))
    );
    assert_eq!(facts.containers[0].state.up_ms, Some(600_000));
    assert_eq!(facts.containers[0].networks[0].aliases, ["app"]);
    let processes = facts.processes["v4-app-1"].get().expect("processes");
    assert_eq!(
        processes
            .iter()
            .map(|process| (process.pid, process.parent))
            .collect::<Vec<_>>(),
        [(1, 0), (2, 1)]
    );
}

#[test]
fn a_recording_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("facts.json");
    std::fs::write(&path, text(&seen(1)).expect("it is JSON")).expect("written");
    let read = crate::Replay::new(&path).read().expect("read");
    assert_eq!(read, normalised(&seen(1)));
}

#[test]
fn a_clock_and_certificates_are_steadied_and_say_the_same() {
    use labcheck_core::facts::{Certificate, Ingress, IngressPort, Logged};
    const DAY: i64 = 86_400;
    let ingress = |now: i64, from: i64, until: i64| {
        let own = Certificate {
            not_before: now + from,
            not_after: now + until,
            ..Certificate::default()
        };
        let mut port = IngressPort::default();
        port.tls
            .certificates
            .insert("localhost".into(), Seen::Seen(own));
        Ingress {
            now,
            ports: vec![port],
            logged: Some(Seen::Seen(vec![Logged {
                line: format!("at {now} from 172.18.0.1"),
                clients: vec!["172.18.0.1".into()],
                ..Logged::default()
            }])),
            ..Ingress::default()
        }
    };
    let steadied = |now, from, until| {
        let facts = Facts {
            ingress: Some(Seen::Seen(ingress(now, from, until))),
            ..Facts::default()
        };
        let once = normalised(&facts);
        assert_eq!(normalised(&once), once);
        let Some(Seen::Seen(ingress)) = once.ingress else {
            panic!("it was there")
        };
        ingress
    };
    let (one, other) = (1_795_291_752, 1_799_999_999);
    for (from, until) in [
        (-5, 365 * DAY),
        (-40 * DAY, -3),
        (3, 90 * DAY),
        (-DAY / 2, DAY / 2),
        (0, 0),
    ] {
        let ingress = steadied(one, from, until);
        assert_eq!(ingress, steadied(other, from, until));
        let Some(Seen::Seen(own)) = ingress.ports[0].tls.certificates.get("localhost") else {
            panic!("it was there")
        };
        assert_eq!(own.not_before <= ingress.now, from <= 0, "{from} {until}");
        assert_eq!(own.not_after >= ingress.now, until >= 0, "{from} {until}");
    }
}

#[test]
fn a_name_that_nobody_has_is_the_same_in_every_recording() {
    let seen = |word: &str| {
        let url = format!("http://localhost:8080/{word}");
        let port = labcheck_core::facts::IngressPort {
            plain: vec![labcheck_core::facts::Plain {
                url: url.clone(),
                via: Vec::new(),
                answer: Err(labcheck_core::facts::Trouble::Refused),
            }],
            bare: vec![format!("http://{word}.com:8080/inserter")],
            ..Default::default()
        };
        let answer = Answer {
            status: 404,
            body: format!("Cannot GET /{word}"),
            ..Answer::default()
        };
        normalised(&Facts {
            ingress: Some(Seen::Seen(Ingress {
                nowhere: word.into(),
                ports: vec![port],
                ..Ingress::default()
            })),
            pages: vec![Page {
                ask: labcheck_core::facts::Ask {
                    role: Role::App,
                    method: "GET".into(),
                    path: "/labcheck-no-such-page".into(),
                    url,
                    container: None,
                },
                answer: Seen::Seen(Ok(answer)),
            }],
            ..Facts::default()
        })
    };
    let first = seen("kasorami-betoluna");
    assert_eq!(first, seen("hanhance-difogu"));
    assert_eq!(first, normalised(&first));
    let text = text(&first).expect("JSON");
    assert!(text.contains("http://localhost:8080/labcheck-no-such-page"));
    assert!(text.contains("http://labcheck.invalid:8080/inserter"));
    assert!(text.contains("Cannot GET /labcheck-no-such-page"));
}
