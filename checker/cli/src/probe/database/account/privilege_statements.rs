//! Statements that least privilege must refuse, attempted as the application's own account.
//!
//! Each is built so that nothing is damaged if it is allowed: MariaDB and MySQL check the right before they look at the
//! object, so the object is one that is not there (a table) or is there already (an account); PostgreSQL rolls back.

use crate::probe::database::client::conversation::Client;
use crate::probe::database::client::reply::{Reply, SqlError};
use crate::probe::database::dialect::quoting::Quoting as _;
use labcheck_core::facts::{Attempt, Dialect, Outcome, Statement};
use labcheck_core::redact::known::Secrets;
use labcheck_core::text;

/// What is needed to build the statements.
#[derive(Debug, Clone)]
pub(crate) struct Means {
    pub dialect: Dialect,
    /// The account as facts name it.
    pub account: String,
    pub user: String,
    pub host: String,
    /// A schema the application uses.
    pub schema: String,
    /// A table there: PostgreSQL names the owner only for one that exists.
    pub table: Option<String>,
    /// A fresh word, for names that must not exist.
    pub fresh: String,
}

/// Attempts one statement.
///
/// # Errors
/// The client ended, in its own words.
pub(crate) async fn attempt(
    client: &mut Client,
    statement: Statement,
    means: &Means,
    secrets: &Secrets,
) -> Result<Attempt, String> {
    let sent = sent(statement, means);
    let reply = if means.dialect == Dialect::Postgres {
        in_transaction(client, &sent).await?
    } else {
        client.ask(&sent).await?
    };
    let (outcome, said) = judge(statement, means.dialect, &reply);
    Ok(Attempt {
        statement,
        account: means.account.clone(),
        sent,
        outcome,
        said: secrets.show(&said, 200),
    })
}

/// PostgreSQL: DDL is part of a transaction, and this one is never committed.
async fn in_transaction(client: &mut Client, sent: &str) -> Result<Reply, String> {
    client.ask("BEGIN").await?;
    client.ask("SET LOCAL lock_timeout = '500ms'").await?;
    let reply = client.ask(sent).await;
    client.ask("ROLLBACK").await?;
    reply
}

fn sent(statement: Statement, means: &Means) -> String {
    let Means { dialect, fresh, .. } = means;
    let name = |name: &str| dialect.identifier(name);
    match (statement, dialect) {
        (Statement::DropTable, Dialect::Postgres) => format!(
            "DROP TABLE {}.{}",
            name(&means.schema),
            name(means.table.as_deref().unwrap_or(fresh))
        ),
        (Statement::DropTable, _) => format!(
            "DROP TABLE {}.{}",
            name(&means.schema),
            name(&fresh.replace('-', "_"))
        ),
        (Statement::CreateUser, Dialect::Postgres) => {
            format!("CREATE ROLE {}", name(&fresh.replace('-', "_")))
        }
        (Statement::CreateUser, _) => format!(
            "CREATE USER {}@{}",
            dialect.literal(&means.user),
            dialect.literal(&means.host)
        ),
        (Statement::ReadAccounts, Dialect::Postgres) => "SELECT count(*) FROM pg_authid".into(),
        (Statement::ReadAccounts, _) => "SELECT COUNT(*) FROM mysql.user".into(),
    }
}

fn judge(statement: Statement, dialect: Dialect, reply: &Reply) -> (Outcome, String) {
    let Some(SqlError { code, said }) = &reply.error else {
        let rows = reply.rows.first().and_then(|row| row.first());
        let said = match (statement, rows) {
            (Statement::ReadAccounts, Some(count)) => format!("answered: {count} accounts"),
            _ => "done, and taken back".into(),
        };
        return (Outcome::Allowed, said);
    };
    let (refused, right_was_there): (&[&str], &[&str]) = match (dialect, statement) {
        // 2BP01: other objects depend on the table; 55P03: it was in use. Both come after the right was checked.
        (Dialect::Postgres, Statement::DropTable) => (&["42501"], &["2BP01", "55P03"]),
        (Dialect::Postgres, _) => (&["42501"], &[]),
        // 1051, 1146: there is no such table.
        (_, Statement::DropTable) => (&["1142", "1044", "1227"], &["1051", "1146"]),
        // 1396: there is such an account.
        (_, Statement::CreateUser) => (&["1227", "1044", "1142", "1410"], &["1396"]),
        (_, Statement::ReadAccounts) => (&["1142", "1143", "1044", "1356"], &[]),
    };
    let outcome = if refused.contains(&code.as_str()) {
        Outcome::Refused
    } else if right_was_there.contains(&code.as_str()) {
        Outcome::Allowed
    } else {
        Outcome::Unclear
    };
    (
        outcome,
        format!(
            "{} {code}: {}",
            if dialect == Dialect::Postgres {
                "SQLSTATE"
            } else {
                "error"
            },
            text::cut(said, 160)
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: &str) -> Reply {
        Reply {
            rows: Vec::new(),
            error: Some(SqlError {
                code: code.into(),
                said: "words".into(),
            }),
        }
    }

    #[test]
    fn the_servers_codes_tell_refused_from_allowed() {
        use Outcome::{Allowed, Refused, Unclear};
        use Statement::{CreateUser, DropTable, ReadAccounts};
        let cases = [
            (DropTable, Dialect::Mariadb, "1142", Refused),
            (DropTable, Dialect::Mariadb, "1051", Allowed),
            (DropTable, Dialect::Mariadb, "1205", Unclear),
            (CreateUser, Dialect::Mysql, "1227", Refused),
            (CreateUser, Dialect::Mysql, "1396", Allowed),
            (ReadAccounts, Dialect::Mariadb, "1142", Refused),
            (DropTable, Dialect::Postgres, "42501", Refused),
            (DropTable, Dialect::Postgres, "2BP01", Allowed),
            (DropTable, Dialect::Postgres, "42P01", Unclear),
        ];
        for (statement, dialect, code, wanted) in cases {
            assert_eq!(judge(statement, dialect, &error(code)).0, wanted, "{code}");
        }
        let counted = Reply {
            rows: vec![vec!["6".into()]],
            error: None,
        };
        assert_eq!(
            judge(ReadAccounts, Dialect::Mariadb, &counted),
            (Allowed, "answered: 6 accounts".into())
        );
    }

    #[test]
    fn nothing_that_is_there_is_named_to_mariadb() {
        let means = Means {
            dialect: Dialect::Mariadb,
            account: "app@%".into(),
            user: "app".into(),
            host: "%".into(),
            schema: "shop".into(),
            table: Some("makers".into()),
            fresh: "labcheck-0a".into(),
        };
        assert_eq!(
            sent(Statement::DropTable, &means),
            "DROP TABLE `shop`.`labcheck_0a`"
        );
        assert_eq!(sent(Statement::CreateUser, &means), "CREATE USER 'app'@'%'");
        let postgres = Means {
            dialect: Dialect::Postgres,
            ..means
        };
        assert_eq!(
            sent(Statement::DropTable, &postgres),
            "DROP TABLE \"shop\".\"makers\""
        );
    }
}
