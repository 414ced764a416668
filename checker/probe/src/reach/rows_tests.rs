//! What the attempts from inside the proxy are read as.

use super::super::script_output;
use super::*;
use crate::stack::network::PATIENCE;

fn target(container: &str, to: To, port: u16, control: bool) -> Target {
    Target {
        container: container.into(),
        port,
        to,
        control,
        by: port,
        heard: None,
    }
}

#[test]
fn silence_is_a_time_out_and_a_control_has_to_be_open() {
    let targets = [
        target("proxy", To::Address("127.0.0.1".into()), 443, true),
        target("db", To::Address("172.20.0.3".into()), 3306, false),
        target("db", To::Name("db".into()), 3306, false),
    ];
    let said = script_output::read("with bash\nopen 127.0.0.1 443\nnoname db\n");
    let (control, rows) = rows("proxy", &targets, &said, PATIENCE);
    assert_eq!(control.as_deref(), Some("127.0.0.1:443"));
    let db = rows
        .iter()
        .find(|row| row.container == "db")
        .expect("a row");
    let outcomes: Vec<&Tried> = db.tries.iter().map(|one| &one.outcome).collect();
    assert_eq!(outcomes, [&Tried::TimedOut(300), &Tried::NoName]);
    assert!(db.closed() && !db.open());
    let mute = script_output::read("with bash\n");
    assert_eq!(super::rows("proxy", &targets, &mute, PATIENCE).0, None);
}

#[test]
fn a_name_may_lead_to_a_relay_or_out_of_the_stack() {
    let targets = [target("db", To::Name("db".into()), 3306, false)];
    let relay = script_output::read("with bash\nname db 172.19.0.9 known\nopen 172.19.0.9 3306\n");
    let (_, found) = rows("proxy", &targets, &relay, PATIENCE);
    assert!(found[0].open(), "{found:?}");
    let away = script_output::read("with bash\nname db 192.0.2.8 unknown\n");
    let (_, found) = rows("proxy", &targets, &away, PATIENCE);
    assert_eq!(found[0].tries[0].outcome, Tried::Elsewhere);
    assert!(found[0].closed());
}

#[test]
fn a_greeting_behind_any_port_is_a_way_to_the_database() {
    let heard = |port: u16| Target {
        heard: Some(Heard::Unasked),
        ..target("relay", To::Address("172.18.0.9".into()), port, false)
    };
    let targets = [heard(80), heard(13306)];
    let said = script_output::read(
        "with bash\nopen 172.18.0.9 80\nsays 172.18.0.9 80 485454502f\nopen 172.18.0.9 13306\nsays 172.18.0.9 13306 5d0a31312e382e332d4d617269614442\n",
    );
    let (_, found) = rows("proxy", &targets, &said, PATIENCE);
    let outcomes: Vec<&Tried> = found.iter().map(|row| &row.tries[0].outcome).collect();
    assert_eq!(
        outcomes,
        [&Tried::Open, &Tried::Greets("MariaDB 11.8".into())]
    );
    // The row that is there already keeps its other attempts.
    let mut rows = rows(
        "proxy",
        &[target(
            "relay",
            To::Address("172.18.0.9".into()),
            13306,
            false,
        )],
        &said,
        PATIENCE,
    )
    .1;
    for row in found {
        merge(&mut rows, row);
    }
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].tries.len(), 1);
    assert_eq!(rows[0].tries[0].outcome.greets(), Some("MariaDB 11.8"));
}
