//! Tools for the course's authors: schema, keeping starters and solutions in step, and the project's own commands.

mod error;
pub mod regions;
mod schema;

pub use error::DevError;

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
    }
    Ok(Exit::Passed)
}
