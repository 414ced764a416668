//! Statements that least privilege must refuse, as each dialect writes them, and the codes by which a server refuses.
//!
//! Each is built so that nothing is damaged if it is allowed: MariaDB and MySQL check the right before they look at the
//! object, so the object is one that is not there (a table) or is there already (an account); PostgreSQL rolls back.

use super::quoting::Quoting as _;
use labcheck_core::facts::{Dialect, Outcome, Statement};

/// Names for the statements.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    /// The account's user and host part.
    pub user: String,
    pub host: String,
    /// A schema the application uses.
    pub schema: String,
    /// A table there: PostgreSQL names the owner only for one that exists.
    pub table: Option<String>,
    /// A fresh word, for names that must not exist.
    pub fresh: String,
}

/// Writes the statements and reads the refusals.
pub(crate) trait Attempts: Copy {
    /// A query for the schema and name of some table, where one that exists has to be named.
    fn some_table(self) -> Option<&'static str>;

    /// Statements to send before and after an attempt, so that nothing of it stays.
    fn transaction(self) -> (&'static [&'static str], &'static [&'static str]);

    /// The statement to send.
    fn attempt(self, statement: Statement, names: &Names) -> String;

    /// What an error code says of the right to a statement.
    fn outcome(self, statement: Statement, code: &str) -> Outcome;

    /// What the dialect calls its error codes.
    fn code_name(self) -> &'static str;
}

impl Attempts for Dialect {
    fn some_table(self) -> Option<&'static str> {
        match self {
            Self::Postgres => Some(
                "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2 LIMIT 1",
            ),
            Self::Mariadb | Self::Mysql => None,
        }
    }

    fn transaction(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            // The application may hold the table; the right is checked before the lock is waited for.
            Self::Postgres => (
                &["BEGIN", "SET LOCAL lock_timeout = '500ms'"],
                &["ROLLBACK"],
            ),
            // DDL commits at once, so there is nothing to roll back.
            Self::Mariadb | Self::Mysql => (&[], &[]),
        }
    }

    fn attempt(self, statement: Statement, names: &Names) -> String {
        let absent = names.fresh.replace('-', "_");
        match (statement, self) {
            (Statement::DropTable, Self::Postgres) => {
                let table = names.table.as_ref().unwrap_or(&names.fresh);
                let table = self.table(&(names.schema.clone(), table.clone()));
                format!("DROP TABLE {table}")
            }
            (Statement::DropTable, Self::Mariadb | Self::Mysql) => {
                format!("DROP TABLE {}", self.table(&(names.schema.clone(), absent)))
            }
            (Statement::CreateUser, Self::Postgres) => {
                format!("CREATE ROLE {}", self.identifier(&absent))
            }
            (Statement::CreateUser, Self::Mariadb | Self::Mysql) => {
                let (user, host) = (self.literal(&names.user), self.literal(&names.host));
                format!("CREATE USER {user}@{host}")
            }
            (Statement::ReadAccounts, Self::Postgres) => "SELECT count(*) FROM pg_authid".into(),
            (Statement::ReadAccounts, Self::Mariadb | Self::Mysql) => {
                "SELECT COUNT(*) FROM mysql.user".into()
            }
        }
    }

    fn outcome(self, statement: Statement, code: &str) -> Outcome {
        let (refused, right_was_there): (&[&str], &[&str]) = match (self, statement) {
            // 2BP01: other objects depend on the table; 55P03: it was in use. Both come after the right was checked.
            (Self::Postgres, Statement::DropTable) => (&["42501"], &["2BP01", "55P03"]),
            (Self::Postgres, _) => (&["42501"], &[]),
            // 1051, 1146: there is no such table.
            (_, Statement::DropTable) => (&["1142", "1044", "1227"], &["1051", "1146"]),
            // 1396: there is such an account.
            (_, Statement::CreateUser) => (&["1227", "1044", "1142", "1410"], &["1396"]),
            (_, Statement::ReadAccounts) => (&["1142", "1143", "1044", "1356"], &[]),
        };
        if refused.contains(&code) {
            Outcome::Refused
        } else if right_was_there.contains(&code) {
            Outcome::Allowed
        } else {
            Outcome::Unclear
        }
    }

    fn code_name(self) -> &'static str {
        match self {
            Self::Postgres => "SQLSTATE",
            Self::Mariadb | Self::Mysql => "error",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(dialect.outcome(statement, code), wanted, "{code}");
        }
    }

    #[test]
    fn nothing_that_is_there_is_named_to_mariadb() {
        let names = Names {
            user: "app".into(),
            host: "%".into(),
            schema: "shop".into(),
            table: Some("makers".into()),
            fresh: "labcheck-0a".into(),
        };
        let sent = |dialect: Dialect, statement| dialect.attempt(statement, &names);
        assert_eq!(
            sent(Dialect::Mariadb, Statement::DropTable),
            "DROP TABLE `shop`.`labcheck_0a`"
        );
        assert_eq!(
            sent(Dialect::Mariadb, Statement::CreateUser),
            "CREATE USER 'app'@'%'"
        );
        assert_eq!(
            sent(Dialect::Postgres, Statement::DropTable),
            "DROP TABLE \"shop\".\"makers\""
        );
    }
}
