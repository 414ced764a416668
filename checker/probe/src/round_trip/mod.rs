//! The round trip: a made-up manufacturer is posted through the application's own form, asked back, and posted again.
//!
//! It says what came back and how; `database` finds whether the row arrived, and deletes it again. `forms`
//! fills in and sends, `injection` types in what must not be obeyed, and `driver` fixes the order. It may import
//! [`labcheck_engine`], `html`, `http` and `deadline`.

pub(crate) mod app_log;
pub(crate) mod driver;
pub(crate) mod forms;
pub(crate) mod injection;
pub(crate) mod names;
pub(crate) mod payload;
pub(crate) mod qr_codes;
pub(crate) mod session;
pub(crate) mod steps;
