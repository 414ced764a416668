//! Tools for the course's authors: schema, keeping starters and solutions in step, and the project's own commands.

mod error;
mod lock;
pub mod regions;
mod root;
mod schema;
pub mod stack;
pub mod sync;
mod tree;

pub use error::DevError;
pub use root::Root;
pub use tree::{File, Tree};

use clap::{Args, Subcommand};

use crate::error::Error;
use crate::exit::Exit;

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
    /// Print the JSON Schema of a lab file.
    Schema,
    /// Write the starters and lock files that are made from the solutions.
    Sync,
}

/// Runs an author's tool.
///
/// # Errors
/// Whatever ends the tool early.
#[expect(
    clippy::unused_async,
    reason = "tools that wait for the engine join this list"
)]
pub async fn run(args: DevArgs, _colour: bool) -> Result<Exit, Error> {
    match args.tool {
        Tool::Schema => crate::run::print(&schema::lab_file()),
        Tool::Sync => print(&sync::run(&Root::find()?)?),
    }
    Ok(Exit::Passed)
}

/// Lines on standard output.
fn print(lines: &[String]) {
    crate::run::print(&(lines.join("\n") + "\n"));
}
