//! `labcheck images export`: a classroom's set as one file, as `docker save` writes it.

use std::path::{Path, PathBuf};

use futures_util::StreamExt as _;
use tokio::io::AsyncWriteExt as _;

use super::super::archive;
use super::super::error::SetupError;
use super::wanted::Wanted;
use crate::setup::progress::{Say, size};
use labcheck_core::text::count;
use labcheck_engine::client::Engine;

/// Writes images to a file. It appears under its name only when it is whole.
///
/// # Errors
/// [`SetupError::NotThere`], [`SetupError::Exists`], [`SetupError::File`], [`SetupError::DiskFull`], [`SetupError::Engine`].
pub(crate) async fn export(
    engine: &Engine,
    file: &Path,
    images: &[Wanted],
    replace: bool,
    say: Say,
) -> Result<(), SetupError> {
    if file.exists() && !replace {
        return Err(SetupError::Exists(file.display().to_string()));
    }
    let mut missing = Vec::new();
    let mut most = 0;
    for image in images {
        match engine.find_image(image.name).await? {
            Some(there) => most += there.size,
            None => missing.push(image.name.to_owned()),
        }
    }
    if !missing.is_empty() {
        return Err(SetupError::NotThere(missing));
    }
    let part = part_of(file);
    let names: Vec<&str> = images.iter().map(|image| image.name).collect();
    let written = write(engine, &part, &names, most, say).await;
    let outcome = match written {
        Ok(bytes) => finish(&part, file).map(|()| bytes),
        Err(err) => Err(err),
    };
    match outcome {
        Ok(bytes) => {
            let images = count(names.len() as u64, "image", "images");
            say.line(&format!("{}: {images}, {}", file.display(), size(bytes)));
            Ok(())
        }
        Err(err) => {
            let _ = std::fs::remove_file(&part);
            Err(err)
        }
    }
}

/// `set.tar` is written as `set.tar.part` beside it: a rename within one folder is one step.
fn part_of(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    file.with_file_name(name)
}

async fn write(
    engine: &Engine,
    part: &Path,
    names: &[&str],
    most: u64,
    say: Say,
) -> Result<u64, SetupError> {
    let failed = |err: std::io::Error| SetupError::file(part, "written", &err);
    let mut out = tokio::fs::File::create(part).await.map_err(failed)?;
    // Layers that images share are written once, so this is the most there can be.
    let mut step = say.bytes(&format!("exporting (at most {})", size(most)), None);
    let mut chunks = engine.export_images(names);
    let mut bytes = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        out.write_all(&chunk).await.map_err(failed)?;
        bytes += chunk.len() as u64;
        step.moved(chunk.len() as u64);
    }
    out.flush().await.map_err(failed)?;
    out.sync_all().await.map_err(failed)?;
    step.done("done");
    Ok(bytes)
}

/// Reads the file back, as far as its table of contents, before it gets its name.
fn finish(part: &Path, file: &Path) -> Result<(), SetupError> {
    archive::images(part)?;
    std::fs::rename(part, file).map_err(|err| SetupError::file(file, "written", &err))
}
