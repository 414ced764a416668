//! Values and names in statements, and errors in answers: how each dialect writes them.

use super::reply::{Reply, Row, SqlError};
use labcheck_core::facts::Dialect;
use labcheck_core::text;

/// Takes the error out of the rows (MariaDB: `SHOW ERRORS`) or out of the client's variables (psql).
pub(crate) fn finish(reply: &mut Reply, said: Option<&str>, dialect: Dialect) {
    if dialect == Dialect::Postgres {
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

/// A table's name, given as schema and name, in a statement.
pub(crate) fn quoted((schema, name): &(String, String), dialect: Dialect) -> String {
    format!(
        "{}.{}",
        identifier(schema, dialect),
        identifier(name, dialect)
    )
}

/// A list for `IN`; never an empty one.
pub(crate) fn listed(names: &[String], dialect: Dialect) -> String {
    let names: Vec<String> = names.iter().map(|name| literal(name, dialect)).collect();
    if names.is_empty() {
        "('')".into()
    } else {
        format!("({})", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_inside_their_quotes() {
        assert_eq!(literal("a'b\\", Dialect::Mariadb), "'a''b\\\\'");
        assert_eq!(literal("a'b\\", Dialect::Postgres), "'a''b\\'");
        assert_eq!(identifier("a`b", Dialect::Mariadb), "`a``b`");
        assert_eq!(identifier("a\"b", Dialect::Postgres), "\"a\"\"b\"");
    }
}
