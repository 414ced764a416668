//! Which verdicts are open where a container was not left alone.

use super::*;
use crate::facts::{Facts, Taken};

fn facts(service: &str, what: Meanwhile) -> Facts {
    let mut facts = Facts::default();
    let roles = [(Role::App, "app"), (Role::Db, "db"), (Role::Admin, "admin")];
    for (role, name) in roles {
        let mut container = Container {
            name: format!("v4-{name}-1"),
            service: Some(name.into()),
            ..Container::default()
        };
        container.state.meanwhile = Some(what).filter(|_| name == service);
        let taken = Taken {
            container: container.name.clone(),
            why: String::new(),
        };
        facts.roles.insert(role, vec![taken]);
        facts.containers.push(container);
    }
    facts
}

/// What becomes of a verdict on a check, in one word.
fn becomes(yaml: &str, verdict: Verdict, facts: &Facts) -> &'static str {
    let written: serde_json::Value = serde_yaml::from_str(yaml).expect("YAML");
    let expect: Expect = serde_json::from_value(written).expect("a check");
    match open(&expect, verdict, &Scene::new(facts)) {
        Verdict::Pass(_) => "pass",
        Verdict::Fail(_) => "fail",
        Verdict::HeldUp(..) => "held up",
        Verdict::Unknown(finding) => {
            assert_eq!(finding.expected, "expected");
            assert!(finding.found.contains("grade again"), "{}", finding.found);
            "unknown"
        }
    }
}

fn pass() -> Verdict {
    Verdict::pass("expected", "found")
}

fn fail() -> Verdict {
    Verdict::fail("expected", "found")
}

#[test]
fn nothing_is_open_where_all_were_left_alone() {
    let facts = facts("nobody", Meanwhile::Restarted);
    for yaml in ["running: { role: db }", "all_healthy: {}"] {
        assert_eq!(becomes(yaml, fail(), &facts), "fail", "{yaml}");
        assert_eq!(becomes(yaml, pass(), &facts), "pass", "{yaml}");
    }
}

#[test]
fn what_is_about_a_restarted_database_is_open_and_what_works_with_it_where_it_failed() {
    let facts = facts("db", Meanwhile::Restarted);
    for yaml in [
        "running: { role: db }",
        "healthy: { role: db }",
        "all_healthy: {}",
        "finds: { through: app }",
    ] {
        assert_eq!(becomes(yaml, fail(), &facts), "unknown", "{yaml}");
        assert_eq!(becomes(yaml, pass(), &facts), "unknown", "{yaml}");
    }
    for yaml in [
        "running: { role: app }",
        "page: { role: admin, path: /, status: 200 }",
    ] {
        assert_eq!(becomes(yaml, fail(), &facts), "unknown", "{yaml}");
        assert_eq!(becomes(yaml, pass(), &facts), "pass", "{yaml}");
    }
    for yaml in ["image_pinned: { role: db }", "loopback_only: { role: app }"] {
        assert_eq!(becomes(yaml, fail(), &facts), "fail", "{yaml}");
    }
}

#[test]
fn nothing_works_with_the_page_that_manages_the_database() {
    let facts = facts("admin", Meanwhile::Paused);
    let of = |role: &str| format!("page: {{ role: {role}, path: /, status: 200 }}");
    assert_eq!(becomes(&of("app"), fail(), &facts), "fail");
    assert_eq!(becomes(&of("admin"), fail(), &facts), "unknown");
}

#[test]
fn of_what_was_not_seen_it_is_not_known_how_it_was_made() {
    for what in [Meanwhile::Silent, Meanwhile::Removed] {
        let facts = facts("db", what);
        let pinned = |role: &str| format!("image_pinned: {{ role: {role} }}");
        assert_eq!(becomes(&pinned("db"), pass(), &facts), "unknown");
        assert_eq!(becomes(&pinned("app"), pass(), &facts), "pass");
        assert_eq!(becomes("restart_policy: {}", fail(), &facts), "unknown");
    }
}
