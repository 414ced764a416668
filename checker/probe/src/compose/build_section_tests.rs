//! Where a build is written down, in every form of a compose file.

use super::*;
use labcheck_core::facts::Container;

fn build(files: &[(&str, &str)]) -> Result<Build, String> {
    let dir = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("a file");
    }
    let composes = files
        .iter()
        .filter(|(path, _)| Path::new(path).extension().is_some_and(|end| end == "yaml"));
    let inspected = Inspected {
        container: Container {
            service: Some("app".into()),
            ..Container::default()
        },
        folder: Some(dir.path().display().to_string()),
        config_files: Some(
            composes
                .map(|(path, _)| dir.path().join(path).display().to_string())
                .collect::<Vec<_>>()
                .join(","),
        ),
        ..Inspected::default()
    };
    Build::read(&inspected)
}

#[test]
fn short_and_long_forms_and_overrides_are_read() {
    let short = build(&[
        ("compose.yaml", "services: { app: { build: ./web } }"),
        ("web/Dockerfile", "FROM a:1"),
        ("z.yaml", "services: { app: { labels: { a: b } } }"),
    ]);
    let short = short.expect("it is there");
    assert_eq!(
        (short.label.as_str(), short.text.as_str()),
        ("web/Dockerfile", "FROM a:1")
    );
    let long = build(&[
        (
            "compose.yaml",
            "x: &b { context: . }\nservices: { app: { build: { <<: *b, dockerfile: a/D, additional_contexts: { one: x } } } }",
        ),
        ("a/D", "FROM a:2"),
        ("z.yaml", "services: { app: { build: { args: { A: b } } } }"),
    ]);
    let long = long.expect("it is there");
    assert_eq!(
        (long.label.as_str(), long.contexts),
        ("a/D", vec!["one".to_owned()])
    );
}

#[test]
fn an_included_file_builds_from_its_own_folder() {
    let included = |include: &str| {
        build(&[
            ("compose.yaml", include),
            ("parts/app.yml", "services: { app: { build: ./web } }"),
            ("parts/web/Dockerfile", "FROM a:3"),
        ])
    };
    let found = included("include: [parts/app.yml]").expect("it is there");
    assert_eq!(found.text, "FROM a:3");
    let away = included("include: ['${WHERE}/app.yml']");
    assert_eq!(away, Err("it includes a file that is not read".into()));
    let none = included("include: [parts/other.yml]");
    assert!(none.is_err_and(|why| why.contains("builds no image")));
}

#[test]
fn folders_may_be_called_what_people_call_them() {
    let found = build(&[
        (
            "Büro 1/compose.yaml",
            "services: { app: { build: { context: 'Mein Büro/Shop v2.0', dockerfile: 'Für alle.Dockerfile' } } }",
        ),
        ("Mein Büro/Shop v2.0/Für alle.Dockerfile", "FROM a:1"),
    ]);
    assert_eq!(
        found.expect("it is there").label,
        "Mein Büro/Shop v2.0/Für alle.Dockerfile"
    );
}

#[test]
fn what_is_extended_matters_where_it_brings_a_build() {
    let compose = "services:\n  app: { build: ., extends: { file: more.yml, service: base } }\n";
    let with = |more: &str| {
        let files = [
            ("compose.yaml", compose),
            ("more.yml", more),
            ("Dockerfile", "FROM a:1"),
        ];
        build(&files)
    };
    let plain = "services: { base: { extends: { service: root } }, root: { restart: always } }";
    assert_eq!(with(plain).expect("it is there").label, "Dockerfile");
    let brought = "services: { base: { extends: root }, root: { build: { target: a } } }";
    for more in [
        brought,
        "services: {}",
        "services: { base: { extends: base } }",
    ] {
        assert!(with(more).is_err_and(|why| why.contains("extends")));
    }
}

#[test]
fn what_lies_outside_of_the_folder_is_told_by_its_written_name_alone() {
    let of = |written: &str| {
        let compose = format!("services: {{ app: {{ build: {written} }} }}");
        build(&[("compose.yaml", &compose), ("Dockerfile", "FROM a:1")])
    };
    for (written, label) in [
        ("..", "`..`"),
        ("/etc", "`/etc`"),
        ("{ context: ., dockerfile: /proc/kmsg }", "`/proc/kmsg`"),
        ("{ context: ., dockerfile: ../../etc/passwd }", "passwd`"),
    ] {
        let why = of(written).expect_err(written);
        assert!(why.contains(label), "{why}");
        assert!(
            why.ends_with("lies outside of the project's folder"),
            "{why}"
        );
    }
}

#[test]
fn what_is_not_known_is_said() {
    for (files, why) in [
        (
            vec![("compose.yaml", "services: { app: { image: x } }")],
            "builds no image",
        ),
        (
            vec![("compose.yaml", "services: { app: { build: $WHERE } }")],
            "variable",
        ),
        (
            vec![("compose.yaml", "services: { app: { build: . } }")],
            "could not be read",
        ),
        (
            vec![(
                "compose.yaml",
                "services: { app: { extends: { file: x } } }",
            )],
            "extends",
        ),
        (vec![], "not on this machine"),
    ] {
        let found = build(&files).expect_err(why);
        assert!(found.contains(why), "{found}");
    }
}
