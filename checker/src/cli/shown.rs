//! What is printed and where colour is used: `--format`, `--out` and `--color`. Writes nothing.

use std::path::PathBuf;

use clap::ValueEnum;

/// `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// `labcheck.report/v1`.
    Json,
    /// Test results for build servers, in XML.
    Junit,
    /// For a comment, a wiki or a job summary.
    Markdown,
    /// One page that needs nothing else.
    Html,
    /// Annotations of a GitHub Actions step.
    Github,
    /// GitLab's Code Quality report.
    Gitlab,
    /// The `results.json` of a Gradescope autograder.
    Gradescope,
    /// The `result.json` of Classroom 50.
    Classroom50,
    /// The Test Anything Protocol, version 13.
    Tap,
}

/// `--out FORMAT=PATH`.
pub(crate) fn out(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, path) = text
        .split_once('=')
        .filter(|(_, path)| !path.is_empty())
        .ok_or("a format and a file joined by `=` are wanted, such as `html=report.html`")?;
    let format = Format::from_str(format, true).map_err(|_| {
        let names: Vec<String> = Format::value_variants()
            .iter()
            .filter_map(|format| Some(format.to_possible_value()?.get_name().to_owned()))
            .collect();
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
