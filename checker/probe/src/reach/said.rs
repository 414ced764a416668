//! What attempts inside a container showed, whichever program made them. Pure.

use std::collections::BTreeMap;

use labcheck_core::facts::Tried;

/// What attempts showed.
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
    /// Nothing yet, by a program.
    pub(crate) fn by(program: &str) -> Self {
        Self {
            program: program.to_owned(),
            ..Self::default()
        }
    }

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

    /// Notes what an attempt showed.
    pub(crate) fn tried(&mut self, address: &str, port: u16, outcome: Tried) {
        self.attempts.insert((address.to_owned(), port), outcome);
    }

    /// Notes the first bytes that came back.
    pub(crate) fn heard(&mut self, address: &str, port: u16, bytes: Vec<u8>) {
        self.words.insert((address.to_owned(), port), bytes);
    }

    /// Notes that a name was looked up, and an address that it led to.
    pub(crate) fn leads(&mut self, name: &str, to: Option<(String, bool)>) {
        let all = self.names.entry(name.to_owned()).or_default();
        all.extend(to);
    }

    /// Addresses that were connected to, for tests of what was tried.
    #[cfg(test)]
    pub(crate) fn all_tried(&self) -> std::collections::BTreeSet<&str> {
        let all = self.attempts.keys();
        all.map(|(address, _)| address.as_str()).collect()
    }
}
