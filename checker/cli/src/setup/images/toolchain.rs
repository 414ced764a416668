//! The Rust toolchain of this machine, which the rust image is made from where Docker Hub is out of reach.

use std::path::PathBuf;

use tokio::process::Command;

use super::super::error::SetupError;
use super::super::process::ask;

/// The image that a toolchain becomes.
const NAME: &str = "rust:1.95-slim";
/// The versions that may stand behind its tag.
const WANTED: &str = "1.95.";

/// A toolchain that can be put into an image.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Toolchain {
    /// `rustc --print sysroot`.
    pub folder: PathBuf,
    /// Such as `1.95.0`.
    pub(crate) release: String,
    /// Such as `x86_64-unknown-linux-gnu`.
    pub host: String,
}

/// Finds a toolchain of the wanted version: the one in use, or another that rustup has.
///
/// # Errors
/// [`SetupError::CannotMake`].
pub(crate) async fn find() -> Result<Toolchain, SetupError> {
    let ways: [&[&str]; 2] = [&["rustc"], &["rustup", "run", "1.95", "rustc"]];
    let mut seen = None;
    for way in ways {
        let Some(about) = rustc(way, &["-vV"]).await else {
            continue;
        };
        let Some((release, host)) = release_and_host(&about) else {
            continue;
        };
        if !fits(&release, &host) {
            seen = Some(format!("this machine has Rust {release} for {host}"));
            continue;
        }
        let folder = rustc(way, &["--print", "sysroot"]).await.map(PathBuf::from);
        // A distribution's own Rust shares /usr with everything else.
        if let Some(folder) = folder.filter(|folder| folder.as_os_str() != "/usr") {
            return Ok(Toolchain {
                folder,
                release,
                host,
            });
        }
    }
    Err(SetupError::CannotMake {
        name: NAME,
        why: seen.unwrap_or_else(|| "this machine has no Rust toolchain".into()),
        help: "`rustup toolchain install 1.95` on a Linux (glibc) machine, or take the image from a machine that has it: \
               `labcheck images export FILE` there, `labcheck images import FILE` here"
            .into(),
    })
}

async fn rustc(way: &[&str], question: &[&str]) -> Option<String> {
    let (program, words) = way.split_first()?;
    let mut command = Command::new(program);
    // rustup would fetch a toolchain that is not there; that is for the user to decide.
    command
        .args(words)
        .args(question)
        .env("RUSTUP_AUTO_INSTALL", "0");
    ask(&mut command).await
}

/// The `release:` and `host:` lines of `rustc -vV`.
fn release_and_host(about: &str) -> Option<(String, String)> {
    let line = |key: &str| {
        let mut values = about.lines().filter_map(|line| line.strip_prefix(key));
        values.next().map(|value| value.trim().to_owned())
    };
    Some((line("release:")?, line("host:")?))
}

fn fits(release: &str, host: &str) -> bool {
    release.starts_with(WANTED) && host.ends_with("-linux-gnu")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_tagged_version_for_linux_will_do() {
        let about = "rustc 1.95.0 (abc 2026-04-14)\nbinary: rustc\nhost: x86_64-unknown-linux-gnu\nrelease: 1.95.0\n";
        let (release, host) = release_and_host(about).expect("read");
        assert!(fits(&release, &host));
        assert!(fits("1.95.1", "aarch64-unknown-linux-gnu"));
        assert!(
            !fits("1.96.0", &host)
                && !fits("1.9.5", &host)
                && !fits(&release, "aarch64-apple-darwin")
        );
        assert_eq!(release_and_host("rustc 1.95.0"), None);
    }

    #[test]
    fn the_version_is_that_of_the_tag() {
        assert!(NAME.starts_with(&format!("rust:{}", WANTED.trim_end_matches('.'))));
    }
}
