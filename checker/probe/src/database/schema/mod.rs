//! What a server lists of itself: schemas, sessions, tables, foreign keys, and accounts with their rights.
//!
//! Looks at the server's own catalog, never at the application's rows but to count them and to read their highest key.
//! `types` is plain data; rights are read in one file for each form in which servers keep them.
//! It may import `client`, `dialect` and `facts`.

pub(crate) mod accounts;
pub(crate) mod definers;
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
