//! The database seen from the application: tables, rights, and the time it is away.

use axum::http::StatusCode;
use inventory::database;

use crate::support::{Gate, Rights, Site, TestDatabase, form};

#[tokio::test]
async fn tables_are_made_once_with_the_least_rights() {
    let site = Site::new().await;
    let pool = database::pool(site.database.user());
    database::create_tables(&pool)
        .await
        .expect("a second start");
    let keys = format!(
        "SELECT COUNT(*) FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = '{}'
         AND TABLE_NAME = 'qrcode' AND REFERENCED_TABLE_NAME = 'manufacturers'",
        site.database.name()
    );
    assert_eq!(site.database.number(&keys).await, 1);
}

#[tokio::test]
async fn the_tests_use_a_user_who_may_not_delete() {
    let site = Site::new().await;
    site.store("Example AG").await;
    let pool = database::pool(site.database.user());
    for sql in [
        "DELETE FROM manufacturers",
        "DROP TABLE qrcode",
        "SELECT * FROM mysql.user",
    ] {
        let refused = sqlx::query(sql).execute(&pool).await;
        let error = refused.expect_err(sql).to_string();
        assert!(error.contains("denied"), "{sql}: {error}");
    }
}

#[tokio::test]
async fn a_code_without_its_manufacturer_is_refused() {
    let site = Site::new().await;
    let pool = database::pool(site.database.user());
    let orphan = sqlx::query("INSERT INTO qrcode (manufacturer_id, hash) VALUES (4711, 'x')");
    let error = orphan.execute(&pool).await.expect_err("an orphan");
    assert!(error.to_string().contains("foreign key"), "{error}");
}

#[tokio::test]
async fn a_missing_right_is_a_page_that_says_so() {
    let site = Site::with(Rights::SelectAndCreate).await;
    let page = site.post("/inserter", &form("Example AG")).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.body.contains("Something went wrong"));
    assert!(!page.body.contains("denied"), "no details for strangers");
    assert_eq!(site.fetch("Example AG").await.cards(), 0);
}

#[tokio::test]
async fn a_restart_of_the_database_needs_no_restart_of_the_application() {
    let database = TestDatabase::new(Rights::Least).await;
    let mut gate = Gate::before(&database.user()).await;
    gate.open().await;
    let options = database.user().host("127.0.0.1").port(gate.port());
    let site = Site::behind(database, options).await;
    site.store("Example AG").await;

    gate.shut().await;
    for page in [
        site.fetch("Example AG").await,
        site.post("/inserter", &form("Other AG")).await,
    ] {
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.body.contains("Database not available"));
        assert!(!page.body.contains("127.0.0.1"), "no details for strangers");
    }
    assert_eq!(site.get("/").await.status, StatusCode::OK);
    assert_eq!(site.get("/healthz").await.status, StatusCode::OK);
    let ready = site.get("/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);

    gate.open().await;
    assert_eq!(site.fetch("Example AG").await.cards(), 1);
    assert_eq!(site.fetch("Other AG").await.cards(), 0);
    assert_eq!(site.get("/readyz").await.status, StatusCode::OK);
}
