//! What Compose says, and what a project has.

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
fn volumes_that_the_file_names_no_more_are_left() {
    let kept = |kind, name: &str, project: &str| Kept {
        kind,
        name: name.into(),
        project: Some(project.into()),
        lab: None,
    };
    let all = [
        kept(KeptKind::Volume, "v5_data", "v5"),
        kept(KeptKind::Volume, "v5_target", "v5"),
        kept(KeptKind::Network, "v5_default", "v5"),
        kept(KeptKind::Volume, "v4_target", "v4"),
    ];
    let config = json!({ "volumes": { "data": { "name": "v5_data" } } });
    assert_eq!(left(&config, &all, "v5"), ["v5_target"]);
    assert_eq!(left(&json!({}), &all, "v5"), ["v5_data", "v5_target"]);
}
