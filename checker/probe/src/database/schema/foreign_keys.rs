//! Foreign keys with all of their columns, and what happens to referencing rows when a row is deleted.

use super::types::{Table, table_of};
use crate::database::dialect::quoting::Quoting as _;
use labcheck_core::facts::{Dialect, ForeignKey, Spot};

/// One column of a foreign key, as the server lists them.
#[derive(Debug, Clone)]
pub(crate) struct ForeignKeyColumn {
    /// The referencing column.
    pub from: Spot,
    /// The referenced column.
    pub to: Spot,
    /// The constraint.
    pub name: String,
    /// `ON DELETE`.
    pub rule: String,
}

/// A foreign key with all of its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    name: String,
    /// Pairs of columns, the referencing one first.
    columns: Vec<(Spot, Spot)>,
    /// `ON DELETE CASCADE`: the server deletes referencing rows with the row that they reference.
    pub cascades: bool,
}

impl Key {
    /// Joins columns to keys; those of one key stand in order.
    pub(crate) fn from_columns(columns: impl Iterator<Item = ForeignKeyColumn>) -> Vec<Self> {
        let mut keys: Vec<Self> = Vec::new();
        for ForeignKeyColumn {
            from,
            to,
            name,
            rule,
        } in columns
        {
            let same = |key: &&mut Self| {
                key.name == name
                    && key.referencing_table() == Some(table_of(&from))
                    && !name.is_empty()
            };
            match keys.last_mut().filter(same) {
                Some(key) => key.columns.push((from, to)),
                None => keys.push(Self {
                    name,
                    columns: vec![(from, to)],
                    cascades: rule == "CASCADE",
                }),
            }
        }
        keys
    }

    /// The table that references.
    pub(crate) fn referencing_table(&self) -> Option<Table> {
        self.columns.first().map(|(from, _)| table_of(from))
    }

    /// The table that is referenced.
    pub(crate) fn referenced_table(&self) -> Option<Table> {
        self.columns.first().map(|(_, to)| table_of(to))
    }

    /// The test that rows pass which reference, with every column, rows of `table` that pass `test`.
    pub(crate) fn references(&self, table: &str, test: &str, dialect: Dialect) -> String {
        let names = |of: fn(&(Spot, Spot)) -> &Spot| {
            let names: Vec<String> = self
                .columns
                .iter()
                .map(|pair| dialect.identifier(&of(pair).column))
                .collect();
            names.join(", ")
        };
        // MariaDB does not let a statement read the table it deletes from, unless through a table of its own.
        format!(
            "({}) IN (SELECT * FROM (SELECT {} FROM {table} WHERE {test}) AS posted)",
            names(|pair| &pair.0),
            names(|pair| &pair.1)
        )
    }

    /// As facts name them: one a column.
    pub(crate) fn facts(keys: &[Self]) -> Vec<ForeignKey> {
        let mut all: Vec<ForeignKey> = keys
            .iter()
            .flat_map(|key| &key.columns)
            .map(|(from, to)| ForeignKey {
                from: from.clone(),
                to: to.clone(),
            })
            .collect();
        all.sort();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_column(column: &str, to: &str, name: &str) -> ForeignKeyColumn {
        let spot = |table: &str, column: &str| Spot {
            schema: "shop".into(),
            table: table.into(),
            column: column.into(),
        };
        ForeignKeyColumn {
            from: spot("child", column),
            to: spot("parent", to),
            name: name.into(),
            rule: "CASCADE".into(),
        }
    }

    #[test]
    fn a_key_of_two_columns_is_followed_whole() {
        let keys = Key::from_columns(
            [
                key_column("shop_id", "id", "one"),
                key_column("maker_id", "maker", "one"),
                key_column("other", "id", "two"),
            ]
            .into_iter(),
        );
        assert_eq!((keys.len(), Key::facts(&keys).len()), (2, 3));
        assert_eq!(
            keys[0].references("`shop`.`parent`", "x", Dialect::Mariadb),
            "(`shop_id`, `maker_id`) IN (SELECT * FROM (SELECT `id`, `maker` FROM `shop`.`parent` WHERE x) AS posted)"
        );
        assert!(keys[0].cascades);
    }
}
