//! Open sessions that a server lists.

use super::types::{ListedSession, OpenSession};
use crate::database::client::conversation::Client;
use crate::database::client::reply::Row;
use crate::database::dialect::catalog::Catalog as _;

/// Every session but the one that asks. The grader's other ones are told from the application's by
/// where they come from: the socket, or the database's own container.
///
/// # Errors
/// The database could not be asked.
pub(crate) async fn open_sessions(client: &mut Client) -> Result<Vec<ListedSession>, String> {
    let dialect = client.dialect;
    let cell = |row: &Row, at: usize| row.get(at).cloned().unwrap_or_default();
    let open = |row: &Row| ListedSession {
        number: cell(row, 3),
        idle_ms: cell(row, 4).parse().unwrap_or(0),
        session: OpenSession {
            user: cell(row, 0),
            from: dialect.session_address(cell(row, 1)),
            schema: cell(row, 2),
        },
    };
    let rows = client.query(dialect.open_sessions()).await?;
    Ok(rows.iter().map(open).collect())
}

/// How many connections the server has had; `None` where it does not say in time.
pub(crate) async fn connections(client: &mut Client) -> Option<u64> {
    let rows = client.query(client.dialect.connections()?).await;
    rows.ok()?.first()?.get(1)?.parse().ok()
}
