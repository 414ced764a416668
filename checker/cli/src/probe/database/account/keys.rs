//! Passwords with which the grader may sign in as the database's administrator.

use super::password;
use crate::probe::database::client::server::{Candidate, Server, distinct};
use crate::probe::stack::secrets::Ground;
use labcheck_engine::model::inspected::Looked;

/// What may be the administrator's password, the likeliest first.
pub(crate) fn keys(server: &Server<'_>, apps: &[&Looked], ground: &Ground) -> Vec<Candidate> {
    let mut keys =
        server.administrator_passwords(&ground.db_files, ground.made_up_password.as_deref());
    let name = server.administrator_name();
    // An application that signs in as the administrator knows the password.
    if password::likely_user(apps).as_deref() == Some(name) {
        let files = (&ground.app_files, &ground.db_files);
        keys.extend(password::candidates(
            name,
            apps,
            server.looked,
            files.0,
            files.1,
        ));
    }
    distinct(keys)
}
