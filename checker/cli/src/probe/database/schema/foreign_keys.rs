//! Foreign keys as they are: whole, with what happens to the rows that point at a row which goes.

use super::types::{Table, table_of};
use crate::probe::database::dialect::quoting::Quoting as _;
use labcheck_core::facts::{Dialect, ForeignKey, Spot};

/// One column of a foreign key, as the server lists them.
#[derive(Debug, Clone)]
pub(crate) struct ForeignKeyColumn {
    pub from: Spot,
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
    /// Pairs of columns, the pointing one first.
    columns: Vec<(Spot, Spot)>,
    /// Rows that point at one that goes, go with it.
    pub cascades: bool,
}

impl Key {
    /// Joins columns that stand in order.
    pub(crate) fn gathered(columns: impl Iterator<Item = ForeignKeyColumn>) -> Vec<Self> {
        let mut keys: Vec<Self> = Vec::new();
        for ForeignKeyColumn {
            from,
            to,
            name,
            rule,
        } in columns
        {
            let same = |key: &&mut Self| {
                key.name == name && key.from() == Some(table_of(&from)) && !name.is_empty()
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

    /// The table that points.
    pub(crate) fn from(&self) -> Option<Table> {
        self.columns.first().map(|(from, _)| table_of(from))
    }

    /// The table that is pointed at.
    pub(crate) fn to(&self) -> Option<Table> {
        self.columns.first().map(|(_, to)| table_of(to))
    }

    /// A test that rows pass which point, with every column, at rows of `table` that pass `test`.
    pub(crate) fn pointing_at(&self, table: &str, test: &str, dialect: Dialect) -> String {
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

    fn pointing(column: &str, to: &str, name: &str) -> ForeignKeyColumn {
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
        let keys = Key::gathered(
            [
                pointing("shop_id", "id", "one"),
                pointing("maker_id", "maker", "one"),
                pointing("other", "id", "two"),
            ]
            .into_iter(),
        );
        assert_eq!((keys.len(), Key::facts(&keys).len()), (2, 3));
        assert_eq!(
            keys[0].pointing_at("`shop`.`parent`", "x", Dialect::Mariadb),
            "(`shop_id`, `maker_id`) IN (SELECT * FROM (SELECT `id`, `maker` FROM `shop`.`parent` WHERE x) AS posted)"
        );
        assert!(keys[0].cascades);
    }
}
