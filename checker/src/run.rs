//! Runs what the command line asks for.

use std::time::Instant;

use crate::args::{Cli, Command};
use crate::commands::{book, bundle, course_folder, doctor, grade, hint, images, shell, start};
use crate::error::Error;
use crate::exit::Exit;
use crate::terminal::{columns, print};

/// Does what was typed.
///
/// # Errors
/// Anything that ends a command early; a failed check does not.
pub async fn run(cli: Cli) -> Result<Exit, Error> {
    let started = Instant::now();
    let colour = cli.color.wanted();
    match cli.command {
        Some(Command::Images(args)) => images::run(args)
            .await
            .map(|()| Exit::Passed)
            .map_err(Error::from),
        Some(Command::Book(args)) => {
            book::run(args).await?;
            Ok(Exit::Passed)
        }
        Some(Command::Start(args)) => start::start(args).await.map(|()| Exit::Passed),
        Some(Command::Stop(args)) => start::stop(args).await.map(|()| Exit::Passed),
        Some(Command::Init(args)) => {
            print(&course_folder::init(&args)?);
            Ok(Exit::Passed)
        }
        Some(Command::Diff(args)) => {
            print(&course_folder::diff(&args, colour).await?);
            Ok(Exit::Passed)
        }
        Some(Command::Reset(args)) => {
            print(&course_folder::reset(&args).await?);
            Ok(Exit::Passed)
        }
        Some(Command::Bundle(args)) => {
            let place = args.place();
            grade::run(&args.grade, colour, started, Some(&place)).await
        }
        Some(Command::Grade(args)) => bundle::regrade(&args, colour),
        Some(Command::Doctor(args)) => doctor::run(&args, colour).await,
        Some(Command::Dev(args)) => crate::dev::run(args, colour).await,
        Some(Command::Hint(args)) => {
            let said = hint::run(&args).await?;
            print(&crate::text::hanging(&said, columns()));
            Ok(Exit::Passed)
        }
        Some(Command::Completions { shell }) => {
            print(&shell::completions(shell));
            Ok(Exit::Passed)
        }
        Some(Command::Man(args)) => shell::man(&args.folder).map(|()| Exit::Passed),
        None if cli.grade.is_bare() => {
            let said = crate::status::table::run().await?;
            print(&crate::text::hanging(&said, columns()));
            Ok(Exit::Passed)
        }
        None => grade::run(&cli.grade, colour, started, None).await,
    }
}
