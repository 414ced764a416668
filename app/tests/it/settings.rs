//! The settings and what is said about bad ones.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use inventory::config::{Config, ConfigError};

const GOOD: [(&str, &str); 4] = [
    ("DB_HOST", "db"),
    ("DB_NAME", "inventory"),
    ("DB_USER", "inventory_app"),
    ("DB_PASSWORD", "made-up"),
];

/// The good settings with `changes`: another value, or none.
fn read(changes: &[(&str, Option<&str>)]) -> Result<Config, ConfigError> {
    Config::read(|name| {
        let change = changes.iter().find(|(changed, _)| *changed == name);
        let value = match change {
            Some((_, value)) => *value,
            None => GOOD
                .iter()
                .find(|(good, _)| *good == name)
                .map(|(_, value)| *value),
        };
        value.map(OsString::from)
    })
}

fn refusal(changes: &[(&str, Option<&str>)]) -> String {
    read(changes).expect_err("a bad setting").to_string()
}

#[test]
fn defaults_fill_what_may_be_left_out() {
    let config = read(&[]).expect("good settings");
    assert_eq!(config.listen.to_string(), "0.0.0.0:5000");
    assert_eq!(config.database.port, 3306);
    assert_eq!(config.wait.as_secs(), 60);
    assert_eq!(config.assets.to_str(), Some("static"));
}

#[test]
fn a_missing_setting_is_named_with_its_meaning() {
    for (name, _) in GOOD {
        for value in [None, Some("")] {
            if (name, value) == ("DB_PASSWORD", Some("")) {
                continue;
            }
            let text = refusal(&[(name, value)]);
            assert!(text.starts_with(name), "{text}");
            assert!(text.contains("is not set: it holds the "), "{text}");
        }
    }
}

#[test]
fn an_unusable_setting_is_shown_with_what_it_may_hold() {
    for (name, value) in [
        ("LISTEN", "5000"),
        ("DB_PORT", "70000"),
        ("DB_WAIT_SECONDS", "-1"),
    ] {
        let text = refusal(&[(name, Some(value))]);
        assert!(
            text.starts_with(&format!("{name} is \"{value}\", but must be ")),
            "{text}"
        );
    }
}

#[test]
fn a_secret_comes_from_a_file_without_its_last_newline() {
    let file = std::env::temp_dir().join(format!("inventory-secret-{}", std::process::id()));
    std::fs::write(&file, "made-up from a file\r\n").expect("a file");
    let path = file.to_str();
    for name in ["DB_PASSWORD", "DB_USER"] {
        let config = read(&[(name, None), (&format!("{name}_FILE"), path)]).expect("a secret");
        let got = match name {
            "DB_USER" => config.database.user.as_str(),
            _ => config.database.password.expose(),
        };
        assert_eq!(got, "made-up from a file");
        let text = refusal(&[(&format!("{name}_FILE"), path)]);
        assert_eq!(
            text,
            format!("{name} and {name}_FILE are both set: keep one of them")
        );
    }
    std::fs::remove_file(&file).expect("its end");
    let text = refusal(&[("DB_PASSWORD", None), ("DB_PASSWORD_FILE", path)]);
    assert!(
        text.starts_with("DB_PASSWORD_FILE names ") && text.ends_with("cannot be read"),
        "{text}"
    );
}

#[test]
fn an_empty_password_counts_when_it_is_set() {
    let config = read(&[("DB_PASSWORD", Some(""))]).expect("a bad idea, but a setting");
    assert_eq!(config.database.password.expose(), "");
}

#[test]
fn a_password_never_shows() {
    let config = read(&[]).expect("good settings");
    assert!(!format!("{config:?}").contains("made-up"));
    let broken = Config::read(|name| match name {
        "DB_PASSWORD" => Some(OsString::from_vec(vec![b'm', 0xff])),
        _ => GOOD
            .iter()
            .find(|(good, _)| *good == name)
            .map(|(_, value)| value.into()),
    });
    let error = broken.expect_err("no text");
    assert_eq!(error.to_string(), "DB_PASSWORD is not valid UTF-8 text");
    assert!(!format!("{error:?}").contains("255"));
}
