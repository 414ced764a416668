//! `labcheck images build`: one try at Docker Hub, then equivalents from Debian packages under the same names.

use std::path::Path;

use tokio::process::Command;

use super::super::error::SetupError;
use super::super::{assets, process};
use super::toolchain;
use super::wanted::{BASE, Wanted, of};
use super::{pull, wanted};
use crate::setup::progress::Say;
use labcheck_engine::client::Engine;
use labcheck_engine::host::{self, System};

/// What to build.
#[derive(Debug)]
pub struct Request {
    /// The images.
    pub images: Vec<Wanted>,
    /// Whether Docker Hub is asked first.
    pub(crate) pull: bool,
    /// Whether images that are there are made again.
    pub again: bool,
}

/// Makes sure that a lab's images are there (`None`: every image, those of the project's own tests included).
///
/// # Errors
/// As [`build`].
pub async fn ensure(engine: &Engine, lab: Option<&str>, say: Say) -> Result<(), SetupError> {
    let images = match lab {
        Some(_) => of(lab),
        None => wanted::all().to_vec(),
    };
    let request = Request {
        images,
        pull: true,
        again: false,
    };
    build(engine, &request, say).await
}

/// Pulls or builds what is missing.
///
/// # Errors
/// [`SetupError::Build`], [`SetupError::CannotMake`], [`SetupError::DiskFull`], [`SetupError::Engine`].
pub async fn build(engine: &Engine, request: &Request, say: Say) -> Result<(), SetupError> {
    let mut missing = Vec::new();
    for image in &request.images {
        if request.again || engine.find_image(image.name).await?.is_none() {
            missing.push(*image);
        }
    }
    if request.pull && !missing.is_empty() {
        missing = left_after_pulls(engine, missing, say).await?;
    }
    if missing.is_empty() {
        return Ok(());
    }
    let folder = assets::unpack()?.join("images");
    let base_is_wanted = missing.iter().any(|image| image.name == BASE);
    if base_is_wanted || engine.find_image(BASE).await?.is_none() {
        base(engine, &folder, say).await?;
    }
    missing.retain(|image| image.target.is_some());
    // What can be made is made, before what cannot is told.
    let mut toolchain = None;
    let mut trouble = None;
    if missing.iter().any(|image| image.target == Some("rust")) {
        match toolchain::find().await {
            Ok(found) => toolchain = Some(found),
            Err(err) => {
                missing.retain(|image| image.target != Some("rust"));
                trouble = Some(err);
            }
        }
    }
    if !missing.is_empty() {
        bake(engine, &folder, &missing, toolchain.as_ref(), say).await?;
    }
    trouble.map_or(Ok(()), Err)
}

/// Asks Docker Hub for each image; once it is out of reach or out of patience, it is left alone.
async fn left_after_pulls(
    engine: &Engine,
    missing: Vec<Wanted>,
    say: Say,
) -> Result<Vec<Wanted>, SetupError> {
    let mut left = Vec::new();
    let mut out_of_reach = false;
    for image in missing {
        if out_of_reach {
            left.push(image);
            continue;
        }
        if let Err(why) = pull::pull(engine, image.name, say).await? {
            out_of_reach = why.holds_for_all();
            let what = if out_of_reach {
                "what is missing"
            } else {
                image.name
            };
            say.line(&format!(
                "{}: {what} is built from Debian packages",
                why.words()
            ));
            left.push(image);
        }
    }
    Ok(left)
}

/// The base image, by mmdebstrap from the machine's own Debian mirror.
async fn base(engine: &Engine, folder: &Path, say: Say) -> Result<(), SetupError> {
    let debian = matches!(host::system(), System::Linux(release) if release.is_debian_itself());
    if !debian || !host::is_root() {
        return Err(SetupError::CannotMake {
            name: BASE,
            why: "that takes a Debian and its root user".into(),
            help: if debian {
                "run the command again as root".into()
            } else {
                "take the images from a machine that has them: `labcheck images export FILE` there, `labcheck images import FILE` here".into()
            },
        });
    }
    let title = format!("building {BASE}");
    let mut script = Command::new("bash");
    script.arg(folder.join("debian/build.sh"));
    script.envs(engine.cli.surroundings());
    build_step(engine, &mut script, &title, BASE, say).await
}

/// The other images, by the build file.
async fn bake(
    engine: &Engine,
    folder: &Path,
    images: &[Wanted],
    toolchain: Option<&toolchain::Toolchain>,
    say: Say,
) -> Result<(), SetupError> {
    let what = images
        .iter()
        .map(|image| image.name)
        .collect::<Vec<_>>()
        .join(", ");
    let mut bake = engine.command();
    bake.current_dir(folder)
        .args([
            "buildx",
            "bake",
            "--progress=plain",
            "-f",
            "docker-bake.hcl",
        ])
        .args(proxies())
        .args(images.iter().filter_map(|image| image.target))
        // An attestation would turn each image into an index of two.
        .env("BUILDX_NO_DEFAULT_ATTESTATIONS", "1");
    if let Some(toolchain) = toolchain {
        bake.env("TOOLCHAIN", &toolchain.folder)
            .env("RUST_VERSION", &toolchain.release)
            .env("RUST_HOST", &toolchain.host);
    }
    build_step(engine, &mut bake, &format!("building {what}"), &what, say).await
}

async fn build_step(
    engine: &Engine,
    command: &mut Command,
    title: &str,
    what: &str,
    say: Say,
) -> Result<(), SetupError> {
    let log = labcheck_engine::compose::files::cache().join("images-build.log");
    let mut step = say.step(title);
    let ended = process::run(command, title, &mut step, Some(&log)).await?;
    if ended.well {
        step.done("done");
        return Ok(());
    }
    if ended.disk_full() {
        return Err(SetupError::DiskFull {
            doing: title.to_owned(),
            place: engine.root_folder().await,
            help: "make room there (`docker builder prune` drops what builds left, `docker system df` shows the rest), \
                   then run the command again"
                .into(),
        });
    }
    Err(SetupError::Build {
        what: what.to_owned(),
        why: ended.gist(),
        log,
    })
}

/// A site's proxies are the builds' proxies too; Docker knows these arguments without being told.
fn proxies() -> Vec<String> {
    let mut words = Vec::new();
    for name in ["http_proxy", "https_proxy", "no_proxy"] {
        let value = std::env::var(name).or_else(|_| std::env::var(name.to_ascii_uppercase()));
        if let Some(value) = value.ok().filter(|value| !value.is_empty()) {
            words.push("--set".to_owned());
            words.push(format!("*.args.{name}={value}"));
        }
    }
    words
}
