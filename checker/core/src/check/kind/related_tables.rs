//! `related_tables`: two tables are related by a foreign key.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Container, Mount, MountKind, Role, Step};
use crate::text::{ShellCommand, self, say, shell};

pub(super) const EXAMPLE: &str = "related_tables: { role: db }";

/// The table that holds the posted manufacturer and another one are related by a foreign key.
///
/// Judged from `information_schema.KEY_COLUMN_USAGE`, not from how tables are named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RelatedTables {
    /// Which database.
    pub role: Role,
}

impl Kind for RelatedTables {
    fn wants(&self) -> Vec<Want> {
        vec![
            Want::Database(Look::ForeignKeys),
            Want::RoundTrip(Step::Store),
            Want::Database(Look::Rows),
        ]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(db) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let expected = say!(
            "a foreign key in `{}` relates the manufacturers to a second table",
            db.known_as()
        );
        let sql = seen!(scene.sql(), expected, say!("the database"));
        let keys = seen!(
            sql.foreign_keys.as_ref(),
            expected,
            say!("the list of foreign keys")
        );
        let round_trip = seen!(scene.round_trip(), expected, say!("the round trip"));
        let rows = seen!(
            round_trip.rows.as_ref(),
            expected,
            say!("the database after posting")
        );
        let holding = |value: &str| -> Vec<(&str, &str)> {
            let rows = rows
                .iter()
                .filter(|row| row.value == value && row.count > 0);
            rows.map(|row| (row.spot.schema.as_str(), row.spot.table.as_str()))
                .collect()
        };
        let holders = holding("name");
        let mut hashes = holding("hash");
        hashes.retain(|table| !holders.contains(table));
        let fitting = keys.iter().find(|key| {
            let from = (key.from.schema.as_str(), key.from.table.as_str());
            let to = (key.to.schema.as_str(), key.to.table.as_str());
            // Which table refers to which is free; but it must be the one that holds the code, where that can be seen.
            let tied =
                |one, other| holders.contains(&one) && one != other && hashes.contains(&other);
            let refers = holders.contains(&to) && from != to && hashes.is_empty();
            refers || tied(from, to) || tied(to, from)
        });
        if let Some(key) = fitting {
            return Verdict::pass(
                expected,
                say!(
                    "{}.{} refers to {}.{}",
                    key.from.table,
                    key.from.column,
                    key.to.table,
                    key.to.column
                ),
            );
        }
        let others: Vec<String> = keys
            .iter()
            .map(|key| {
                format!(
                    "{}.{} → {}.{}",
                    key.from.table, key.from.column, key.to.table, key.to.column
                )
            })
            .collect();
        let held: Vec<&str> = holders.iter().map(|(_, table)| *table).collect();
        let found = if others.is_empty() {
            say!("there is no foreign key").to_owned()
        } else {
            say!("the foreign keys are {}", text::list(&others))
        };
        let verdict = Verdict::fail(expected, say!("{found}; the manufacturer lies in {}", text::ticked(&held), found))
            .seen(sql.dialect.foreign_key_catalog(), shell!("docker exec -it {} {}", sql.container, sql.dialect.show_foreign_keys()));
        match anew(db) {
            Some(command) => verdict.seen(
                say!("if the file says so by now: a table that is there keeps its shape. This deletes the database with everything in it, and the next start makes it anew"),
                command,
            ),
            None => verdict,
        }
    }
}

/// The command that empties a database which keeps its data in one named volume of its project's.
fn anew(db: &Container) -> Option<ShellCommand> {
    const DATA: [&str; 3] = [
        "/var/lib/mysql",
        "/var/lib/postgresql/data",
        "/var/lib/postgresql",
    ];
    let data = |mount: &&Mount| {
        mount.kind == MountKind::Volume && DATA.contains(&mount.destination.as_str())
    };
    let volume = &db.mounts.iter().find(data)?.source;
    let project = db.project.as_ref()?;
    Some(shell!(
        "docker compose -p {} down && docker volume rm {}", project, volume))
}
