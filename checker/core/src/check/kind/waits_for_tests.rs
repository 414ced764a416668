//! Chains of services that wait for each other, on hand-built facts.

use super::*;
use crate::facts::{Dependency, Facts, Taken};

fn stack(each: &[(&str, &[(&str, &str)])]) -> Facts {
    let mut facts = Facts::default();
    for (service, on) in each {
        let on = on.iter().map(|(service, condition)| Dependency {
            service: (*service).into(),
            condition: format!("service_{condition}"),
        });
        facts.containers.push(Container {
            name: format!("v6-{service}-1"),
            service: Some((*service).into()),
            depends_on: Some(on.collect()),
            ..Container::default()
        });
    }
    for (role, service) in [(Role::Proxy, "proxy"), (Role::App, "app")] {
        let taken = Taken {
            container: format!("v6-{service}-1"),
            why: String::new(),
        };
        facts.roles.insert(role, vec![taken]);
    }
    facts
}

#[test]
fn a_service_that_waits_for_one_that_waits_waits_as_well() {
    let check = WaitsFor {
        role: Role::Proxy,
        on: Role::App,
    };
    let waits = |facts: &Facts| matches!(check.judge(&Scene::new(facts)), Verdict::Pass(_));
    let chain = |one, two| {
        stack(&[
            ("proxy", &[("tls", one)]),
            ("tls", &[("app", two)]),
            ("app", &[]),
        ])
    };
    assert!(waits(&chain("healthy", "healthy")));
    assert!(!waits(&chain("started", "healthy")));
    assert!(!waits(&chain("healthy", "started")));
    // In a circle, and for a service that is not there.
    let circle = stack(&[
        ("proxy", &[("tls", "healthy")]),
        ("tls", &[("proxy", "healthy"), ("gone", "healthy")]),
        ("app", &[]),
    ]);
    assert!(!waits(&circle));
}

fn said(facts: &Facts) -> (&'static str, String) {
    let check = WaitsFor {
        role: Role::Proxy,
        on: Role::App,
    };
    let verdict = check.judge(&Scene::new(facts));
    let found = verdict.finding().found.clone();
    match verdict {
        Verdict::Pass(_) => ("pass", found),
        Verdict::Fail(_) => ("fail", found),
        Verdict::HeldUp(..) => ("held up", found),
        Verdict::Unknown(_) => ("unknown", found),
    }
}

#[test]
fn nobody_waits_for_one_that_lives_in_its_own_network() {
    let mut facts = stack(&[("proxy", &[]), ("app", &[("proxy", "started")])]);
    // Only the other way round, without a network in common: that is a mistake.
    assert_eq!(said(&facts).0, "fail");
    for mode in ["container:v6-proxy-1", "container:0f3a"] {
        facts.containers[0].id = "0f3a55".into();
        facts.containers[1].network_mode = mode.into();
        let (word, found) = said(&facts);
        assert_eq!(word, "unknown", "{mode}");
        assert!(
            found.contains("`app` lives in the network of `proxy`"),
            "{found}"
        );
    }
    // The proxy in the application's network can wait.
    facts.containers[1].network_mode = "v6_default".into();
    facts.containers[0].network_mode = "container:v6-app-1".into();
    assert_eq!(said(&facts).0, "fail");
    facts.containers[0].depends_on = Some(vec![Dependency {
        service: "app".into(),
        condition: "service_healthy".into(),
    }]);
    assert_eq!(said(&facts).0, "pass");
}

#[test]
fn nobody_waits_for_a_service_of_another_project() {
    let mut facts = stack(&[("proxy", &[]), ("app", &[])]);
    facts.containers[0].project = Some("hall".into());
    facts.containers[1].project = Some("rooms".into());
    let (word, found) = said(&facts);
    assert_eq!(word, "unknown");
    assert!(
        found.contains("`proxy` is of project `hall`, `app` is of project `rooms`"),
        "{found}"
    );
    facts.containers[1].project = None;
    let (word, found) = said(&facts);
    assert_eq!(word, "unknown");
    assert!(found.contains("`app` is of none"), "{found}");
}

#[test]
fn a_container_made_without_what_the_file_says_is_no_fail() {
    let check = WaitsFor {
        role: Role::Proxy,
        on: Role::App,
    };
    let mut facts = stack(&[("proxy", &[]), ("app", &[])]);
    for container in &mut facts.containers {
        container.project = Some("v6".into());
    }
    assert!(matches!(check.judge(&Scene::new(&facts)), Verdict::Fail(_)));
    let waits = |on: &str| [("proxy".to_owned(), [on.to_owned()].into())].into();
    let declared = |on: &str| crate::facts::Declared {
        project: "v6".into(),
        networks: crate::facts::Seen::Seen(Vec::new()),
        waits: waits(on),
    };
    facts.declared = Some(vec![declared("app")]);
    let verdict = check.judge(&Scene::new(&facts));
    assert!(matches!(verdict, Verdict::Unknown(_)), "{verdict:?}");
    facts.declared = Some(vec![declared("db")]);
    assert!(matches!(check.judge(&Scene::new(&facts)), Verdict::Fail(_)));
}
