//! The only place that looks: at the engine, at pages, at the database, or at a file of recorded facts.
//!
//! Everything it sees leaves as [`crate::facts`]; nothing here judges. Only `engine*` names the engine's client
//! library, only `sql*` knows how to talk to a database.

mod bounded;
mod choose;
mod database;
mod database_open;
mod database_undo;
mod doors;
mod drive;
mod drive_lane;
mod drive_nonce;
mod drive_pictures;
mod engine;
mod engine_address;
mod engine_exec;
mod engine_map;
mod engine_wait;
mod error;
mod form;
mod ground;
mod http;
mod http_address;
mod http_trouble;
mod inside;
mod live;
mod look;
mod looked;
mod markup;
mod observer;
mod page_words;
mod parts;
mod qr;
pub mod record;
mod record_words;
mod redact;
mod redact_shapes;
mod replay;
mod restart;
mod rfc3339;
mod shown;
mod sockets;
mod source;
mod sql;
mod sql_attempts;
mod sql_identity;
mod sql_keys;
mod sql_login;
mod sql_mariadb;
mod sql_postgres;
mod sql_rights;
mod sql_root;
mod sql_rows;
mod sql_secrets;
mod sql_snapshot;
mod sql_undo;
mod sql_watch;
mod stop;
mod tar;
mod top;

pub use error::ProbeError;
pub use live::Live;
pub use observer::{Observer, Plan, Progress, Quiet, Target};
pub use replay::Replay;
