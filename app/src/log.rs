//! Lines for the container's log, on standard error.
//!
//! No levels, no files, no colours: the engine keeps the lines and adds the time.

use std::error::Error;
use std::io::Write as _;

/// Writes one line.
pub fn line(text: &str) {
    // A log that no program reads any more is no reason to stop serving pages.
    let _ = writeln!(std::io::stderr(), "inventory: {}", one_line(text));
}

/// Writes an error and its causes as one line.
pub fn error(error: &dyn Error) {
    line(&format!("error: {}", with_causes(error)));
}

/// An error and what caused it, joined by colons; a cause that its parent already quotes is not said twice.
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        next = cause.source();
    }
    text
}

/// Control characters would let outside text forge a second line.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{one_line, with_causes};

    #[test]
    fn outside_text_stays_on_its_line() {
        assert_eq!(one_line("a\nb\u{1b}[31m"), "a b [31m");
    }

    #[derive(Debug, thiserror::Error)]
    #[error("no table")]
    struct Outer(#[source] std::fmt::Error);

    #[test]
    fn causes_follow_the_error() {
        let text = with_causes(&Outer(std::fmt::Error));
        assert!(text.starts_with("no table: "), "{text}");
    }
}
