//! What the program that makes attempts inside a container printed.

use labcheck_core::facts::Tried;
use labcheck_core::text;

use super::said::Said;

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
            ["noname", name] => said.leads(name, None),
            ["says", address, port, hex @ ..] => {
                let Ok(port) = port.parse() else { continue };
                said.heard(address, port, bytes(&hex.concat()));
            }
            ["name", name, address, whose] => {
                let address = text::cut(&text::clean(address), 60);
                said.leads(name, Some((address, *whose == "known")));
            }
            [word @ ("open" | "shut" | "none"), address, port, words @ ..] => {
                let Ok(port) = port.parse() else { continue };
                let outcome = match *word {
                    "open" => Tried::Open,
                    "shut" => Tried::Refused,
                    _ => Tried::NoRoute(text::cut(&text::clean(&words.join(" ")), 80)),
                };
                said.tried(address, port, outcome);
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
    said.tried(address, port, outcome);
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
        assert_eq!(said.all_tried().len(), 2);
    }

    #[test]
    fn senseless_lines_are_passed_over() {
        let said = read("/dev/tcp/\n/dev/tcp/x\nopen a b\n/dev/tcp/1/99999: x\nnone\n\u{1b}[31m");
        assert!(said.program.is_empty() && said.all_tried().is_empty());
    }
}
