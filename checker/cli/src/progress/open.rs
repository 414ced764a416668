//! Opening the file. One that is damaged or of a newer version is set aside under another name, never overwritten.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use thiserror::Error;

/// The version of the tables, kept in `PRAGMA user_version`.
const VERSION: i64 = 2;
/// How long one run waits for another that is writing.
const PATIENCE: Duration = Duration::from_secs(5);

const TABLES: &str = "
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS results (
        id INTEGER PRIMARY KEY,
        lab TEXT NOT NULL,
        at INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        earned INTEGER NOT NULL,
        possible INTEGER NOT NULL,
        core_passed INTEGER NOT NULL,
        core_of INTEGER NOT NULL,
        unsolved TEXT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS hints (
        lab TEXT NOT NULL,
        check_id TEXT NOT NULL,
        shown INTEGER NOT NULL,
        PRIMARY KEY (lab, check_id)
    );
    CREATE TABLE IF NOT EXISTS found (
        lab TEXT NOT NULL,
        check_id TEXT NOT NULL,
        found TEXT NOT NULL,
        PRIMARY KEY (lab, check_id)
    );
    PRAGMA user_version = 2;
    COMMIT;
";

/// What keeps progress from being read or written.
#[derive(Debug, Error)]
#[error("{path}: {why}")]
pub struct StoreError {
    /// The file.
    pub path: String,
    /// The system's or the database's words.
    pub why: String,
}

/// An open file of progress.
#[derive(Debug)]
pub struct Store {
    pub(crate) pool: SqlitePool,
    path: PathBuf,
    /// A sentence for the person at the keyboard, where a file was set aside.
    pub note: Option<String>,
}

/// Why a file cannot be used as it is.
enum Unfit {
    Damaged,
    Newer,
    Other(StoreError),
}

impl Store {
    /// The file's place: in `LABCHECK_DATA`, or in the user's data folder.
    pub fn path() -> PathBuf {
        let given = std::env::var_os("LABCHECK_DATA").filter(|given| !given.is_empty());
        given
            .map_or_else(crate::file::data, PathBuf::from)
            .join("progress.sqlite")
    }

    /// Opens the file, and makes it where it is not there yet.
    ///
    /// # Errors
    /// When the folder cannot be made, the file cannot be opened, or another run keeps it longer than 5 s.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let mut note = None;
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(|err| failed(path, &err))?;
        // A run that still reads a file that another run sets aside would take the new one's journal for its own, so all
        // look under a lock that is shared, and one alone sets aside. The second look is for another run that was
        // quicker; the third for the file that takes the place of one that was set aside.
        let mut lock = Some(locked(path, File::lock_shared)?);
        let mut alone = false;
        for _ in 0..3 {
            match Self::attempt(path).await {
                Ok(pool) => {
                    return Ok(Self {
                        pool,
                        path: path.to_owned(),
                        note,
                    });
                }
                Err(Unfit::Other(err)) => return Err(err),
                Err(_) if !alone => {
                    drop(lock.take());
                    lock = Some(locked(path, File::lock)?);
                    alone = true;
                }
                Err(unfit) => note = Some(set_aside(path, &unfit)?),
            }
        }
        Err(failed(
            path,
            "it is damaged again right after it was made anew",
        ))
    }

    async fn attempt(path: &Path) -> Result<SqlitePool, Unfit> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .busy_timeout(PATIENCE);
        let unfit = |err: sqlx::Error| unfit(path, &err);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE * 2)
            .connect_with(options)
            .await
            .map_err(unfit)?;
        let version: i64 = sqlx::query_scalar("PRAGMA user_version")
            .fetch_one(&pool)
            .await
            .map_err(unfit)?;
        if version > VERSION {
            pool.close().await;
            return Err(Unfit::Newer);
        }
        let sound: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(&pool)
            .await
            .map_err(unfit)?;
        if sound != "ok" {
            pool.close().await;
            return Err(Unfit::Damaged);
        }
        if version < VERSION {
            sqlx::raw_sql(TABLES).execute(&pool).await.map_err(unfit)?;
        }
        Ok(pool)
    }

    pub(crate) fn failed(&self, err: &sqlx::Error) -> StoreError {
        failed(&self.path, err)
    }
}

fn failed(path: &Path, why: impl std::fmt::Display) -> StoreError {
    StoreError {
        path: path.display().to_string(),
        why: labcheck_core::text::cut(&labcheck_core::text::clean(&why.to_string()), 300),
    }
}

/// `SQLITE_CORRUPT` (11) and `SQLITE_NOTADB` (26). <https://www.sqlite.org/rescode.html>
fn unfit(path: &Path, err: &sqlx::Error) -> Unfit {
    let code = err
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    match code.as_deref() {
        Some("11" | "26") => Unfit::Damaged,
        _ => Unfit::Other(failed(path, err)),
    }
}

/// A lock beside the file; it ends with the handle, or with the process.
fn locked(path: &Path, how: fn(&File) -> std::io::Result<()>) -> Result<File, StoreError> {
    let lock = path.with_extension("lock");
    let file = File::create(&lock).map_err(|err| failed(&lock, err))?;
    how(&file).map_err(|err| failed(&lock, err))?;
    Ok(file)
}

/// Gives the file another name, and says so.
fn set_aside(path: &Path, unfit: &Unfit) -> Result<String, StoreError> {
    let (word, why) = match unfit {
        Unfit::Newer => ("newer", "is of a newer version"),
        _ => ("damaged", "is damaged"),
    };
    let aside = (0..1000)
        .map(|number| path.with_extension(format!("{word}-{number}.sqlite")))
        .find(|aside| !aside.exists())
        .ok_or_else(|| failed(path, "too many files were set aside; remove some"))?;
    // What an interrupted write left beside it belongs to it. It goes first: once the file is gone, another
    // run makes both anew.
    let journal = |path: &Path| {
        let mut name = path.as_os_str().to_owned();
        name.push("-journal");
        PathBuf::from(name)
    };
    let _ = std::fs::rename(journal(path), journal(&aside));
    match std::fs::rename(path, &aside) {
        Ok(()) => {}
        // Another run was quicker.
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => {}
        Err(err) => return Err(failed(path, err)),
    }
    Ok(format!(
        "{} {why}; it was kept as {}, and progress begins anew",
        path.display(),
        aside.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_damaged_file_is_kept_under_another_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("progress.sqlite");
        let text = "this is no database, however long one looks at it. ".repeat(40);
        std::fs::write(&path, &text).expect("written");
        let store = Store::open(&path).await.expect("opened anew");
        assert!(store.note.is_some_and(|note| note.contains("damaged")));
        let kept = std::fs::read_to_string(folder.path().join("progress.damaged-0.sqlite"));
        assert_eq!(kept.expect("it is there"), text);
    }

    #[tokio::test]
    async fn of_two_runs_that_find_a_damaged_file_one_sets_it_aside() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("progress.sqlite");
        for round in 0..10 {
            std::fs::write(&path, "no database, ".repeat(100)).expect("written");
            let runs = (0..4).map(|_| {
                let path = path.clone();
                std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread()
                        .enable_all()
                        .build();
                    let opened = runtime.expect("a runtime").block_on(Store::open(&path));
                    opened.expect("opened").note.is_some()
                })
            });
            let runs: Vec<_> = runs.collect();
            let noted = runs.into_iter().map(|run| run.join().expect("no panic"));
            assert_eq!(noted.filter(|noted| *noted).count(), 1);
            let aside = |number| {
                folder
                    .path()
                    .join(format!("progress.damaged-{number}.sqlite"))
            };
            assert!(aside(round).is_file() && !aside(round + 1).is_file());
        }
    }

    #[tokio::test]
    async fn a_newer_file_is_kept_under_another_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("progress.sqlite");
        let store = Store::open(&path).await.expect("made");
        sqlx::query("PRAGMA user_version = 99")
            .execute(&store.pool)
            .await
            .expect("set");
        store.pool.close().await;
        let again = Store::open(&path).await.expect("opened anew");
        assert!(again.note.is_some_and(|note| note.contains("newer")));
        assert!(folder.path().join("progress.newer-0.sqlite").is_file());
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_an_error_and_no_panic() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("file"), "").expect("written");
        let found = Store::open(&folder.path().join("file/progress.sqlite")).await;
        assert!(found.is_err());
    }
}
