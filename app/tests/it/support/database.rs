//! A database of its own for one test, with a user who has exactly the rights that the test names.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::mysql::MySqlConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use super::server::administrator;

/// What the application's user may do on its own schema.
#[derive(Clone, Copy)]
pub(crate) enum Rights {
    /// What the application needs and no more.
    Least,
    /// What the course's source hands out; REFERENCES is added, or not even the tables could be made.
    SelectAndCreate,
}

impl Rights {
    fn sql(self) -> &'static str {
        match self {
            Self::Least => "SELECT, INSERT, UPDATE, CREATE, REFERENCES",
            Self::SelectAndCreate => "SELECT, CREATE, REFERENCES",
        }
    }
}

/// Dropped together with its user when the test ends, also after a failure.
pub(crate) struct TestDatabase {
    name: String,
}

impl TestDatabase {
    pub(crate) const PASSWORD: &str = "made-up-user-password";

    pub(crate) async fn new(rights: Rights) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        // No underscore: in a GRANT it stands for any character.
        let name = format!(
            "test{}x{}x{}",
            since.expect("a clock past 1970").as_micros(),
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let name = name[name.len().saturating_sub(30)..].to_owned();
        run(&[
            format!("CREATE DATABASE `{name}`"),
            format!(
                "CREATE USER '{name}'@'%' IDENTIFIED BY '{}'",
                Self::PASSWORD
            ),
            format!("GRANT {} ON `{name}`.* TO '{name}'@'%'", rights.sql()),
        ])
        .await;
        Self { name }
    }

    /// Name of the database, and of its user.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// How the application signs in.
    pub(crate) fn user(&self) -> MySqlConnectOptions {
        administrator()
            .username(&self.name)
            .password(Self::PASSWORD)
            .database(&self.name)
    }

    /// One number, asked by the administrator.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let mut connection = administrator()
            .database(&self.name)
            .connect()
            .await
            .expect("the administrator signs in");
        sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(&mut connection)
            .await
            .expect("a number")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let sql = [
            // After a failure a session may hold a transaction open, and the DROP would wait for it for ever.
            format!("KILL USER '{}'", self.name),
            format!("DROP DATABASE IF EXISTS `{}`", self.name),
            format!("DROP USER IF EXISTS '{}'@'%'", self.name),
        ];
        // The test's own runtime cannot be waited for here.
        let cleaner = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime")
                .block_on(run(&sql));
        });
        let dropped = cleaner.join().is_ok();
        assert!(
            dropped || std::thread::panicking(),
            "the database {} could not be dropped",
            self.name
        );
    }
}

async fn run(statements: &[String]) {
    let mut connection = administrator()
        .connect()
        .await
        .expect("the administrator signs in");
    for sql in statements {
        sqlx::raw_sql(AssertSqlSafe(sql.as_str()))
            .execute(&mut connection)
            .await
            .expect("the administrator may do this");
    }
    connection.close().await.expect("an orderly end");
}
