//! The program: read the command line, do it, say how it ended.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use labcheck::cli::Cli;
use labcheck::exit::Exit;
use labcheck::text::{Language, speak};

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
    speak(Language::chosen(cli.lang, |name| std::env::var(name).ok()));
    match labcheck::run::run(cli).await {
        Ok(exit) => exit.into(),
        Err(err) => {
            // A reader that went away is no error.
            let _ = std::io::stderr()
                .lock()
                .write_all(err.explained().as_bytes());
            err.exit().into()
        }
    }
}
