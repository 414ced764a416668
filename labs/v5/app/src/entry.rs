//! What a visitor types into the inserter's form, and the rules it has to meet before it is stored.
//!
//! Knows neither the database nor the page; the limits are those of the columns in `sql/manufacturers.sql`.

use std::fmt::Write as _;

use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The form as it arrives; a field that was not sent counts as empty.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct EntryForm {
    /// Name of the manufacturer.
    pub name: String,
    /// Where to write to.
    pub email: String,
    /// Telephone number.
    pub number: String,
    /// Address of its site.
    pub website: String,
}

/// What is wrong, field by field.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FieldErrors {
    /// About the name.
    pub name: Option<String>,
    /// About the e-mail address.
    pub email: Option<String>,
    /// About the number.
    pub number: Option<String>,
    /// About the site.
    pub website: Option<String>,
}

impl FieldErrors {
    /// How many fields are wrong.
    pub fn count(&self) -> usize {
        [&self.name, &self.email, &self.number, &self.website]
            .into_iter()
            .flatten()
            .count()
    }
}

/// A manufacturer that meets the rules.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    name: String,
    email: String,
    number: String,
    website: String,
}

impl EntryForm {
    /// The entry, or every field that keeps it from being stored.
    pub fn check(&self) -> Result<Entry, FieldErrors> {
        let entry = Entry {
            name: self.name.trim().into(),
            email: self.email.trim().into(),
            number: self.number.trim().into(),
            website: self.website.trim().into(),
        };
        let errors = FieldErrors {
            name: text("name", &entry.name, 100).err(),
            email: text("email", &entry.email, 254).and_then(email).err(),
            number: text("number", &entry.number, 40).and_then(number).err(),
            website: text("website", &entry.website, 200).and_then(website).err(),
        };
        if errors.count() == 0 {
            Ok(entry)
        } else {
            Err(errors)
        }
    }
}

impl Entry {
    /// Name, e-mail address, number and website, in the order of the table's columns.
    pub fn values(&self) -> [&str; 4] {
        [&self.name, &self.email, &self.number, &self.website]
    }

    /// SHA-256 in lower-case hexadecimal over the four values in that order, each followed by a newline.
    ///
    /// Base 16 only writes the digest down; it hides nothing.
    pub fn hash(&self) -> String {
        let mut digest = Sha256::new();
        for value in self.values() {
            digest.update(value);
            digest.update("\n");
        }
        let mut hex = String::with_capacity(64);
        for byte in digest.finalize() {
            // Writing to a text cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }
}

fn text<'a>(name: &str, value: &'a str, most: usize) -> Result<&'a str, String> {
    let length = value.chars().count();
    if value.is_empty() {
        Err(format!("The {name} is missing."))
    } else if length > most {
        Err(format!(
            "The {name} has {length} characters; at most {most} can be stored."
        ))
    } else if value.chars().any(char::is_control) {
        Err(format!("The {name} holds a control character."))
    } else {
        Ok(value)
    }
}

fn email(value: &str) -> Result<&str, String> {
    let fits = value
        .split_once('@')
        .is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'));
    if fits && !value.contains(char::is_whitespace) {
        Ok(value)
    } else {
        Err("The email needs the form user@host.".into())
    }
}

fn number(value: &str) -> Result<&str, String> {
    let allowed = |c: char| c.is_ascii_digit() || " +-()/.".contains(c);
    if value.chars().all(allowed) && value.contains(|c: char| c.is_ascii_digit()) {
        Ok(value)
    } else {
        Err("The number may hold digits, spaces and + - ( ) / . only.".into())
    }
}

/// The page turns this into a link, so other schemes (`javascript:`) must not pass.
fn website(value: &str) -> Result<&str, String> {
    let lower = value.to_ascii_lowercase();
    let host = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"));
    if host.is_some_and(|host| !host.is_empty()) && !value.contains(char::is_whitespace) {
        Ok(value)
    } else {
        Err("The website needs to begin with https:// or http://.".into())
    }
}
