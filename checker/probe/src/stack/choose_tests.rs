//! Which stack is meant.

use super::*;
use labcheck_core::facts::Port;

fn row(name: &str, project: Option<&str>) -> ContainerSummary {
    ContainerSummary {
        id: format!("id-{name}"),
        name: name.into(),
        project: project.map(str::to_owned),
        status: Status::Running,
        ..ContainerSummary::default()
    }
}

fn ids(choice: &Choice) -> Vec<&str> {
    choice.ids.iter().map(String::as_str).collect()
}

#[test]
fn the_folders_own_project_comes_before_the_one_named_like_the_lab() {
    let mut own = row("shop-app", Some("shop"));
    own.folder = Some("/home/ada/lab".into());
    let rows = [own, row("v4-app", Some("v4"))];
    let target = Target {
        folder: Some("/home/ada/lab".into()),
        ..Target::default()
    };
    let choice = choose(&rows, &target, "v4").expect("chosen");
    assert_eq!(
        (ids(&choice), choice.stack.why.as_str()),
        (vec!["id-shop-app"], "the project of this folder")
    );
    let elsewhere = choose(&rows, &Target::default(), "v4").expect("chosen");
    assert_eq!(ids(&elsewhere), ["id-v4-app"]);
}

#[test]
fn a_project_named_like_the_lab_is_not_taken_from_another_folder() {
    let (mine, theirs) = (tempfile::tempdir(), tempfile::tempdir());
    let (mine, theirs) = (mine.expect("a folder"), theirs.expect("a folder"));
    let from = |folder: &str| {
        let mut named = row("v4-app", Some("v4"));
        named.folder = Some(folder.to_owned());
        named.lab = Some("v4".into());
        let target = Target {
            folder: Some(mine.path().to_owned()),
            ..Target::default()
        };
        choose(&[named], &target, "v4")
    };
    let somebody = from(&theirs.path().display().to_string());
    assert!(matches!(somebody, Err(ProbeError::Nothing(_, help)) if help.contains("--project v4")));
    // On another machine, or behind another name of the same folder.
    assert!(from("C:\\course\\labs\\v4").is_ok());
}

#[test]
fn a_strangers_project_is_never_taken_by_itself() {
    let rows = [
        row("a-1", Some("a")),
        row("b-1", Some("b")),
        row("loose", None),
    ];
    let found = choose(&rows, &Target::default(), "v4");
    assert!(matches!(found, Err(ProbeError::Nothing(_, help)) if help.contains("--project a")));
    let mut other = row("v3-1", Some("v3"));
    other.lab = Some("v3".into());
    assert!(
        matches!(choose(&[other], &Target::default(), "v4"), Err(ProbeError::Nothing(what, _)) if what.contains("only of v3"))
    );
}

#[test]
fn in_a_labs_folder_only_what_was_started_there_counts() {
    let mut demo = row("demo-v4-app", Some("demo-v4"));
    demo.lab = Some("v4".into());
    let target = Target {
        folder: Some("/home/ada/lab".into()),
        ..Target::default()
    };
    let found = choose(&[demo], &target, "v4");
    assert!(
        matches!(found, Err(ProbeError::Nothing(what, help)) if what.contains("/home/ada/lab") && help.contains("--project demo-v4"))
    );
}

#[test]
fn loose_containers_are_taken_when_named_and_suggested_when_not() {
    let rows = [row("web", None), row("base", None)];
    let target = Target {
        containers: vec!["web".into()],
        ..Target::default()
    };
    assert_eq!(
        ids(&choose(&rows, &target, "v4").expect("chosen")),
        ["id-web"]
    );
    assert!(
        matches!(choose(&rows, &Target::default(), "v4"), Err(ProbeError::Nothing(_, help)) if help.contains("--containers web,base"))
    );
    let wrong = Target {
        containers: vec!["wbe".into()],
        ..Target::default()
    };
    assert!(
        matches!(choose(&rows, &wrong, "v4"), Err(ProbeError::NoSuch { name, .. }) if name == "wbe")
    );
}

#[test]
fn one_off_runs_and_idle_strangers_are_left_out() {
    let mut run = row("v4-app-run-1", Some("v4"));
    run.oneoff = true;
    let mut holder = row("other", None);
    holder.ports.push(Port {
        container: 80,
        proto: "tcp".into(),
        host_ip: "0.0.0.0".into(),
        host: 5000,
    });
    let choice = choose(
        &[run, row("v4-app-1", Some("v4")), holder, row("idle", None)],
        &Target::default(),
        "v4",
    )
    .expect("chosen");
    assert_eq!(ids(&choice), ["id-v4-app-1"]);
    assert_eq!(
        choice
            .neighbours
            .iter()
            .map(|other| other.name.as_str())
            .collect::<Vec<_>>(),
        ["other"]
    );
}
