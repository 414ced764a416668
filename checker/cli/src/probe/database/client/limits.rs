//! How long a server lets a statement of the grader's run, and wait for a lock.

use std::time::Duration;

use super::conversation::Client;
use crate::probe::database::dialect::sign_in::SignIn as _;

/// Deadlines of the server's own, so that no statement of the grader's waits long for a lock that the
/// application holds. A server that does not know one of them refuses it, and goes on with the others.
pub(crate) async fn limit(client: &mut Client) {
    limit_to(client, Duration::from_secs(5)).await;
}

/// As [`limit`], with another deadline for statements.
pub(crate) async fn limit_to(client: &mut Client, statement: Duration) {
    for setting in client.dialect.limits(statement) {
        let _ = client.ask(&setting).await;
    }
}
