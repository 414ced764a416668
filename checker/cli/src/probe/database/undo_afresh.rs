//! Taking back what was posted: at the end of a round trip, or when it was broken off.

use std::time::Duration;

use super::account::inquiry::Inquiry;
use super::account::sessions::Watched;
use super::client::limits::limit;
use super::client::sign_in::Entered;
use super::rows::find::Rows;
use super::schema::tables::Tables;
use labcheck_core::facts::{Drive, Earlier, Row, Seen};

impl Inquiry<'_> {
    /// Takes the round trip's rows out again. An ordinary account may lack the right, so another one that the stack names
    /// is asked then.
    pub(crate) async fn undo(
        &self,
        entered: &mut Entered,
        tables: &Tables,
        drive: &Drive,
        database: &str,
    ) -> Seen<u64> {
        let done = self.undo_as(entered, tables, drive, database).await;
        let Some(why) = done.why().filter(|_| entered.ordinary) else {
            return done;
        };
        if let Some(mut other) = self.enter_as_other_than(Some(&entered.user)).await {
            limit(&mut other.client).await;
            let again = self.undo_as(&mut other, tables, drive, database).await;
            if again.why().is_none() {
                return again;
            }
        }
        let name = self.server.administrator_name();
        Seen::Unseen(format!("{why}; {name}'s password is not known here"))
    }

    async fn undo_as(
        &self,
        entered: &mut Entered,
        tables: &Tables,
        drive: &Drive,
        database: &str,
    ) -> Seen<u64> {
        let before = self.before(database);
        let rows = drive
            .rows
            .as_ref()
            .and_then(Seen::get)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let same_table =
            |a: &Row, b: &Row| a.spot.table == b.spot.table && a.spot.schema == b.spot.schema;
        let named = |row: &&Row| {
            rows.iter()
                .any(|other| other.value == "name" && same_table(other, row))
        };
        // A hash seen on a page counts only if it lay in the row that holds the name.
        let held = rows
            .iter()
            .filter(|row| row.value == "hash")
            .any(|row| named(&row));
        let hash = drive.hash.as_deref().filter(|_| held);
        let mut rows = Rows {
            client: &mut entered.client,
            columns: &tables.columns,
            before: before.as_deref(),
        };
        rows.undo(&tables.keys, &drive.name, hash).await
    }

    /// What earlier gradings left, once this one has taken its own rows back.
    pub(crate) async fn earlier(
        &self,
        entered: &mut Entered,
        tables: &Tables,
        drive: &Drive,
        database: &str,
    ) -> Vec<Earlier> {
        let before = self.before(database);
        let mut rows = Rows {
            client: &mut entered.client,
            columns: &tables.columns,
            before: before.as_deref(),
        };
        rows.earlier(&tables.keys, &drive.name).await
    }
}

/// Undoes with a sign-in of its own, for when the round trip was broken off: everything that holds the fresh word.
pub(crate) async fn undo_afresh(inquiry: &Inquiry<'_>, nonce: &str) -> Seen<u64> {
    let work = async {
        let mut entered = inquiry.enter(None).await?;
        let before = inquiry.before.borrow().clone();
        let before = before.ok_or("nobody looked at the tables before")?;
        let database = before.database();
        let client = &mut entered.client;
        inquiry.enter_database(client, database).await;
        let likely = inquiry.likely(&Ok(Watched::default()));
        let tables = Tables::list(client, &likely).await?;
        let drive = Drive {
            name: nonce.to_owned(),
            ..Drive::default()
        };
        Ok(inquiry.undo(&mut entered, &tables, &drive, database).await)
    };
    match tokio::time::timeout(Duration::from_secs(10), work).await {
        Ok(Ok(done)) => done,
        Ok(Err(why)) => Seen::Unseen(why),
        Err(_) => Seen::Unseen("the database did not answer in time".into()),
    }
}
