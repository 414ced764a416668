//! What can be typed after `cargo dev`, and which tool answers it.

use clap::{Parser, Subcommand};
use labcheck::output::Colour;
use labcheck_core::error::Error;
use labcheck_core::exit::Exit;

use crate::{Root, bench, check, demo, sync, verify};

/// Tools for the authors of the course.
#[derive(Debug, Parser)]
#[command(name = "cargo dev")]
pub struct DevArgs {
    /// Where colour is used.
    #[arg(long, value_enum, default_value = "auto", global = true)]
    pub color: Colour,
    /// Which tool.
    #[command(subcommand)]
    pub tool: Tool,
}

/// Author's tools.
#[derive(Debug, Subcommand)]
pub enum Tool {
    /// See whether starters, solutions, lab files, mistakes and chapters are in step.
    Check(check::CheckArgs),
    /// Write the starters and lock files that are made from the solutions.
    Sync,
    /// Measure grading, beside what the engine alone takes; wants a running stack and the release binary.
    Bench(bench::BenchArgs),
    /// Measure how fast a stored name is found, beside an equivalent in Flask; starts both stacks and takes them down
    BenchFetch(bench::FetchArgs),
    /// Start a finished lab, grade it, and say where it is and how to take it down.
    Demo {
        /// The lab to show.
        #[arg(default_value = "v6")]
        lab: String,
    },
    /// Run every check of the project, live engine included.
    Verify {
        /// Start every stack, also those that are judged from recordings otherwise: before a release.
        #[arg(long)]
        include_ignored: bool,
    },
    /// `labcheck` itself, built from this clone.
    #[command(disable_help_flag = true, disable_help_subcommand = true)]
    Labcheck {
        /// What would be typed after `labcheck`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
}

/// Runs an author's tool.
///
/// # Errors
/// Whatever ends the tool early.
pub async fn run(args: DevArgs) -> Result<Exit, Error> {
    match args.tool {
        Tool::Check(args) => print(&check::run(&Root::find()?, args)?)?,
        Tool::Sync => print(&sync::run(&Root::find()?)?)?,
        Tool::BenchFetch(args) => print(&bench::run_fetch(&Root::find()?, &args).await?)?,
        Tool::Bench(args) => print(&bench::run(&Root::find()?, args).await?)?,
        Tool::Demo { lab } => return demo::run(&lab, args.color.wanted()).await,
        Tool::Verify { include_ignored } => verify::run(include_ignored).await?,
        Tool::Labcheck { words } => return demo::labcheck(&words).await,
    }
    Ok(Exit::Passed)
}

/// Lines on standard output.
fn print(lines: &[String]) -> Result<(), Error> {
    labcheck::terminal::print(&(lines.join("\n") + "\n"))
}
