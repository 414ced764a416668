//! Passwords that fit, and where one is exposed.

use super::*;
use labcheck_core::facts::Container;
use labcheck_engine::model::inspected::{InspectedField, InspectedText};

const PASSWORD: &str = "made-up-app-password";

fn credential() -> Credential {
    // SELECT PASSWORD('made-up-app-password')
    Credential {
        plugin: "mysql_native_password".into(),
        hash: "*FD43CAB9E291CFB883792F5D97A6DD942D969474".into(),
        ..Credential::default()
    }
}

fn secret_file(secret: &str) -> SecretFile {
    SecretFile {
        path: "/run/secrets/x".into(),
        secret: secret.into(),
    }
}

fn inspected(name: &str, env: &[(&str, &str)]) -> Inspected {
    Inspected {
        container: Container {
            name: name.into(),
            command: vec!["serve".into()],
            ..Container::default()
        },
        env: env
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        ..Inspected::default()
    }
}

fn found(inspected: &Inspected, sources: &[Text], names: &[&str]) -> Vec<String> {
    let names = names.iter().map(|&name| name.to_owned()).collect();
    let searched = Searched {
        stack: std::slice::from_ref(inspected),
        processes: &BTreeMap::new(),
        images: &[],
        sources,
        names: &names,
    };
    exposures(PASSWORD, &searched, &Secrets::default())
}

#[test]
fn the_hash_tells_the_password_that_fits() {
    assert_eq!(matches_hash(&credential(), PASSWORD), Some(true));
    assert_eq!(
        matches_hash(&credential(), "made-up-root-password"),
        Some(false)
    );
    assert_eq!(
        matches_hash(
            &Credential {
                plugin: "ed25519".into(),
                ..credential()
            },
            PASSWORD
        ),
        None
    );
}

#[test]
fn the_address_that_names_the_user_is_tried_first() {
    let app = inspected(
        "app",
        &[
            ("API_KEY", "k"),
            ("DATABASE_URL", "mysql://app:pass%21@db/shop"),
        ],
    );
    let db = inspected(
        "db",
        &[
            ("MARIADB_ROOT_PASSWORD", "r"),
            ("MARIADB_PASSWORD", "pass!"),
        ],
    );
    let all = candidates("app", &[&app], &db, &[secret_file("s")], &[]);
    assert_eq!(
        all.iter()
            .map(|candidate| candidate.value.as_str())
            .collect::<Vec<_>>(),
        ["pass!", "k", "s", "r"]
    );
}

#[test]
fn whatever_is_tried_is_hidden() {
    let app = inspected(
        "app",
        &[
            ("DATABASE_URL", "mysql://app:first%21made-up@db/shop"),
            ("KENNWORT", "second-made-up"),
        ],
    );
    let db = inspected("db", &[("MARIADB_ROOT_PASSWORD", "third-made-up")]);
    let files = [secret_file("fourth-made-up")];
    let mut secrets = Secrets::default();
    for inspected in [&app, &db] {
        labcheck_engine::model::inspected::learn(&inspected.env, &mut secrets);
    }
    files[0].learn(&mut secrets);
    let all = candidates("app", &[&app], &db, &files, &[]);
    assert_eq!(all.len(), 4);
    for candidate in all {
        assert_eq!(secrets.hide(&candidate.value), "[hidden]", "{candidate:?}");
    }
}

#[test]
fn a_password_in_the_source_is_found_by_its_hash() {
    for text in [
        "let password = \"made-up-app-password\";",
        "url: mysql://app:made-up-app-password@db/shop",
        "DB_PASSWORD=made-up-app-password\n",
    ] {
        let source = Text {
            label: "src/main.rs".into(),
            text: text.into(),
        };
        assert!(
            find_in_sources(&credential(), &[source]).is_some(),
            "{text}"
        );
    }
}

#[test]
fn exposures_are_named_and_secret_files_are_none() {
    let app = inspected("app", &[("DB_PASSWORD", PASSWORD), ("OTHER", "x")]);
    assert_eq!(
        found(&app, &[], &[]),
        ["environment variable DB_PASSWORD of app"]
    );
    let clean = inspected("app", &[("DB_PASSWORD_FILE", "/run/secrets/app")]);
    let secret = Text {
        label: "secrets/app.txt".into(),
        text: format!("{PASSWORD}\n"),
    };
    let init = Text {
        label: "db/init.sql".into(),
        text: format!("IDENTIFIED BY '{PASSWORD}'"),
    };
    let longer = Text {
        label: "notes.md".into(),
        text: format!("{PASSWORD}s are made up"),
    };
    assert_eq!(
        found(&clean, &[secret, init, longer], &[]),
        ["file db/init.sql"]
    );
}

#[test]
fn labels_and_health_checks_are_in_sight() {
    let mut app = inspected("app", &[]);
    let text = |field, text: String| InspectedText { field, text };
    app.texts = vec![
        text(
            InspectedField::Label("note".into()),
            format!("p={PASSWORD}"),
        ),
        text(
            InspectedField::HealthCheck,
            format!("CMD-SHELL x -p{PASSWORD}"),
        ),
        text(InspectedField::Label("other".into()), "x".into()),
    ];
    assert_eq!(
        found(&app, &[], &[]),
        ["label note of app", "the health check of app"]
    );
}

#[test]
fn a_password_that_is_also_a_name_counts_only_where_it_is_meant() {
    let app = inspected("app", &[("DB_NAME", PASSWORD), ("DB_PASSWORD", PASSWORD)]);
    assert_eq!(
        found(&app, &[], &[PASSWORD]),
        ["environment variable DB_PASSWORD of app"]
    );
}
