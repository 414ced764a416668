//! How the SQL, the client programs and the catalogs of MariaDB, MySQL and PostgreSQL differ, as methods of [`Dialect`].
//!
//! The only place of this crate that asks which dialect it is: kinds call these methods. What the grader itself sends has the
//! same place in the probe, the folder `database/dialect`.

use crate::facts::{Account, Definer, DefinerKind, Dialect};
use crate::text::{ShellCommand, shell};

/// Schemas of the servers themselves, whatever their dialect: never an application's own.
pub(crate) const SYSTEM_SCHEMAS: [&str; 5] = [
    "mysql",
    "information_schema",
    "performance_schema",
    "sys",
    "pg_catalog",
];

/// Commands of the client programs begin with the program, to stand behind `docker exec -it CONTAINER`.
impl Dialect {
    /// Whether what a session has chosen is a schema. PostgreSQL's names its database, in which schemas are something else.
    pub(crate) fn sessions_name_schemas(self) -> bool {
        match self {
            Self::Mariadb | Self::Mysql => true,
            Self::Postgres => false,
        }
    }

    /// Shows the rights of an account: as the administrator, or, with `as_itself`, as that account.
    pub(crate) fn show_grants(self, account: &Account, as_itself: bool) -> ShellCommand {
        match self {
            Self::Postgres => shell!("psql -U postgres -c {}", format!("\\du {}", account.user)),
            Self::Mariadb | Self::Mysql if as_itself => {
                shell!("{} -u{} -p -e 'SHOW GRANTS'", self.client(), account.user)
            }
            Self::Mariadb | Self::Mysql => {
                let name = |name: &str| name.replace('\'', "''");
                let (user, host) = (name(&account.user), name(&account.host));
                let statement = format!("SHOW GRANTS FOR '{user}'@'{host}'");
                shell!("{} -uroot -p -e {}", self.client(), statement)
            }
        }
    }

    /// Shows code that runs with its definer's rights.
    pub(crate) fn show_definer(self, code: &Definer) -> ShellCommand {
        match self {
            Self::Postgres => {
                let name = format!("{}.{}", code.schema, code.name);
                let shown = match code.kind {
                    DefinerKind::View => format!("\\d+ {name}"),
                    _ => format!("\\sf {name}"),
                };
                shell!("psql -U postgres -c {}", shown)
            }
            Self::Mariadb | Self::Mysql => {
                let kind = match code.kind {
                    DefinerKind::View => "VIEW",
                    DefinerKind::Procedure => "PROCEDURE",
                    DefinerKind::Function => "FUNCTION",
                    DefinerKind::Trigger => "TRIGGER",
                    DefinerKind::Event => "EVENT",
                };
                let name = |name: &str| name.replace('`', "``");
                let (schema, name) = (name(&code.schema), name(&code.name));
                let statement = format!("SHOW CREATE {kind} `{schema}`.`{name}`");
                shell!("{} -uroot -p -e {}", self.client(), statement)
            }
        }
    }

    /// Whether an account that has these rights in a schema can set code in it off.
    pub(crate) fn sets_off(self, kind: DefinerKind, rights: &[&str]) -> bool {
        let any = |wanted: &[&str]| {
            let all = ["ALL", "ALL PRIVILEGES"];
            rights
                .iter()
                .any(|right| wanted.contains(right) || all.contains(right))
        };
        match (self, kind) {
            (_, DefinerKind::View) => any(&["SELECT"]),
            // PostgreSQL lets everybody execute a function unless that is taken away.
            (Self::Postgres, _) => !rights.is_empty(),
            (_, DefinerKind::Procedure | DefinerKind::Function) => any(&["EXECUTE"]),
            // An event runs by itself, with what the account left in the tables.
            (_, DefinerKind::Trigger | DefinerKind::Event) => any(&["INSERT", "UPDATE", "DELETE"]),
        }
    }

    /// Where the server lists foreign keys.
    pub(crate) fn foreign_key_catalog(self) -> &'static str {
        match self {
            Self::Postgres => "pg_constraint",
            Self::Mariadb | Self::Mysql => "information_schema.KEY_COLUMN_USAGE",
        }
    }

    /// Shows the foreign keys.
    pub(crate) fn show_foreign_keys(self) -> ShellCommand {
        match self {
            Self::Postgres => shell!(
                "psql -U postgres -c \"SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'\""
            ),
            Self::Mariadb | Self::Mysql => shell!(
                "{} -uroot -p -e \"SELECT table_name, column_name, referenced_table_name FROM information_schema.key_column_usage WHERE referenced_table_name IS NOT NULL\"",
                self.client()
            ),
        }
    }

    /// Shows the sessions.
    pub(crate) fn show_sessions(self) -> ShellCommand {
        match self {
            Self::Postgres => shell!(
                "psql -U postgres -c 'SELECT usename, client_addr, datname FROM pg_stat_activity'"
            ),
            Self::Mariadb | Self::Mysql => {
                shell!("{} -uroot -p -e 'SHOW PROCESSLIST'", self.client())
            }
        }
    }

    /// Shows the accounts with the hosts from which each may sign in; `None` where an account has none, as PostgreSQL decides
    /// that in `pg_hba.conf`.
    pub(crate) fn show_hosts(self) -> Option<ShellCommand> {
        match self {
            Self::Postgres => None,
            Self::Mariadb | Self::Mysql => Some(shell!(
                "{} -uroot -p -e 'SELECT user, host FROM mysql.user'",
                self.client()
            )),
        }
    }

    /// The client program that the server's official image has.
    fn client(self) -> &'static str {
        match self {
            Self::Postgres => "psql",
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
        }
    }

    /// Signs in as a user; the client program asks for a password, or sends none. PostgreSQL's image trusts its own socket, so
    /// there the way is the network's.
    pub(crate) fn sign_in(self, user: &str, asks: bool) -> ShellCommand {
        if self == Self::Postgres {
            let inside = shell!("psql -h \"$(hostname -i)\" -U {} -d postgres", user);
            return shell!("sh -c {}", inside.as_word());
        }
        let asks = ShellCommand::fixed(if asks { " -p" } else { "" });
        shell!("{} -u{}{}", self.client(), user, asks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Dialect; 3] = [Dialect::Mariadb, Dialect::Mysql, Dialect::Postgres];

    #[test]
    fn commands_that_show_something_are_for_the_server_that_runs() {
        let code = Definer {
            kind: DefinerKind::View,
            schema: "shop".into(),
            name: "pay`roll".into(),
            account: "root@localhost".into(),
            commands: false,
            schemas: Vec::new(),
        };
        for dialect in ALL {
            let program = dialect.client();
            for shown in [dialect.show_foreign_keys(), dialect.show_definer(&code)] {
                assert!(shown.as_str().starts_with(program), "{}", shown.as_str());
            }
        }
        let shown = Dialect::Mariadb.show_definer(&code);
        assert!(
            shown.as_str().contains("VIEW `shop`.`pay``roll`"),
            "{}",
            shown.as_str()
        );
    }

    #[test]
    fn each_dialect_signs_in_by_a_program_that_its_image_has() {
        let said = ALL.map(|dialect| dialect.sign_in("o'r", true).as_str().to_owned());
        assert_eq!(said[0], "mariadb -u\"o'r\" -p");
        assert_eq!(said[1], "mysql -u\"o'r\" -p");
        assert!(said[2].starts_with("sh -c ") && said[2].contains("hostname -i"));
        let none = Dialect::Mariadb.sign_in("root", false);
        assert_eq!(none.as_str(), "mariadb -uroot");
    }

    #[test]
    fn an_account_is_named_as_its_dialect_writes_it() {
        let account = Account {
            user: "app".into(),
            host: "10.%".into(),
            ..Account::default()
        };
        let shown = |dialect: Dialect, itself| dialect.show_grants(&account, itself).to_string();
        let administrator = "mysql -uroot -p -e \"SHOW GRANTS FOR 'app'@'10.%'\"";
        assert_eq!(shown(Dialect::Mysql, false), administrator);
        assert_eq!(
            shown(Dialect::Mariadb, true),
            "mariadb -uapp -p -e 'SHOW GRANTS'"
        );
        assert_eq!(
            shown(Dialect::Postgres, true),
            "psql -U postgres -c '\\du app'"
        );
    }

    #[test]
    fn only_where_accounts_have_hosts_are_these_shown() {
        assert_eq!(
            ALL.map(|dialect| dialect.show_hosts().is_some()),
            [true, true, false]
        );
        assert_eq!(ALL.map(Dialect::sessions_name_schemas), [true, true, false]);
    }
}
