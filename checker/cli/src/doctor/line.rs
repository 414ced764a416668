//! One line of what was looked at: how it stands, in words, and the command that mends it. Pure.

use std::fmt::Write as _;

use serde::Serialize;

use labcheck_core::text::{self, say};

/// Fewer columns leave no room beside the topics.
const NARROW: usize = 60;

/// The format's name.
const SCHEMA: &str = "labcheck.doctor/v1";

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// As it should be.
    Ok,
    /// The course works, with a limit that is told.
    Warn,
    /// A lab cannot be started or graded.
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    /// What: `engine`, `port 5000`.
    topic: String,
    /// How it stands.
    pub(crate) state: State,
    /// What was seen.
    says: String,
    /// What mends it; `null` where nothing is to be mended.
    mend: Option<String>,
}

impl Line {
    /// As it should be.
    pub(crate) fn ok(topic: impl Into<String>, says: impl Into<String>) -> Self {
        Self::new(topic, State::Ok, says, None)
    }

    /// A limit.
    pub(crate) fn warn(
        topic: impl Into<String>,
        says: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self::new(topic, State::Warn, says, Some(mend.into()))
    }

    /// A fault.
    pub(crate) fn fail(
        topic: impl Into<String>,
        says: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self::new(topic, State::Fail, says, Some(mend.into()))
    }

    fn new(
        topic: impl Into<String>,
        state: State,
        says: impl Into<String>,
        mend: Option<String>,
    ) -> Self {
        let says = text::cut(&text::clean(&says.into()), 300);
        Self {
            topic: topic.into(),
            state,
            says,
            mend: mend.map(|mend| text::cut(&text::clean(&mend), 400)),
        }
    }
}

/// For people: a line each, the state as a word, and what mends it below. Where there are few columns, what was seen
/// stands below its topic; without any number of them nothing is wrapped.
pub(crate) fn drawn(lines: &[Line], colour: bool, columns: Option<usize>) -> String {
    let topics: Vec<String> = lines
        .iter()
        .map(|line| translated_topic(&line.topic))
        .collect();
    let longest = |words: &[&str]| words.iter().map(|word| word.chars().count()).max();
    let wide = topics.iter().map(|topic| topic.chars().count()).max();
    let wide = wide.unwrap_or_default();
    let words = [say!("ok"), say!("warn"), say!("FAIL")];
    let lead = longest(&words).unwrap_or_default();
    let mut out = String::new();
    for (line, topic) in lines.iter().zip(&topics) {
        let (word, code) = match line.state {
            State::Ok => (words[0], "32"),
            State::Warn => (words[1], "33"),
            State::Fail => (words[2], "31"),
        };
        let word = format!("{word:lead$}");
        let word = if colour {
            format!("\u{1b}[{code}m{word}\u{1b}[0m")
        } else {
            word
        };
        let narrow = columns.is_some_and(|columns| columns < NARROW);
        let indent = if narrow { 4 } else { lead + wide + 4 };
        let mend = line.mend.as_ref().map(|mend| say!("to mend: {mend}", mend));
        let parts = [Some(line.says.clone()), mend].into_iter().flatten();
        let mut parts = parts.flat_map(|part| match columns {
            Some(columns) => text::wrap_whole(&part, columns - indent),
            None => vec![part],
        });
        let first = if narrow { None } else { parts.next() };
        let first = format!("{word}  {topic:wide$}  {}", first.unwrap_or_default());
        let _ = writeln!(out, "{}", first.trim_end());
        for part in parts {
            let _ = writeln!(out, "{:indent$}{part}", "");
        }
    }
    let count = |state| lines.iter().filter(|line| line.state == state).count() as u64;
    let _ = writeln!(
        out,
        "\n{}, {}",
        text::count(count(State::Fail), say!("fault"), say!("faults")),
        text::count(count(State::Warn), say!("warning"), say!("warnings"))
    );
    out
}

/// A topic for people; programs read it as it is.
fn translated_topic(topic: &str) -> String {
    let (first, rest) = topic.split_once(' ').unwrap_or((topic, ""));
    let first = match first {
        "engine" => say!("engine"),
        "context" => say!("context"),
        "permission" => say!("permission"),
        "images" => say!("images"),
        "port" => say!("port"),
        "ports" => say!("ports"),
        "disk" => say!("disk"),
        "memory" => say!("memory"),
        "clock" => say!("clock"),
        "toolchain" => say!("toolchain"),
        "fix" => return say!("fix {}", translated_topic(rest)),
        other => other,
    };
    format!("{first} {rest}").trim_end().to_owned()
}

/// For programs.
pub(crate) fn json(lines: &[Line]) -> String {
    let whole = serde_json::json!({ "schema": SCHEMA, "lines": lines });
    serde_json::to_string_pretty(&whole).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_a_word_and_its_mending_is_below() {
        let lines = [
            Line::ok("engine", "Docker 26.1.5"),
            Line::fail("disk", "0.2 GB free", "make room"),
        ];
        assert_eq!(
            drawn(&lines, false, None),
            "ok    engine  Docker 26.1.5\nFAIL  disk    0.2 GB free\n              to mend: make room\n\n1 fault, 0 warnings\n"
        );
        assert!(drawn(&lines, true, None).contains("\u{1b}[31mFAIL"));
        let narrow = drawn(
            &[Line::warn("hub", "far away", "`make a b c d e`")],
            false,
            Some(12),
        );
        assert_eq!(
            narrow,
            "warn  hub\n    far away\n    to mend:\n    `make a b c d e`\n\n0 faults, 1 warning\n"
        );
        let json: serde_json::Value = serde_json::from_str(&json(&lines)).expect("JSON");
        assert_eq!(json["lines"][1]["state"], "fail");
        assert_eq!(json["lines"][0]["mend"], serde_json::Value::Null);
    }

    #[test]
    fn words_from_outside_are_cleaned() {
        let line = Line::warn("x", "a\u{1b}[31m\nb", "\u{202e}c");
        assert_eq!(
            (line.says.as_str(), line.mend.as_deref()),
            ("a b", Some("c"))
        );
    }
}
