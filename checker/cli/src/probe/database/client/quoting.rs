//! Values and names in statements, cells and errors in answers: how both client programs write them.

use super::conversation::{Reply, Row, SqlError};
use labcheck_core::facts::Dialect;
use labcheck_core::text;

/// Takes the error out of the rows (MariaDB: `SHOW ERRORS`) or out of the client's variables (psql).
pub(crate) fn finish(reply: &mut Reply, said: Option<&str>, postgres: bool) {
    if postgres {
        let (state, message) = said
            .unwrap_or_default()
            .split_once(' ')
            .unwrap_or((said.unwrap_or_default(), ""));
        if !state.is_empty() && state != "00000" && !state.starts_with(':') {
            reply.error = Some(SqlError {
                code: state.into(),
                said: text::cut(&text::clean(message), 200),
            });
        }
        return;
    }
    let is_error = |row: &Row| {
        row.len() == 3
            && row[0] == "Error"
            && row[1].chars().all(|c| c.is_ascii_digit())
            && !row[1].is_empty()
    };
    let first = reply.rows.iter().position(is_error);
    if let Some(row) = first.and_then(|at| reply.rows.get(at)) {
        reply.error = Some(SqlError {
            code: row[1].clone(),
            said: text::cut(&text::clean(&row[2]), 200),
        });
    }
    reply.rows.retain(|row| !is_error(row));
}

/// `\t`, `\n`, `\\` as both clients write them in rows, and NULL.
pub(crate) fn unescaped(cell: &str) -> String {
    if cell == "\\N" || cell == "NULL" {
        return String::new();
    }
    let mut out = String::with_capacity(cell.len());
    let mut chars = cell.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('t') => out.push('\t'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('0') => out.push('\0'),
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}

/// A text as an SQL literal for either dialect. Backslashes are an escape for MariaDB, so they are doubled there.
pub(crate) fn literal(value: &str, dialect: Dialect) -> String {
    let quoted = value.replace('\'', "''");
    match dialect {
        Dialect::Postgres => format!("'{quoted}'"),
        Dialect::Mariadb | Dialect::Mysql => format!("'{}'", quoted.replace('\\', "\\\\")),
    }
}

/// A name as an SQL identifier for either dialect.
pub(crate) fn identifier(name: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
        Dialect::Mariadb | Dialect::Mysql => format!("`{}`", name.replace('`', "``")),
    }
}
