//! How long a server lets a statement of the grader's run, and wait for a lock.

use std::time::Duration;

use super::conversation::Client;
use labcheck_core::facts::Dialect;

/// Deadlines of the server's own, so that no statement of the grader's waits long for a lock that the
/// application holds. A server that does not know one of them refuses it, and goes on with the others.
pub(crate) async fn limit(client: &mut Client) {
    limit_to(client, Duration::from_secs(5)).await;
}

/// As [`limit`], with another deadline for statements.
pub(crate) async fn limit_to(client: &mut Client, statement: Duration) {
    let ms = statement.as_millis();
    let settings = match client.dialect {
        Dialect::Postgres => vec![
            format!("SET statement_timeout = '{ms}ms'"),
            "SET lock_timeout = '3s'".into(),
        ],
        // Seconds, as a decimal number (MariaDB: "Aborting Statements that Exceed a Certain Time to Execute").
        Dialect::Mariadb => vec![format!(
            "SET SESSION max_statement_time = {}, SESSION lock_wait_timeout = 3, SESSION innodb_lock_wait_timeout = 3",
            statement.as_secs_f64()
        )],
        Dialect::Mysql => vec![format!(
            "SET SESSION max_execution_time = {ms}, SESSION lock_wait_timeout = 3, SESSION innodb_lock_wait_timeout = 3"
        )],
    };
    for setting in settings {
        let _ = client.ask(&setting).await;
    }
}
