//! How many hints of a check were shown: each time one more.

use super::{Store, StoreError};

impl Store {
    /// Counts one more hint of a check, up to as many as there are, and says how many that makes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn one_more_hint(&self, lab: &str, check: &str, of: u32) -> Result<u32, StoreError> {
        let upsert = "INSERT INTO hints (lab, check_id, shown) VALUES (?, ?, 1) \
            ON CONFLICT (lab, check_id) DO UPDATE SET shown = min(shown + 1, ?) RETURNING shown";
        sqlx::query_scalar(upsert)
            .bind(lab)
            .bind(check)
            .bind(of)
            .fetch_one(&self.pool)
            .await
            .map_err(|err| self.failed(&err))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_time_one_more_until_there_are_no_more() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("p.sqlite"))
            .await
            .expect("made");
        let mut shown = Vec::new();
        for _ in 0..4 {
            shown.push(store.one_more_hint("v1", "v1-a", 3).await.expect("counted"));
        }
        assert_eq!(shown, [1, 2, 3, 3]);
        assert_eq!(
            store.one_more_hint("v1", "v1-b", 1).await.expect("counted"),
            1
        );
    }
}
