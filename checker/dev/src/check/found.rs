//! What is out of step, and what was left out and why.

/// What was found: what is wrong, what was left out and why, and whether `dev sync` mends some of it.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) wrong: Vec<String>,
    pub(super) notes: Vec<String>,
}

impl Found {
    pub(super) fn wrong(&mut self, what: String) {
        self.wrong.push(what);
    }

    pub(super) fn note(&mut self, what: String) {
        self.notes.push(what);
    }
}

/// The known word nearest to an unknown one, as the end of a sentence; empty where none is near.
pub(super) fn near(word: &str, known: &[&str]) -> String {
    let distances = known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(word, known), known));
    let near = distances
        .min()
        .filter(|(distance, _)| *distance <= 1 + word.len() / 4);
    near.map_or_else(String::new, |(_, near)| format!("; did you mean `{near}`?"))
}
