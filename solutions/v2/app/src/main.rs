//! Starts the application with the settings of its environment and turns an error into one clear line.

use std::process::ExitCode;

use inventory::{log, server};

#[tokio::main]
async fn main() -> ExitCode {
    match server::run(|name| std::env::var_os(name)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::error(&error);
            ExitCode::FAILURE
        }
    }
}
