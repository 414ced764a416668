//! The program: read the command line, do it, say how it ended.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;
use labcheck::args::{Cli, flags_behind_the_command, mistyped};
use labcheck_core::error::Error;
use labcheck_core::exit::Exit;
use labcheck_core::text::{Language, speak};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let typed = flags_behind_the_command(std::env::args_os().collect());
    let cli = match Cli::try_parse_from(typed) {
        Ok(cli) => cli,
        Err(err) => {
            // What follows a mistyped command is taken for a lab's, so that the error would be about that.
            let typed: Vec<String> = std::env::args().skip(1).collect();
            let unknown = matches!(
                err.kind(),
                ErrorKind::UnknownArgument
                    | ErrorKind::ArgumentConflict
                    | ErrorKind::InvalidSubcommand
            );
            if let Some(err) = mistyped(&typed).filter(|_| unknown) {
                speak(Language::chosen(None, |name| std::env::var(name).ok()));
                return told(&err);
            }
            if let Err(why) = err.print()
                && why.kind() != std::io::ErrorKind::BrokenPipe
            {
                return told(&Error::write("standard output", &why));
            }
            let exit = if err.use_stderr() {
                Exit::Usage
            } else {
                Exit::Passed
            };
            return exit.code().into();
        }
    };
    speak(Language::chosen(cli.lang, |name| std::env::var(name).ok()));
    match labcheck::run::run(cli).await {
        Ok(exit) => exit.code().into(),
        Err(err) => told(&err),
    }
}

/// Says why it ended.
fn told(err: &Error) -> ExitCode {
    // A reader that went away is no error.
    let _ = std::io::stderr()
        .lock()
        .write_all(labcheck::terminal::hung(&err.explained()).as_bytes());
    err.exit().code().into()
}
