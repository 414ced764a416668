//! `labcheck images …`: what can be typed, and who answers it.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::setup::images::{self, Imported, Request};
use crate::setup::progress::Say;
use labcheck_core::error::Error;
use labcheck_engine::client::Engine;

/// `labcheck images`.
#[derive(Debug, Args)]
pub struct ImagesArgs {
    /// What to do; without it, the images are listed.
    #[command(subcommand)]
    pub command: Option<ImagesCommand>,
    /// Only the images of this lab, such as `v4`.
    #[arg(long, value_name = "LAB")]
    pub lab: Option<String>,
}

/// What can be done with images.
#[derive(Debug, Subcommand)]
pub enum ImagesCommand {
    /// Fetch what is missing, or make it from Debian packages where Docker Hub is out of reach.
    Build {
        /// Images, tag optional; by default all that the labs use.
        #[arg(value_name = "NAME")]
        names: Vec<String>,
        /// Do not ask Docker Hub first.
        #[arg(long)]
        no_pull: bool,
        /// Make images again that are there already.
        #[arg(long)]
        again: bool,
    },
    /// Write the images to one file, for machines without a network.
    Export {
        /// The file to write.
        file: PathBuf,
        /// Images, tag optional; by default all that the labs use.
        #[arg(value_name = "NAME")]
        names: Vec<String>,
        /// Replace a file that is there already.
        #[arg(long)]
        force: bool,
    },
    /// Load images from a file that `export` or `docker save` wrote.
    Import {
        /// The file to read.
        file: PathBuf,
    },
}

/// Runs `labcheck images`.
///
/// # Errors
/// [`crate::setup::error::SetupError`], and those of printing.
pub(crate) async fn run(args: ImagesArgs) -> Result<(), Error> {
    let say = Say::new();
    match args.command {
        None => {
            let wanted = match &args.lab {
                None => images::all().to_vec(),
                Some(lab) => images::of_lab(lab)?,
            };
            let rows = images::rows(&Engine::find().await?, &wanted, &Imported::of_user()).await?;
            crate::terminal::print(&images::list(&rows))
        }
        Some(ImagesCommand::Build {
            names,
            no_pull,
            again,
        }) => {
            let request = Request {
                images: images::named(&names)?,
                pull: !no_pull,
                again,
            };
            let engine = crate::setup::engine::ensure(say).await?;
            images::build(&engine, &request, say).await?;
            say.line("all there; `labcheck images` lists them");
            Ok(())
        }
        Some(ImagesCommand::Export { file, names, force }) => {
            let images = images::named(&names)?;
            images::export(&Engine::find().await?, &file, &images, force, say).await?;
            Ok(())
        }
        Some(ImagesCommand::Import { file }) => {
            images::import(&Engine::find().await?, &file, &Imported::of_user(), say).await?;
            Ok(())
        }
    }
}
