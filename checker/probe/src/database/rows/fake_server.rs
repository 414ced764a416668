//! A MariaDB that only counts, for the tests of this folder.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::database::client::conversation::Client;
use crate::database::schema::foreign_keys::Key;
use crate::database::schema::tables::Tables;
use crate::database::schema::types::Column;
use labcheck_core::facts::{Dialect, Spot};
use labcheck_engine::exec::{Chunk, Running};

/// What the server was sent, line by line.
pub(crate) type Statements = Arc<Mutex<Vec<String>>>;

/// A table that is called so gives no answer in time.
pub(crate) const TOO_SLOW: u64 = u64::MAX;

/// A MariaDB that counts as it is told: each part of a statement gets the number of the first words that stand in it.
pub(crate) fn client(counts: &'static [(&'static str, u64)]) -> (Client, Statements) {
    let (input, theirs) = tokio::io::duplex(1 << 20);
    let (answers, output) = tokio::sync::mpsc::unbounded_channel();
    let heard = Statements::default();
    let log = heard.clone();
    tokio::spawn(async move {
        let mut lines = BufReader::new(theirs).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let mut answer = String::new();
            if let Some(end) = line.strip_prefix("SELECT 'labcheck-end") {
                answer = format!("labcheck-end{}\n", end.trim_end_matches("';"));
            } else if counts
                .iter()
                .any(|(words, count)| *count == TOO_SLOW && line.contains(words))
            {
                answer = "Error\t1969\tQuery execution was interrupted\n".into();
            } else if line.contains("COUNT(*)") {
                for part in line.trim_end_matches(';').split(" UNION ALL ") {
                    let at = part.split([' ', ',']).nth(1).unwrap_or_default();
                    let count = counts
                        .iter()
                        .find(|(words, _)| words.split(" … ").all(|word| part.contains(word)));
                    let count = count.map_or(0, |(_, count)| *count);
                    answer.extend([at, "\t", &count.to_string(), "\n"]);
                }
            }
            log.lock().expect("heard").push(line);
            let _ = answers.send(Chunk::Out(answer.into_bytes()));
        }
    });
    let output = futures_util::stream::unfold(output, |mut output| async move {
        output.recv().await.map(|chunk| (chunk, output))
    });
    let running = Running {
        output: Box::pin(output),
        input: Box::pin(input),
        id: String::new(),
    };
    (
        Client::new(running, Dialect::Mariadb).expect("a client"),
        heard,
    )
}

/// A column of a table in the schema `shop`.
pub(crate) fn spot(table: &str, column: &str) -> Spot {
    Spot {
        schema: "shop".into(),
        table: table.into(),
        column: column.into(),
    }
}

/// Tables with columns of text, as table and column, and keys.
pub(crate) fn tables(columns: &[(&str, &str)], keys: &[Key]) -> Tables {
    let column = |(table, column): &(&str, &str)| Column {
        spot: spot(table, column),
        text: true,
    };
    Tables {
        columns: columns.iter().map(column).collect(),
        keys: keys.to_vec(),
    }
}
