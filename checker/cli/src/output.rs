//! What is printed and where colour is used: `--format`, `--out` and `--color`. Writes nothing.

use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use labcheck_core::grade::Grade;
use labcheck_core::report::{self, Format, Style, Submission};
use labcheck_core::text::Language;

/// `--format`.
pub(crate) fn format() -> impl TypedValueParser<Value = Format> {
    let all = Format::ALL.map(|(_, name, about)| PossibleValue::new(name).help(about));
    PossibleValuesParser::new(all).map(|word| Format::of(&word).unwrap_or(Format::Text))
}

/// `--lang`.
pub(crate) fn language() -> impl TypedValueParser<Value = Language> {
    let all = Language::ALL.map(|(one, about)| PossibleValue::new(one.tag()).help(about));
    PossibleValuesParser::new(all).map(|word| {
        let mut all = Language::ALL.iter().map(|(one, _)| *one);
        all.find(|one| one.tag() == word).unwrap_or_default()
    })
}

/// `--out FORMAT=PATH`.
pub(crate) fn out(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, path) = text
        .split_once('=')
        .filter(|(_, path)| !path.is_empty())
        .ok_or("a format and a file joined by `=` are wanted, such as `html=report.html`")?;
    let format = Format::of(format).ok_or_else(|| {
        let names = Format::ALL.map(|(_, name, _)| name);
        format!(
            "there is no format of that name; formats are {}",
            names.join(", ")
        )
    })?;
    Ok((format, PathBuf::from(path)))
}

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// Where the output is a terminal and `NO_COLOR` is not set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Colour {
    /// Whether to colour standard output. The flag beats `NO_COLOR`, which beats `FORCE_COLOR`.
    pub fn wanted(self) -> bool {
        use std::io::IsTerminal as _;
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if set("NO_COLOR") => false,
            Self::Auto if set("FORCE_COLOR") => true,
            Self::Auto => {
                std::io::stdout().is_terminal()
                    && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }
}

/// The report in a format, with what Classroom 50's runner says in the environment.
pub(crate) fn rendered(grade: &Grade, format: Format, style: Style) -> String {
    let lookup = |name: &str| std::env::var(name).ok();
    report::render(grade, format, style, || {
        Submission::from_lookup(lookup, now())
    })
}

/// The time of day of this machine, RFC 3339.
fn now() -> String {
    humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string()
}
