//! The authors' program: read the command line, do it, say how it ended.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use labcheck::terminal::hung;
use labcheck_dev::{DevArgs, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(DevArgs::parse()).await {
        Ok(exit) => exit.code().into(),
        Err(err) => {
            // A reader that went away is no error.
            let _ = std::io::stderr()
                .lock()
                .write_all(hung(&err.explained()).as_bytes());
            err.exit().code().into()
        }
    }
}
