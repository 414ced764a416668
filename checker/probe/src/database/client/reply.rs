//! Answers of a database server: rows of cells, and an error.

/// Bytes of rows kept of one answer; the rest is read and dropped.
pub(super) const MOST_ROWS: usize = 4 * 1024 * 1024;

/// Longest row kept.
const MOST_ROW: usize = 256 * 1024;

/// A row's columns; NULL is an empty text.
pub(crate) type Row = Vec<String>;

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reply {
    /// Rows in the server's order; what the client cut off is not among them.
    pub rows: Vec<Row>,
    /// The server refused the statement.
    pub error: Option<SqlError>,
}

/// An error of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SqlError {
    /// MariaDB: the number (1142); PostgreSQL: the SQLSTATE (42501).
    pub code: String,
    /// The server's words, cleaned and cut.
    pub message: String,
}

/// Rows that are kept of an answer, within their limits.
#[derive(Debug, Default)]
pub(super) struct Kept {
    reply: Reply,
    bytes: usize,
}

impl Kept {
    /// Keeps a row, unless it is too long, or too much is kept already.
    pub(super) fn row<C: AsRef<[u8]>>(&mut self, cells: impl Iterator<Item = C>) {
        let mut bytes = 0;
        let mut row = Row::new();
        for cell in cells {
            let cell = cell.as_ref();
            bytes += cell.len() + 1;
            if bytes > MOST_ROW || self.bytes + bytes > MOST_ROWS {
                return;
            }
            row.push(String::from_utf8_lossy(cell).into_owned());
        }
        self.bytes += bytes;
        self.reply.rows.push(row);
    }

    /// The answer.
    pub(super) fn reply(self, error: Option<SqlError>) -> Reply {
        Reply {
            error,
            ..self.reply
        }
    }
}

/// A line of a client program as a row: both programs separate cells by tabs.
pub(crate) fn row(line: &str) -> Row {
    line.split('\t').map(unescaped).collect()
}

/// The first cell of each row.
pub(crate) fn first_cells(rows: Vec<Row>) -> Vec<String> {
    let cells = rows.into_iter().map(|row| row.into_iter().next());
    cells.flatten().collect()
}

/// `\t`, `\n`, `\\` as both clients write them in rows, and NULL.
fn unescaped(cell: &str) -> String {
    if cell == "\\N" || cell == "NULL" {
        return String::new();
    }
    let mut out = String::with_capacity(cell.len());
    let mut chars = cell.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('t') => out.push('\t'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('0') => out.push('\0'),
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}

/// A row of cells, for tests.
#[cfg(test)]
pub(crate) fn of_cells(cells: &[&str]) -> Row {
    cells.iter().map(|&cell| cell.to_owned()).collect()
}
