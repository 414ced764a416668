//! Rows of an earlier grading, against a MariaDB that only counts.

use crate::database::rows::fake_server::{self, client, spot};
use crate::database::rows::search::Rows;
use crate::database::schema::foreign_keys::{ForeignKeyColumn, Key};
use crate::database::schema::snapshot::Snapshot;
use crate::database::schema::tables::Tables;
use crate::database::schema::types::{Column, Described};
use labcheck_core::facts::Earlier;

fn tables() -> Tables {
    let texts = [
        ("makers", "name"),
        ("makers", "email"),
        ("pictures", "hash"),
        ("log", "line"),
    ];
    let mut tables = fake_server::tables(&texts, &key());
    tables.columns.push(Column {
        spot: spot("makers", "number"),
        text: false,
    });
    tables
}

fn key() -> Vec<Key> {
    let pointing = ForeignKeyColumn {
        from: spot("pictures", "maker"),
        to: spot("makers", "id"),
        name: "maker".into(),
        rule: "RESTRICT".into(),
    };
    Key::from_columns([pointing].into_iter())
}

#[tokio::test]
async fn what_stayed_is_named_with_what_removes_it_and_nothing_is_deleted() {
    let counts = &[
        (
            "`makers` … `name` REGEXP … NOT LIKE '%gerber-textil-0460551%'",
            6,
        ),
        ("`makers` … `email` REGEXP", 5),
        ("`log`", 9),
    ];
    let large = Described {
        table: ("shop".into(), "log".into()),
        rows: 1_000_000,
        key: None,
    };
    let before = Snapshot::of(vec![(large, None, None)]);
    let (mut client, heard) = client(counts);
    let tables = tables();
    let mut rows = Rows {
        client: &mut client,
        tables: &tables,
        before: Some(&before),
    };
    let found = rows.earlier("gerber-textil-0460551").await;
    let form = "`name` REGEXP '[a-z]-(druck|elektro|holzbau|keramik|metallbau|optik|pumpen|textil)-[0-9]{7}[xsibwe]?([^0-9a-z]|$)'";
    assert_eq!(
        found,
        [Earlier {
            table: "shop.makers".into(),
            count: 6,
            remove: vec![
                format!(
                    "DELETE FROM `shop`.`pictures` WHERE (`maker`) IN (SELECT * FROM (SELECT `id` FROM `shop`.`makers` WHERE {form}) AS posted);"
                ),
                format!("DELETE FROM `shop`.`makers` WHERE {form};"),
            ],
        }]
    );
    let heard = heard.lock().expect("heard").clone();
    assert!(
        !heard
            .iter()
            .any(|line| line.starts_with("DELETE") || line.contains("`log`"))
    );
}

#[tokio::test]
async fn a_clean_database_is_clean() {
    let (mut client, _) = client(&[]);
    let tables = tables();
    let mut rows = Rows {
        client: &mut client,
        tables: &tables,
        before: None,
    };
    assert_eq!(rows.earlier("gerber-textil-0460551").await, []);
}
