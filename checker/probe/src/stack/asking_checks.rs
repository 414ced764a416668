//! Health checks that are known to ask their program: tried before, they failed without it. A container of the same image
//! with the same command need not be started again to see it.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Most that are known; with one more, what was known is forgotten, as the images of a machine change.
const MOST: usize = 500;

/// Health checks that failed where their program does not run, by the digest of all that decides about it. One that succeeded
/// there is none of them: it is tried each time.
#[derive(Debug, Default)]
pub struct AskingChecks(Mutex<BTreeSet<String>>);

impl AskingChecks {
    /// As [`Self::text`] wrote them; what is no digest is left out.
    pub fn read(text: &str) -> Self {
        let digest = |line: &&str| {
            let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            line.len() == 64 && line.bytes().all(digit)
        };
        let lines = text.lines().filter(digest).take(MOST);
        Self(Mutex::new(lines.map(str::to_owned).collect()))
    }

    /// One digest a line.
    pub fn text(&self) -> String {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .iter()
            .flat_map(|digest| [digest.as_str(), "\n"])
            .collect()
    }

    /// Whether this one is known to ask.
    pub(crate) fn knows(&self, digest: &str) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.contains(digest)
    }

    /// Notes that this one failed without its program.
    pub(crate) fn learn(&self, digest: String) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(digest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_nothing_else() {
        let digest = |number: usize| format!("{number:064x}");
        let known = AskingChecks::default();
        known.learn(digest(1));
        known.learn(digest(2));
        let again = AskingChecks::read(&format!("{}evil\n\n{}\n", known.text(), "G".repeat(64)));
        assert!(again.knows(&digest(1)) && again.knows(&digest(2)) && !again.knows("evil"));
        assert_eq!(again.text(), known.text());
    }

    #[test]
    fn there_are_never_more_than_so_many() {
        let known = AskingChecks::default();
        for number in 0..=MOST {
            known.learn(format!("{number:064x}"));
        }
        assert_eq!(known.text().lines().count(), 1);
        let long = "0".repeat(64) + "\n";
        assert!(
            AskingChecks::read(&long.repeat(10_000))
                .text()
                .lines()
                .count()
                <= MOST
        );
    }
}
