//! Starts the application with the settings of its environment and turns an error into one clear line.

use std::process::ExitCode;

use inventory::{log, server};

use inventory::health;

#[tokio::main]
async fn main() -> ExitCode {
    // An image without shell and curl has only this program to ask whether it is healthy.
    if std::env::args_os()
        .nth(1)
        .is_some_and(|word| word == "healthcheck")
    {
        return match health::ask(|name| std::env::var_os(name)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                log::error(&error);
                ExitCode::FAILURE
            }
        };
    }
    match server::run(|name| std::env::var_os(name)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::error(&error);
            ExitCode::FAILURE
        }
    }
}
