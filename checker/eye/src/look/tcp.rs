//! The tables of TCP sockets (`/proc/PID/net/tcp` and `tcp6`, `proc_pid_net(5)`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use super::bounded::{lines, of, whole};
use super::numbers::{decimal, hex, words};
use super::unix;
use crate::wire::limits::{ENOUGH, MAX_TABLE_TEXT};
use crate::wire::{Field, Listed, SocketTables, Sockets, TcpRow, Unread};

/// Rows of one table at most: a row takes about fifty bytes, and three tables share an answer.
const MAX_SOCKETS: usize = ENOUGH / 50 / 3;

/// The sockets of a network namespace.
pub(super) fn answer(asked: &Sockets) -> SocketTables {
    let net = match asked.pid {
        Some(pid) => of(pid).join("net"),
        None => PathBuf::from("/proc/thread-self/net"),
    };
    let gone = asked.pid.is_some_and(|pid| !of(pid).exists());
    let read = |name: &str| match whole(&net.join(name), MAX_TABLE_TEXT) {
        Err(_) if gone => Err(Unread::Gone),
        text => text,
    };
    SocketTables {
        tcp: read("tcp").and_then(|text| parse(&text)),
        tcp6: read("tcp6").and_then(|text| parse(&text)),
        unix: read("unix").and_then(|text| unix::parse(&text)),
    }
}

/// The sockets of this program's own network namespace that listen on a port.
pub(super) fn listening_on(port: u16) -> Vec<TcpRow> {
    let table = |name: &str| {
        let text = whole(
            &Path::new("/proc/thread-self/net").join(name),
            MAX_TABLE_TEXT,
        );
        text.and_then(|text| parse(&text)).unwrap_or_default().rows
    };
    let rows = [table("tcp"), table("tcp6")].concat();
    let listens =
        |row: &TcpRow| row.state == crate::wire::state::LISTEN && row.local.port() == port;
    rows.into_iter().filter(listens).collect()
}

/// Reads a table.
///
/// # Errors
/// A row is not one.
fn parse(text: &[u8]) -> Field<Listed<TcpRow>> {
    let mut listed = Listed::default();
    // The first line says what stands in which column.
    for line in lines(text).skip(1) {
        if listed.rows.len() == MAX_SOCKETS {
            listed.complete = false;
            break;
        }
        listed.rows.push(row(line).ok_or(Unread::Malformed)?);
    }
    Ok(listed)
}

fn row(line: &[u8]) -> Option<TcpRow> {
    let words: Vec<&[u8]> = words(line).collect();
    Some(TcpRow {
        local: end(words.get(1)?)?,
        peer: end(words.get(2)?)?,
        state: u8::try_from(hex(words.get(3)?)?).ok()?,
        uid: decimal(words.get(7)?)?,
        inode: decimal(words.get(9)?)?,
    })
}

/// `0100007F:1388`: the address as words of 32 bits in the order of this machine, the port as a number.
fn end(word: &[u8]) -> Option<SocketAddr> {
    let colon = word.iter().position(|byte| *byte == b':')?;
    let (address, port) = (word.get(..colon)?, word.get(colon + 1..)?);
    let port = u16::try_from(hex(port)?).ok()?;
    let octets = |at: usize| -> Option<[u8; 4]> {
        let word = hex(address.get(at * 8..at * 8 + 8)?)?;
        Some(u32::try_from(word).ok()?.to_ne_bytes())
    };
    let address: IpAddr = match address.len() {
        8 => Ipv4Addr::from(octets(0)?).into(),
        32 => {
            let all = [octets(0)?, octets(1)?, octets(2)?, octets(3)?].concat();
            Ipv6Addr::from(<[u8; 16]>::try_from(all).ok()?).into()
        }
        _ => return None,
    };
    Some(SocketAddr::new(address, port))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use proptest::prelude::*;

    use super::*;
    use crate::wire::state;

    const HEAD: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    #[cfg(target_endian = "little")]
    #[test]
    fn rows_are_read() {
        let text = format!(
            "{HEAD}   0: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000   999        0 72 1 0000 100\n\
             \x20  1: B80D0120000000000000000001000000:0CEA 0000000000000000FFFF00000A00000A:C350 01 00000000:00000000 00:00000000 00000000     0        0 73 1\n"
        );
        let table = parse(text.as_bytes()).expect("it is a table");
        let [first, second] = table.rows.as_slice() else {
            panic!("two rows: {table:?}")
        };
        assert_eq!(first.local, "127.0.0.1:5000".parse().expect("an address"));
        assert_eq!(
            (first.state, first.uid, first.inode),
            (state::LISTEN, 999, 72)
        );
        assert_eq!(
            second.local,
            "[2001:db8::1]:3306".parse().expect("an address")
        );
        assert_eq!(
            second.peer,
            "[::ffff:10.0.0.10]:50000".parse().expect("an address")
        );
        assert_eq!(second.state, state::ESTABLISHED);
    }

    #[test]
    fn a_row_that_is_none_makes_the_table_unknown() {
        for bad in [
            "0: x",
            "0: 0100007F 0:0 0A 0 0 0 1 0 1",
            "0: 0100007F:13888 00000000:0 0A 0 0 0 1 0 1",
        ] {
            assert_eq!(
                parse(format!("{HEAD}{bad}\n").as_bytes()),
                Err(Unread::Malformed)
            );
        }
        let gone = answer(&Sockets {
            pid: Some(u32::MAX),
        });
        assert_eq!(gone.tcp, Err(Unread::Gone));
    }

    #[test]
    fn a_long_table_is_cut() {
        let row = "0: 0100007F:1388 00000000:0000 0A 0:0 00:0 0 0 0 72\n";
        let table = parse(format!("{HEAD}{}", row.repeat(MAX_SOCKETS + 1)).as_bytes());
        let table = table.expect("it is a table");
        assert_eq!((table.rows.len(), table.complete), (MAX_SOCKETS, false));
    }

    #[test]
    fn this_machines_listener_is_found() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let rows = listening_on(address.port());
        assert!(rows.iter().any(|row| row.local == address), "{rows:?}");
        let tables = answer(&Sockets { pid: None });
        let all = tables.tcp.expect("it can be read").rows;
        assert!(all.contains(&rows[0]) && tables.unix.is_ok());
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = parse(&text);
        }

        #[test]
        fn what_looks_like_rows_does_not_break_it(text in "([0-9A-F]{1,40}|:| |\n){0,80}") {
            let _ = parse(text.as_bytes());
        }
    }
}
