//! Waiting until something listens on a port.

use std::time::{Duration, Instant};

use super::tcp;
use crate::wire::{ListeningAt, WaitForListener};

/// Between two looks at the table, each of which takes the kernel some milliseconds.
const PAUSE: Duration = Duration::from_millis(20);

/// Looks at the table until something listens on the port, or the time is over.
pub(super) fn answer(asked: &WaitForListener, until: Instant) -> ListeningAt {
    let until = until.min(Instant::now() + Duration::from_millis(asked.within_ms.into()));
    loop {
        let rows = tcp::listening_on(asked.port);
        if !rows.is_empty() || Instant::now() >= until {
            return ListeningAt { rows };
        }
        std::thread::sleep(PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_listener_that_comes_later_is_found() {
        let spare = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = spare.local_addr().expect("its address");
        drop(spare);
        let wait = |within_ms| {
            let asked = WaitForListener {
                port: address.port(),
                within_ms,
            };
            answer(&asked, Instant::now() + Duration::from_secs(10)).rows
        };
        assert_eq!(wait(20), []);
        let later = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(100));
            TcpListener::bind(address).expect("it is free")
        });
        let rows = wait(5000);
        assert_eq!(rows.first().map(|row| row.local), Some(address));
        drop(later.join().expect("it ends"));
    }
}
