//! The conversation with a client program, with answers that are written down.

use super::*;

const SOON: Duration = Duration::from_secs(10);

/// A client whose answers are written down; what is written to it goes nowhere.
fn client(dialect: Dialect, output: Vec<Chunk>) -> ClientProgram {
    let running = Running {
        output: Box::pin(futures_util::stream::iter(output)),
        input: Box::pin(tokio::io::sink()),
        id: String::new(),
    };
    ClientProgram::with_end(running, dialect, "labcheck-end".into())
}

fn out(text: &str) -> Chunk {
    Chunk::Out(text.as_bytes().to_vec())
}

#[tokio::test]
async fn rows_may_come_in_any_pieces() {
    let mut client = client(
        Dialect::Mariadb,
        vec![
            out("a\tb\\tc"),
            out("\\n\\\\\nlab"),
            out("check-end-1\nNULL\tx\nlabcheck-end-2\n"),
        ],
    );
    assert_eq!(
        client
            .execute_within("SELECT 1", SOON)
            .await
            .map(|reply| reply.rows),
        Ok(vec![vec!["a".into(), "b\tc\n\\".into()]])
    );
    assert_eq!(
        client
            .execute_within("SELECT 2", SOON)
            .await
            .map(|reply| reply.rows),
        Ok(vec![vec![String::new(), "x".into()]])
    );
}

#[test]
fn no_row_can_know_where_an_answer_ends() {
    let end = || {
        let running = Running {
            output: Box::pin(futures_util::stream::empty()),
            input: Box::pin(tokio::io::sink()),
            id: String::new(),
        };
        ClientProgram::new(running, Dialect::Mariadb)
            .expect("a client")
            .end
    };
    let (one, two) = (end(), end());
    assert!(one.len() > 40 && one != two);
}

#[tokio::test]
async fn an_answer_that_comes_late_is_not_taken_for_the_next_one() {
    let output = vec![out("late\nlabcheck-end-1\nright\nlabcheck-end-2\n")];
    let mut client = client(Dialect::Mariadb, output);
    client.sent = 1;
    let reply = client.execute_within("SELECT 2", SOON).await;
    assert_eq!(
        reply.map(|reply| reply.rows),
        Ok(vec![vec!["right".into()]])
    );
}

#[tokio::test]
async fn a_refusal_is_read_from_either_client() {
    let mut maria = client(
        Dialect::Mariadb,
        vec![out(
            "Error\t1142\tDROP command denied to user 'a'@'b' for table `x`.`y`\nlabcheck-end-1\n",
        )],
    );
    let error = maria
        .execute_within("DROP TABLE x.y", SOON)
        .await
        .expect("an answer")
        .error
        .expect("an error");
    assert_eq!(
        (
            error.code.as_str(),
            error.message.starts_with("DROP command denied")
        ),
        ("1142", true)
    );
    let mut postgres = client(
        Dialect::Postgres,
        vec![out(
            "labcheck-end-1-error 42501 must be owner of\ntable x\nlabcheck-end-1\n",
        )],
    );
    let error = postgres
        .execute_within("DROP TABLE x", SOON)
        .await
        .expect("an answer")
        .error
        .expect("an error");
    assert_eq!(
        (error.code.as_str(), error.message.as_str()),
        ("42501", "must be owner of table x")
    );
    let mut fine = client(
        Dialect::Postgres,
        vec![out(
            "labcheck-end-1-error 00000 an older message\nlabcheck-end-1\n",
        )],
    );
    assert_eq!(
        fine.execute_within("SELECT 1", SOON)
            .await
            .expect("an answer")
            .error,
        None
    );
}

#[tokio::test]
async fn a_client_that_ends_says_why() {
    let said = Chunk::Err(
        b"Warning: unknown option\nERROR 1045 (28000): Access denied for user 'root'@'localhost'\n"
            .to_vec(),
    );
    let why = client(Dialect::Mariadb, vec![said])
        .execute_within("SELECT 1", SOON)
        .await
        .expect_err("no answer");
    assert!(why.starts_with("ERROR 1045"), "{why}");
    assert!(
        client(Dialect::Mariadb, vec![])
            .execute_within("SELECT 1", SOON)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn fifty_megabytes_do_not_hurt() {
    let line = format!("{}\n", "x".repeat(99_999));
    let mut output: Vec<Chunk> = (0..500).map(|_| out(&line)).collect();
    output.push(Chunk::Out(vec![b'y'; 2 * MOST_LINE]));
    output.push(out("\nlabcheck-end-1\n"));
    let reply = client(Dialect::Mariadb, output)
        .execute_within("SELECT 1", SOON)
        .await
        .expect("an answer");
    assert!(reply.rows.iter().map(|row| row[0].len()).sum::<usize>() <= MOST_ROWS);
}
