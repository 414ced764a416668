//! The client programs of each dialect: their names, command lines and environments, how a statement is handed to them
//! and how they tell of an error. No command line carries a password.

use labcheck_core::facts::Dialect;

/// Talks to a dialect's own client program.
pub(crate) trait ClientPrograms: Copy {
    /// Client programs, the likeliest first.
    fn programs(self) -> &'static [&'static str];

    /// The command line of a client program that reads statements from its standard input. `host` is an address to
    /// connect to by TCP; without one the server's own socket file is used. Without a `database` it is
    /// the one that every server has; only PostgreSQL's client has to name one.
    fn command_line(
        self,
        program: &str,
        user: &str,
        host: Option<&str>,
        database: Option<&str>,
    ) -> Vec<String>;

    /// The environment that hands a client program its password.
    fn environment(self, password: &str) -> Vec<String>;

    /// A query in the form in which its rows come back as cells between tabs.
    fn as_rows(self, query: &str) -> String;

    /// What is written to the client program to send a statement, which stands on one line, and to have the line `end`
    /// printed behind the answer.
    fn script(self, statement: &str, end: &str) -> String;

    /// Takes the server's error, as code and message, out of an answer: out of its rows, or out of `variables`, which is
    /// what the client program printed of its own variables.
    fn take_error(
        self,
        rows: &mut Vec<Vec<String>>,
        variables: Option<&str>,
    ) -> Option<(String, String)>;
}

impl ClientPrograms for Dialect {
    fn programs(self) -> &'static [&'static str] {
        match self {
            Self::Postgres => &["psql"],
            // MariaDB's images from 11 on have no `mysql`; MySQL's have nothing else.
            Self::Mariadb | Self::Mysql => &["mariadb", "mysql"],
        }
    }

    fn command_line(
        self,
        program: &str,
        user: &str,
        host: Option<&str>,
        database: Option<&str>,
    ) -> Vec<String> {
        match self {
            Self::Postgres => psql(program, user, host, database.unwrap_or("postgres")),
            Self::Mariadb | Self::Mysql => mariadb(program, user, host),
        }
    }

    fn environment(self, password: &str) -> Vec<String> {
        match self {
            Self::Postgres => vec![
                format!("PGPASSWORD={password}"),
                "PGCONNECT_TIMEOUT=5".into(),
            ],
            Self::Mariadb | Self::Mysql => vec![format!("MYSQL_PWD={password}")],
        }
    }

    fn as_rows(self, query: &str) -> String {
        match self {
            Self::Postgres => format!("COPY ({query}) TO STDOUT"),
            Self::Mariadb | Self::Mysql => query.to_owned(),
        }
    }

    fn script(self, statement: &str, end: &str) -> String {
        match self {
            Self::Postgres => {
                // psql's own commands begin with a backslash and end with the line.
                let stop = if statement.starts_with('\\') { "" } else { ";" };
                format!(
                    "{statement}{stop}\n\\echo {end}-error :SQLSTATE :LAST_ERROR_MESSAGE\n\\echo {end}\n"
                )
            }
            Self::Mariadb | Self::Mysql => {
                format!("{statement};\nSHOW ERRORS;\nSELECT '{end}';\n")
            }
        }
    }

    fn take_error(
        self,
        rows: &mut Vec<Vec<String>>,
        variables: Option<&str>,
    ) -> Option<(String, String)> {
        match self {
            Self::Postgres => {
                let said = variables.unwrap_or_default();
                let (state, message) = said.split_once(' ').unwrap_or((said, ""));
                // 00000 is success; a variable that psql does not know is printed as its name, `:SQLSTATE`.
                let failed = !state.is_empty() && state != "00000" && !state.starts_with(':');
                failed.then(|| (state.to_owned(), message.to_owned()))
            }
            Self::Mariadb | Self::Mysql => {
                let first = rows.iter().find(|row| is_error(row));
                let error = first.map(|row| (row[1].clone(), row[2].clone()));
                rows.retain(|row| !is_error(row));
                error
            }
        }
    }
}

/// A row of `SHOW ERRORS`: level, code, message.
fn is_error(row: &[String]) -> bool {
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    matches!(row, [level, code, _] if level == "Error" && digits(code))
}

fn mariadb(program: &str, user: &str, host: Option<&str>) -> Vec<String> {
    let mut words: Vec<String> = vec![program.into()];
    if host.is_some() {
        // A password in the administrator's own option file must not help another account in.
        words.push("--no-defaults".into());
    }
    for option in [
        "--batch",
        "--skip-column-names",
        "--force",
        "--unbuffered",
        "--default-character-set=utf8mb4",
        "--connect-timeout=5",
    ] {
        words.push(option.into());
    }
    words.push(format!("--user={user}"));
    if let Some(host) = host {
        words.push("--protocol=tcp".into());
        words.push(format!("--host={host}"));
        // The server's certificate is its own; with an empty password MariaDB's client could not check it.
        let unchecked = if program == "mariadb" {
            "--skip-ssl-verify-server-cert"
        } else {
            "--loose-get-server-public-key"
        };
        words.push(unchecked.into());
    }
    words
}

fn psql(program: &str, user: &str, host: Option<&str>, database: &str) -> Vec<String> {
    let mut words: Vec<String> = [
        program,
        "-XqAtw",
        "-v",
        "VERBOSITY=terse",
        "-U",
        user,
        "-d",
        database,
    ]
    .map(str::to_owned)
    .into();
    if let Some(host) = host {
        words.extend(["-h".to_owned(), host.to_owned()]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_command_line_carries_a_password() {
        let tcp = Dialect::Mariadb.command_line("mariadb", "app", Some("127.0.0.1"), None);
        assert!(tcp.contains(&"--host=127.0.0.1".to_owned()) && tcp[1] == "--no-defaults");
        assert!(
            !tcp.iter()
                .any(|word| word.starts_with("-p") || word.starts_with("--password"))
        );
        assert!(
            Dialect::Postgres
                .command_line("psql", "app", Some("10.0.0.2"), Some("shop"))
                .ends_with(&["-h".to_owned(), "10.0.0.2".to_owned()])
        );
    }

    #[test]
    fn an_error_is_told_from_rows() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let mut rows = vec![row(["Error", "1142", "denied"]), row(["Error", "x", "y"])];
        let error = Dialect::Mysql.take_error(&mut rows, None);
        assert_eq!(error, Some(("1142".into(), "denied".into())));
        assert_eq!(rows, [row(["Error", "x", "y"])]);
        let state = |said| Dialect::Postgres.take_error(&mut Vec::new(), Some(said));
        assert_eq!(
            state("42501 permission denied"),
            Some(("42501".into(), "permission denied".into()))
        );
        assert_eq!(state("00000 "), None);
        assert_eq!(state(":SQLSTATE :LAST_ERROR_MESSAGE"), None);
    }
}
