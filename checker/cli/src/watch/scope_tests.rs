//! What an event can change, on hand-built events and facts.

use super::*;
use labcheck_core::facts::{Container, Current, Mount, Page, Role, Seen, Status};
use labcheck_core::lab::Course;

fn facts() -> Facts {
    let mount = Mount {
        kind: MountKind::Bind,
        source: "/home/ada/shared".into(),
        ..Mount::default()
    };
    let mut container = Container {
        name: "v4-app-1".into(),
        id: "aaaa".into(),
        mounts: vec![mount],
        ..Container::default()
    };
    container.state.status = Status::Running;
    let mut facts = Facts {
        containers: vec![container],
        ..Facts::default()
    };
    facts.stack.projects = vec!["v4".into()];
    facts
}

fn event(subject: Subject, action: &str, name: &str, labels: &[(&str, &str)]) -> Event {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Event {
        subject,
        action: action.into(),
        name: name.into(),
        container: None,
        attributes: labels.iter().map(owned).collect(),
        at_ms: 0,
    }
}

const V4: (&str, &str) = (labels::PROJECT, "v4");

#[test]
fn only_events_of_the_stack_count_and_never_the_graders_own() {
    let target = Target {
        folder: Some("/home/ada/lab".into()),
        ..Target::default()
    };
    let interest = Interest::of("v4", &target, Some(&facts()));
    let of = |action: &str, name: &str, labels: &[(&str, &str)]| {
        interest.event(&event(Subject::Container, action, name, labels))
    };
    assert_eq!(of("start", "v4-app-1", &[V4]), Some(Scope::Stack));
    assert_eq!(of("create", "v4-new-1", &[V4]), Some(Scope::All));
    assert_eq!(of("start", "other", &[(labels::PROJECT, "shop")]), None);
    assert_eq!(of("start", "loose", &[]), None);
    let probe = [V4, (labels::SIDECAR, "1")];
    assert_eq!(of("start", "v4-relay-1", &probe), Some(Scope::Stack));
    let probe = [(labels::LAB, ""), (labels::SIDECAR, "1")];
    let name = "labcheck-probe-0123456789abcdef-1";
    assert_eq!(of("create", name, &probe), None);
    let run = [V4, (labels::ONEOFF, "True")];
    assert_eq!(of("create", "v4-app-run-1", &run), None);
    let folder = [(labels::FOLDER, "/home/ada/lab")];
    assert_eq!(of("start", "x", &folder), Some(Scope::Stack));
    assert_eq!(
        of("die", "v3-app-1", &[(labels::LAB, "v3")]),
        Some(Scope::Stack)
    );
}

#[test]
fn networks_and_volumes_count_by_name_or_by_who_joins() {
    let interest = Interest::of("v4", &Target::default(), Some(&facts()));
    let mut joins = event(Subject::Network, "connect", "elsewhere", &[]);
    assert_eq!(interest.event(&joins), None);
    joins.container = Some("aaaa".into());
    assert_eq!(interest.event(&joins), Some(Scope::Stack));
    let made = event(Subject::Volume, "create", "v4_data", &[]);
    assert_eq!(interest.event(&made), Some(Scope::Stack));
    let other = event(Subject::Volume, "create", "v44_data", &[]);
    assert_eq!(interest.event(&other), None);
}

#[test]
fn a_file_that_a_container_sees_is_more_than_a_file() {
    let interest = Interest::of("v4", &Target::default(), Some(&facts()));
    let shared = Path::new("/home/ada/shared/a.php");
    assert_eq!(interest.file(shared), Scope::Stack);
    assert_eq!(interest.file(Path::new("/home/ada/x")), Scope::Files);
    assert_eq!(interest.mounted().count(), 1);
}

#[test]
fn every_want_is_looked_at_by_some_part_and_all_of_them_by_the_whole() {
    let course = Course::embedded().expect("the labs shipped are right");
    for name in course.names() {
        let lab = course.lab(&name).expect("there");
        let plan = labcheck_core::grade::plan(&lab, Target::default());
        assert_eq!(Scope::All.of(&plan).wants, plan.wants);
        let (files, stack) = (Scope::Files.of(&plan).wants, Scope::Stack.of(&plan).wants);
        assert!(files.is_disjoint(&stack));
        let left = plan
            .wants
            .difference(&files)
            .filter(|want| !stack.contains(want));
        let image = |want: &Want| matches!(want, Want::ImageFacts(..));
        assert!(left.into_iter().all(image), "{name}");
    }
}

#[test]
fn a_part_is_put_into_the_last_look_unless_the_containers_are_others() {
    let mut old = facts();
    let ask = labcheck_core::facts::Ask {
        role: Role::App,
        method: "GET".into(),
        path: "/".into(),
        url: String::new(),
        container: None,
    };
    old.pages = vec![Page {
        ask,
        answer: Seen::Unseen("x".into()),
    }];
    old.image_facts
        .entry("v4-app-1".into())
        .or_default()
        .toolchain = Some(Seen::Seen(Vec::new()));
    let mut fresh = facts();
    let current = Current {
        superseded: Seen::Seen(true),
        newer: Seen::Seen(Vec::new()),
    };
    fresh
        .image_facts
        .entry("v4-app-1".into())
        .or_default()
        .current = Some(current);
    let merged = Scope::Files
        .merge(&old, fresh.clone())
        .expect("the same stack");
    assert_eq!(merged.pages.len(), 1);
    let made = &merged.image_facts["v4-app-1"];
    assert!(made.toolchain.is_some() && made.current.is_some());

    let stack = Scope::Stack
        .merge(&old, fresh.clone())
        .expect("the same stack");
    assert!(stack.pages.is_empty(), "pages are seen anew");
    assert!(stack.image_facts["v4-app-1"].toolchain.is_some());

    let mut down = fresh.clone();
    down.containers[0].state.status = Status::Exited;
    assert_eq!(Scope::Files.merge(&old, down.clone()), None);
    assert!(Scope::Stack.merge(&old, down).is_some());
    fresh.containers[0].id = "bbbb".into();
    assert_eq!(Scope::Stack.merge(&old, fresh.clone()), None);
    assert!(Scope::All.merge(&old, fresh).is_some());
}
