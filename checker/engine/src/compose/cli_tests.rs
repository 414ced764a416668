//! What Compose is told to do, and what it is kept from.

use super::*;
use labcheck_core::facts::Container;

fn looked(service: &str, files: Option<&str>) -> Inspected {
    Inspected {
        container: Container {
            project: Some("shop".into()),
            service: Some(service.into()),
            ..Container::default()
        },
        config_files: files.map(str::to_owned),
        folder: Some("/srv/shop".into()),
        ..Inspected::default()
    }
}

#[test]
fn what_the_start_command_adds_makes_no_other_files() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let path = file.path().display().to_string();
    let site = crate::compose::files::site_overrides().join("no-such-lab.json");
    let both = format!("{path},{}", site.display());
    let all = [looked("web", Some(&path)), looked("db", Some(&both))];
    let why = Project::named("shop", &all, &DockerCommand::default())
        .map(|_| ())
        .expect_err("it is gone");
    assert!(why.contains("no-such-lab.json"), "{why}");
    let other = format!("{path},/srv/shop/other.yaml");
    let all = [looked("web", Some(&path)), looked("db", Some(&other))];
    let why = Project::named("shop", &all, &DockerCommand::default())
        .map(|_| ())
        .expect_err("they differ");
    assert!(why.contains("different files"), "{why}");
}

#[test]
fn what_was_there_is_started_again_and_volumes_stay() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let path = file.path().display().to_string();
    let all = [
        looked("web", Some(&path)),
        looked("web", Some(&path)),
        looked("db", Some(&path)),
    ];
    let project = Project::named("shop", &all, &DockerCommand::default()).expect("a project");
    assert_eq!(
        project.up_words(),
        [
            "up",
            "--detach",
            "--no-build",
            "--scale",
            "web=2",
            "db",
            "web"
        ]
    );
    let command = project.command();
    let words: Vec<_> = command
        .as_std()
        .get_args()
        .map(|word| word.to_string_lossy())
        .collect();
    assert_eq!(
        words,
        [
            "compose",
            "-p",
            "shop",
            "--project-directory",
            "/srv/shop",
            "-f",
            &path
        ]
    );
}

#[test]
fn a_project_that_cannot_be_started_again_is_left_alone() {
    let why = |all: &[Inspected]| {
        Project::named("shop", all, &DockerCommand::default()).expect_err("no project")
    };
    assert!(why(&[]).contains("no containers"));
    assert!(why(&[looked("a", None)]).contains("do not name"));
    assert!(why(&[looked("a", Some("/no/such/compose.yaml"))]).contains("not on this machine"));
    let two = [looked("a", Some("/x")), looked("b", Some("/y"))];
    assert!(why(&two).contains("different files"));
}

#[cfg(unix)]
#[tokio::test]
async fn compose_calls_no_git_whatever_the_folder_says() {
    use std::os::unix::fs::PermissionsExt as _;
    let docker = DockerCommand::default();
    if docker.ask(&["compose", "version"]).await.is_none() {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    };
    let mark = dir.path().join("called");
    let git = write(
        "git",
        &format!("#!/bin/sh\n: >'{}'\nexit 1\n", mark.display()),
    );
    std::fs::set_permissions(&git, std::fs::Permissions::from_mode(0o755)).expect("executable");
    write(".env", "COMPOSE_EXPERIMENTAL_GIT_REMOTE=1\n");
    let file = write(
        "compose.yaml",
        "include: ['http://127.0.0.1:9/repo.git#main:sub']\n",
    );
    let mut all = [looked("web", Some(&file.display().to_string()))];
    all[0].folder = Some(dir.path().display().to_string());
    let project = Project::named("shop", &all, &docker).expect("a project");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = [dir.path().to_path_buf()];
    let path = std::env::join_paths(folders.into_iter().chain(std::env::split_paths(&path)));
    let path = path.expect("a PATH");
    let mut bare = docker.command();
    bare.args(["compose", "--project-directory"])
        .arg(dir.path());
    bare.arg("-f").arg(&file).args(["config", "--quiet"]);
    assert!(run(bare.env("PATH", &path), ASK).await.is_err());
    assert!(mark.exists(), "without care, Compose calls it");
    std::fs::remove_file(&mark).expect("it is there");
    for words in [&["config", "--quiet"][..], &["--dry-run", "up", "--detach"]] {
        let mut command = project.command();
        assert!(
            run(command.env("PATH", &path).args(words), ASK)
                .await
                .is_err()
        );
        assert!(!mark.exists(), "{words:?}");
    }
}

#[test]
fn a_dry_run_tells_what_would_be_made() {
    let said = " DRY-RUN MODE -  Container shop-app-1  Running \n DRY-RUN MODE -  Container shop-b-1  Recreate \n \
        DRY-RUN MODE -  Container shop-b-1  Recreated \n DRY-RUN MODE -  Container shop-c-1  Creating \n \
        DRY-RUN MODE -  Network shop_default  Creating \n";
    assert_eq!(planned(said), ["shop-b-1", "shop-c-1"]);
    assert!(planned("").is_empty());
}

#[tokio::test]
async fn the_last_words_of_a_program_that_fails_are_told() {
    let mut command = Command::new("sh");
    command.args(["-c", "echo one >&2; echo two >&2; echo >&2; exit 3"]);
    assert_eq!(run(&mut command, ASK).await, Err("two".into()));
    let missing = run(&mut Command::new("/no/such/program"), ASK).await;
    assert!(missing.is_err_and(|why| why.contains("cannot be run")));
    let mut endless = Command::new("sleep");
    endless.arg("60");
    let late = run(&mut endless, Duration::from_millis(50)).await;
    assert!(late.is_err_and(|why| why.contains("did not end")));
}
