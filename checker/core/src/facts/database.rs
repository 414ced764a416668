//! What the database itself says: sessions, accounts, rights, keys, and statements it refused.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Seen;

/// Which SQL a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// MariaDB.
    Mariadb,
    /// MySQL.
    Mysql,
    /// PostgreSQL.
    Postgres,
}

/// What the database server showed. A part that no check asked for is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// The container asked.
    pub container: String,
    /// Its dialect.
    pub dialect: Dialect,
    /// `SELECT VERSION()`.
    pub version: String,
    /// The account the grader looked with, and how it got in, such as "root, with the password from `/run/secrets/…`".
    pub looked_as: String,
    /// That account is not the administrator's, whose password is not known: it sees itself, and what it may use.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ordinary: bool,
    /// Why a client program of the stack was asked in place of the server, at least once, so that its word is believed;
    /// `None` where the server itself said everything, and in recordings that are older.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_program: Option<String>,
    /// The folder of its container that the server keeps its files in (`@@datadir`, `data_directory`); empty where it
    /// does not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub data: String,
    /// Schemas that are not the server's own.
    pub schemas: Vec<String>,
    /// Sessions of the application, seen while it was driven.
    pub sessions: Option<Seen<Vec<Session>>>,
    /// What leaves open whose sessions these are; empty where every session belongs to a container of the stack.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unattributed: Vec<Unattributed>,
    /// How often the process list was read while the application was driven.
    pub polls: u64,
    /// Every account of the server, the server's own (`mariadb.sys`, `healthcheck`) included.
    pub accounts: Option<Seen<Vec<Account>>>,
    /// Code in the schemas that runs with the rights of the account that defined it, where that matters: it names another
    /// schema, or carries out more than it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definers: Option<Seen<Vec<Definer>>>,
    /// Foreign keys in the schemas.
    pub foreign_keys: Option<Seen<Vec<ForeignKey>>>,
    /// Statements attempted as the application's account.
    pub attempts: Option<Seen<Vec<Attempt>>>,
    /// Attempts to sign in as root with passwords it should not have.
    pub root: Option<Seen<RootSignIn>>,
    /// Where the application's password lies open, redacted: "environment variable `DB_PASSWORD` of app".
    pub password_seen: Option<Seen<Vec<String>>>,
}

/// A session of the application (`information_schema.PROCESSLIST`, `pg_stat_activity`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// The user it signed in as.
    pub user: String,
    /// The account that applies, as `user@host` (MariaDB) or the role (PostgreSQL); equals `user` where unknown.
    pub account: String,
    /// The schema (MariaDB) or database (PostgreSQL) in use, if any.
    pub schema: Option<String>,
    /// The container it comes from.
    pub from: String,
    /// It came by way of this machine: from the gateway of the database's network, not from the container's own address.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_host: bool,
}

/// What leaves open whose sessions were seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Unattributed {
    /// A session that was used while the application was driven, from an address of no container of the stack.
    Session {
        /// The user it signed in as.
        user: String,
        /// Its address or host name.
        from: String,
    },
    /// A container in the database's own network namespace: what it sends looks like the database's own.
    SharesNetwork {
        /// Its name.
        container: String,
    },
    /// A session that was used meanwhile by a container that does not work for the application, such as a page to manage
    /// databases with, where no session of the container that serves the application's pages was used.
    Bystander {
        /// The user it signed in as.
        user: String,
        /// The container's name.
        container: String,
    },
}

/// Code that runs with the rights of the account that defined it (`SQL SECURITY DEFINER`, `SECURITY DEFINER`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Definer {
    /// What it is.
    pub kind: DefinerKind,
    /// The schema it lies in.
    pub schema: String,
    /// Its name there.
    pub name: String,
    /// The account whose rights it has, as [`Account::label`] writes it.
    pub account: String,
    /// It carries out text as a statement (`EXECUTE IMMEDIATE`, `PREPARE`), or changes accounts and rights.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub commands: bool,
    /// Schemas other than its own that it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schemas: Vec<String>,
}

/// Kinds of code that may have its definer's rights.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DefinerKind {
    /// `CREATE VIEW`.
    View,
    /// `CREATE PROCEDURE`.
    Procedure,
    /// `CREATE FUNCTION`.
    Function,
    /// `CREATE TRIGGER`.
    Trigger,
    /// `CREATE EVENT`.
    Event,
}

/// An account and its rights.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Account {
    /// User or role name.
    pub user: String,
    /// Host part (MariaDB); empty for PostgreSQL.
    pub host: String,
    /// Can do everything: SUPER or all rights on `*.*` with GRANT OPTION (MariaDB), `rolsuper` (PostgreSQL).
    pub superuser: bool,
    /// Cannot sign in at all (locked, a role, or an authentication that never matches).
    pub locked: bool,
    /// Rights, one row a scope.
    pub grants: Vec<Grant>,
}

impl Account {
    /// `user@host`, or the bare name where there is no host part.
    pub fn label(&self) -> String {
        if self.host.is_empty() {
            self.user.clone()
        } else {
            format!("{}@{}", self.user, self.host)
        }
    }
}

/// Rights on one scope.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Grant {
    /// `*` for everything, a schema's name, or `schema.table`.
    pub on: String,
    /// Rights in capitals, such as `SELECT`; without `USAGE`.
    pub rights: Vec<String>,
    /// WITH GRANT OPTION.
    pub grantable: bool,
}

impl Grant {
    /// Whether it covers every schema of the server.
    pub fn global(&self) -> bool {
        self.on == "*"
    }
}

/// A column of a table of a schema.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Spot {
    /// Schema (MariaDB) or schema of the database in use (PostgreSQL).
    pub schema: String,
    /// Table.
    pub table: String,
    /// Column.
    pub column: String,
}

/// A foreign key of one column (`information_schema.KEY_COLUMN_USAGE`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForeignKey {
    /// The referring column.
    pub from: Spot,
    /// The column it refers to.
    pub to: Spot,
}

/// A statement that least privilege must refuse.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Statement {
    /// Drop a table of the application's schema.
    DropTable,
    /// Create an account.
    CreateUser,
    /// Read the server's table of accounts.
    ReadAccounts,
}

/// One attempt, as the application's own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// What was attempted.
    pub statement: Statement,
    /// The account that attempted it.
    pub account: String,
    /// The statement as it was sent.
    pub sent: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The server's own words, cleaned and cut.
    pub said: String,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Refused for want of a right.
    Refused,
    /// The right was there (the statement is built so that nothing is damaged all the same).
    Allowed,
    /// Something else went wrong.
    Unclear,
}

/// Whether the superuser gets in with passwords it should not have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RootSignIn {
    /// The superuser's name; empty for `root`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The account that got in, where it is another one that may do everything.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub opened: String,
    /// With an empty password.
    pub empty: bool,
    /// With the application's password; `Unseen` when that password is not known.
    pub as_app: Option<Seen<bool>>,
}
