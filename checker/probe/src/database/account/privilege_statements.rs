//! One statement that least privilege must refuse, sent as the application's own account. Nothing is damaged if the
//! server allows it: see [`crate::database::dialect::attempts`].

use crate::database::client::conversation::Client;
use crate::database::client::reply::{Reply, SqlError};
use crate::database::dialect::attempts::{Attempts as _, Names};
use labcheck_core::facts::{Outcome, Statement};
use labcheck_core::text;

/// Attempts one statement: the statement as it was sent, how it ended, and the server's words.
///
/// # Errors
/// The client ended, in its own words.
pub(crate) async fn attempt(
    client: &mut Client,
    statement: Statement,
    names: &Names,
) -> Result<(String, Outcome, String), String> {
    let sent = client.dialect.attempt(statement, names);
    let (before, after) = client.dialect.transaction();
    for statement in before {
        client.execute(statement).await?;
    }
    let reply = client.execute(&sent).await;
    for statement in after {
        client.execute(statement).await?;
    }
    let reply = reply?;
    let (outcome, said) = match &reply.error {
        None => (Outcome::Allowed, allowed(statement, &reply)),
        Some(SqlError { code, message }) => (
            client.dialect.outcome(statement, code),
            format!(
                "{} {code}: {}",
                client.dialect.code_name(),
                text::cut(message, 160)
            ),
        ),
    };
    Ok((sent, outcome, said))
}

/// What is said of a statement that was allowed.
fn allowed(statement: Statement, reply: &Reply) -> String {
    let cell = reply.rows.first().and_then(|row| row.first());
    match (statement, cell) {
        (Statement::ReadAccounts, Some(count)) => format!("answered: {count} accounts"),
        _ => "done, and taken back".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_that_could_be_read_are_counted() {
        let counted = Reply {
            rows: vec![vec!["6".into()]],
            error: None,
        };
        assert_eq!(
            allowed(Statement::ReadAccounts, &counted),
            "answered: 6 accounts"
        );
    }
}
