//! Where there is no engine, or a compose file is no YAML, each command says so.

use super::desk::Desk;

#[test]
fn without_an_engine_it_says_where_it_looked() {
    let desk = Desk::new();
    assert_shown!("no-engine", desk.shows("v4"));
    assert_shown!("no-engine-json", desk.shows("v4 --format json"));
    assert_shown!(
        "engine-address-wrong",
        desk.shows_with(&[("DOCKER_HOST", "nonsense")], "v4")
    );
    assert_shown!(
        "engine-refuses",
        desk.shows_with(&[("DOCKER_HOST", "tcp://127.0.0.1:1")], "v4")
    );
    assert_shown!("record-without-engine", desk.shows("v4 --record out.json"));
    assert!(!desk.path("out.json").exists());
}

#[test]
fn every_command_says_the_same_about_an_engine_that_is_not_there() {
    let desk = Desk::new();
    desk.write("docker/config.json", r#"{ "currentContext": "desk" }"#);
    let meta =
        r#"{ "Name": "desk", "Endpoints": { "docker": { "Host": "unix:///nowhere/desk.sock" } } }"#;
    desk.write("docker/contexts/meta/abc/meta.json", meta);
    let said = |env: &[(&str, &str)], typed: &str| {
        let shown = desk.shows_with(env, typed);
        shown
            .split_once("exit code")
            .map(|(_, rest)| rest.to_owned())
    };
    for env in [
        ("DOCKER_HOST", "unix:///nowhere/docker.sock"),
        ("DOCKER_HOST", "tcp://127.0.0.1:1"),
        ("DOCKER_HOST", "nonsense"),
        ("DOCKER_HOST", "ssh://ada@desk"),
        ("DOCKER_CONTEXT", "gone"),
        ("DOCKER_CONTEXT", "desk"),
    ] {
        let host = if env.0 == "DOCKER_HOST" {
            ""
        } else {
            "DOCKER_HOST"
        };
        let env = [env, (host, "")];
        let env = &env[..if host.is_empty() { 1 } else { 2 }];
        let config = desk.path("docker").display().to_string();
        let env = [env, &[("DOCKER_CONFIG", config.as_str())]].concat();
        let graded = said(&env, "v4");
        assert_eq!(graded, said(&env, "images"), "{env:?}");
        assert!(
            graded.is_some_and(|said| said.starts_with(": 4") && !said.contains("hyper")),
            "{env:?}"
        );
    }
    let config = desk.path("docker").display().to_string();
    assert_shown!(
        "engine-of-a-context",
        desk.shows_with(
            &[("DOCKER_HOST", ""), ("DOCKER_CONFIG", config.as_str())],
            "images"
        )
    );
}

#[test]
fn without_an_engine_nothing_is_started_stopped_or_carried() {
    let desk = Desk::new();
    desk.write("labs/v1/compose.yaml", "services: {}\n");
    desk.write("labs/v1/lab.yaml", "lab: v1\n");
    desk.write("set.tar", "");
    for typed in [
        "start v1 --yes",
        "start v1 --keep --folder labs/v1",
        "stop v1 --volumes",
        "stop v1 --folder labs/v1",
        "images --lab v4",
        "images build nginx --no-pull --again",
        "images export other.tar nginx:1.26 --force",
        "images import set.tar",
        "v4 --containers a,b --host shop.test --nonce spring26 --disruptive --wait 0",
        "v4 --record out.json --role db=a --route fetch=/find",
        "v1 --watch --poll",
    ] {
        let said = desk.types(".", &[], typed);
        assert_eq!((said.code, said.out.as_str()), (Some(4), ""), "{typed}");
        assert!(
            said.err.contains("there is no socket /nowhere/docker.sock"),
            "{typed}: {}",
            said.err
        );
    }
    assert!(!desk.path("other.tar").exists());
    assert_eq!(desk.types(".", &[], "images --lab v9").code, Some(2));
}

#[test]
fn a_compose_file_that_is_no_yaml_is_told_with_its_line() {
    let desk = Desk::new();
    desk.write("compose.yaml", "services:\n  app:\n\timage: nginx:1.26\n");
    assert_shown!("compose-no-yaml", desk.shows("v1"));
}
