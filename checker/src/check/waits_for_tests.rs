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
fn whoever_waits_for_one_that_waits_waits_as_well() {
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
    // In a circle, and for somebody who is not there.
    let circle = stack(&[
        ("proxy", &[("tls", "healthy")]),
        ("tls", &[("proxy", "healthy"), ("gone", "healthy")]),
        ("app", &[]),
    ]);
    assert!(!waits(&circle));
}
