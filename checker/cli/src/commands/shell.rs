//! Completions for shells, and manual pages. Both come from the command line's own description.

use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_complete::Shell;

use labcheck_core::error::Error;

/// `labcheck man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The folder to write the pages to, such as `~/.local/share/man/man1`.
    pub folder: PathBuf,
}

/// The completion script of a shell.
pub(crate) fn completions(shell: Shell, mut program: Command) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut program, "labcheck", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// Writes a manual page for the program and for every command.
///
/// # Errors
/// [`Error::write`].
pub(crate) fn man(folder: &Path, program: Command) -> Result<(), Error> {
    let failed = |err: std::io::Error| Error::write(folder.display().to_string(), &err);
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(program, folder).map_err(failed)
}
