//! Commands that are shown to be typed: made in one way, with every word from outside quoted for a POSIX shell.
//!
//! Names of containers, addresses and accounts come from the student's stack. A command that holds one as it is would run what
//! stands in it, in the shell of the student or teacher who pastes it.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A command for a POSIX shell (POSIX.1-2024, "Shell Command Language", 2.2 Quoting).
///
/// Only [`shell!`](crate::text::shell) makes one that holds a word from outside the program, and it quotes that word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ShellCommand(String);

impl ShellCommand {
    /// A command without a word from outside.
    #[must_use]
    pub fn fixed(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// What [`shell!`](crate::text::shell) has put together; not to be called by hand.
    #[doc(hidden)]
    #[must_use]
    pub fn put_together(_read: (), text: fmt::Arguments<'_>) -> Self {
        Self(text.to_string())
    }

    /// One that a recording or a bundle holds, which a stranger may have written: each word is quoted anew, so that nothing but
    /// the one program can be run. None where the text is no list of words.
    #[must_use]
    pub fn recorded(text: &str) -> Self {
        let Ok(words) = shell_words::split(text) else {
            return Self::default();
        };
        // More quotes than needed are kept.
        let rest = words.iter().try_fold(text, |rest, word| after(rest, word));
        if rest == Some("") {
            return Self(text.to_owned());
        }
        let words: Vec<_> = words.iter().map(|word| quoted(word)).collect();
        Self(words.join(" "))
    }

    /// As it is shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// There is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The whole command as one word of another, such as after `sh -c`.
    #[must_use]
    pub fn as_word(&self) -> Self {
        Self(quoted(&self.0).into_owned())
    }

    /// Several, one behind the other, each only when the one before it succeeded.
    #[must_use]
    pub fn then(self, next: &Self) -> Self {
        match (self.is_empty(), next.is_empty()) {
            (true, _) => next.clone(),
            (_, true) => self,
            _ => Self(format!("{} && {}", self.0, next.0)),
        }
    }
}

impl fmt::Display for ShellCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&'static str> for ShellCommand {
    fn from(text: &'static str) -> Self {
        Self::fixed(text)
    }
}

/// A word as a shell reads it back: as it is where no character means anything to a shell, else in quotes.
///
/// Control characters are left to [`crate::text::clean`], which shows them before anything is printed.
#[must_use]
pub fn quoted(word: &str) -> Cow<'_, str> {
    // Easier to read than a quote that is closed and opened again, where nothing in it means anything in double quotes.
    if word.contains('\'') && !word.contains(['"', '$', '`', '\\', '!']) {
        return Cow::Owned(format!("\"{word}\""));
    }
    let harmless = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./-_".contains(c);
    if !word.is_empty() && word.chars().all(harmless) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(always_quoted(word))
}

fn always_quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// What follows a word, where the text begins with it as it is written when it is quoted.
fn after<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let text = text.trim_start_matches(' ');
    let rest = text
        .strip_prefix(always_quoted(word).as_str())
        .or_else(|| text.strip_prefix(&*quoted(word)))?;
    (rest.is_empty() || rest.starts_with(' ')).then_some(rest)
}

/// What may be filled into a command.
pub trait Fill {
    /// As it stands in the command.
    fn fill(&self) -> Cow<'_, str>;
}

impl Fill for str {
    fn fill(&self) -> Cow<'_, str> {
        quoted(self)
    }
}

impl Fill for String {
    fn fill(&self) -> Cow<'_, str> {
        quoted(self)
    }
}

impl Fill for Cow<'_, str> {
    fn fill(&self) -> Cow<'_, str> {
        quoted(self)
    }
}

impl Fill for u16 {
    fn fill(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

impl Fill for ShellCommand {
    fn fill(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

impl<T: Fill + ?Sized> Fill for &T {
    fn fill(&self) -> Cow<'_, str> {
        (**self).fill()
    }
}

/// Refuses a name between braces when it is compiled: `{name}` would be filled in unquoted.
///
/// # Panics
/// While compiling, for such a template.
#[doc(hidden)]
pub const fn unnamed(template: &str) {
    let bytes = template.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'{' {
            // Two of them stand for one, as in a template of Docker's.
            if at + 1 < bytes.len() && bytes[at + 1] == b'{' {
                at += 1;
            } else {
                assert!(
                    at + 1 < bytes.len()
                        && (bytes[at + 1] == b'}' || bytes[at + 1].is_ascii_digit()),
                    "list what fills the braces"
                );
            }
        }
        at += 1;
    }
}

/// A command for a shell, with each word that is filled in quoted: `shell!("docker port {}", name)`.
///
/// The template is trusted, what fills it is not. A [`ShellCommand`] is filled in as it is.
#[macro_export]
#[doc(hidden)]
macro_rules! shell {
    ($template:literal $(, $word:expr)* $(,)?) => {
        $crate::text::shell::ShellCommand::put_together(
            const { $crate::text::shell::unnamed($template) },
            format_args!($template $(, $crate::text::shell::Fill::fill(&$word))*),
        )
    };
}
pub use shell;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_plain_stays_plain() {
        for word in ["v4-app-1", "http://127.0.0.1:5000/fetch", "a@b.ch", "x=1"] {
            assert_eq!(quoted(word), word);
        }
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn what_means_something_to_a_shell_is_quoted() {
        let name = "a$(touch pasted)";
        assert_eq!(
            shell!("docker exec {} id", name).as_str(),
            "docker exec 'a$(touch pasted)' id"
        );
        assert_eq!(quoted("it's"), "\"it's\"");
        assert_eq!(quoted("it's $x"), r"'it'\''s $x'");
        assert_eq!(
            quoted("/a.css?v=1;touch${IFS}x"),
            "'/a.css?v=1;touch${IFS}x'"
        );
        assert_eq!(quoted("ä"), "'ä'");
    }

    #[test]
    fn a_command_in_a_command_is_one_word_of_it() {
        let inner = shell!("psql -U {}", "a b");
        let outer = shell!("docker exec {} sh -c {}", "db", inner.as_word());
        assert_eq!(outer.as_str(), "docker exec db sh -c \"psql -U 'a b'\"");
    }

    #[test]
    fn one_follows_the_other() {
        let none = ShellCommand::default();
        let down = ShellCommand::fixed("docker compose down");
        let remove = shell!("docker volume rm {}", "v");
        assert_eq!(none.then(&down), down);
        assert_eq!(
            down.then(&remove).as_str(),
            "docker compose down && docker volume rm v"
        );
    }

    #[test]
    fn what_is_recorded_runs_one_program_alone() {
        let ours = r"curl -iL --data-urlencode 'a='\'' OR 1' 'http://127.0.0.1:5000/'";
        assert_eq!(ShellCommand::recorded(ours).as_str(), ours);
        for forged in [
            "curl x; rm -rf /",
            "curl $(id)",
            "curl `id`",
            "curl x | sh",
            "curl x\nid",
            "curl a'b'$c",
        ] {
            let command = ShellCommand::recorded(forged);
            let words = shell_words::split(forged).expect("words");
            let again = shell_words::split(command.as_str()).expect("words");
            assert_eq!(again, words);
            assert_ne!(command.as_str(), forged);
        }
        assert_eq!(
            ShellCommand::recorded("curl x; id").as_str(),
            "curl 'x;' id"
        );
        assert!(ShellCommand::recorded("curl 'x").is_empty());
    }
}
