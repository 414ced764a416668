//! What is taken for a grader's own container, and what is not.

use super::*;
use crate::model::inspected::{Creation, NetworkEnd};
use labcheck_core::facts::Port;

const TOOLS: ToolPrograms<'_> = &[
    &["sh", "-c", "echo one; echo two", "labcheck"],
    &["cat", "/x"],
];

fn row(command: &str, network: &str) -> ContainerSummary {
    ContainerSummary {
        name: "labcheck-probe-0123456789abcdef-1".into(),
        status: Status::Created,
        creation: Creation {
            labelled: true,
            image_id: "sha256:1".into(),
            by_id: true,
            command: command.into(),
            network: network.into(),
            mounted: false,
        },
        ..ContainerSummary::default()
    }
}

fn pid_mode() -> String {
    format!("container:{}", "a".repeat(64))
}

fn own(row: &ContainerSummary) -> bool {
    apart(row) && is_tool(row, TOOLS)
}

#[test]
fn what_is_exactly_as_made_is_own() {
    assert!(own(&row(NEVER_RUN, "none")));
    assert!(own(&row("cat /x", &pid_mode())));
    let quoted = "sh -c 'echo one; echo two' labcheck at 172.18.0.2 80";
    assert!(own(&row(quoted, &pid_mode())));
}

#[test]
fn another_program_or_place_is_not() {
    assert!(!own(&row("relay 3307 db 3306", &pid_mode())));
    assert!(!own(&row("cat /xx", &pid_mode())));
    assert!(!own(&row("cat /x", "none")) && !own(&row("cat /x", "shop_default")));
    assert!(!own(&row("cat /x", "host")) && !own(&row("cat /x", "container:shop-db-1")));
    let mut started = row(NEVER_RUN, "none");
    started.status = Status::Running;
    assert!(!own(&started));
    let mut by_name = row("cat /x", &pid_mode());
    by_name.creation.by_id = false;
    assert!(!own(&by_name));
}

#[test]
fn what_tried_a_health_check_is_own_once_it_has_ended() {
    let mut tried = row("/bin/sh -c 'curl -f http://localhost/'", "none");
    for (status, is) in [
        (Status::Created, false),
        (Status::Running, false),
        (Status::Exited, true),
        (Status::Dead, true),
    ] {
        tried.status = status;
        assert_eq!(own(&tried), is, "{status:?}");
    }
    tried.creation.mounted = true;
    assert!(!own(&tried));
    let mut beside = row("curl -f http://localhost/", &pid_mode());
    beside.status = Status::Exited;
    assert!(!own(&beside));
}

#[test]
fn who_publishes_a_port_or_is_on_a_network_is_not() {
    let of = |change: fn(&mut ContainerSummary)| {
        let mut row = row("cat /x", &pid_mode());
        change(&mut row);
        own(&row)
    };
    assert!(of(|_| {}));
    assert!(!of(|row| row.ports.push(Port::default())));
    assert!(!of(|row| row.ends.push(NetworkEnd {
        network: "v6_edge".into(),
        ip: "172.18.0.9".into(),
    })));
    assert!(!of(|row| row.creation.mounted = true));
    assert!(!of(|row| row.project = Some("v6".into())));
    assert!(!of(|row| row.lab = Some("v6".into())));
    assert!(!of(|row| row.name = "labcheck-probe-1".into()));
}

#[test]
fn the_program_that_looks_inside_is_told_by_its_image() {
    let image = Image::new(b"program", "amd64");
    let mut eye = row(PROGRAM, &pid_mode());
    eye.creation.image_id.clone_from(&image.config);
    assert!(is_eye(&eye, Some(&image)) && !is_eye(&eye, None));
    eye.creation.image_id = "sha256:1".into();
    assert!(!is_eye(&eye, Some(&image)));
}

#[test]
fn names_are_compared_digit_by_digit() {
    assert!(named("labcheck-probe-0123456789abcdef-12"));
    for other in [
        "labcheck-probe-0123456789abcdef",
        "labcheck-probe-0123456789abcdef-",
        "labcheck-probe-0123456789abcdef-x",
        "labcheck-probe-0123456789ABCDEF-1",
        "labcheck-probe-1-1",
        "my-labcheck-probe-0123456789abcdef-1",
    ] {
        assert!(!named(other), "{other}");
    }
}
