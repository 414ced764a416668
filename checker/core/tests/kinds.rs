//! Every kind of check on hand-built facts: it passes on a right stack, fails on a wrong one with words that name what was
//! found, and says unknown where the fact could not be looked at.

#[path = "kinds/assets.rs"]
mod assets;
#[path = "kinds/compose.rs"]
mod compose;
#[path = "kinds/container.rs"]
mod container;
#[path = "kinds/database.rs"]
mod database;
#[path = "kinds/files.rs"]
mod files;
#[path = "kinds/hardening.rs"]
mod hardening;
#[path = "kinds/health_checks.rs"]
mod health_checks;
#[path = "kinds/images.rs"]
mod images;
#[path = "kinds/ingress.rs"]
mod ingress;
#[path = "kinds/networks.rs"]
mod networks;
#[path = "kinds/pages.rs"]
mod pages;
#[path = "kinds/process.rs"]
mod process;
#[path = "kinds/published.rs"]
mod published;
#[path = "kinds/reach.rs"]
mod reach;
#[path = "kinds/round_trip.rs"]
mod round_trip;
#[path = "kinds/through_proxy.rs"]
mod through_proxy;
#[path = "kinds/tls.rs"]
mod tls;

use labcheck_core::check::{Blame, Expect, Kind as _, Scene, Verdict};
use labcheck_core::facts::Facts;
use serde_json::{Value, json};

/// A right stack, in which every example of a kind passes; what only one room's kinds judge stands with their cases.
const BASE: &str = include_str!("kinds/base.json");

struct Case {
    kind: &'static str,
    /// JSON pointers into the base facts, and what stands there instead; `null` with a `-` in front removes.
    changes: Vec<(&'static str, Value)>,
    verdict: &'static str,
    /// Words that the finding must hold.
    says: &'static str,
}

fn case(
    kind: &'static str,
    verdict: &'static str,
    says: &'static str,
    changes: Vec<(&'static str, Value)>,
) -> Case {
    Case {
        kind,
        changes,
        verdict,
        says,
    }
}

fn expect(kind: &str) -> Expect {
    let (_, yaml) = Expect::EXAMPLES
        .iter()
        .find(|(name, _)| *name == kind)
        .expect("a kind of that name");
    serde_yaml::with::singleton_map::deserialize(serde_yaml::Deserializer::from_str(yaml))
        .expect("the example parses")
}

fn facts(changes: &[(&str, Value)]) -> Facts {
    let mut all: Value = serde_json::from_str(BASE).expect("the base facts are JSON");
    for (pointer, value) in [files::right()].iter().chain(changes) {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        let parent = all
            .pointer_mut(parent)
            .unwrap_or_else(|| panic!("{pointer} is not in the base facts"));
        match parent {
            Value::Object(map) if value == "REMOVE" => drop(map.remove(key)),
            Value::Object(map) => drop(map.insert(key.to_owned(), value.clone())),
            Value::Array(list) if key == "-" => list.push(value.clone()),
            Value::Array(list) if key == list.len().to_string() => list.push(value.clone()),
            Value::Array(list) => list[key.parse::<usize>().expect("an index")] = value.clone(),
            _ => panic!("{pointer} has no parent"),
        }
    }
    serde_json::from_value(all).expect("changed facts are facts")
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Pass(_) => "pass",
        Verdict::Fail(finding) if finding.blame == Blame::Leftover => "leftover",
        Verdict::Fail(finding) if finding.blame == Blame::Environment => "environment",
        Verdict::Fail(_) => "fail",
        Verdict::HeldUp(..) => "held up",
        Verdict::Unknown(_) => "unknown",
    }
}

const UNSEEN: &str = "the client is missing in the image";

fn unseen() -> Value {
    json!({ "unseen": UNSEEN })
}

fn ok(status: u16, body: &str) -> Value {
    json!({ "step": "find", "repeat": "curl", "answer": { "Ok": { "status": status, "body": body } } })
}

fn all() -> Vec<Case> {
    [
        container::cases(),
        pages::cases(),
        assets::cases(),
        round_trip::cases(),
        database::cases(),
        networks::cases(),
        published::cases(),
        reach::cases(),
        through_proxy::cases(),
        ingress::cases(),
        hardening::cases(),
        images::cases(),
        files::cases(),
        process::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn every_kind_passes_on_a_right_stack() {
    let facts = facts(&[]);
    for name in Expect::NAMES {
        let verdict = expect(name).judge(&Scene::new(&facts));
        assert_eq!(word(&verdict), "pass", "{name}: {:?}", verdict.finding());
    }
}

#[test]
fn every_kind_says_what_it_found() {
    let mut wrong = Vec::new();
    for case in all() {
        let verdict = expect(case.kind).judge(&Scene::new(&facts(&case.changes)));
        let finding = verdict.finding();
        if word(&verdict) != case.verdict
            || !finding.found.contains(case.says)
            || finding.expected.is_empty()
        {
            wrong.push(format!(
                "{} after {:?}: {} \"{}\" is said, and {} \"{}\" wanted",
                case.kind,
                case.changes,
                word(&verdict),
                finding.found,
                case.verdict,
                case.says
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_kind_has_a_case_that_fails_it() {
    for name in Expect::NAMES {
        let fails = all()
            .iter()
            .any(|case| case.kind == *name && case.verdict == "fail");
        assert!(fails, "no case fails `{name}`");
    }
}

/// Kinds that need only the engine's own state, which is always seen or grading ends.
const STATE_ONLY: [&str; 8] = [
    "one_entry",
    "apart",
    "running",
    "loopback_only",
    "image_pinned",
    "kept_in_volume",
    "shared_network",
    "asks_sign_in",
];

#[test]
fn what_could_not_be_looked_at_is_unknown() {
    for name in Expect::NAMES {
        let unknown = all()
            .iter()
            .any(|case| case.kind == *name && case.verdict == "unknown");
        assert!(
            unknown || STATE_ONLY.contains(name),
            "no case leaves `{name}` unknown"
        );
    }
}

#[test]
fn a_role_nobody_plays_never_passes() {
    // Of several that nothing tells apart, one may be the application: that is asked, below.
    let only = json!([facts(&[]).containers[0]]);
    let several = facts(&[("/roles", json!({}))]);
    let facts = facts(&[("/roles", json!({})), ("/containers", only)]);
    // What is asked of the stack as a whole is asked of no role.
    for name in Expect::NAMES
        .iter()
        .filter(|name| **name != "networks_used" && !hardening::WHOLE.contains(name))
    {
        let verdict = expect(name).judge(&Scene::new(&facts));
        assert_eq!(word(&verdict), "fail", "{name}: {:?}", verdict.finding());
        assert!(
            verdict
                .finding()
                .evidence
                .iter()
                .any(|evidence| evidence.try_it.as_str().contains("--role")),
            "{name} does not say how to name it"
        );
        let verdict = expect(name).judge(&Scene::new(&several));
        assert_ne!(word(&verdict), "pass", "{name}: {:?}", verdict.finding());
        assert!(
            verdict
                .finding()
                .evidence
                .iter()
                .any(|evidence| evidence.try_it.as_str().contains("--role")),
            "{name} does not say how to name one of several"
        );
    }
}

#[test]
fn nothing_seen_at_all_never_passes_by_accident() {
    let facts = facts(&[
        ("/pages", json!([])),
        ("/assets", json!({})),
        ("/drive", Value::Null),
        ("/sql", Value::Null),
        ("/processes", json!({})),
        ("/listening", json!({})),
        ("/reach", Value::Null),
        ("/entry", Value::Null),
        ("/declared", Value::Null),
        ("/gate", Value::Null),
        ("/made", json!({})),
        ("/images", json!({})),
        ("/origins", Value::Null),
        ("/recreated", Value::Null),
    ]);
    // These judge what the engine says of containers, networks and volumes, which no look can miss.
    let of_the_engine = [
        "running",
        "published",
        "loopback_only",
        "image_pinned",
        "healthy",
        "kept_in_volume",
        "shared_network",
        "waits_for",
        "one_entry",
        "apart",
        "internal_network",
        "all_healthy",
        "restart_policy",
        "limits",
        "log_rotation",
        "no_new_privileges",
        "capabilities_dropped",
        "no_docker_socket",
    ];
    for name in Expect::NAMES {
        if of_the_engine.contains(name) {
            continue;
        }
        let verdict = expect(name).judge(&Scene::new(&facts));
        assert_eq!(word(&verdict), "unknown", "{name}: {:?}", verdict.finding());
    }
}
