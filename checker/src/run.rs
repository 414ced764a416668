//! Runs what the command line asks for.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::cli::{Cli, Command, Format, GradeArgs};
use crate::error::Error;
use crate::exit::Exit;
use crate::facts::Facts;
use crate::grade::Plan;
use crate::grade::{Grade, Outcome, judge, plan};
use crate::guide::notes;
use crate::lab::{Course, Lab};
use crate::probe::record;
use crate::probe::{Live, Observer as _, Progress, Replay};
use crate::report::{self, Report, Style, Submission};

/// Does what was typed.
///
/// # Errors
/// Anything that ends a command early; a failed check does not.
pub async fn run(cli: Cli) -> Result<Exit, Error> {
    let started = Instant::now();
    let colour = cli.color.wanted();
    match cli.command {
        Some(Command::Images(args)) => crate::setup::run(args)
            .await
            .map(|()| Exit::Passed)
            .map_err(Error::from),
        Some(Command::Book(args)) => {
            crate::book::run(args).await?;
            Ok(Exit::Passed)
        }
        Some(Command::Start(args)) => crate::start::start(args).await.map(|()| Exit::Passed),
        Some(Command::Stop(args)) => crate::start::stop(args).await.map(|()| Exit::Passed),
        Some(Command::Init(args)) => {
            print(&crate::kit::init(&args)?);
            Ok(Exit::Passed)
        }
        Some(Command::Diff(args)) => {
            print(&crate::kit::diff(&args, colour).await?);
            Ok(Exit::Passed)
        }
        Some(Command::Reset(args)) => {
            print(&crate::kit::reset(&args).await?);
            Ok(Exit::Passed)
        }
        Some(Command::Bundle(args)) => {
            let place = args.place();
            grade(&args.grade, colour, started, Some(&place)).await
        }
        Some(Command::Grade(args)) => crate::bundle::regrade(&args, colour),
        Some(Command::Doctor(args)) => crate::doctor::run(&args, colour).await,
        Some(Command::Dev(args)) => crate::dev::run(args, colour).await,
        Some(Command::Hint(args)) => {
            let said = crate::guide::hint(&args).await?;
            print(&crate::text::hanging(&said, columns()));
            Ok(Exit::Passed)
        }
        Some(Command::Completions { shell }) => {
            print(&crate::guide::completions(shell));
            Ok(Exit::Passed)
        }
        Some(Command::Man(args)) => crate::guide::man(&args.folder).map(|()| Exit::Passed),
        None if cli.grade.is_bare() => {
            let said = crate::guide::place().await?;
            print(&crate::text::hanging(&said, columns()));
            Ok(Exit::Passed)
        }
        None => grade(&cli.grade, colour, started, None).await,
    }
}

async fn grade(
    args: &GradeArgs,
    colour: bool,
    started: Instant,
    bundle: Option<&Path>,
) -> Result<Exit, Error> {
    if args.lab.is_none() {
        return Err(Error::usage(
            "which lab is meant?",
            "name it, such as `labcheck v4 …`",
        ));
    }
    let lab = lab(args)?;
    args.routes_of(&lab)?;
    if args.watch && bundle.is_some() {
        return Err(Error::usage(
            "a bundle is of one grading, and a watch has no end",
            "leave out `--watch`",
        ));
    }
    if args.watch {
        let options = crate::watch::Options {
            poll: args.poll,
            colour,
        };
        return Box::pin(crate::watch::run(lab, args.target()?, options)).await;
    }
    let plan = plan(&lab, args.target()?);
    let live = args.replay.is_none();
    let folder = plan.target.folder.as_deref().filter(|_| live);
    let broken = notes::broken(lab.id.as_str(), folder);
    let mut notes: Vec<String> = broken.iter().cloned().collect();
    let observed = observe(args, &plan, broken.is_none()).await;
    let (facts, behind) = observed.inspect_err(|_| {
        let _ = write!(std::io::stderr(), "{}", notes::lines(&notes, width()));
    })?;
    notes.extend(behind);
    let grade = judge(&lab, facts);
    let took_ms = if args.replay.is_some() {
        0
    } else {
        u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
    };
    match &args.explain {
        Some(id) => print(&explained(&grade, id, colour)?),
        None => print(&rendered(&grade, args.format, colour, took_ms)),
    }
    let notes = notes::lines(&notes, width());
    if args.format == Format::Text {
        print(&notes);
    } else {
        let _ = write!(std::io::stderr(), "{notes}");
    }
    if args.replay.is_none() {
        crate::guide::remember(&Report::new(&grade, took_ms)).await;
    }
    for (format, path) in &args.out {
        let text = rendered(&grade, *format, false, took_ms);
        crate::file::write_whole(path, &text).map_err(|err| not_written(path, &err))?;
    }
    if let Some(path) = bundle {
        crate::bundle::write(path, &lab, &grade, args.replay.is_none())?;
        let _ = writeln!(std::io::stderr(), "bundle: {}", path.display());
    }
    Ok(exit(&grade))
}

/// The lab named on the command line, from the course inside the binary or `--course`.
fn lab(args: &GradeArgs) -> Result<Lab, Error> {
    let course = Course::of(args.course.as_deref())?;
    let name = args.lab.as_deref().unwrap_or_default();
    course.lab(name).map_err(|err| {
        let names = course.names();
        let command = || crate::cli::mistyped(&[name]);
        match crate::lab::nearest(name, &names) {
            Some(_) => err.into(),
            None => command().unwrap_or_else(|| err.into()),
        }
    })
}

/// What is seen, and what of it is older than its files; of the latter nothing where the compose file cannot be read.
async fn observe(
    args: &GradeArgs,
    plan: &Plan,
    readable: bool,
) -> Result<(Facts, Vec<String>), Error> {
    let progress = Screen::new();
    let (facts, behind) = if let Some(file) = &args.replay {
        let facts = Replay::new(file).observe(plan, &progress).await?;
        (facts, Vec::new())
    } else {
        let live = Live::connect().await?;
        let (facts, behind) = Box::pin(live.observe_with_files(plan, &progress)).await?;
        let start = notes::start(facts.lab.as_str(), &plan.target);
        let mut behind = notes::behind(behind, &facts, readable, &start);
        behind.extend(notes::stopped(&facts, &start).filter(|_| readable));
        (facts, behind)
    };
    progress.done();
    if facts.lab != plan.lab.as_str() && args.replay.is_some() {
        return Err(Error::usage(
            format!(
                "the recording is of lab `{}`, not `{}`",
                crate::text::clean(&facts.lab),
                plan.lab
            ),
            format!(
                "grade it with `labcheck {} --replay …`",
                crate::text::clean(&facts.lab)
            ),
        ));
    }
    if let Some(file) = &args.record {
        write_record(file, &facts)?;
    }
    Ok((facts, behind))
}

/// The time of day of this machine, RFC 3339.
fn now() -> String {
    humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string()
}

fn write_record(file: &Path, facts: &Facts) -> Result<(), Error> {
    let text = record::text(facts).map_err(|err| Error::write(file.display().to_string(), &err))?;
    crate::file::write_whole(file, &text).map_err(|err| not_written(file, &err))
}

fn not_written(path: &Path, err: &std::io::Error) -> Error {
    Error::write(path.display().to_string(), &err)
}

/// The report in a format.
pub(crate) fn rendered(grade: &Grade, format: Format, colour: bool, took_ms: u64) -> String {
    rendered_for(grade, format, colour, took_ms, true)
}

/// The same; `student` where it is the one who made the stack that reads it.
pub(crate) fn rendered_for(
    grade: &Grade,
    format: Format,
    colour: bool,
    took_ms: u64,
    student: bool,
) -> String {
    match format {
        Format::Json => report::json(grade, took_ms),
        Format::Junit => report::junit(&Report::new(grade, took_ms)),
        Format::Markdown => report::markdown(&Report::new(grade, took_ms)),
        Format::Html => report::html(&Report::new(grade, took_ms)),
        Format::Github => report::github(&Report::new(grade, took_ms)),
        Format::Gitlab => report::gitlab(&Report::new(grade, took_ms)),
        Format::Gradescope => report::gradescope(&Report::new(grade, took_ms)),
        Format::Classroom50 => {
            let submission = Submission::from_lookup(|name| std::env::var(name).ok(), now());
            report::classroom50(&Report::new(grade, took_ms), &submission)
        }
        Format::Tap => report::tap(&Report::new(grade, took_ms)),
        Format::Text => report::terminal(
            grade,
            Style {
                colour,
                width: width(),
                took_ms: (took_ms > 0).then_some(took_ms),
                onward: student,
            },
        ),
    }
}

/// Everything about one check.
fn explained(grade: &Grade, id: &str, colour: bool) -> Result<String, Error> {
    let style = Style {
        colour,
        width: width(),
        took_ms: None,
        onward: false,
    };
    report::explain(grade, id, style).ok_or_else(|| {
        Error::usage(
            format!(
                "lab {} has no check `{}`",
                grade.lab,
                crate::text::cut(&crate::text::clean(id), 60)
            ),
            if crate::lab::Embedded::labs().contains(&grade.lab) {
                format!(
                    "the lab's chapter lists its checks: `labcheck book {}.html#the-checks`",
                    grade.lab
                )
            } else {
                format!("`labcheck {} --format json` lists them", grade.lab)
            },
        )
    })
}

/// How a grade ends the program.
pub(crate) fn exit(grade: &Grade) -> Exit {
    match grade.outcome() {
        Outcome::Passed => Exit::Passed,
        Outcome::Failed => Exit::Failed,
        Outcome::Unknown => Exit::Unknown,
    }
}

/// Columns of a report: the terminal's, or those of a pipe.
pub(crate) fn width() -> usize {
    columns().unwrap_or(report::PIPE)
}

/// Columns of the terminal within reason, the last one left free; `None` on a pipe.
pub(crate) fn columns() -> Option<usize> {
    if !std::io::stdout().is_terminal() {
        return None;
    }
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0).clamp(40, 101) - 1)
}

/// Lines for standard error, hanging where that is a terminal.
pub fn hung(text: &str) -> String {
    let terminal = terminal_size::terminal_size_of(std::io::stderr());
    let columns = terminal.map(|(width, _)| usize::from(width.0).clamp(40, 101) - 1);
    crate::text::hanging(text, columns)
}

/// Writes to standard output; a reader that went away is no error.
pub(crate) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Progress on standard error, where that is a terminal: one line that is wiped at the end.
struct Screen {
    terminal: bool,
    /// The last line, which is not said again.
    last: Mutex<String>,
}

impl Screen {
    fn new() -> Self {
        Self {
            terminal: std::io::stderr().is_terminal(),
            last: Mutex::default(),
        }
    }

    fn done(&self) {
        if self.terminal {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}

impl Progress for Screen {
    fn now(&self, what: &str) {
        // Only a terminal has lines that can be too short.
        let most = if self.terminal { 100 } else { 400 };
        let what = crate::text::cut(&crate::text::retold(&crate::text::clean(what)), most);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last == what {
            return;
        }
        last.clone_from(&what);
        let _ = if self.terminal {
            write!(std::io::stderr(), "\r\u{1b}[K{what} …")
        } else {
            writeln!(std::io::stderr(), "{what} …")
        };
    }
}
