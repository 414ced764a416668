//! Takes secrets out of every text before it becomes a fact.
//!
//! Two nets: values known to be secrets (from the environment, secret files, addresses with a password) are hidden
//! wherever they stand, and whatever is named like a secret, or stands where a password stands, is never kept. It does
//! not guess at words it never saw.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::addresses::{address_login, hide_addresses, written_login};
use super::shapes::{HIDDEN, hide_shapes, password_name, passwords};
use super::written::ways;
use crate::text;

/// A value shorter than this is not hidden in running text: it would blot out ordinary words.
const SHORTEST: usize = 4;

/// Words that are in every stack's texts; hiding them would say more than showing them.
const ORDINARY: [&str; 16] = [
    "root",
    "admin",
    "user",
    "test",
    "true",
    "false",
    "none",
    "null",
    "mysql",
    "mariadb",
    "postgres",
    "password",
    "secret",
    "inventory",
    "localhost",
    "application",
];

/// The secret values known so far.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    values: BTreeSet<String>,
    /// Names of services, users and schemas: never hidden, even where the student took one as a password.
    names: BTreeSet<String>,
    /// Finds every value in every way it is written, in one pass; made when it is first needed. `None` where it cannot be
    /// made.
    finder: OnceLock<Option<AhoCorasick>>,
}

impl Secrets {
    /// Remembers a value that must not be shown.
    pub fn learn(&mut self, value: &str) {
        let value = value.trim();
        if value.chars().count() < SHORTEST
            || ORDINARY.contains(&value.to_ascii_lowercase().as_str())
            || !self.values.insert(value.to_owned())
        {
            return;
        }
        self.finder = OnceLock::new();
    }

    /// Remembers every password that a text shows by its shape.
    pub fn learn_from(&mut self, text: &str) {
        for at in passwords(text) {
            self.learn(&text[at]);
        }
        for word in text.split_whitespace() {
            self.learn_login(word);
        }
    }

    /// Remembers the password of an address, as it stands there and as it is meant.
    pub fn learn_login(&mut self, text: &str) {
        if let Some((_, password)) = address_login(text) {
            self.learn(&password);
        }
        if let Some((_, written)) = written_login(text) {
            self.learn(written);
        }
    }

    /// Remembers a name that checks must be able to quote.
    pub fn spare(&mut self, name: &str) {
        if self.names.insert(name.to_owned()) {
            self.finder = OnceLock::new();
        }
    }

    /// Whether a value is among the secrets.
    #[cfg(test)]
    fn knows(&self, value: &str) -> bool {
        self.values.contains(value)
    }

    fn finder(&self) -> Option<&AhoCorasick> {
        let finder = self.finder.get_or_init(|| {
            let kept = self.values.difference(&self.names);
            let ways = kept.flat_map(|value| ways(value));
            // What is the name of something stays, however a secret is written.
            let ways: BTreeSet<String> = ways.filter(|way| !self.names.contains(way)).collect();
            // The longest goes first, so that a secret that holds another one goes whole.
            let mut finder = AhoCorasick::builder();
            finder
                .match_kind(MatchKind::LeftmostLongest)
                .build(ways)
                .ok()
        });
        finder.as_ref()
    }

    /// The text without secrets.
    pub fn hide(&self, text: &str) -> String {
        let shaped = hide_shapes(&hide_addresses(text));
        match self.finder() {
            Some(finder) => {
                let mut out = String::with_capacity(shaped.len());
                finder.replace_all_with(&shaped, &mut out, |_, _, out| {
                    out.push_str(HIDDEN);
                    true
                });
                out
            }
            // Too many secrets to be told apart, so that nothing is shown.
            None => HIDDEN.into(),
        }
    }

    /// The text without secrets and control characters, at most `most` characters.
    pub fn show(&self, text: &str, most: usize) -> String {
        text::cut(&self.hide(&text::clean(text)), most)
    }

    /// The same for a line of a log, whose blanks stay.
    pub fn show_line(&self, line: &str, most: usize) -> String {
        text::cut(&self.hide(&text::clean_line(line)), most)
    }
}

/// Whether an environment variable's name says that its value is a secret.
pub fn secret_name(name: &str) -> bool {
    const WORDS: [&str; 12] = [
        "PASSWORD",
        "PASSWD",
        "PASS",
        "PWD",
        "SECRET",
        "SECRETS",
        "TOKEN",
        "KEY",
        "APIKEY",
        "PASSPHRASE",
        "CREDENTIALS",
        "PW",
    ];
    const ENDINGS: [&str; 4] = ["PASSWORD", "PASSWD", "SECRET", "TOKEN"];
    let name = name.to_ascii_uppercase();
    if name.ends_with("_FILE")
        || matches!(name.as_str(), "PWD" | "OLDPWD")
        || name.contains("ALLOW_EMPTY")
        || name.contains("RANDOM_ROOT")
    {
        return false;
    }
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    password_name(&name)
        || words.any(|word| WORDS.contains(&word) || ENDINGS.iter().any(|end| word.ends_with(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_told_from_other_names() {
        for name in [
            "MARIADB_ROOT_PASSWORD",
            "DB_PASS",
            "DJANGO_SECRET_KEY",
            "MYSQL_PWD",
            "PGPASSWORD",
            "api_token",
            "DB_PASSWORT",
            "KENNWORT",
        ] {
            assert!(secret_name(name), "{name}");
        }
        for name in [
            "DB_PASSWORD_FILE",
            "PWD",
            "PATH",
            "KEYBOARD",
            "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD",
            "PASSENGERS",
            "MARIADB_USER",
        ] {
            assert!(!secret_name(name), "{name}");
        }
    }

    #[test]
    fn known_values_vanish_and_the_longer_one_goes_first() {
        let mut secrets = Secrets::default();
        secrets.learn("made-up");
        secrets.learn("made-up-app-password\n");
        assert_eq!(
            secrets.hide("p=made-up-app-password q=made-up"),
            "p=[hidden] q=[hidden]"
        );
    }

    #[test]
    fn short_and_ordinary_words_stay() {
        let mut secrets = Secrets::default();
        secrets.learn("app");
        secrets.learn("root");
        secrets.learn("shop");
        secrets.spare("shop");
        assert!(secrets.knows("shop"));
        assert_eq!(secrets.hide("app root shop"), "app root shop");
    }

    #[test]
    fn addresses_lose_their_password() {
        let secrets = Secrets::default();
        assert_eq!(
            secrets.hide("at mysql://app:p%40ss@db:3306/shop?x=1 and http://u@h/"),
            "at mysql://app:[hidden]@db:3306/shop?x=1 and http://u@h/"
        );
        assert_eq!(
            address_login("mysql://app:p%40ss@db/shop"),
            Some(("app".into(), "p@ss".into()))
        );
        assert_eq!(address_login("http://db/shop"), None);
    }

    #[test]
    fn a_password_in_an_address_is_hidden_decoded_and_as_it_is_written() {
        let mut secrets = Secrets::default();
        secrets.learn_from("at mysql://app:made%2Dup%21pass@db/shop");
        assert_eq!(
            secrets.hide("made-up!pass and made%2Dup%21pass"),
            "[hidden] and [hidden]"
        );
    }

    #[test]
    fn what_stands_where_a_password_stands_is_hidden_there_and_elsewhere() {
        let mut secrets = Secrets::default();
        let command = "serve --dsn app:made-up@tcp(db)/x mysql://u:also-made-up@db/y";
        assert_eq!(
            secrets.hide(command),
            "serve --dsn app:[hidden]@tcp(db)/x mysql://u:[hidden]@db/y"
        );
        secrets.learn_from(command);
        assert_eq!(
            secrets.hide("made-up and also-made-up"),
            "[hidden] and [hidden]"
        );
        let once = secrets.hide("Password=made-up;x='made-up' password: none");
        assert_eq!(once, "Password=[hidden];x='[hidden]' password: none");
        assert_eq!(secrets.hide(&once), once);
    }
}
