//! Addresses at which a role's pages answer: published ports, host names, paths behind the proxy, other admin pages.
//!
//! It asks for the pages that checks want, and says under which address and name each was found. `role` finds
//! the address, `pages` asks there; the other files look behind ports and names that are not a role's own. It may import
//! [`labcheck_engine`], `html`, `http`, `tls`, `stack`, `round_trip` (the form's fields) and `deadline`.

pub(crate) mod admin_behind_proxy;
pub(crate) mod admin_unknown_database;
pub(crate) mod base_url;
pub(crate) mod host_names;
pub(crate) mod other_admins;
pub(crate) mod pages;
pub(crate) mod patience;
pub(crate) mod plaintext_form;
pub(crate) mod proxy_config;
pub(crate) mod published;
pub(crate) mod role;
