//! `cargo dev demo` (`cargo demo`): from nothing to a finished lab that runs, is graded, and can be looked at.
//!
//! Where no engine can be had, the recording of the same lab is graded instead, and the first and the last line say so.
//! It may import `stack`, the program and the core.

mod files;
mod wait;

use clap::Parser as _;

use crate::{DevError, Root};
use labcheck::args::Cli;
use labcheck::setup::{self, Say, SetupError};
use labcheck::start::Project;
use labcheck_core::error::{Error, Explain as _};
use labcheck_core::exit::Exit;
use labcheck_core::text::{Language, clean, speak};

/// Starts a lab's solution, grades it and says where it is and how to take it down.
///
/// # Errors
/// What set-up, Compose or grading could not do.
pub(super) async fn run(lab: &str, colour: bool) -> Result<Exit, Error> {
    let root = Root::find()?;
    let number = files::solution(&root, lab)?;
    let lab = &format!("v{number}");
    let say = Say::new();
    let engine = match setup::ensure_engine(say).await {
        Ok(engine) => engine,
        Err(err) => return replay(&root, lab, colour, &err).await,
    };
    say.line(&format!("engine {} answers", engine.about.version));
    setup::images(&engine, Some(lab), say).await?;
    let folder = files::write(&root, number, say).await?;
    // A project of its own, so that a student's stack, volumes and build of the same lab stay what they are.
    let name = format!("demo-{lab}");
    let project = Project::read(engine, &folder, Some(&name)).await?;
    // Healthy databases are waited for by Compose, the page by ourselves.
    project.up(&format!("starting {lab}"), say).await?;
    let address = project.address().ok_or_else(|| DevError::Wrong {
        what: format!("{name}: no port of `proxy` or `app` is published"),
        help: Some(format!("`docker compose -p {name} down` takes it down")),
    })?;
    wait::answer(&project, &address, say).await?;
    let folder = project.folder().display().to_string();
    let exit = grade(&[lab, "--folder", &folder, "--project", &name], colour).await?;
    say.line("");
    say.line(&format!("The page:      {}", address.url));
    say.line(&format!("Look around:   docker compose -p {name} ps"));
    say.line(&format!("Take it down:  docker compose -p {name} down -v"));
    Ok(exit)
}

/// Grades as the command line would.
async fn grade(words: &[&str], colour: bool) -> Result<Exit, Error> {
    let colour = if colour { "always" } else { "never" };
    labcheck(&[words, &["--color", colour]].concat()).await
}

/// What `labcheck` does with these words after it.
///
/// # Errors
/// Whatever ends a command early.
pub(super) async fn labcheck<W: AsRef<str>>(words: &[W]) -> Result<Exit, Error> {
    let words = words.iter().map(AsRef::as_ref);
    let cli = Cli::try_parse_from(std::iter::once("labcheck").chain(words))
        .map_err(|err| Error::usage(clean(&err.to_string()), "see `labcheck --help`"))?;
    speak(Language::chosen(cli.lang, |name| std::env::var(name).ok()));
    Box::pin(labcheck::run::run(cli)).await
}

/// No engine: the recording of the finished lab is graded.
async fn replay(root: &Root, lab: &str, colour: bool, why: &SetupError) -> Result<Exit, Error> {
    let say = Say::new();
    let file = root.join(format!("checker/recordings/{lab}/solution.json"));
    if !file.is_file() {
        return Err(DevError::Wrong {
            what: format!("{why}; and there is no recording of {lab} to show instead"),
            help: why.help(),
        }
        .into());
    }
    say.line(&format!(
        "This is a recording of {lab}, not a live stack: {why}"
    ));
    let exit = grade(&[lab, "--replay", &file.display().to_string()], colour).await?;
    say.line(&format!(
        "That was a recording of {lab}. To see it live: {}",
        why.help().unwrap_or_default()
    ));
    Ok(exit)
}
