//! The servers of each dialect: how one is recognised, who administers it, whose password its image does not ask for, and
//! what a session asks first.

use std::time::Duration;

use labcheck_core::facts::Dialect;

/// Knows a dialect's server and its official image.
pub(crate) trait SignIn: Copy {
    /// The dialect of a container, by whether it runs a program and by its image; [`Dialect::Mariadb`] stands for MySQL
    /// too.
    fn of_container(runs: impl Fn(&str) -> bool, image: &str) -> Self;

    /// The dialect, more exactly, once the server has answered [`Self::version_query`].
    fn of_version(self, version: &str, comment: &str) -> Self;

    /// The administrator's name where the image was given none.
    fn administrator(self) -> &'static str;

    /// The variable that gives the administrator another name.
    fn administrator_variable(self) -> Option<&'static str>;

    /// Variables that give the administrator a password, the likeliest first. With `_FILE` behind its name each names a
    /// file that holds it.
    fn password_variables(self) -> &'static [&'static str];

    /// Whether the official image accepts any password for a client that connects by the socket file or from the
    /// container's own loopback address (PostgreSQL: `trust` in `pg_hba.conf`).
    fn trusts_local(self) -> bool;

    /// A query for one row: version, account, a comment of the build, and the folder of its files.
    fn version_query(self) -> &'static str;

    /// A query for the account that is signed in.
    fn current_user(self) -> &'static str;

    /// Statements that limit how long each further statement may take, and how long it waits for a lock.
    fn limits(self, statement: Duration) -> Vec<String>;

    /// Whether a session sees the tables of one database only, rather than every schema of the server.
    fn one_database(self) -> bool;

    /// What makes a session see another database, where [`Self::one_database`] holds.
    fn connect(self, database: &str) -> Option<String>;
}

impl SignIn for Dialect {
    fn of_container(runs: impl Fn(&str) -> bool, image: &str) -> Self {
        let postgres = ["postgres", "postmaster"].into_iter().any(&runs);
        let mariadb = ["mariadbd", "mysqld"].into_iter().any(&runs);
        if postgres || (!mariadb && image.to_ascii_lowercase().contains("postgres")) {
            Self::Postgres
        } else {
            Self::Mariadb
        }
    }

    fn of_version(self, version: &str, comment: &str) -> Self {
        let named = |text: &str| text.to_ascii_lowercase().contains("mariadb");
        match self {
            Self::Postgres => Self::Postgres,
            _ if named(version) || named(comment) => Self::Mariadb,
            Self::Mariadb | Self::Mysql => Self::Mysql,
        }
    }

    fn administrator(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Mariadb | Self::Mysql => "root",
        }
    }

    fn administrator_variable(self) -> Option<&'static str> {
        match self {
            Self::Postgres => Some("POSTGRES_USER"),
            Self::Mariadb | Self::Mysql => None,
        }
    }

    fn password_variables(self) -> &'static [&'static str] {
        match self {
            Self::Postgres => &["POSTGRES_PASSWORD", "PGPASSWORD"],
            Self::Mariadb | Self::Mysql => &["MARIADB_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD"],
        }
    }

    fn trusts_local(self) -> bool {
        match self {
            Self::Postgres => true,
            Self::Mariadb | Self::Mysql => false,
        }
    }

    fn version_query(self) -> &'static str {
        match self {
            Self::Postgres => {
                "SELECT version(), current_user, '', coalesce((SELECT setting FROM pg_settings WHERE name = 'data_directory'), '')"
            }
            Self::Mariadb | Self::Mysql => {
                "SELECT VERSION(), CURRENT_USER(), @@version_comment, @@datadir FROM information_schema.ENGINES LIMIT 1"
            }
        }
    }

    fn current_user(self) -> &'static str {
        match self {
            Self::Postgres => "SELECT current_user",
            // A table is named because MariaDB forgets an earlier error only then.
            Self::Mariadb | Self::Mysql => {
                "SELECT CURRENT_USER() FROM information_schema.ENGINES LIMIT 1"
            }
        }
    }

    fn limits(self, statement: Duration) -> Vec<String> {
        let ms = statement.as_millis();
        match self {
            Self::Postgres => vec![
                format!("SET statement_timeout = '{ms}ms'"),
                "SET lock_timeout = '3s'".into(),
            ],
            // Seconds, as a decimal number (MariaDB: "Aborting Statements that Exceed a Certain Time to Execute").
            Self::Mariadb => vec![format!(
                "SET SESSION max_statement_time = {}, SESSION lock_wait_timeout = 3, SESSION innodb_lock_wait_timeout = 3",
                statement.as_secs_f64()
            )],
            Self::Mysql => vec![format!(
                "SET SESSION max_execution_time = {ms}, SESSION lock_wait_timeout = 3, SESSION innodb_lock_wait_timeout = 3"
            )],
        }
    }

    fn one_database(self) -> bool {
        match self {
            Self::Postgres => true,
            Self::Mariadb | Self::Mysql => false,
        }
    }

    fn connect(self, database: &str) -> Option<String> {
        match self {
            // A command of psql's, which knows no escape for these two characters.
            Self::Postgres => Some(format!(
                "\\connect \"{}\"",
                database.replace(['"', '\\'], "")
            )),
            Self::Mariadb | Self::Mysql => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_counts_before_the_name_of_the_image() {
        let of = |program: &str, image| Dialect::of_container(|name| name == program, image);
        assert_eq!(of("postgres", "database:1"), Dialect::Postgres);
        assert_eq!(of("mariadbd", "course/postgres-lab"), Dialect::Mariadb);
        assert_eq!(of("", "Postgres:16"), Dialect::Postgres);
        assert_eq!(of("", "database:1"), Dialect::Mariadb);
    }

    #[test]
    fn a_server_tells_whether_it_is_mariadb_or_mysql() {
        let told = |version, comment| Dialect::Mariadb.of_version(version, comment);
        assert_eq!(told("10.11.6-MariaDB-1", ""), Dialect::Mariadb);
        assert_eq!(
            told("11.4.2", "mariadb.org binary distribution"),
            Dialect::Mariadb
        );
        assert_eq!(
            told("8.4.0", "MySQL Community Server - GPL"),
            Dialect::Mysql
        );
    }

    #[test]
    fn a_name_cannot_end_the_command_that_connects() {
        let connect = Dialect::Postgres.connect("shop\" \\! id");
        assert_eq!(connect.as_deref(), Some("\\connect \"shop ! id\""));
    }
}
