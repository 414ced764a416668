//! The application's database password: finding the one that fits, and every exposure of it.
//!
//! Facts get the exposures, never the password.

use std::collections::{BTreeMap, BTreeSet};

use sha1::{Digest as _, Sha1};

use super::source_files::Text;
use crate::database::client::server::{Candidate, distinct};
use crate::database::schema::types::Credential;
use crate::stack::secret_files::SecretFile;
use labcheck_core::facts::{Process, Seen};
use labcheck_core::redact::addresses::address_login;
use labcheck_core::redact::known::{Secrets, secret_name};
use labcheck_engine::model::inspected::Inspected;

/// A shorter password is not looked for in texts: it may be any word there.
const SHORTEST: usize = 4;

/// Values that may be a user's password, the likeliest first: addresses that name the user, then what is named like a
/// secret, then secret files; of the application before those of the database.
pub(crate) fn candidates(
    user: &str,
    apps: &[&Inspected],
    db: &Inspected,
    app_files: &[SecretFile],
    db_files: &[SecretFile],
) -> Vec<Candidate> {
    let whose = || apps.iter().copied().chain([db]);
    let mut all = Vec::new();
    for inspected in whose() {
        for (name, value) in &inspected.env {
            if let Some((_, password)) = address_login(value).filter(|(login, _)| login == user) {
                all.push(Candidate {
                    value: password,
                    from: name.clone(),
                });
            }
        }
    }
    let secrets = |inspected: &Inspected| -> Vec<Candidate> {
        inspected
            .env
            .iter()
            .filter(|(name, value)| secret_name(name) && !value.is_empty())
            .map(|(name, value)| Candidate {
                value: value.clone(),
                from: name.clone(),
            })
            .collect()
    };
    let files = |files: &[SecretFile]| -> Vec<Candidate> {
        files
            .iter()
            .map(|file| Candidate {
                value: file.secret.clone(),
                from: file.path.clone(),
            })
            .collect()
    };
    for app in apps {
        all.extend(secrets(app));
    }
    all.extend(files(app_files));
    all.extend(secrets(db));
    all.extend(files(db_files));
    for inspected in whose() {
        all.extend(inspected.env.iter().filter_map(|(name, value)| {
            Some(Candidate {
                value: address_login(value)?.1,
                from: name.clone(),
            })
        }));
    }
    distinct(all)
}

/// The user the application's environment names: in an address, or in a variable that ends like one.
pub(crate) fn likely_user(apps: &[&Inspected]) -> Option<String> {
    let all = || apps.iter().flat_map(|inspected| &inspected.env);
    let in_address = all()
        .find_map(|(_, value)| address_login(value))
        .map(|(user, _)| user);
    let named = |(name, value): &&(String, String)| {
        let name = name.to_ascii_uppercase();
        !value.is_empty() && (name.ends_with("USER") || name.ends_with("USERNAME"))
    };
    in_address.or_else(|| all().find(named).map(|(_, value)| value.clone()))
}

/// Whether a password fits an account by the hash the server keeps; `None` when the hash is of a kind that is not
/// worked out here, so that only signing in tells.
pub(crate) fn matches_hash(credential: &Credential, password: &str) -> Option<bool> {
    if credential.plugin != "mysql_native_password" {
        return None;
    }
    // An account without a password has an empty hash.
    if credential.hash.is_empty() {
        return Some(password.is_empty());
    }
    let hash = credential
        .hash
        .strip_prefix('*')
        .filter(|hash| hash.len() == 40)?;
    Some(hash.eq_ignore_ascii_case(&native_hash(password)))
}

/// `HEX(SHA1(SHA1(password)))`, as the `mysql_native_password` plugin stores it.
fn native_hash(password: &str) -> String {
    labcheck_engine::token::hex(&Sha1::digest(Sha1::digest(password.as_bytes())))
}

/// A word of the sources that fits the account by its hash.
pub(crate) fn find_in_sources(credential: &Credential, sources: &[Text]) -> Option<Candidate> {
    matches_hash(credential, "")?;
    let mut tried = BTreeSet::new();
    for source in sources {
        for word in words(&source.text) {
            if tried.len() < 20_000
                && tried.insert(word)
                && matches_hash(credential, word) == Some(true)
            {
                return Some(Candidate {
                    value: word.to_owned(),
                    from: source.label.clone(),
                });
            }
        }
    }
    None
}

/// What may be a password in a text: between white space, quotation marks, and the marks around a login in an address.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let marks = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '"' | '\'' | '`' | '=' | ',' | ';' | '(' | ')' | '<' | '>'
            )
    };
    let outer = text.split(marks);
    let inner = text.split(move |c: char| marks(c) || matches!(c, '@' | ':' | '/'));
    outer
        .chain(inner)
        .map(|word| word.trim_matches(['[', ']', '{', '}']))
        .filter(|word| (SHORTEST..=128).contains(&word.len()))
}

/// What is searched for the password.
pub(crate) struct Searched<'a> {
    /// The containers of the stack.
    pub stack: &'a [Inspected],
    /// Their processes, by container.
    pub processes: &'a BTreeMap<String, Seen<Vec<Process>>>,
    /// Raw environments and build steps of images, with the name of a container that runs each.
    pub images: &'a [(String, Vec<String>)],
    /// Text files of the lab's folder and of mounts.
    pub sources: &'a [Text],
    /// Names of users, schemas and services: where the password equals one, its mere mention says nothing.
    pub names: &'a BTreeSet<String>,
}

/// Every exposure of a password, in words for a student; twenty at most.
pub(crate) fn exposures(password: &str, searched: &Searched<'_>, secrets: &Secrets) -> Vec<String> {
    if password.is_empty() {
        return vec!["the account itself: its password is empty".into()];
    }
    let common = searched.names.contains(password) || password.chars().count() < SHORTEST;
    let holds = |text: &str| !common && mentions(text, password);
    let mut found = Vec::new();
    for inspected in searched.stack {
        let name = inspected.container.known_as();
        for (variable, value) in &inspected.env {
            let exposed = (secret_name(variable) && value == password)
                || address_login(value).is_some_and(|(_, given)| given == password)
                || holds(value);
            if exposed {
                found.push(format!(
                    "environment variable {} of {name}",
                    secrets.show(variable, 80)
                ));
            }
        }
        let texts = inspected.texts.iter().filter(|text| holds(&text.text));
        found.extend(texts.map(|text| {
            let field = secrets.show(&text.field.to_string(), 120);
            format!("{field} of {name}")
        }));
        if inspected.container.command.iter().any(|word| holds(word)) {
            found.push(format!("the command of {name}"));
        } else if searched
            .processes
            .get(&inspected.container.name)
            .and_then(Seen::get)
            .into_iter()
            .flatten()
            .any(|process| holds(&process.command))
        {
            found.push(format!("the process list of {name}"));
        }
    }
    found.extend(
        searched
            .images
            .iter()
            .filter(|(_, texts)| texts.iter().any(|text| holds(text)))
            .map(|(name, _)| format!("the image of {name} (`docker history` shows it)")),
    );
    // A file that holds nothing else is a secret's own, which is where a password belongs.
    let open = searched
        .sources
        .iter()
        .filter(|source| source.text.trim() != password && holds(&source.text));
    found.extend(open.map(|source| format!("file {}", source.label)));
    let mut once = BTreeSet::new();
    found.retain(|exposure| once.insert(exposure.clone()));
    found.truncate(20);
    found
}

/// Whether a word stands in a text, not merely as a part of a longer one.
fn mentions(text: &str, word: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(word).any(|(at, _)| {
        // MariaDB's and MySQL's clients take a password right after the option: `-pPASSWORD`.
        let begins = edge(text[..at].chars().next_back()) || text[..at].ends_with("-p");
        begins && edge(text[at + word.len()..].chars().next())
    })
}

#[cfg(test)]
#[path = "password_tests.rs"]
mod tests;
