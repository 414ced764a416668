//! Results of gradings, one row each; the last and the best of every lab.

use std::collections::BTreeMap;

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::{Store, StoreError};
use labcheck_core::grade::Outcome;
use labcheck_core::report::{Report, ReportVerdict};

/// One result, as it was kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Seconds since 1970.
    pub at: i64,
    /// How the milestone stood.
    pub outcome: Outcome,
    /// Points earned.
    pub earned: u32,
    /// All there were.
    pub possible: u32,
    /// Core checks passed.
    pub core_passed: u32,
    /// Core checks there were.
    pub core_of: u32,
    /// Ids of the checks that failed, the one to mend first in front.
    pub unsolved: Vec<String>,
    /// What was found of each check that failed, by id; only of the last result, and not part of [`Store::past`].
    pub found: BTreeMap<String, String>,
}

/// What is known of one lab.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// The last result.
    pub last: Kept,
    /// The best: a pass before anything else, then by points; the latest of several.
    pub best: Kept,
    /// How often it was graded.
    pub times: u32,
}

impl Kept {
    /// What is kept of a report.
    pub fn of(report: &Report, at: i64) -> Self {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let fails = || {
            let all = report.checks.iter();
            all.filter(|check| check.verdict == ReportVerdict::Fail)
        };
        let mut unsolved: Vec<String> = fails().map(|check| check.id.clone()).collect();
        let found = fails().map(|check| (check.id.clone(), check.found.clone()));
        if let Some(next) = &report.next {
            unsolved.sort_by_key(|id| *id != next.check);
        }
        Self {
            at,
            outcome: report.outcome,
            earned: report.points.earned,
            possible: report.points.possible,
            core_passed: count(report.core.passed),
            core_of: count(report.core.of),
            unsolved,
            found: found.collect(),
        }
    }

    /// Whether the lab was passed.
    pub fn passed(&self) -> bool {
        self.outcome == Outcome::Passed
    }

    fn read(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let unsolved: String = row.try_get("unsolved")?;
        let outcome: String = row.try_get("outcome")?;
        Ok(Self {
            at: row.try_get("at")?,
            // Another version of labcheck may know more words; to this one only `passed` is a pass.
            outcome: Outcome::of(&outcome).unwrap_or(Outcome::Failed),
            earned: row.try_get("earned")?,
            possible: row.try_get("possible")?,
            core_passed: row.try_get("core_passed")?,
            core_of: row.try_get("core_of")?,
            unsolved: unsolved.split_whitespace().map(str::to_owned).collect(),
            found: BTreeMap::new(),
        })
    }
}

impl Store {
    /// Keeps a result, and what was found in place of what the last one found: both or neither.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn keep(&self, lab: &str, kept: &Kept) -> Result<(), StoreError> {
        let written = self.write(lab, kept).await;
        written.map_err(|err| self.failed(&err))
    }

    async fn write(&self, lab: &str, kept: &Kept) -> Result<(), sqlx::Error> {
        // Begun as a writer: two runs that both begin as readers could neither go on nor wait.
        let mut all = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let insert = "INSERT INTO results (lab, at, outcome, earned, possible, core_passed, core_of, unsolved) \
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        sqlx::query(insert)
            .bind(lab)
            .bind(kept.at)
            .bind(kept.outcome.word())
            .bind(kept.earned)
            .bind(kept.possible)
            .bind(kept.core_passed)
            .bind(kept.core_of)
            .bind(kept.unsolved.join(" "))
            .execute(&mut *all)
            .await?;
        sqlx::query("DELETE FROM found WHERE lab = ?")
            .bind(lab)
            .execute(&mut *all)
            .await?;
        for (check, found) in &kept.found {
            sqlx::query("INSERT INTO found (lab, check_id, found) VALUES (?, ?, ?)")
                .bind(lab)
                .bind(check)
                .bind(found)
                .execute(&mut *all)
                .await?;
        }
        all.commit().await
    }

    /// What the last grading found of a check that failed.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn found(&self, lab: &str, check: &str) -> Result<Option<String>, StoreError> {
        sqlx::query_scalar("SELECT found FROM found WHERE lab = ? AND check_id = ?")
            .bind(lab)
            .bind(check)
            .fetch_optional(&self.pool)
            .await
            .map_err(|err| self.failed(&err))
    }

    /// The last and the best result of every lab that was graded.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn past(&self) -> Result<BTreeMap<String, Past>, StoreError> {
        let rows = sqlx::query("SELECT * FROM results ORDER BY id")
            .fetch_all(&self.pool)
            .await
            .map_err(|err| self.failed(&err))?;
        let mut labs: BTreeMap<String, Past> = BTreeMap::new();
        for row in rows {
            let lab: String = row.try_get("lab").map_err(|err| self.failed(&err))?;
            let kept = Kept::read(&row).map_err(|err| self.failed(&err))?;
            let past = labs.entry(lab).or_default();
            // A passed lab stays passed, whatever was tried on it later.
            let rank = |kept: &Kept| (kept.passed(), kept.earned);
            if past.times == 0 || rank(&kept) >= rank(&past.best) {
                past.best = kept.clone();
            }
            past.last = kept;
            past.times += 1;
        }
        Ok(labs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(outcome: Outcome, earned: u32) -> Kept {
        Kept {
            outcome,
            earned,
            possible: 20,
            unsolved: vec!["v1-a".into()],
            ..Kept::default()
        }
    }

    #[tokio::test]
    async fn last_and_best_are_told_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("p.sqlite"))
            .await
            .expect("made");
        for result in [
            kept(Outcome::Failed, 4),
            kept(Outcome::Passed, 18),
            kept(Outcome::Failed, 19),
        ] {
            store.keep("v1", &result).await.expect("kept");
        }
        let past = store.past().await.expect("read");
        let v1 = &past["v1"];
        assert_eq!((v1.times, v1.last.earned, v1.best.earned), (3, 19, 18));
        assert_eq!(v1.last.unsolved, ["v1-a"]);
        assert!(!past.contains_key("v2"));
    }

    #[tokio::test]
    async fn what_was_found_is_that_of_the_last_result() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("p.sqlite"))
            .await
            .expect("made");
        let mut result = kept(Outcome::Failed, 4);
        result.found = [("v1-a".to_owned(), "stopped".to_owned())].into();
        store.keep("v1", &result).await.expect("kept");
        let found = |check| store.found("v1", check);
        assert_eq!(
            found("v1-a").await.expect("read").as_deref(),
            Some("stopped")
        );
        result.found = [("v1-b".to_owned(), "slow".to_owned())].into();
        store.keep("v1", &result).await.expect("kept");
        assert_eq!(found("v1-a").await.expect("read"), None);
        assert!(found("v1-b").await.expect("read").is_some());
    }

    #[tokio::test]
    async fn two_runs_at_once_both_keep_their_results() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("p.sqlite");
        let (one, two) = tokio::join!(Store::open(&path), Store::open(&path));
        let write = |store: Store| async move {
            for _ in 0..20 {
                store
                    .keep("v1", &kept(Outcome::Failed, 1))
                    .await
                    .expect("kept");
            }
        };
        tokio::join!(write(one.expect("made")), write(two.expect("opened")));
        let store = Store::open(&path).await.expect("opened");
        assert_eq!(store.past().await.expect("read")["v1"].times, 40);
    }
}
