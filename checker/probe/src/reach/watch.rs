//! Whether a port passes connections on: some are held there, and the kernel's table of the database's connections is read
//! meanwhile by the grader's own program.
//!
//! Containers on both networks may well connect to the database at any moment. So a connection of theirs counts only where
//! it was not there before, is there twice while the grader's are held, and is gone once those are closed; and there have to be
//! as many as the grader holds.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use futures_util::future::{join, join_all, try_join_all, try_join3};
use labcheck_eye::client::Eye;
use labcheck_eye::wire::{Outcome, SocketTables, Sockets, Unread, state};

use super::by_eye::{self, Question};
use super::protocols::{PAGE, SSL_REQUEST};
use crate::stack::context::StackContext;
use labcheck_core::facts::{Role, Status};

/// How long what comes back is listened to: a program may wait before it connects to the database, or before it speaks.
const LISTENS: Duration = Duration::from_secs(3);
/// How much longer the connections are held, with room for a machine that has a lot to do.
const HOLDS: Duration = Duration::from_millis(1500);
/// From the end of listening to the first look at the table, and from that to the second.
const LOOKS: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(500)];
/// How long after the grader's connections those that they led to may end.
const SETTLES: Duration = Duration::from_millis(1200);
/// Longest wait for a table.
const DEADLINE: Duration = Duration::from_secs(5);
/// Bytes that are listened to.
const MOST: u32 = 4096;
/// Connections to one port that say nothing which would end them at a database.
const COUNTED: usize = 2;

/// For how long connections are held, in seconds, for people.
pub(crate) const HELD: u64 = LISTENS.as_secs();

/// One port that is watched, as its address and number.
pub(crate) type Port<'p> = (&'p str, u16);

/// What watching one port showed.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    /// Whether the first connection asked for TLS as clients of PostgreSQL do.
    pub asked: bool,
    /// What came back on connections that asked for nothing but, maybe, whether TLS is spoken.
    pub heard: Vec<Vec<u8>>,
    /// What came back when a page was asked for.
    pub page: Vec<u8>,
    /// The program answered on every connection, asked for something or not, and ended it: none is left that it could pass on.
    pub ends: bool,
    /// Whether connections to it led to as many to the database, or why that could not be seen.
    pub passes_on: Option<Result<bool, String>>,
    /// Who was connected to the database all the time.
    pub connected: BTreeSet<IpAddr>,
}

/// Watches ports, all at once; and each by itself where connections were passed on, to see by which.
///
/// # Errors
/// Why the program in the proxy's network gave no answer.
pub(crate) async fn look(
    context: &StackContext<'_>,
    eye: &Eye,
    ports: &[Port<'_>],
    asked: bool,
) -> Result<Vec<Watched>, String> {
    let dbs = databases(context).await;
    let first = round(eye, &dbs, ports, asked).await?;
    let mut all = first.watched;
    for (port, watched) in ports.iter().zip(&mut all) {
        let passes_on = match &first.lasting {
            Ok(lasting) if *lasting < COUNTED => Ok(false),
            // There is no other port that they could have come through.
            Ok(_) if ports.len() == 1 => Ok(true),
            Ok(_) => {
                let own = round(eye, &dbs, std::slice::from_ref(port), asked).await?;
                own.lasting.map(|lasting| lasting >= COUNTED)
            }
            Err(why) => Err(why.clone()),
        };
        watched.passes_on = Some(passes_on);
        watched.connected.clone_from(&first.connected);
    }
    Ok(all)
}

/// The program in the network of each database that runs.
async fn databases(context: &StackContext<'_>) -> Result<Vec<Eye>, String> {
    let dbs = context.playing(Role::Db).into_iter();
    let up = dbs.filter(|db| db.container.state.status == Status::Running);
    let eyes = try_join_all(up.map(|db| by_eye::start(context, db))).await?;
    if eyes.is_empty() {
        return Err("no database runs whose connections could be seen".into());
    }
    Ok(eyes)
}

struct Round {
    watched: Vec<Watched>,
    /// How many connections to a database lasted as long as the grader's.
    lasting: Result<usize, String>,
    connected: BTreeSet<IpAddr>,
}

async fn round(
    eye: &Eye,
    dbs: &Result<Vec<Eye>, String>,
    ports: &[Port<'_>],
    asked: bool,
) -> Result<Round, String> {
    let before = tables(dbs).await;
    let question = |send| Question {
        send,
        most: MOST,
        within: LISTENS,
    };
    let first: &[u8] = if asked { SSL_REQUEST } else { &[] };
    let holding = try_join3(
        by_eye::held(eye, ports, question(first), HOLDS),
        by_eye::held(eye, ports, question(&[]), HOLDS),
        by_eye::held(eye, ports, question(PAGE), HOLDS),
    );
    let looking = async {
        tokio::time::sleep(LISTENS + LOOKS[0]).await;
        let once = tables(dbs).await;
        tokio::time::sleep(LOOKS[1]).await;
        (once, tables(dbs).await)
    };
    let (held, (once, again)) = join(holding, looking).await;
    let (first, silent, page) = held?;
    tokio::time::sleep(SETTLES).await;
    let after = tables(dbs).await;
    let bytes = |outcome: &Outcome| by_eye::received(outcome).to_vec();
    let each = first.iter().zip(&silent).zip(&page);
    let ended = |all: [&Outcome; 3]| all.into_iter().all(by_eye::said_and_ended);
    let watched = each.map(|((first, silent), page)| Watched {
        asked,
        ends: ended([first, silent, page]),
        heard: vec![bytes(first), bytes(silent)],
        page: bytes(page),
        ..Watched::default()
    });
    let all = [before, once, again, after].into_iter().collect();
    let all: Result<Vec<Table>, String> = all;
    let connected = match all.as_deref() {
        Ok([before, .., again, _]) => before.intersection(again).map(|one| one.peer).collect(),
        _ => BTreeSet::new(),
    };
    Ok(Round {
        watched: watched.collect(),
        lasting: all.map(|all| lasting(&all)),
        connected,
    })
}

/// A connection that came in at a database, seen from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Connection {
    /// Which database.
    db: usize,
    peer: IpAddr,
    port: u16,
    own_port: u16,
}

type Table = BTreeSet<Connection>;

/// How many connections came after the first table, stand in all between, and are gone in the last.
fn lasting(tables: &[Table]) -> usize {
    let [before, between @ .., after] = tables else {
        return 0;
    };
    let mut all = between.iter();
    let mut found = all.next().cloned().unwrap_or_default();
    for table in all {
        found.retain(|one| table.contains(one));
    }
    let came_and_went = |one: &&Connection| !before.contains(one) && !after.contains(one);
    found.iter().filter(came_and_went).count()
}

/// The connections that are open at the databases now.
async fn tables(dbs: &Result<Vec<Eye>, String>) -> Result<Table, String> {
    let eyes = dbs.as_ref().map_err(Clone::clone)?;
    let asked = eyes
        .iter()
        .map(|eye| eye.ask(Sockets { pid: None }, DEADLINE));
    let mut all = Table::new();
    for (db, answer) in join_all(asked).await.into_iter().enumerate() {
        all.extend(table(db, answer.map_err(|err| err.to_string())?)?);
    }
    Ok(all)
}

fn table(db: usize, answer: SocketTables) -> Result<Table, String> {
    let six = match answer.tcp6 {
        // The kernel has no IPv6.
        Err(Unread::Missing) => Ok(labcheck_eye::wire::Listed::default()),
        six => six,
    };
    let mut rows = Vec::new();
    for listed in [answer.tcp, six] {
        let listed = listed.map_err(|why| why.to_string())?;
        if !listed.complete {
            return Err("the database has more connections than are read".into());
        }
        rows.extend(listed.rows);
    }
    let listening: BTreeSet<u16> = rows
        .iter()
        .filter(|row| row.state == state::LISTEN)
        .map(|row| row.local.port())
        .collect();
    let came = rows
        .iter()
        .filter(|row| row.state == state::ESTABLISHED && listening.contains(&row.local.port()));
    Ok(came
        .map(|row| Connection {
            db,
            peer: row.peer.ip().to_canonical(),
            port: row.peer.port(),
            own_port: row.local.port(),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use labcheck_eye::wire::{Listed, TcpRow};

    use super::*;

    fn connection(port: u16) -> Connection {
        Connection {
            db: 0,
            peer: IpAddr::from([10, 0, 0, 9]),
            port,
            own_port: 3306,
        }
    }

    fn tables(all: [&[u16]; 4]) -> Vec<Table> {
        let one = |ports: &[u16]| ports.iter().map(|port| connection(*port)).collect();
        all.map(one).to_vec()
    }

    #[test]
    fn what_comes_and_goes_with_the_graders_own_is_passed_on() {
        let passed_on = tables([&[1], &[1, 2, 3], &[1, 2, 3], &[1]]);
        assert_eq!(lasting(&passed_on), 2);
        // One that still waits for the program's last bytes.
        assert_eq!(lasting(&tables([&[], &[2, 3], &[2, 3], &[3]])), 1);
    }

    #[test]
    fn an_honest_programs_connections_are_not() {
        // A pool that is kept, one opened meanwhile and kept, and short ones.
        assert_eq!(lasting(&tables([&[1, 2], &[1, 2], &[1, 2], &[1, 2]])), 0);
        assert_eq!(lasting(&tables([&[], &[1, 2], &[1, 2], &[1, 2]])), 0);
        assert_eq!(lasting(&tables([&[], &[1, 2], &[3, 4], &[]])), 0);
        assert_eq!(lasting(&tables([&[1, 2], &[1, 2], &[1, 2], &[]])), 0);
        assert_eq!(lasting(&[]), 0);
    }

    fn row(local: &str, peer: &str, state: u8) -> TcpRow {
        TcpRow {
            local: local.parse().expect("an address"),
            peer: peer.parse().expect("an address"),
            state,
            uid: 999,
            inode: 1,
        }
    }

    #[test]
    fn only_open_connections_that_came_in_are_counted() {
        let listed = |rows: Vec<TcpRow>| {
            Ok(Listed {
                rows,
                complete: true,
            })
        };
        let answer = SocketTables {
            tcp: listed(vec![
                row("0.0.0.0:3306", "0.0.0.0:0", state::LISTEN),
                row("10.0.0.3:3306", "10.0.0.9:5", state::ESTABLISHED),
                row("10.0.0.3:3306", "10.0.0.9:6", state::TIME_WAIT),
                row("10.0.0.3:40000", "10.0.0.9:3306", state::ESTABLISHED),
            ]),
            tcp6: listed(vec![row(
                "[::ffff:10.0.0.3]:3306",
                "[::ffff:10.0.0.9]:7",
                state::ESTABLISHED,
            )]),
            unix: Err(Unread::Missing),
        };
        let found = table(0, answer.clone()).expect("they are read");
        assert_eq!(found, [connection(5), connection(7)].into());
        let none = SocketTables {
            tcp6: Err(Unread::Missing),
            ..answer.clone()
        };
        assert_eq!(table(0, none).map(|all| all.len()), Ok(1));
        let unread = SocketTables {
            tcp: Err(Unread::Gone),
            ..answer
        };
        assert!(table(0, unread).is_err());
    }
}
