//! Listening sockets of a container, from its `/proc/net/tcp` and `tcp6`, read with `cat` alone.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use futures_util::future::join;

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

/// The listening sockets of a container; where it has nothing to read them with, from another one in its network.
pub(crate) async fn of(context: &StackContext<'_>, inspected: &Inspected) -> Seen<Vec<Listener>> {
    at(context, &inspected.container.id).await
}

/// As [`of`], for a container that need not be one of the stack's.
pub(crate) async fn at(context: &StackContext<'_>, id: &str) -> Seen<Vec<Listener>> {
    match table(context, id).await {
        Ok(table) => Seen::Seen(parse(&table)),
        Err(why) => Seen::Unseen(why),
    }
}

/// Every TCP socket of a container, as the kernel writes it; read from another one in its network where need be.
///
/// # Errors
/// Why it could not be read.
pub(crate) async fn table(context: &StackContext<'_>, id: &str) -> Result<String, String> {
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
        // Without IPv6 there is no tcp6, and `cat` says so with its exit code.
        Ok(ended) if ended.code == Some(0) || !parse(&ended.out).is_empty() => Ok(ended.out),
        Ok(_) => Err("its sockets could not be read".into()),
        Err(why) => Err(format!("its sockets could not be read: {why}")),
    }
}

/// Rows in state LISTEN. Docker's own name server (127.0.0.11) is none of the container's.
pub(crate) fn parse(table: &str) -> Vec<Listener> {
    let rows = table.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let (_, local, _, state) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let (address, port) = local.split_once(':')?;
        let port = u16::from_str_radix(port, 16).ok()?;
        (state == LISTEN)
            .then(|| super::listening::address(address).map(|address| Listener { address, port }))?
    });
    rows.filter(|row| row.address != "127.0.0.11")
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
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
    fn senseless_rows_are_passed_over() {
        assert!(parse("x\n 0: ZZ:1388 0:0 0A\n 0: 0100007F:XYZ 0:0 0A\n 0: 01:0001 0:0 0A\n 0: é007F:1388 a 0A 0A").is_empty());
    }
}
