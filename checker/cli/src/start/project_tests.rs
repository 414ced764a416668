//! What is said of a compose file that cannot be read.

use super::*;

#[test]
fn what_is_no_yaml_is_told_with_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "services:\n  app:\n    image: a\n   ports: []\n";
    std::fs::write(folder.path().join("compose.yaml"), text).expect("a file");
    let err = unread(folder.path(), "yaml: line 2");
    assert!(err.to_string().contains("compose.yaml, line"), "{err}");
    assert_eq!(
        err.help().unwrap_or_default(),
        "mend that line or the one above"
    );
    std::fs::write(folder.path().join("compose.yaml"), "services: []\n").expect("a file");
    let err = unread(folder.path(), "services must be a mapping");
    assert!(err.to_string().contains("must be a mapping"), "{err}");
}

#[test]
fn what_compose_refuses_is_told_with_how_it_is_written() {
    for (why, told) in [
        ("services.app.ports must be a list", "a dash and a blank"),
        ("services.app must be a mapping", "a blank after the colon"),
        (
            "Invalid ip address: localhost",
            "`127.0.0.1` instead of `localhost`",
        ),
        ("anything else", "`docker compose config`"),
    ] {
        assert!(refused(why).contains(told), "{why}");
    }
}
