//! Whose doing it is, on hand-built facts.

use super::*;
use crate::facts::{Attachment, Dependency, Mount, Neighbour, Network, Taken, Volume};

fn expect(yaml: &str) -> Expect {
    serde_yaml::with::singleton_map::deserialize(serde_yaml::Deserializer::from_str(yaml))
        .expect("a kind")
}

fn stack() -> Facts {
    let container = |name: &str, volume: &str| Container {
        name: format!("v4-{name}-1"),
        service: Some(name.into()),
        networks: vec![Attachment {
            network: "labnet".into(),
            ..Attachment::default()
        }],
        mounts: vec![Mount {
            source: volume.into(),
            ..Mount::default()
        }],
        ..Container::default()
    };
    let taken = |name: &str| {
        vec![Taken {
            container: format!("v4-{name}-1"),
            why: String::new(),
        }]
    };
    let mut facts = Facts {
        lab: "v4".into(),
        containers: vec![container("app", "code"), container("db", "labdata")],
        roles: [(Role::App, taken("app")), (Role::Db, taken("db"))].into(),
        volumes: vec![Volume {
            name: "labdata".into(),
            ..Volume::default()
        }],
        networks: vec![Network {
            name: "labnet".into(),
            project: Some("v3".into()),
            ..Network::default()
        }],
        ..Facts::default()
    };
    facts.stack.projects = vec!["v4".into()];
    facts
}

fn judged(expectation: &str, facts: &Facts) -> Finding {
    let finding = Finding {
        found: "no".into(),
        ..Finding::default()
    };
    blamed(&expect(expectation), finding, facts)
}

const STORES: &str = "stores: { through: app, into: db }";

#[test]
fn a_volume_of_another_lab_is_named_where_a_check_fails_by_its_data() {
    let mut facts = stack();
    assert_eq!(judged(STORES, &facts).blame, Blame::Student);
    facts.volumes[0].left_by = Some("v3".into());
    let found = judged(STORES, &facts);
    assert_eq!(found.blame, Blame::Leftover);
    assert!(found.found.contains("volume `labdata`, which lab v3 made"));
    assert_eq!(
        found.evidence[0].try_it.as_str(),
        "docker compose -p v4 down && docker volume rm labdata"
    );
    let other = judged("image_pinned: { role: app }", &facts);
    assert_eq!(other.blame, Blame::Student, "the volume has no part in it");
}

#[test]
fn a_network_of_another_lab_is_named_with_the_project_that_made_it() {
    let mut facts = stack();
    facts.networks[0].left_by = Some("v3".into());
    let found = judged("running: { role: app }", &facts);
    assert_eq!(found.blame, Blame::Leftover);
    assert!(
        found.evidence[0]
            .try_it
            .as_str()
            .ends_with("docker compose -p v3 down")
    );
}

#[test]
fn a_name_that_is_held_explains_a_container_that_is_not_there() {
    let mut facts = stack();
    facts.containers.pop();
    facts.roles.remove(&Role::Db);
    facts.neighbours = vec![Neighbour {
        name: "db".into(),
        project: Some("v3".into()),
        lab: Some("v3".into()),
        holds_name_of: Some("db".into()),
        ..Neighbour::default()
    }];
    assert_eq!(
        judged("running: { role: db }", &facts).blame,
        Blame::Student,
        "nobody asks for such a service"
    );
    facts.containers[0].depends_on = Some(vec![Dependency {
        service: "db".into(),
        condition: "service_healthy".into(),
    }]);
    let found = judged("running: { role: db }", &facts);
    assert_eq!(found.blame, Blame::Leftover);
    assert_eq!(
        found.evidence[0].try_it.as_str(),
        "docker compose -p v3 down"
    );
}
