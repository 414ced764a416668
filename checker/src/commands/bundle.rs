//! What can be typed, and what is said: one bundle in full, several as a table.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::grade::{exit, rendered};
use crate::bundle::again::{Again, again};
use crate::bundle::file::Bundle;
use crate::bundle::nonce::{OtherNonce, word};
use crate::error::Error;
use crate::exit::Exit;
use crate::grade::{Grade, judge};
use crate::grade_args::GradeArgs;
use crate::lab::{Course, Lab};
use crate::output::format;
use crate::probe::record;
use crate::report::Format;
use crate::report::{Report, Style};
use crate::terminal::{print, style};
use crate::text;

/// `labcheck bundle`.
#[derive(Debug, Args)]
pub struct BundleArgs {
    /// Which stack, as for grading.
    #[command(flatten)]
    pub grade: GradeArgs,
    /// The file to write; by default the lab's name with `.labcheck` in the current folder.
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub output: Option<PathBuf>,
}

impl BundleArgs {
    /// Where the bundle goes.
    pub(crate) fn place(&self) -> PathBuf {
        let lab = self
            .grade
            .lab
            .as_deref()
            .unwrap_or("lab")
            .to_ascii_lowercase();
        let own = || PathBuf::from(format!("{lab}.labcheck"));
        self.output.clone().unwrap_or_else(own)
    }
}

/// `labcheck grade`.
#[derive(Debug, Args)]
pub struct RegradeArgs {
    /// Bundles that `labcheck bundle` made; several give a table.
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    pub from: Vec<PathBuf>,
    /// A course of your own, with other or newer lab files.
    #[arg(long, value_name = "DIR")]
    pub course: Option<PathBuf>,
    /// The nonce that was given out: a bundle with another one is refused.
    #[arg(long, value_name = "WORD", value_parser = word)]
    pub nonce: Option<String>,
    /// What to print of a single one.
    #[arg(long, value_parser = format(), default_value = "text")]
    pub format: Format,
}

/// Writes the bundle of a grade: of facts without what is this machine's own, and of the report that those give.
///
/// # Errors
/// [`Error::write`].
pub(crate) fn write(path: &Path, lab: &Lab, grade: &Grade, live: bool) -> Result<(), Error> {
    let facts = record::normalised(&grade.facts);
    let report = Report::new(&judge(lab, facts.clone()), 0);
    let at = humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string();
    let text = Bundle::text(lab, report, facts, at, live);
    crate::file::write_whole(path, &text)
        .map_err(|err| Error::write(path.display().to_string(), &err))
}

/// Grades bundles again.
///
/// # Errors
/// [`BundleError`] for one that cannot be used, [`Error::usage`] for a nonce that is another.
pub(crate) fn regrade(args: &RegradeArgs, colour: bool) -> Result<Exit, Error> {
    let course = Course::of(args.course.as_deref())?;
    if let [file] = args.from.as_slice() {
        return one(file, &course, args, colour);
    }
    let mut rows = Vec::new();
    let mut exit = Exit::Passed;
    for file in &args.from {
        let row = match read(file, &course) {
            Ok(again) => row(&again, args.nonce.as_deref()),
            Err(err) => {
                exit = Exit::Invalid;
                [String::new(), err.to_string(), String::new(), String::new()]
            }
        };
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        rows.push((text::cut(&text::clean(&name), 40), row));
    }
    print(&table(&rows));
    Ok(exit)
}

fn read(file: &Path, course: &Course) -> Result<Again, Error> {
    Ok(again(Bundle::read(file)?, course)?)
}

fn one(file: &Path, course: &Course, args: &RegradeArgs, colour: bool) -> Result<Exit, Error> {
    let Again {
        grade,
        nonce,
        about,
    } = read(file, course)?;
    if let Some(asked) = &args.nonce
        && nonce.word() != Some(asked)
    {
        return Err(OtherNonce {
            path: text::clean(&file.display().to_string()),
            asked: asked.clone(),
            carried: nonce.phrase(),
        }
        .into());
    }
    let mut said = String::new();
    for (label, line) in about {
        let _ = writeln!(said, "{label:<9} {line}");
    }
    if args.format == Format::Text {
        said.push('\n');
        print(&said);
    } else {
        // What a program reads stays alone.
        use std::io::Write as _;
        let _ = std::io::stderr().write_all(said.as_bytes());
    }
    let style = Style {
        onward: false,
        ..style(colour, 0)
    };
    print(&rendered(&grade, args.format, style));
    Ok(exit(&grade))
}

/// Lab, outcome, points and nonce.
fn row(again: &Again, asked: Option<&str>) -> [String; 4] {
    let report = Report::new(&again.grade, 0);
    let points = format!("{}/{}", report.points.earned, report.points.possible);
    let carried = again.nonce.word();
    let nonce = match asked {
        Some(asked) if carried == Some(asked) => format!("{asked}, as asked"),
        Some(_) => format!("{}, ANOTHER", carried.unwrap_or("none")),
        None => carried.unwrap_or("none").to_owned(),
    };
    [report.lab, report.outcome, points, nonce]
}

fn table(rows: &[(String, [String; 4])]) -> String {
    let wide = rows.iter().map(|(name, _)| name.chars().count()).max();
    let wide = wide.unwrap_or_default().max(4);
    let mut out = format!("{:wide$}  lab  outcome  points  nonce\n", "file");
    for (name, [lab, outcome, points, nonce]) in rows {
        let line = format!("{name:wide$}  {lab:<3}  {outcome:<7}  {points:<6}  {nonce}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}
