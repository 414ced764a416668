//! Deleting what was posted: at the end of a round trip, or when it was broken off.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::account::inquiry::Inquiry;
use super::account::sessions::Watched;
use super::client::conversation::Client;
use super::client::limits::limit;
use super::client::sign_in::SignedIn;
use super::rows::search::Rows;
use super::schema::snapshot::{Owed, Snapshot};
use super::schema::tables::Tables;
use labcheck_core::facts::{Earlier, RoundTrip, Row, Seen};

/// How long a database that is away is given to be back, so that what was posted can be deleted.
const BACK: Duration = Duration::from_secs(5);
/// Between two tries.
const PACE: Duration = Duration::from_millis(250);
/// Longest time for all tries.
const LONGEST: Duration = Duration::from_secs(10);

/// What a round trip posted: where it may lie, and by what it is known.
pub(crate) struct Posted<'p> {
    /// All tables there are.
    pub tables: &'p Tables,
    /// What lay there before; where that is not known, nothing is deleted.
    pub before: Option<Rc<Snapshot>>,
    /// The fresh word in the name.
    pub name: &'p str,
    /// The hash that the application made of it, if it is known.
    pub hash: Option<&'p str>,
}

impl<'p> Posted<'p> {
    /// What a drive posted.
    pub(crate) fn of(
        round_trip: &'p RoundTrip,
        tables: &'p Tables,
        before: Option<Rc<Snapshot>>,
    ) -> Self {
        Self {
            tables,
            before,
            name: &round_trip.name,
            hash: own_hash(round_trip),
        }
    }

    /// What an earlier look posted.
    pub(crate) fn owed(owed: &'p Owed, tables: &'p Tables) -> Self {
        Self {
            tables,
            before: owed.before.clone(),
            name: &owed.name,
            hash: None,
        }
    }

    /// Deletes it; what may stay and why, if anything.
    pub(crate) async fn take_back(&self, client: &mut Client) -> Option<String> {
        let done = self.rows(client).undo(self.name, self.hash).await;
        done.why().map(str::to_owned)
    }

    /// The rows to look for it in, with a client.
    fn rows<'r>(&'r self, client: &'r mut Client) -> Rows<'r> {
        Rows {
            client,
            tables: self.tables,
            before: self.before.as_deref(),
        }
    }

    /// What earlier gradings left, once this one has deleted its own rows.
    pub(crate) async fn earlier(&self, client: &mut Client) -> Vec<Earlier> {
        self.rows(client).earlier(self.name).await
    }
}

/// The hash that a page showed: it counts only if it lay in the row that holds the name.
fn own_hash(round_trip: &RoundTrip) -> Option<&str> {
    let rows = round_trip.rows.as_ref().and_then(Seen::get)?;
    let of = |value: &'static str| rows.iter().filter(move |row| row.value == value);
    let same_table =
        |a: &Row, b: &Row| a.spot.table == b.spot.table && a.spot.schema == b.spot.schema;
    let held = of("hash").any(|hash| of("name").any(|name| same_table(name, hash)));
    round_trip.hash.as_deref().filter(|_| held)
}

impl Inquiry<'_> {
    /// Deletes the round trip's rows; how many there were, or what may stay and why. An account that is not the
    /// administrator's may lack the right, so another one that the stack names is tried then.
    pub(crate) async fn undo(&self, signed_in: &mut SignedIn, posted: &Posted<'_>) -> Seen<u64> {
        let (name, hash) = (posted.name, posted.hash);
        let done = posted.rows(&mut signed_in.client).undo(name, hash).await;
        let Some(why) = done.why().filter(|_| signed_in.ordinary) else {
            return done;
        };
        if let Some(mut other) = self.enter_as_other_account(Some(&signed_in.user)).await {
            limit(&mut other.client).await;
            let again = posted.rows(&mut other.client).undo(name, hash).await;
            if again.why().is_none() {
                return again;
            }
        }
        let name = self.server.administrator_name();
        Seen::Unseen(format!("{why}; {name}'s password is not known here"))
    }
}

/// Deletes everything that holds the fresh word `nonce`, with a sign-in of its own, for a round trip that was broken off or
/// whose database was started again. Where the database is away it is tried again for [`BACK`]. Takes ten seconds at most.
/// The same as [`Inquiry::undo`]: how many rows there were, or what may stay and why.
pub(crate) async fn undo_afresh(inquiry: &Inquiry<'_>, nonce: &str) -> Seen<u64> {
    let until = Instant::now() + BACK;
    let work = async {
        loop {
            match try_undo_afresh(inquiry, nonce).await {
                Ok(done) => return done,
                Err(why) if Instant::now() >= until => return Seen::Unseen(why),
                Err(_) => tokio::time::sleep(PACE).await,
            }
        }
    };
    match tokio::time::timeout(LONGEST, work).await {
        Ok(done) => done,
        Err(_) => Seen::Unseen("the database did not answer in time".into()),
    }
}

/// One try.
///
/// # Errors
/// The database is away, or broke off.
async fn try_undo_afresh(inquiry: &Inquiry<'_>, nonce: &str) -> Result<Seen<u64>, String> {
    let before = inquiry.before.borrow().clone();
    let Some(before) = before else {
        return Ok(Seen::Unseen("nobody looked at the tables before".into()));
    };
    let mut signed_in = inquiry.enter(None).await?;
    let database = before.database();
    let client = &mut signed_in.client;
    inquiry.enter_database(client, database).await;
    let likely = inquiry.likely(&Ok(Watched::default()));
    let tables = Tables::list(client, &likely).await?;
    let posted = Posted {
        tables: &tables,
        before: inquiry.before(database),
        name: nonce,
        hash: None,
    };
    let done = inquiry.undo(&mut signed_in, &posted).await;
    match done.why() {
        Some(why) if signed_in.client.is_away().await => Err(why.to_owned()),
        _ => Ok(done),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::Spot;

    #[test]
    fn a_hash_counts_only_beside_the_name() {
        let row = |value: &str, table: &str| Row {
            spot: Spot {
                schema: "shop".into(),
                table: table.into(),
                column: value.into(),
            },
            value: value.into(),
            count: 1,
        };
        let mut round_trip = RoundTrip {
            hash: Some("ab12".into()),
            rows: Some(Seen::Seen(vec![row("name", "makers"), row("hash", "log")])),
            ..RoundTrip::default()
        };
        assert_eq!(own_hash(&round_trip), None);
        round_trip.rows = Some(Seen::Seen(vec![
            row("name", "makers"),
            row("hash", "makers"),
        ]));
        assert_eq!(own_hash(&round_trip), Some("ab12"));
    }
}
