//! `labcheck grade --from FILE…`: bundles that were handed in, graded again under today's lab files.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::course::lab_files::course_of;
use crate::output::{format, rendered};
use crate::terminal::{print, style};
use labcheck_core::bundle::again::{Again, again};
use labcheck_core::bundle::file::{Bundle, BundleError, MOST_BYTES};
use labcheck_core::bundle::nonce::{OtherNonce, word};
use labcheck_core::error::Error;
use labcheck_core::exit::Exit;
use labcheck_core::grade::Outcome;
use labcheck_core::lab::Course;
use labcheck_core::report::{Format, Report, Style};
use labcheck_core::text::{self, retold, say};

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

/// Grades bundles again.
///
/// # Errors
/// [`BundleError`] for one that cannot be used, [`Error::usage`] for a nonce that is another.
pub(crate) fn regrade(args: &RegradeArgs, colour: bool) -> Result<Exit, Error> {
    let course = course_of(args.course.as_deref())?;
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
                [
                    String::new(),
                    retold(&err.to_string()).into_owned(),
                    String::new(),
                    String::new(),
                ]
            }
        };
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        rows.push((text::cut(&text::clean(&name), 40), row));
    }
    print(&table(&rows))?;
    Ok(exit)
}

fn read(file: &Path, course: &Course) -> Result<Again, Error> {
    let name = file.display().to_string();
    let unread = |err: std::io::Error| BundleError::unread(&name, err.to_string());
    if !std::fs::metadata(file).map_err(unread)?.is_file() {
        return Err(BundleError::unread(&name, "not a file").into());
    }
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).map_err(unread)?;
    let mut bounded = opened.take(MOST_BYTES + 1);
    bounded.read_to_end(&mut bytes).map_err(unread)?;
    Ok(again(Bundle::read(&name, bytes)?, course)?)
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
        print(&said)?;
    } else {
        // What a program reads stays alone.
        use std::io::Write as _;
        let _ = std::io::stderr().write_all(said.as_bytes());
    }
    let style = Style {
        onward: false,
        ..style(colour, 0)
    };
    print(&rendered(&grade, args.format, style))?;
    Ok(grade.outcome().into())
}

/// Lab, outcome, points and nonce.
fn row(again: &Again, asked: Option<&str>) -> [String; 4] {
    let report = Report::new(&again.grade, 0);
    let points = format!("{}/{}", report.points.earned, report.points.possible);
    let carried = again.nonce.word();
    let nonce = match asked {
        Some(asked) if carried == Some(asked) => say!("{asked}, as asked", asked),
        Some(_) => say!("{}, ANOTHER", carried.unwrap_or(say!("none"))),
        None => carried.unwrap_or(say!("none")).to_owned(),
    };
    [report.lab, outcome(report.outcome).into(), points, nonce]
}

/// The outcome in one word: in English the word of the report.
fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => say!("passed"),
        Outcome::Failed => say!("failed"),
        Outcome::Unknown => say!("unknown"),
    }
}

fn table(rows: &[(String, [String; 4])]) -> String {
    let wide = rows.iter().map(|(name, _)| name.chars().count()).max();
    let wide = wide.unwrap_or_default().max(4);
    let mut out = format!(
        "{:wide$}  {}  {:<7}  {:<6}  {}\n",
        say!("file"),
        say!("lab"),
        say!("outcome"),
        say!("points"),
        say!("nonce")
    );
    for (name, [lab, outcome, points, nonce]) in rows {
        let line = format!("{name:wide$}  {lab:<3}  {outcome:<7}  {points:<6}  {nonce}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}
