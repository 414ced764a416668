//! Passwords with which the grader may sign in as the database's administrator.

use super::password;
use crate::database::client::server::{Candidate, Server, distinct};
use crate::stack::secrets::StackSecrets;
use labcheck_engine::model::inspected::Inspected;

/// What may be the administrator's password, the likeliest first.
pub(crate) fn passwords(
    server: &Server<'_>,
    apps: &[&Inspected],
    stack_secrets: &StackSecrets,
) -> Vec<Candidate> {
    let (app_files, db_files) = (&stack_secrets.app_files, &stack_secrets.db_files);
    let generated = stack_secrets.made_up_password.as_deref();
    let mut all = server.administrator_passwords(db_files, generated);
    let name = server.administrator_name();
    // An application that signs in as the administrator knows the password.
    if password::likely_user(apps).as_deref() == Some(name) {
        let inspected = server.inspected;
        all.extend(password::candidates(
            name, apps, inspected, app_files, db_files,
        ));
    }
    distinct(all)
}
