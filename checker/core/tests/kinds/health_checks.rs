//! What counts as a health check: one that is there, that can fail, and that fails without its program.

use serde_json::{Value, json};

#[test]
fn a_health_check_may_be_asked_for() {
    let yaml = "healthy: { role: app, by_check: true }";
    let expect: labcheck_core::check::Expect =
        serde_yaml::with::singleton_map::deserialize(serde_yaml::Deserializer::from_str(yaml))
            .expect("it parses");
    let judged = |health: Value| {
        let facts = super::facts(&[("/containers/0/health", health)]);
        super::word(&labcheck_core::check::Kind::judge(
            &expect,
            &labcheck_core::check::Scene::new(&facts),
        ))
    };
    assert_eq!(judged(json!("none")), "fail");
    assert_eq!(judged(json!({ "unhealthy": "no curl" })), "fail");
    assert_eq!(judged(json!("starting")), "unknown");
    assert_eq!(judged(json!("healthy")), "pass");
}

#[test]
fn a_check_that_cannot_fail_is_none() {
    let yaml = "healthy: { role: app, by_check: true }";
    let asked: labcheck_core::check::Expect =
        serde_yaml::with::singleton_map::deserialize(serde_yaml::Deserializer::from_str(yaml))
            .expect("it parses");
    let idle = |container: &'static str| {
        let facts = super::facts(&[(container, json!("exit 0"))]);
        move |expect: &labcheck_core::check::Expect| {
            let verdict = labcheck_core::check::Kind::judge(
                expect,
                &labcheck_core::check::Scene::new(&facts),
            );
            (super::word(&verdict), verdict.finding().found.clone())
        }
    };
    let app = idle("/containers/0/idle_check");
    let (word, found) = app(&asked);
    assert_eq!(word, "fail", "{found}");
    assert_eq!(
        found,
        "its health check, `exit 0`, cannot fail, so nobody knows"
    );
    let (word, found) = app(&super::expect("all_healthy"));
    assert_eq!(
        (word, found.as_str()),
        ("fail", "the health check of `app`, `exit 0`, cannot fail")
    );
    // A database that answers is well, whatever its health check says.
    let db = idle("/containers/1/idle_check");
    let (word, found) = db(&super::expect("healthy"));
    assert_eq!(word, "pass", "{found}");
    assert!(found.starts_with("up, and answers queries"), "{found}");
    let (word, found) = db(&super::expect("waits_for"));
    assert_eq!(word, "fail", "{found}");
    assert!(
        found.contains("the health check of `db`, `exit 0`, cannot fail"),
        "{found}"
    );
}

#[test]
fn a_check_that_succeeds_without_the_program_is_none() {
    let tried = |name: &str, fact: Value| {
        let mut all = serde_json::Map::new();
        all.insert(name.to_owned(), fact);
        super::facts(&[("/tried_health_checks", Value::Object(all))])
    };
    let judged = |expect: &labcheck_core::check::Expect, facts: &labcheck_core::facts::Facts| {
        let scene = labcheck_core::check::Scene::new(facts);
        let verdict = labcheck_core::check::Kind::judge(expect, &scene);
        (super::word(&verdict), verdict.finding().found.clone())
    };
    let yaml = "healthy: { role: app, by_check: true }";
    let asked: labcheck_core::check::Expect =
        serde_yaml::with::singleton_map::deserialize(serde_yaml::Deserializer::from_str(yaml))
            .expect("it parses");
    let command = "curl -f http://localhost/ || date";
    let of = |succeeded: bool| json!({ "seen": { "command": command, "succeeded": succeeded } });
    let app = tried("v4-app-1", of(true));
    let (word, found) = judged(&asked, &app);
    assert_eq!(
        (word, found.as_str()),
        (
            "fail",
            "its health check, `curl -f http://localhost/ || date`, also succeeds where the program does not run, so nobody knows"
        )
    );
    let (word, found) = judged(&super::expect("all_healthy"), &app);
    assert_eq!(word, "fail");
    assert!(
        found.starts_with("the health check of `app`, `curl"),
        "{found}"
    );
    let (word, found) = judged(&super::expect("waits_for"), &tried("v4-db-1", of(true)));
    assert_eq!(word, "fail");
    assert!(
        found.contains("also succeeds where the program does not run"),
        "{found}"
    );
    // One that fails there, and one that could not be tried, are read from their text as before.
    for fact in [of(false), json!({ "unseen": "no end within 3 s" })] {
        for name in ["v4-app-1", "v4-db-1"] {
            let facts = tried(name, fact.clone());
            for expect in [
                &asked,
                &super::expect("all_healthy"),
                &super::expect("waits_for"),
            ] {
                assert_eq!(judged(expect, &facts).0, "pass", "{name}: {fact}");
            }
        }
    }
}
