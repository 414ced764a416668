//! What a server holds: tables, columns, foreign keys and granted rights, in the dialects of `MariaDB` and PostgreSQL.
//!
//! It may import `client`.

pub(crate) mod foreign_keys;
pub(crate) mod host_part;
pub(crate) mod mariadb;
pub(crate) mod postgres;
pub(crate) mod rights;
pub(crate) mod show_grants;
pub(crate) mod snapshot;
pub(crate) mod types;
