//! The command line: what can be typed, and which room answers it.

use std::ffi::OsString;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand};

use crate::commands::{book, bundle, course_folder, doctor, hint, images, regrade, shell, start};
use crate::grade_args::GradeArgs;
use crate::output::{Colour, language};
use labcheck_core::error::Error;
use labcheck_core::text::Language;

/// Grades the running stack of a container lab.
#[derive(Debug, Parser)]
#[command(name = "labcheck", version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, styles = STYLES)]
#[command(
    after_help = "Exit codes: 0 passed · 1 unexpected · 2 usage · 3 lab file, recording or bundle invalid · 4 engine not reachable · \
                        5 nothing to check · 10 some core check failed, or the doctor found a fault · 11 no failure but something unknown"
)]
pub struct Cli {
    /// Grading a lab.
    #[command(flatten)]
    pub grade: GradeArgs,
    /// Everything else.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Where colour is used.
    #[arg(long, value_enum, default_value = "auto", global = true)]
    pub color: Colour,
    /// The language of messages; by default the environment's (`LC_ALL`, `LC_MESSAGES`, `LANG`).
    #[arg(long, value_parser = language(), global = true)]
    pub lang: Option<Language>,
}

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold());

/// Commands other than grading.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make the course's folder: every lab's starting point, from this program alone.
    Init(course_folder::InitArgs),
    /// Start a lab's stack, after offering to stop what another lab left running.
    Start(start::StartArgs),
    /// Take a lab's stack down.
    Stop(start::StopArgs),
    /// What you changed in a lab, beside its starter or, once it is passed, its solution.
    Diff(course_folder::DiffArgs),
    /// A lab's starting point again; your work is copied beside it first.
    Reset(course_folder::ResetArgs),
    /// The course's container images: which are there, and making or carrying them where Docker Hub is out of reach.
    Images(images::ImagesArgs),
    /// Whether this machine has all that the course needs, with the command that mends what is missing.
    Doctor(doctor::DoctorArgs),
    /// The next hint for a check, one more each time.
    Hint(hint::HintArgs),
    /// The book of the course, in your browser.
    Book(book::BookArgs),
    /// Grade, and put what was seen and the report into one file: for handing in, or for an appeal.
    Bundle(Box<bundle::BundleArgs>),
    /// Grade such files again, also under a newer lab file.
    Grade(regrade::RegradeArgs),
    /// A completion script: put it where your shell looks for them.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Manual pages.
    Man(shell::ManArgs),
    /// Print the JSON Schema of a lab file, for those who write labs of their own.
    Schema,
}

/// What was typed, with flags of every command (`--lang`, `--color`) that stand before a command put behind it: clap takes no word for a command once a
/// flag was read, where flags and commands exclude each other, and `labcheck --lang de start v4` is what a student types.
#[must_use]
pub fn flags_behind_the_command(typed: Vec<OsString>) -> Vec<OsString> {
    use clap::CommandFactory as _;
    let words: Vec<_> = typed.iter().map(|word| word.to_string_lossy()).collect();
    let at = 1 + flags_in_front(words.get(1..).unwrap_or_default());
    let known = |word: &str| Cli::command().find_subcommand(word).is_some();
    if at == 1 || !words.get(at).is_some_and(|word| known(word)) {
        return typed;
    }
    let [program, command] = [&typed[..1], &typed[at..=at]];
    [program, command, &typed[1..at], &typed[at + 1..]].concat()
}

/// How many words at the beginning are flags that every command takes, and their values.
fn flags_in_front<W: AsRef<str>>(typed: &[W]) -> usize {
    use clap::CommandFactory as _;
    let command = Cli::command();
    let global = command.get_arguments().filter(|flag| flag.is_global_set());
    let names: Vec<&str> = global.filter_map(clap::Arg::get_long).collect();
    let mut at = 0;
    while let Some(word) = typed
        .get(at)
        .and_then(|word| word.as_ref().strip_prefix("--"))
    {
        let value = names.iter().find_map(|name| word.strip_prefix(name));
        match value {
            Some("") => at += 2,
            Some(value) if value.starts_with('=') => at += 1,
            _ => break,
        }
    }
    at
}

/// A command that the student meant to type and did not, and what to type instead.
pub fn mistyped<W: AsRef<str>>(typed: &[W]) -> Option<Error> {
    use clap::CommandFactory as _;
    let word = typed
        .iter()
        .skip(flags_in_front(typed))
        .map(AsRef::as_ref)
        .find(|word| !word.starts_with('-'))?;
    let commands = Cli::command();
    let names: Vec<&str> = commands
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    if names.contains(&word) {
        return None;
    }
    let near = labcheck_core::lab::nearest(word, &names)?;
    let word = labcheck_core::text::cut(&labcheck_core::text::clean(word), 40);
    Some(Error::usage(
        format!("there is no lab and no command `{word}`"),
        format!("did you mean `labcheck {near}`?"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_may_stand_before_the_command() {
        let moved = |typed: &str| {
            let words = typed.split(' ').map(OsString::from).collect();
            let words = flags_behind_the_command(words);
            let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
            words.join(" ")
        };
        for (typed, becomes) in [
            ("labcheck --lang de images", "labcheck images --lang de"),
            (
                "labcheck --lang=de --color never start v4",
                "labcheck start --lang=de --color never v4",
            ),
            (
                "labcheck --lang de v4 --wait 3",
                "labcheck --lang de v4 --wait 3",
            ),
            (
                "labcheck --language de images",
                "labcheck --language de images",
            ),
            ("labcheck --lang", "labcheck --lang"),
            ("labcheck", "labcheck"),
        ] {
            assert_eq!(moved(typed), becomes);
        }
        let words = moved("labcheck --lang de images");
        let cli = Cli::try_parse_from(words.split(' ')).expect("a command");
        assert!(matches!(cli.command, Some(Command::Images(_))));
        assert_eq!(cli.lang, Some(Language::German));
        let err = mistyped(&["--lang", "de", "imags"]).expect("a command is near");
        assert!(err.explained().contains("`labcheck images`"));
    }
}
