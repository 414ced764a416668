//! Listening sockets of a container, from its `/proc/net/tcp` and `tcp6`: read by the grader's own program in its network, and
//! only where that cannot run there with a `cat` of the stack, which may leave one out.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use futures_util::future::join;

use labcheck_eye::container::Namespace;
use labcheck_eye::wire::{Listed, SocketTables, Sockets, Unread, state};

use super::context::StackContext;
use labcheck_core::facts::{Listener, Seen};
use labcheck_engine::client::Engine;
use labcheck_engine::exec::{Ended, NO_END, Program};
use labcheck_engine::model::inspected::Inspected;

/// `TCP_LISTEN` of the kernel.
pub(crate) const LISTEN: &str = "0A";
/// Longest wait for them at first, and once more on a machine that has a lot to do.
const DEADLINES: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(15)];

/// What reads them.
pub(crate) const PROGRAM: [&str; 3] = ["cat", "/proc/net/tcp", "/proc/net/tcp6"];

const NO_CAT: &str = "there is no `cat` in the container to look at its sockets with";

/// The listening sockets of a container.
pub(crate) async fn of(context: &StackContext<'_>, inspected: &Inspected) -> Seen<Vec<Listener>> {
    at(context, &inspected.container.id).await
}

/// As [`of`], for a container that need not be one of the stack's.
pub(crate) async fn at(context: &StackContext<'_>, id: &str) -> Seen<Vec<Listener>> {
    if let Ok(all) = by_eye(context, id).await {
        return Seen::Seen(all);
    }
    match table(context, id).await {
        Ok(table) => Seen::Seen(parse(&table)),
        Err(why) => Seen::Unseen(why),
    }
}

/// The listening sockets, seen by the grader's own program in the container's network.
///
/// # Errors
/// Why it does not run there, or did not see all.
async fn by_eye(context: &StackContext<'_>, id: &str) -> Result<Vec<Listener>, String> {
    let eye = context.sidecars.eye(id, &[Namespace::Network]).await?;
    let asked = eye.ask(Sockets { pid: None }, DEADLINES[0]).await;
    listeners(asked.map_err(|err| err.to_string())?)
}

/// Rows in state LISTEN of both tables.
fn listeners(tables: SocketTables) -> Result<Vec<Listener>, String> {
    let six = match tables.tcp6 {
        // The kernel has no IPv6.
        Err(Unread::Missing) => Ok(Listed::default()),
        six => six,
    };
    let mut found = BTreeSet::new();
    for listed in [tables.tcp, six] {
        let listed = listed.map_err(|why| why.to_string())?;
        if !listed.complete {
            return Err("it has more sockets than are read".into());
        }
        let rows = listed.rows.iter().filter(|row| row.state == state::LISTEN);
        found.extend(rows.map(|row| Listener {
            address: row.local.ip().to_string(),
            port: row.local.port(),
        }));
    }
    Ok(own(found))
}

/// Every TCP socket of a container, as the kernel writes it; read from another one in its network where need be.
///
/// # Errors
/// Why it could not be read.
async fn table(context: &StackContext<'_>, id: &str) -> Result<String, String> {
    let program = program();
    let tools = context.tools();
    // Asking whether it is there is twenty times faster than starting what is not there.
    let own = if tools.is_some() && without_cat(context.engine, id).await {
        Err(NO_CAT.into())
    } else {
        read(twice(|patience| context.engine.run(id, &program, "", patience)).await)
    };
    match tools {
        Some(image) if own.as_ref().is_err_and(|why| why == NO_CAT) => {
            let run = |patience| context.sidecars.run(id, image, &program, patience);
            read(twice(run).await)
        }
        _ => own,
    }
}

/// Whether a container certainly has no `cat` in a usual place.
async fn without_cat(engine: &Engine, id: &str) -> bool {
    let (bin, usr) = join(engine.stat(id, "/bin/cat"), engine.stat(id, "/usr/bin/cat")).await;
    matches!((bin, usr), (Ok(None), Ok(None)))
}

/// The listening sockets of a container, read inside it.
pub(crate) async fn listening(engine: &Engine, container: &str) -> Seen<Vec<Listener>> {
    let program = program();
    match read(twice(|patience| engine.run(container, &program, "", patience)).await) {
        Ok(table) => Seen::Seen(parse(&table)),
        Err(why) => Seen::Unseen(why),
    }
}

/// Runs something, and once more with more time where it did not end: that is the machine's doing.
async fn twice<F>(run: impl Fn(Duration) -> F) -> Result<Ended, String>
where
    F: Future<Output = Result<Ended, String>>,
{
    let [first, second] = DEADLINES;
    match run(first).await {
        Err(why) if why.starts_with(NO_END) => run(second).await,
        ended => ended,
    }
}

fn program() -> Program {
    Program {
        cmd: PROGRAM.map(str::to_owned).into(),
        ..Program::default()
    }
}

fn read(ended: Result<Ended, String>) -> Result<String, String> {
    match ended {
        Ok(ended) if ended.missing() => Err(NO_CAT.into()),
        // Without IPv6 there is no tcp6, and `cat` says so with its exit code. An answer of which nothing came is none.
        Ok(ended) if has_heading(&ended.out) => Ok(ended.out),
        Ok(_) => Err("its sockets could not be read".into()),
        Err(why) => Err(format!("its sockets could not be read: {why}")),
    }
}

/// Whether a table is there: the kernel writes its heading whatever sockets there are.
fn has_heading(table: &str) -> bool {
    table.contains("local_address")
}

/// Docker's own name server (127.0.0.11) is none of the container's.
fn own(found: BTreeSet<Listener>) -> Vec<Listener> {
    let own = |row: &Listener| row.address != "127.0.0.11";
    found.into_iter().filter(own).collect()
}

/// Rows in state LISTEN.
pub(crate) fn parse(table: &str) -> Vec<Listener> {
    let rows = table.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let (_, local, _, state) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let (address, port) = local.split_once(':')?;
        let port = u16::from_str_radix(port, 16).ok()?;
        (state == LISTEN)
            .then(|| super::listening::address(address).map(|address| Listener { address, port }))?
    });
    own(rows.collect())
}

/// Addresses stand there as 32-bit words in the host's byte order, which is little-endian wherever Docker runs.
pub(crate) fn address(hex: &str) -> Option<String> {
    let words: Vec<u32> = (0..hex.len() / 8)
        .map(|at| {
            hex.get(at * 8..at * 8 + 8)
                .and_then(|word| u32::from_str_radix(word, 16).ok())
        })
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    match bytes.len() {
        4 => Some(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?).to_string()),
        16 => Some(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?).to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use labcheck_eye::wire::TcpRow;

    use super::*;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0B00007F:8B4F 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0
   2: 030012AC:1388 010012AC:D2A4 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 100 0 0 10 0
  sl  local_address                         remote_address                        st
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000
   1: 00000000000000000000000001000000:0CEA 00000000000000000000000000000000:0000 0A 00000000:00000000
";

    #[test]
    fn only_listening_sockets_of_the_container_count() {
        let rows: Vec<(String, u16)> = parse(TABLE)
            .into_iter()
            .map(|row| (row.address, row.port))
            .collect();
        assert_eq!(
            rows,
            [
                ("127.0.0.1".to_owned(), 5000),
                ("::".to_owned(), 80),
                ("::1".to_owned(), 3306)
            ]
        );
    }

    #[tokio::test]
    async fn a_machine_with_a_lot_to_do_is_asked_once_more() {
        let asked = std::cell::RefCell::new(Vec::new());
        let run = |answer: &'static str| {
            let asked = &asked;
            move |patience: Duration| {
                asked.borrow_mut().push(patience.as_secs());
                std::future::ready(match (answer, patience) {
                    ("late", patience) if patience == DEADLINES[0] => Err(format!("{NO_END} 5 s")),
                    ("gone", _) => Err("no such container".into()),
                    _ => Ok(Ended::default()),
                })
            }
        };
        assert!(twice(run("late")).await.is_ok());
        assert!(twice(run("quick")).await.is_ok());
        assert!(twice(run("gone")).await.is_err());
        assert_eq!(*asked.borrow(), [5, 15, 5, 5]);
    }

    #[test]
    fn an_answer_without_the_kernels_heading_is_none() {
        let ended = |out: &str, code| {
            read(Ok(Ended {
                out: out.into(),
                code: Some(code),
            }))
        };
        assert!(ended("", 0).is_err(), "what was printed was lost");
        let heading = TABLE.lines().next().unwrap_or_default();
        assert_eq!(ended(heading, 0), Ok(heading.to_owned()));
        assert_eq!(ended(TABLE, 1), Ok(TABLE.to_owned()), "without IPv6");
    }

    #[test]
    fn sockets_that_listen_are_told_as_the_kernel_has_them() {
        let row = |local: &str, state| TcpRow {
            local: local.parse().expect("an address"),
            peer: "0.0.0.0:0".parse().expect("an address"),
            state,
            uid: 0,
            inode: 1,
        };
        let listed = |rows: Vec<TcpRow>, complete| Ok(Listed { rows, complete });
        let tables = |complete| SocketTables {
            tcp: listed(
                vec![
                    row("127.0.0.11:40000", state::LISTEN),
                    row("0.0.0.0:5000", state::LISTEN),
                    row("10.0.0.2:5000", state::ESTABLISHED),
                ],
                complete,
            ),
            tcp6: Err(Unread::Missing),
            unix: Ok(Listed::default()),
        };
        let listener = Listener {
            address: "0.0.0.0".into(),
            port: 5000,
        };
        assert_eq!(listeners(tables(true)), Ok(vec![listener]));
        assert!(listeners(tables(false)).is_err());
    }

    #[test]
    fn senseless_rows_are_passed_over() {
        assert!(parse("x\n 0: ZZ:1388 0:0 0A\n 0: 0100007F:XYZ 0:0 0A\n 0: 01:0001 0:0 0A\n 0: é007F:1388 a 0A 0A").is_empty());
    }
}
