//! Manufacturers in the database: store one, find some. Every value is bound, never pasted into the statement.

use sqlx::MySqlPool;
use sqlx::mysql::MySqlRow;
use sqlx::{FromRow, Row as _};

use crate::entry::Entry;

/// A stored manufacturer.
#[derive(Debug)]
pub struct Manufacturer {
    /// Number of its row.
    pub id: u64,
    /// Its name, unique in the table.
    pub name: String,
    /// Where to write to.
    pub email: String,
    /// Telephone number.
    pub number: String,
    /// Address of its site; begins with `https://` or `http://`.
    pub website: String,
    /// What its QR code holds.
    pub hash: String,
}

impl FromRow<'_, MySqlRow> for Manufacturer {
    fn from_row(row: &MySqlRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            email: row.try_get("email")?,
            number: row.try_get("number")?,
            website: row.try_get("website")?,
            hash: row.try_get("hash")?,
        })
    }
}

/// Stores a manufacturer with its QR code, or updates the one of the same name. Returns the id of its row.
pub async fn store(db: &MySqlPool, entry: &Entry) -> Result<u64, sqlx::Error> {
    let hash = entry.hash();
    // Both rows or none.
    let mut transaction = db.begin().await?;
    let mut insert = sqlx::query(
        "INSERT INTO manufacturers (name, email, number, website, hash) VALUES (?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id),
            email = VALUES(email), number = VALUES(number), website = VALUES(website), hash = VALUES(hash)",
    );
    for value in entry.values() {
        insert = insert.bind(value);
    }
    let id = insert
        .bind(&hash)
        .execute(&mut *transaction)
        .await?
        .last_insert_id();
    sqlx::query(
        "INSERT INTO qrcode (manufacturer_id, hash) VALUES (?, ?)
         ON DUPLICATE KEY UPDATE hash = VALUES(hash)",
    )
    .bind(id)
    .bind(&hash)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(id)
}

/// The manufacturer with this id, if there is one.
pub async fn by_id(db: &MySqlPool, id: u64) -> Result<Option<Manufacturer>, sqlx::Error> {
    sqlx::query_as(
        "SELECT m.id, m.name, m.email, m.number, m.website, q.hash
         FROM manufacturers m JOIN qrcode q ON q.manufacturer_id = m.id WHERE m.id = ?",
    )
    .bind(id)
    .fetch_optional(db)
    .await
}

/// The manufacturer with exactly this name, if there is one.
pub async fn by_name(db: &MySqlPool, name: &str) -> Result<Option<Manufacturer>, sqlx::Error> {
    sqlx::query_as(
        "SELECT m.id, m.name, m.email, m.number, m.website, q.hash
         FROM manufacturers m JOIN qrcode q ON q.manufacturer_id = m.id WHERE m.name = ?",
    )
    .bind(name)
    .fetch_optional(db)
    .await
}
