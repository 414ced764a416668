//! What the program that makes attempts inside a container printed.

use std::collections::BTreeMap;

use labcheck_core::facts::Tried;
use labcheck_core::text;

/// What was printed.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// What was connected with; empty when nothing was there.
    pub program: String,
    /// There was nothing to look names up with.
    pub no_names: bool,
    attempts: BTreeMap<(String, u16), Tried>,
    /// The first bytes that came back.
    words: BTreeMap<(String, u16), Vec<u8>>,
    names: BTreeMap<String, Vec<(String, bool)>>,
}

impl Said {
    /// What an attempt showed; `None` when it was still waiting at the end.
    pub(crate) fn outcome(&self, address: &str, port: u16) -> Option<Tried> {
        self.attempts.get(&(address.to_owned(), port)).cloned()
    }

    /// The first bytes that came back, without NUL bytes where a shell read them; none where nothing came.
    pub(crate) fn words(&self, address: &str, port: u16) -> &[u8] {
        let words = self.words.get(&(address.to_owned(), port));
        words.map_or(&[], Vec::as_slice)
    }

    /// The addresses a name led to, each with whether it is one of the stack's; none for a name that is not there.
    pub(crate) fn led(&self, name: &str) -> Option<&[(String, bool)]> {
        self.names.get(name).map(Vec::as_slice)
    }
}

/// Reads what was printed; lines of another shape are passed over.
pub(crate) fn read(out: &str) -> Said {
    let mut said = Said::default();
    for line in out.lines() {
        // `labcheck: line 4: /dev/tcp/172.18.0.3/3306: Connection refused`
        if let Some((_, rest)) = line.split_once("/dev/tcp/") {
            complaint(rest, &mut said);
            continue;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["with", program] => said.program = text::cut(&text::clean(program), 20),
            ["nogetent"] => said.no_names = true,
            ["noname", name] => drop(said.names.entry((*name).to_owned()).or_default()),
            ["says", address, port, hex @ ..] => {
                let Ok(port) = port.parse() else { continue };
                let bytes = bytes(&hex.concat());
                said.words.insert(((*address).to_owned(), port), bytes);
            }
            ["name", name, address, whose] => {
                let led = said.names.entry((*name).to_owned()).or_default();
                led.push((text::cut(&text::clean(address), 60), *whose == "known"));
            }
            [word @ ("open" | "shut" | "none"), address, port, words @ ..] => {
                let Ok(port) = port.parse() else { continue };
                let outcome = match *word {
                    "open" => Tried::Open,
                    "shut" => Tried::Refused,
                    _ => Tried::NoRoute(text::cut(&text::clean(&words.join(" ")), 80)),
                };
                said.attempts.insert(((*address).to_owned(), port), outcome);
            }
            _ => {}
        }
    }
    said
}

/// Bytes written as pairs of hexadecimal digits, up to the first that is none.
fn bytes(hex: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(hex.get(at * 2..at * 2 + 2)?, 16).ok();
    (0..hex.len().min(200) / 2).map_while(pair).collect()
}

/// bash's own words on a connection that failed: `172.18.0.3/3306: Connection refused`.
fn complaint(rest: &str, said: &mut Said) {
    let mut parts = rest.splitn(2, '/');
    let (Some(address), Some(rest)) = (parts.next(), parts.next()) else {
        return;
    };
    let Some((port, words)) = rest.split_once(": ") else {
        return;
    };
    let Ok(port) = port.parse::<u16>() else {
        return;
    };
    let words = text::cut(&text::clean(words), 80);
    let outcome = match words.as_str() {
        words if words.contains("refused") => Tried::Refused,
        words if words.contains("timed out") => return,
        _ => Tried::NoRoute(words),
    };
    said.attempts.insert((address.to_owned(), port), outcome);
}

/// Addresses that were connected to, for tests of what was tried.
#[cfg(test)]
fn tried(said: &Said) -> std::collections::BTreeSet<&str> {
    said.attempts
        .keys()
        .map(|(address, _)| address.as_str())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUT: &str = "with bash\nlabcheck: connect: Connection refused\nlabcheck: line 4: /dev/tcp/127.0.0.1/81: Connection refused\nopen 127.0.0.1 80\nlabcheck: line 4: /dev/tcp/10.9.9.9/1: Network is unreachable\nname db 172.18.0.3 known\nnoname v6-db-1\nlabcheck: line 20: 17 Killed  one\n";

    #[test]
    fn words_of_bash_are_told_apart() {
        let said = read(OUT);
        assert_eq!(said.program, "bash");
        assert_eq!(said.outcome("127.0.0.1", 80), Some(Tried::Open));
        assert_eq!(said.outcome("127.0.0.1", 81), Some(Tried::Refused));
        assert_eq!(
            said.outcome("10.9.9.9", 1),
            Some(Tried::NoRoute("Network is unreachable".into()))
        );
        assert_eq!(said.outcome("172.18.0.3", 3306), None);
        assert_eq!(said.led("db"), Some(&[("172.18.0.3".to_owned(), true)][..]));
        assert_eq!(said.led("v6-db-1"), Some(&[][..]));
        assert_eq!(said.led("other"), None);
        assert_eq!(tried(&said).len(), 2);
    }

    #[test]
    fn senseless_lines_are_passed_over() {
        let said = read("/dev/tcp/\n/dev/tcp/x\nopen a b\n/dev/tcp/1/99999: x\nnone\n\u{1b}[31m");
        assert!(said.program.is_empty() && tried(&said).is_empty());
    }
}
