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
