//! One line of what MariaDB and MySQL answer to `SHOW GRANTS`. Pure.

use super::privilege_names::{ACCESS_BITS, ON_ROUTINE, ON_SCHEMA, ON_TABLE};
use super::rights::privilege_rows;
use crate::database::client::reply::Row;

/// A line of `SHOW GRANTS`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum GrantLine {
    /// Rows of (grantee, scope, right, grantable).
    Rights(Vec<Row>),
    /// Rows of (grantee, role that it may take).
    Roles(Vec<Row>),
    /// A line that grants nothing of this.
    Nothing,
}

/// Reads a line; `None` where its form is not known.
pub(crate) fn parse(line: &str) -> Option<GrantLine> {
    let Some(rest) = line.strip_prefix("GRANT ") else {
        return Some(GrantLine::Nothing);
    };
    let to = find_unquoted(rest, " TO ")?;
    let (what, whom) = (&rest[..to], &rest[to + " TO ".len()..]);
    let end = find_unquoted(whom, " ").unwrap_or(whom.len());
    let (grantee, more) = (account(&whom[..end])?, &whom[end..]);
    let Some(on) = find_unquoted(what, " ON ") else {
        let roles = split_unquoted(what).into_iter();
        let rows = roles.map(|role| Some(vec![grantee.clone(), account(role.trim())?]));
        return Some(GrantLine::Roles(rows.collect::<Option<_>>()?));
    };
    let (listed, on) = (&what[..on], &what[on + " ON ".len()..]);
    if listed == "PROXY" {
        return Some(GrantLine::Nothing);
    }
    let (kind, on) = KINDS
        .iter()
        .find_map(|kind| Some((*kind, on.strip_prefix(kind)?)))
        .unwrap_or(("", on));
    let dot = find_unquoted(on, ".")?;
    let (schema, object) = (unquote(&on[..dot])?, unquote(&on[dot + 1..])?);
    let scope = match (schema.as_str(), object.as_str()) {
        ("*", "*") => "*".to_owned(),
        (_, "*") => schema,
        _ => format!("{schema}.{object}"),
    };
    let mut rights: Vec<String> = Vec::new();
    for right in split_unquoted(listed) {
        let right = right.split('(').next().unwrap_or_default().trim();
        if right != "ALL PRIVILEGES" {
            rights.push(right.to_ascii_uppercase());
            continue;
        }
        let all: Vec<&str> = match (scope.as_str(), kind) {
            ("*", _) => ACCESS_BITS
                .into_iter()
                .filter(|bit| *bit != "GRANT")
                .collect(),
            (_, "" | "TABLE ") if object != "*" => ON_TABLE.into(),
            (_, "" | "TABLE ") => ON_TABLE.into_iter().chain(ON_SCHEMA).collect(),
            _ => ON_ROUTINE.into(),
        };
        rights.extend(all.into_iter().map(str::to_owned));
    }
    if more.contains(" WITH GRANT OPTION") || more.contains(" GRANT OPTION") {
        rights.push("GRANT".into());
    }
    Some(GrantLine::Rights(privilege_rows(&grantee, &scope, &rights)))
}

/// What may stand before the name that a right is on.
const KINDS: [&str; 5] = [
    "TABLE ",
    "PROCEDURE ",
    "FUNCTION ",
    "PACKAGE BODY ",
    "PACKAGE ",
];

/// Where a word stands outside of quotation marks and brackets.
fn find_unquoted(text: &str, word: &str) -> Option<usize> {
    let (mut quote, mut depth) = (None, 0_usize);
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) => {
                if c == open {
                    quote = None;
                }
                continue;
            }
            None if depth == 0 && text[at..].starts_with(word) => return Some(at),
            None => {}
        }
        match c {
            '`' | '\'' | '"' => quote = Some(c),
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// What stands between commas outside of quotation marks and brackets.
fn split_unquoted(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = find_unquoted(rest, ",") {
        parts.push(rest[..at].trim());
        rest = &rest[at + 1..];
    }
    parts.push(rest.trim());
    parts
}

/// A name without its quotation marks.
fn unquote(text: &str) -> Option<String> {
    let quote = text
        .chars()
        .next()
        .filter(|c| matches!(c, '`' | '\'' | '"'));
    let Some(quote) = quote else {
        return Some(text.to_owned());
    };
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    Some(inner.replace(&format!("{quote}{quote}"), &quote.to_string()))
}

/// An account or a role as the privilege tables write it.
fn account(text: &str) -> Option<String> {
    let (user, host) = match find_unquoted(text, "@") {
        Some(at) => (&text[..at], unquote(&text[at + 1..])?),
        None => (text, String::new()),
    };
    // MariaDB writes PUBLIC without quotation marks.
    Some(format!("'{}'@'{host}'", unquote(user)?))
}

/// The password's hash that MariaDB adds for the plugin `mysql_native_password`.
pub(crate) fn native_hash(line: &str) -> Option<String> {
    let (_, rest) = line.split_once(" IDENTIFIED BY PASSWORD '")?;
    Some(rest.split('\'').next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(line: &str) -> Vec<String> {
        match parse(line) {
            Some(GrantLine::Rights(rows)) => rows.into_iter().map(|row| row.join(" | ")).collect(),
            other => vec![format!("{other:?}")],
        }
    }

    #[test]
    fn each_sort_of_line_is_read() {
        assert_eq!(
            rights("GRANT USAGE ON *.* TO `app`@`%` IDENTIFIED BY PASSWORD '*FD43'"),
            ["'app'@'%' | * | USAGE | NO"]
        );
        assert_eq!(
            rights(
                "GRANT SELECT, INSERT (`a, b`, `c`) ON `my\\_shop`.`x ON y` TO `app`@`172.%` WITH GRANT OPTION"
            ),
            [
                "'app'@'172.%' | my\\_shop.x ON y | SELECT | YES",
                "'app'@'172.%' | my\\_shop.x ON y | INSERT | YES"
            ]
        );
        assert_eq!(
            rights("GRANT EXECUTE ON PROCEDURE `tools`.`wipe` TO `app`@`%`"),
            ["'app'@'%' | tools.wipe | EXECUTE | NO"]
        );
        assert_eq!(
            parse("GRANT `chief` TO `app`@`%`"),
            Some(GrantLine::Roles(vec![vec![
                "'app'@'%'".into(),
                "'chief'@''".into()
            ]]))
        );
        assert_eq!(
            parse("SET DEFAULT ROLE `chief` FOR `app`@`%`"),
            Some(GrantLine::Nothing)
        );
        assert_eq!(parse("GRANT SELECT ON nothing TO `app`@`%`"), None);
    }

    #[test]
    fn all_privileges_are_those_of_the_place() {
        let count = |on: &str| rights(&format!("GRANT ALL PRIVILEGES ON {on} TO `app`@`%`")).len();
        assert_eq!(count("*.*"), ACCESS_BITS.len() - 1);
        assert_eq!(count("`shop`.*"), ON_TABLE.len() + ON_SCHEMA.len());
        assert_eq!(count("`shop`.`makers`"), ON_TABLE.len());
        assert_eq!(count("FUNCTION `shop`.`f`"), ON_ROUTINE.len());
    }

    #[test]
    fn a_hash_is_taken_along() {
        let line = "GRANT USAGE ON *.* TO `app`@`%` IDENTIFIED BY PASSWORD '*FD43'";
        assert_eq!(native_hash(line).as_deref(), Some("*FD43"));
    }
}
