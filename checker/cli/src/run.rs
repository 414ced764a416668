//! Runs what the command line asks for.

use clap::CommandFactory as _;

use crate::args::{Cli, Command, mistyped};
use crate::commands::{
    book, course_folder, doctor, grade, hint, images, regrade, schema, shell, start,
};
use crate::course::lab_files::course_of;
use crate::grade_args::GradeArgs;
use crate::terminal::{columns, print};
use crate::watch;
use labcheck_core::error::Error;
use labcheck_core::exit::Exit;
use labcheck_core::lab::Lab;

/// Does what was typed.
///
/// # Errors
/// Anything that ends a command early; a failed check does not.
pub async fn run(cli: Cli) -> Result<Exit, Error> {
    let colour = cli.color.wanted();
    match cli.command {
        Some(Command::Images(args)) => images::run(args).await.map(|()| Exit::Passed),
        Some(Command::Book(args)) => {
            book::run(args).await?;
            Ok(Exit::Passed)
        }
        Some(Command::Start(args)) => start::start(args).await.map(|()| Exit::Passed),
        Some(Command::Stop(args)) => start::stop(args).await.map(|()| Exit::Passed),
        Some(Command::Init(args)) => {
            print(&course_folder::init(&args)?)?;
            Ok(Exit::Passed)
        }
        Some(Command::Diff(args)) => {
            print(&course_folder::diff(&args, colour).await?)?;
            Ok(Exit::Passed)
        }
        Some(Command::Reset(args)) => {
            print(&course_folder::reset(&args).await?)?;
            Ok(Exit::Passed)
        }
        Some(Command::Bundle(args)) => {
            let place = args.file();
            let lab = lab(&args.grade)?;
            if args.grade.watch {
                return Err(Error::usage(
                    "a bundle is of one grading, and a watch has no end",
                    "leave out `--watch`",
                ));
            }
            grade::run(&lab, &args.grade, colour, Some(&place)).await
        }
        Some(Command::Grade(args)) => regrade::regrade(&args, colour),
        Some(Command::Doctor(args)) => doctor::run(&args, colour).await,
        Some(Command::Hint(args)) => {
            let said = hint::run(&args).await?;
            print(&labcheck_core::text::hanging(&said, columns()))?;
            Ok(Exit::Passed)
        }
        Some(Command::Completions { shell }) => {
            print(&shell::completions(shell, Cli::command()))?;
            Ok(Exit::Passed)
        }
        Some(Command::Schema) => {
            print(&schema::lab_file())?;
            Ok(Exit::Passed)
        }
        Some(Command::Man(args)) => shell::man(&args.folder, Cli::command()).map(|()| Exit::Passed),
        None if cli.grade.is_empty() => {
            let said = crate::status::screen::run().await?;
            print(&labcheck_core::text::hanging(&said, columns()))?;
            Ok(Exit::Passed)
        }
        None => {
            let lab = lab(&cli.grade)?;
            if !cli.grade.watch {
                return grade::run(&lab, &cli.grade, colour, None).await;
            }
            let options = watch::Options {
                poll: cli.grade.poll,
                colour,
            };
            Box::pin(watch::run(lab, cli.grade.target()?, options)).await
        }
    }
}

/// The lab named on the command line, from the course inside the binary or `--course`, with every page of `--route`.
fn lab(args: &GradeArgs) -> Result<Lab, Error> {
    if args.lab.is_none() {
        return Err(Error::usage(
            "which lab is meant?",
            "name it, such as `labcheck v4 …`",
        ));
    }
    let course = course_of(args.course.as_deref())?;
    let name = args.lab.as_deref().unwrap_or_default();
    let lab = course.lab(name).map_err(|err| {
        let names = course.names();
        let command = || mistyped(&[name]);
        match labcheck_core::lab::nearest(name, &names) {
            Some(_) => err.into(),
            None => command().unwrap_or_else(|| err.into()),
        }
    })?;
    args.routes_of(&lab)?;
    Ok(lab)
}
