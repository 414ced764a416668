//! Code in the database that runs with the rights of its definer: what it names beyond its own schema. Reads SQL only as far
//! as words go.

use std::collections::BTreeSet;

use crate::database::client::conversation::Client;
use crate::database::client::reply::Row;
use crate::database::dialect::catalog::Catalog as _;
use labcheck_core::facts::{Definer, DefinerKind};
use labcheck_core::text;

/// Schemas of the servers themselves that tell more than an account may see by itself.
const SERVERS_OWN: [&str; 3] = ["mysql", "performance_schema", "sys"];
/// Words that carry text out, or change rights.
const COMMANDS: [&str; 4] = ["execute", "prepare", "grant", "revoke"];
/// Pairs of words that change accounts: `user`, `role` and `password` alone may be columns.
const OF_ACCOUNTS: [[&str; 2]; 8] = [
    ["create", "user"],
    ["alter", "user"],
    ["drop", "user"],
    ["rename", "user"],
    ["create", "role"],
    ["alter", "role"],
    ["drop", "role"],
    ["set", "password"],
];
/// Names of PostgreSQL's that need no schema in front, and tell or do what an ordinary account may not.
const POSTGRES_OWN: [&str; 5] = [
    "pg_authid",
    "pg_shadow",
    "pg_read_file",
    "pg_read_binary_file",
    "pg_ls_dir",
];

/// Those that matter: they name another schema, or carry out more than they say.
///
/// # Errors
/// The database could not be asked.
pub(crate) async fn definers(
    client: &mut Client,
    schemas: &[String],
) -> Result<Vec<Definer>, String> {
    let rows = client.query(&client.dialect.definers()).await?;
    let mut all: Vec<Definer> = rows
        .iter()
        .filter_map(|row| definer(row, schemas))
        .collect();
    all.sort();
    Ok(all)
}

fn definer(row: &Row, schemas: &[String]) -> Option<Definer> {
    let cell = |at: usize| row.get(at).map_or("", String::as_str);
    let kind = match cell(0) {
        "view" => DefinerKind::View,
        "procedure" => DefinerKind::Procedure,
        "trigger" => DefinerKind::Trigger,
        "event" => DefinerKind::Event,
        _ => DefinerKind::Function,
    };
    let own = cell(1);
    let body = words(cell(4));
    let other = |name: &str| {
        let known = SERVERS_OWN.contains(&name)
            || schemas
                .iter()
                .any(|schema| schema.eq_ignore_ascii_case(name));
        known && !own.eq_ignore_ascii_case(name)
    };
    let named = body
        .iter()
        .filter(|word| word.qualifies)
        .map(|word| word.text.as_str());
    let bare = body.iter().map(|word| word.text.as_str());
    let named: BTreeSet<String> = named
        .filter(|name| other(name))
        .chain(bare.filter(|word| POSTGRES_OWN.contains(word)))
        .map(str::to_owned)
        .collect();
    // A view can only read.
    let commands = kind != DefinerKind::View && commands(&body);
    if named.is_empty() && !commands {
        return None;
    }
    let said = |at: usize| text::cut(&text::clean(cell(at)), 120);
    Some(Definer {
        kind,
        schema: said(1),
        name: said(2),
        account: said(3),
        commands,
        schemas: named.into_iter().collect(),
    })
}

/// Whether a body carries out text as a statement, or changes accounts or rights.
fn commands(body: &[Word]) -> bool {
    let plain = |word: &Word, is: &str| !word.quoted && word.text == is;
    let one = |word: &Word| COMMANDS.iter().any(|command| plain(word, command));
    let two = |pair: &[Word]| {
        let [first, second] = pair else { return false };
        let mut all = OF_ACCOUNTS.iter();
        all.any(|[one, two]| plain(first, one) && plain(second, two))
    };
    body.iter().any(one) || body.windows(2).any(two)
}

/// A word of SQL, in small letters.
#[derive(Debug, PartialEq, Eq)]
struct Word {
    text: String,
    /// It stands in backticks or double quotes.
    quoted: bool,
    /// A dot comes behind it.
    qualifies: bool,
}

/// The names and keywords of a statement, without what stands in strings and comments.
fn words(sql: &str) -> Vec<Word> {
    let mut all: Vec<Word> = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let skipped = match first {
            '\'' => quoted(rest, '\''),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '#' => rest.find('\n').unwrap_or(rest.len()),
            // What stands in `/*! … */` is carried out.
            '/' if rest.starts_with("/*")
                && !rest.starts_with("/*!")
                && !rest.starts_with("/*M!") =>
            {
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            }
            '`' | '"' => {
                let end = quoted(rest, first);
                let text = rest.get(1..end.saturating_sub(1)).unwrap_or_default();
                all.push(Word {
                    text: text.to_lowercase(),
                    quoted: true,
                    qualifies: false,
                });
                end
            }
            '.' => {
                if let Some(last) = all.last_mut() {
                    last.qualifies = true;
                }
                1
            }
            _ if first.is_alphanumeric() || first == '_' || first == '$' => {
                let part = |c: char| !(c.is_alphanumeric() || c == '_' || c == '$');
                let end = rest.find(part).unwrap_or(rest.len());
                all.push(Word {
                    text: rest[..end].to_lowercase(),
                    quoted: false,
                    qualifies: false,
                });
                end
            }
            _ => first.len_utf8(),
        };
        rest = rest.get(skipped..).unwrap_or_default();
    }
    all
}

/// Where what is quoted ends, the last quote included; a doubled quote is one of the text.
fn quoted(text: &str, mark: char) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && mark != '`' {
            chars.next();
        } else if c == mark {
            if chars.peek().is_some_and(|(_, next)| *next == mark) {
                chars.next();
            } else {
                return at + 1;
            }
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(kind: &str, body: &str) -> Option<(bool, Vec<String>)> {
        let row = ["inventory", "x", "root@localhost", body].map(str::to_owned);
        let row: Row = [vec![kind.to_owned()], row.to_vec()].concat();
        let schemas = ["inventory".to_owned(), "payroll".to_owned()];
        definer(&row, &schemas).map(|found| (found.commands, found.schemas))
    }

    #[test]
    fn a_dumped_view_of_its_own_tables_is_nothing() {
        let body = "select `inventory`.`manufacturer`.`id` AS `id`, 'payroll.people' AS `user` from `inventory`.`manufacturer` -- mysql.user";
        assert_eq!(found("view", body), None);
    }

    #[test]
    fn another_schema_is_named_however_it_is_written() {
        let payroll = Some((false, vec!["payroll".to_owned()]));
        for body in [
            "select * from payroll.people",
            "SELECT 1 FROM `Payroll` . `people`",
            "/*! select */ \"payroll\".people",
        ] {
            assert_eq!(found("view", body), payroll, "{body}");
        }
        let own = Some((false, vec!["mysql".to_owned()]));
        assert_eq!(found("view", "select * from mysql.global_priv"), own);
    }

    #[test]
    fn what_carries_text_out_is_told() {
        for body in [
            "BEGIN EXECUTE IMMEDIATE (SELECT line FROM inbox LIMIT 1); END",
            "BEGIN PREPARE s FROM @text; EXECUTE s; END",
            "CREATE USER 'evil'@'%'",
            "BEGIN GRANT ALL ON *.* TO x; END",
        ] {
            assert_eq!(found("event", body), Some((true, Vec::new())), "{body}");
        }
        assert_eq!(
            found(
                "trigger",
                "SET NEW.user = USER(), NEW.password = SHA2(NEW.role, 256)"
            ),
            None
        );
        assert_eq!(
            found("procedure", "SELECT 'EXECUTE IMMEDIATE', `grant` FROM t"),
            None
        );
    }

    #[test]
    fn any_text_ends() {
        for body in ["'", "`", "\"a", "/*", "--", "'\\", "é.`ü", "a''b'", "."] {
            let _ = words(body);
        }
        assert_eq!(words("'it''s' a.b").len(), 2);
    }
}
