//! Accounts: whom the application signs in as, where its password lies, what it may do, and what is refused when tried.
//!
//! It may import `client` and `schema`.

pub(crate) mod administrator;
pub(crate) mod identity;
pub(crate) mod inquiry;
pub(crate) mod password;
pub(crate) mod privilege_attempts;
pub(crate) mod privilege_statements;
pub(crate) mod session_sources;
pub(crate) mod sessions;
pub(crate) mod source_files;
pub(crate) mod superuser;
pub(crate) mod texts;
