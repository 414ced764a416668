//! Passwords by the shape of what stands around them: `Password=…;`, `--password=…`, `user:…@tcp(db)/x`, `-p…`.
//!
//! Finds where they stand, and hides them there; `known` hides them wherever else they stand.

use std::ops::Range;

/// What stands where a secret stood.
pub(crate) const HIDDEN: &str = "[hidden]";

/// Longest word looked at, so that a text without ends costs no more than its length.
const LONGEST: usize = 512;

/// Where passwords stand in a text, from front to back.
pub fn passwords(text: &str) -> Vec<Range<usize>> {
    let mut all = named(text);
    all.extend(before_a_network(text));
    all.extend(short_options(text));
    all.retain(|range| worth(&text[range.clone()]));
    all.sort_by_key(|range| (range.start, range.end));
    let mut end = 0;
    all.retain(|range| {
        let apart = range.start >= end;
        if apart {
            end = range.end;
        }
        apart
    });
    all
}

/// What a shell or a template puts in later is no password.
fn worth(value: &str) -> bool {
    !value.is_empty() && !value.starts_with(['$', '`', '{', '<', '%'])
}

/// Whether a name says that what follows it is a password.
pub(crate) fn password_name(name: &str) -> bool {
    const WORDS: [&str; 8] = [
        "PASSWORD",
        "PASSWD",
        "PASSWORT",
        "KENNWORT",
        "PASSPHRASE",
        "PWD",
        "PASS",
        "PW",
    ];
    let upper = name.to_ascii_uppercase();
    if upper.ends_with("_FILE") || upper.contains("ALLOW_EMPTY") || upper.contains("RANDOM_ROOT") {
        return false;
    }
    let mut words = upper.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| {
        WORDS.contains(&word) || WORDS.iter().take(5).any(|ending| word.ends_with(ending))
    })
}

/// `name=value` and `--name value`.
fn named(text: &str) -> Vec<Range<usize>> {
    let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut all = Vec::new();
    for (at, mark) in text.match_indices(['=', ' ']) {
        let before = &text[..at];
        let name_at = before
            .char_indices()
            .rev()
            .take(LONGEST)
            .take_while(|(_, c)| in_name(*c))
            .last()
            .map_or(at, |(start, _)| start);
        let name = &text[name_at..at];
        let option = name.starts_with("--");
        if (mark == " " && !option) || !password_name(name) {
            continue;
        }
        // The shell's own variables, and a flag that is followed by the next flag.
        let rest = &text[at + 1..];
        let far = rest.char_indices().nth(LONGEST);
        let rest = &rest[..far.map_or(rest.len(), |(end, _)| end)];
        let path = matches!(name, "PWD" | "OLDPWD") && rest.starts_with('/');
        if path || (mark == " " && rest.starts_with('-')) {
            continue;
        }
        let begin = at + 1;
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let range = if let Some(quote) = quote {
            let end = rest[1..].find(quote).unwrap_or(rest.len() - 1);
            begin + 1..begin + 1 + end
        } else {
            let ends = |c: char| c.is_whitespace() || matches!(c, ';' | '&' | '"' | '\'' | '<');
            begin..begin + rest.find(ends).unwrap_or(rest.len())
        };
        all.push(range);
    }
    all
}

/// `user:password@tcp(host)/schema`, as Go writes addresses.
fn before_a_network(text: &str) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    for network in ["@tcp(", "@unix(", "@tcp6(", "@udp("] {
        for (at, _) in text.match_indices(network) {
            let login = text[..at]
                .char_indices()
                .rev()
                .take(LONGEST)
                .take_while(|(_, c)| !c.is_whitespace() && !matches!(c, '"' | '\''))
                .last()
                .map_or(at, |(start, _)| start);
            if let Some(colon) = text[login..at].find(':') {
                all.push(login + colon + 1..at);
            }
        }
    }
    all
}

/// `-ppassword`, as the clients of MariaDB and MySQL take it.
fn short_options(text: &str) -> Vec<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    if !lower.contains("mysql") && !lower.contains("mariadb") {
        return Vec::new();
    }
    let mut all = Vec::new();
    for (at, found) in text.match_indices(" -p") {
        let begin = at + found.len();
        let end = text[begin..]
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';'))
            .unwrap_or(text.len() - begin);
        all.push(begin..begin + end);
    }
    all
}

/// Every `password=…` and the like loses what follows.
pub(super) fn hide_shapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for at in passwords(text) {
        out.push_str(&text[done..at.start]);
        out.push_str(HIDDEN);
        done = at.end;
    }
    out.push_str(&text[done..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        passwords(text).into_iter().map(|at| &text[at]).collect()
    }

    #[test]
    fn every_shape_is_known() {
        for text in [
            "Server=db;Uid=app;Password=made-up;Database=x",
            "Server=db;Pwd=made-up;",
            "jdbc:mysql://db/x?user=app&password=made-up&ssl=no",
            "app:made-up@tcp(db:3306)/x",
            "DSN=app:made-up@unix(/run/x)/x",
            "DB_PASSWORT=made-up",
            "serve --db-password=made-up",
            "serve --kennwort made-up --port 1",
            "mariadb -uroot -pmade-up x",
            "MYSQL_PWD='made-up' sh",
            "host=db passwd=made-up",
        ] {
            assert_eq!(found(text), ["made-up"], "{text}");
        }
    }

    #[test]
    fn what_is_no_password_stays() {
        for text in [
            "PWD=/app DB_PASSWORD_FILE=/run/secrets/x MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1",
            "PASSWORD=$(cat /run/secrets/x) --password=${X} password=",
            "<input type=\"password\" name=\"password\">",
            "the password is not told; compass=1 docker run -p80:80 --password --user x",
            "mail to a:b@example.org",
        ] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
    }
}
