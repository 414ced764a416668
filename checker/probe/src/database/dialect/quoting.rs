//! Values, names and comparisons as each dialect writes them.

use labcheck_core::facts::Dialect;

/// Writes parts of a statement. Text from outside stays inside its quotation marks.
pub(crate) trait Quoting: Copy {
    /// A text as a string literal, for any text.
    fn literal(self, text: &str) -> String;

    /// A name as a quoted identifier.
    fn identifier(self, name: &str) -> String;

    /// A column as an expression of a text type, whatever type it has.
    fn as_text(self, column: &str) -> String;

    /// The test that a text matches a regular expression.
    fn matches(self, text: &str, pattern: &str) -> String;

    /// The test that a column of text holds a hash: as hexadecimal digits or, where the dialect can tell, as the bytes
    /// that they stand for.
    fn holds_hash(self, text: &str, hash: &str) -> String;

    /// A table, given as schema and name.
    fn table(self, (schema, name): &(String, String)) -> String {
        format!("{}.{}", self.identifier(schema), self.identifier(name))
    }

    /// A list of literals for `IN`. SQL has no empty list, so that of no texts holds an empty text.
    fn list(self, texts: &[String]) -> String {
        let literals: Vec<String> = texts.iter().map(|text| self.literal(text)).collect();
        if literals.is_empty() {
            "('')".into()
        } else {
            format!("({})", literals.join(", "))
        }
    }
}

impl Quoting for Dialect {
    fn literal(self, text: &str) -> String {
        let quoted = text.replace('\'', "''");
        match self {
            Self::Postgres => format!("'{quoted}'"),
            // A backslash is an escape here, so it is doubled.
            Self::Mariadb | Self::Mysql => format!("'{}'", quoted.replace('\\', "\\\\")),
        }
    }

    fn identifier(self, name: &str) -> String {
        match self {
            Self::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
            Self::Mariadb | Self::Mysql => format!("`{}`", name.replace('`', "``")),
        }
    }

    fn as_text(self, column: &str) -> String {
        let column = self.identifier(column);
        match self {
            Self::Postgres => format!("CAST({column} AS text)"),
            Self::Mariadb | Self::Mysql => column,
        }
    }

    fn matches(self, text: &str, pattern: &str) -> String {
        let operator = match self {
            Self::Postgres => "~",
            Self::Mariadb | Self::Mysql => "REGEXP",
        };
        format!("{text} {operator} {}", self.literal(pattern))
    }

    fn holds_hash(self, text: &str, hash: &str) -> String {
        let hash = self.literal(hash);
        match self {
            Self::Postgres => format!("{text} = {hash}"),
            Self::Mariadb | Self::Mysql => format!("({text} = {hash} OR {text} = UNHEX({hash}))"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_inside_their_quotes() {
        assert_eq!(Dialect::Mariadb.literal("a'b\\"), "'a''b\\\\'");
        assert_eq!(Dialect::Postgres.literal("a'b\\"), "'a''b\\'");
        assert_eq!(Dialect::Mariadb.identifier("a`b"), "`a``b`");
        assert_eq!(Dialect::Postgres.identifier("a\"b"), "\"a\"\"b\"");
    }

    #[test]
    fn an_empty_list_is_none_in_sql() {
        assert_eq!(Dialect::Mariadb.list(&[]), "('')");
        let two = ["a".to_owned(), "b'".to_owned()];
        assert_eq!(Dialect::Postgres.list(&two), "('a', 'b''')");
    }

    #[test]
    fn a_hash_may_be_kept_as_bytes_where_the_dialect_can_tell() {
        let test = Dialect::Mysql.holds_hash("`digest`", "ab12");
        assert_eq!(test, "(`digest` = 'ab12' OR `digest` = UNHEX('ab12'))");
        let test = Dialect::Postgres.holds_hash("\"digest\"", "ab12");
        assert_eq!(test, "\"digest\" = 'ab12'");
    }
}
