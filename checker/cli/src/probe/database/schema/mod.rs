//! What a server holds: tables, columns, foreign keys and granted rights, in the dialects of `MariaDB` and PostgreSQL.
//!
//! It may import `client`.

pub(crate) mod accounts;
pub(crate) mod foreign_keys;
pub(crate) mod grant_line;
pub(crate) mod host_part;
pub(crate) mod mariadb_accounts;
pub(crate) mod postgres_accounts;
pub(crate) mod privilege_names;
pub(crate) mod rights;
pub(crate) mod sessions;
pub(crate) mod show_grants;
pub(crate) mod snapshot;
pub(crate) mod tables;
pub(crate) mod types;
