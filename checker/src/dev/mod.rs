//! Tools for the course's authors: schema, keeping starters and solutions in step, and the project's own commands.

mod bench;
mod check;
mod demo;
mod error;
mod lock;
mod pages;
mod root;
pub mod stack;
pub mod sync;
pub mod tasks;
mod tracked;
mod verify;

pub use crate::course::tree::{File, Tree};
pub use error::DevError;
pub use root::Root;

use clap::{Args, Subcommand};

use labcheck_core::error::Error;
use labcheck_core::exit::Exit;

/// `labcheck dev`.
#[derive(Debug, Args)]
pub struct DevArgs {
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
    Verify,
}

/// Runs an author's tool.
///
/// # Errors
/// Whatever ends the tool early.
pub async fn run(args: DevArgs, colour: bool) -> Result<Exit, Error> {
    match args.tool {
        Tool::Check(args) => print(&check::run(&Root::find()?, args)?),
        Tool::Sync => print(&sync::run(&Root::find()?)?),
        Tool::BenchFetch(args) => print(&bench::run_fetch(&Root::find()?, &args).await?),
        Tool::Bench(args) => print(&bench::run(&Root::find()?, args).await?),
        Tool::Demo { lab } => return demo::run(&lab, colour).await,
        Tool::Verify => verify::run().await?,
    }
    Ok(Exit::Passed)
}

/// Lines on standard output.
fn print(lines: &[String]) {
    crate::terminal::print(&(lines.join("\n") + "\n"));
}
