//! How long a server lets a statement of the grader's run, and wait for a lock.

use std::time::Duration;

use super::conversation::Client;
use crate::database::dialect::sign_in::SignIn as _;

/// Sets limits of the server's own: five seconds for a statement, and less for a lock, as the application may hold one.
/// A server that does not know one of them refuses it, and the others stand.
pub(crate) async fn limit(client: &mut Client) {
    limit_to(client, Duration::from_secs(5)).await;
}

/// As [`limit`], with another limit for statements.
pub(crate) async fn limit_to(client: &mut Client, statement: Duration) {
    for setting in client.dialect.limits(statement) {
        let _ = client.execute(&setting).await;
    }
}
