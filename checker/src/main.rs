//! The program: read the command line, do it, say how it ended.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use labcheck::cli::Cli;
use labcheck::error::Error;
use labcheck::exit::Exit;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(err) => {
            let _ = err.print();
            return if err.use_stderr() {
                Exit::Usage
            } else {
                Exit::Passed
            }
            .into();
        }
    };
    match labcheck::run::run(cli).await {
        Ok(exit) => exit.into(),
        Err(err) => {
            explain(&err);
            err.exit().into()
        }
    }
}

/// What went wrong, what caused it, what to do: printed once, here.
fn explain(err: &Error) {
    let mut out = std::io::stderr().lock();
    let _ = writeln!(out, "error: {err}");
    if let Some(cause) = err.cause() {
        let _ = writeln!(out, "caused by: {cause}");
    }
    if let Some(help) = err.help() {
        let _ = writeln!(out, "help: {help}");
    }
}
