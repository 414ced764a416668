//! Whether an image shows a secret: in its environment, and in the steps it was built with. Only where leaves this file,
//! never what.

use std::collections::BTreeSet;

use crate::stack::context::StackContext;
use labcheck_core::facts::Seen;
use labcheck_core::redact::addresses::address_login;
use labcheck_core::redact::known::{Secrets, secret_name};
use labcheck_engine::model::inspected::Inspected;

/// Shorter values of the application's own secrets are not looked for: they would be found in every other word.
const SHORTEST: usize = 8;

/// The places of one image.
pub(crate) async fn look(context: &StackContext<'_>, inspected: &Inspected) -> Seen<Vec<String>> {
    let id = inspected.container.image_id.as_str();
    let history = match context.engine.history(id).await {
        Ok(history) => history,
        Err(err) => return Seen::Unseen(format!("its history could not be read: {err}")),
    };
    let own = inspected
        .env
        .iter()
        .filter(|(name, _)| secret_name(name))
        .map(|(_, value)| value.trim());
    let files = context
        .stack_secrets
        .app_files
        .iter()
        .map(|file| file.secret.trim());
    let known: BTreeSet<&str> = own
        .chain(files)
        .filter(|value| {
            value.chars().count() >= SHORTEST && !context.stack_secrets.names.contains(*value)
        })
        .collect();
    Seen::Seen(places(
        context.stack_secrets.image_env(id),
        &history,
        &known,
        context.secrets,
    ))
}

fn places(
    env: &[String],
    history: &[String],
    known: &BTreeSet<&str>,
    secrets: &Secrets,
) -> Vec<String> {
    let mut found = Vec::new();
    let mut names = BTreeSet::new();
    let shows = |name: &str, value: &str| {
        (secret(name) && worth(value)) || address_login(value).is_some() || known.contains(value)
    };
    for (name, value) in env.iter().filter_map(|row| row.split_once('=')) {
        if shows(name, value) && names.insert(name.to_owned()) {
            found.push(format!("environment variable {}", secrets.show(name, 80)));
        }
    }
    for step in history {
        let mut told = false;
        for (name, value) in settings(step) {
            if shows(name, value) {
                told = true;
                if names.insert(name.to_owned()) {
                    let name = secrets.show(name, 80);
                    found.push(format!("the build step that sets {name}"));
                }
            }
        }
        if !told && known.iter().any(|value| step.contains(value)) {
            found.push("a build step that holds a secret of the application".into());
        }
    }
    let mut once = BTreeSet::new();
    found.retain(|place| once.insert(place.clone()));
    found.truncate(10);
    found
}

/// Whether a name is a secret's; keys that are meant to be public are none.
fn secret(name: &str) -> bool {
    const PUBLIC: [&str; 8] = [
        "GPG",
        "PUBLIC",
        "PUBKEY",
        "FINGERPRINT",
        "SIGNING",
        "KEYSERVER",
        "APT_KEY",
        "KEY_ID",
    ];
    let upper = name.trim_start_matches('-').to_ascii_uppercase();
    secret_name(&upper) && !PUBLIC.iter().any(|word| upper.contains(word))
}

/// Whether a value is one: not nothing, not a path, not what is put in later.
fn worth(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']);
    let put_in = value.starts_with(['$', '`', '{', '<', '%', '/']);
    let plain = ["", "0", "1", "true", "false", "none", "null", "yes", "no"];
    !put_in && !plain.contains(&value.to_ascii_lowercase().as_str())
}

/// `NAME=value` in a build step: `ENV`, `ARG`, arguments of a build (`|1 NAME=value`), and what a shell is told.
fn settings(step: &str) -> impl Iterator<Item = (&str, &str)> {
    let words = step.split(|c: char| c.is_whitespace() || matches!(c, ';' | '(' | ')' | '&'));
    words.filter_map(|word| {
        let (name, value) = word.trim_start_matches(['"', '\'']).split_once('=')?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        (!name.is_empty() && name.chars().all(plain)).then_some((name, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(env: &[&str], history: &[&str], known: &[&str]) -> Vec<String> {
        let own =
            |texts: &[&str]| -> Vec<String> { texts.iter().map(|&text| text.to_owned()).collect() };
        let known = known.iter().copied().collect();
        places(&own(env), &own(history), &known, &Secrets::default())
    }

    #[test]
    fn secrets_are_found_where_an_image_shows_them() {
        assert_eq!(
            found(&["DB_PASSWORD=made-up"], &["ENV DB_PASSWORD=made-up"], &[]),
            ["environment variable DB_PASSWORD"]
        );
        assert_eq!(
            found(&[], &["ARG API_TOKEN=made-up"], &[]),
            ["the build step that sets API_TOKEN"]
        );
        assert_eq!(
            found(&[], &["RUN |1 DB_PASSWORD=made-up /bin/sh -c make"], &[]),
            ["the build step that sets DB_PASSWORD"]
        );
        assert_eq!(
            found(&["DATABASE_URL=mysql://a:made-up@db/x"], &[], &[]),
            ["environment variable DATABASE_URL"]
        );
        assert_eq!(
            found(&[], &["RUN echo made-up-word > /x"], &["made-up-word"]),
            ["a build step that holds a secret of the application"]
        );
    }

    #[test]
    fn what_official_images_say_is_no_secret() {
        let env = [
            "PATH=/usr/bin",
            "GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D",
            "DB_PASSWORD_FILE=/run/secrets/app",
            "DB_PASSWORD=",
            "PHP_SHA256=abc",
        ];
        let history = [
            "ARG DB_PASSWORD",
            "RUN /bin/sh -c export MYSQL_PWD=$(cat /run/secrets/x) && make",
            "RUN --mount=type=secret,id=db_password,env=DB_PASSWORD make",
            "RUN gpg --keyserver x --recv-keys \"$GPG_KEY\"; NGINX_GPGKEY=573BFD6B",
        ];
        assert_eq!(found(&env, &history, &[]), Vec::<String>::new());
    }
}
