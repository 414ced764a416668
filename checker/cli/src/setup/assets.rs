//! The set-up script and the image sources, carried inside the binary and unpacked where they can be run.

use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;

use super::error::SetupError;
use labcheck_engine::compose::files::cache;

#[derive(RustEmbed)]
#[folder = "../../compose/"]
#[include = "engine/*"]
#[include = "images/*"]
struct Compose;

/// Unpacks everything below the cache folder and gives the folder that holds `engine` and `images`. Files that are
/// already as they should be are left alone.
///
/// # Errors
/// [`SetupError::File`], [`SetupError::DiskFull`].
pub(crate) fn unpack() -> Result<PathBuf, SetupError> {
    // A build for development reads the files from the repository, which may have gone.
    if Compose::iter().next().is_none() {
        return Err(SetupError::Tool {
            doing: "unpacking the set-up files".into(),
            why: "this is a development build, and its repository is not where it was".into(),
            help: "build it again there, or install it with `cargo install --locked --path checker/cli`"
                .into(),
        });
    }
    let folder = cache().join("compose");
    unpack_to(&folder)?;
    Ok(folder)
}

fn unpack_to(folder: &Path) -> Result<(), SetupError> {
    for name in Compose::iter() {
        let Some(file) = Compose::get(&name) else {
            continue;
        };
        let path = folder.join(name.as_ref());
        if std::fs::read(&path).is_ok_and(|there| there == file.data.as_ref()) {
            continue;
        }
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)
                .map_err(|err| SetupError::file(parent, "written", &err))?;
        }
        std::fs::write(&path, &file.data)
            .map_err(|err| SetupError::file(&path, "written", &err))?;
    }
    Ok(())
}

/// A file's text, for tests that compare it with the code.
#[cfg(test)]
pub(crate) fn text(name: &str) -> Option<String> {
    Compose::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_set_up_runs_is_inside() {
        for name in [
            "engine/install.sh",
            "engine/apt-sources.sh",
            "images/docker-bake.hcl",
            "images/debian/build.sh",
            "images/mariadb/Dockerfile",
        ] {
            assert!(text(name).is_some_and(|text| !text.is_empty()), "{name}");
        }
    }

    #[test]
    fn changed_files_are_mended() {
        let folder = std::env::temp_dir().join(format!("labcheck-assets-{}", std::process::id()));
        unpack_to(&folder).expect("unpacked");
        let script = folder.join("engine/install.sh");
        std::fs::write(&script, "changed").expect("written");
        unpack_to(&folder).expect("unpacked again");
        assert_eq!(
            std::fs::read_to_string(&script).ok(),
            text("engine/install.sh")
        );
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
