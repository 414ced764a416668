//! Installs packages where that is ours to do: on a Debian or one of its children, as root.

use tokio::process::Command;

use super::error::SetupError;
use super::process;
use super::progress::Say;
use labcheck_engine::host::{self, System};

/// Whether packages may be installed here.
pub(crate) fn possible() -> bool {
    matches!(host::system(), System::Linux(release) if release.is("debian"))
        && host::is_root()
        && host::find(&["apt-get"]).is_some()
}

/// Installs packages; the lists are brought up to date only when the first try does not find them.
///
/// # Errors
/// [`SetupError::Tool`] with apt's own words, [`SetupError::DiskFull`].
pub(crate) async fn install(packages: &[&str], say: Say) -> Result<(), SetupError> {
    let doing = format!("installing {}", packages.join(" "));
    let mut step = say.step(&doing);
    let mut ended = apt_get(
        &[&["install", "--no-install-recommends"], packages].concat(),
        &doing,
        &mut step,
    )
    .await?;
    if !ended.well && !ended.disk_full() {
        apt_get(&["update"], &doing, &mut step).await?;
        ended = apt_get(
            &[&["install", "--no-install-recommends"], packages].concat(),
            &doing,
            &mut step,
        )
        .await?;
    }
    if ended.well {
        step.done("done");
        return Ok(());
    }
    if ended.disk_full() {
        return Err(SetupError::DiskFull {
            doing,
            place: "/var/cache/apt or /usr".into(),
            help:
                "free some space (`apt-get clean` empties apt's cache), then run the command again"
                    .into(),
        });
    }
    Err(SetupError::Tool {
        doing,
        why: ended.gist(),
        help: format!("see what `apt-get install {}` says", packages.join(" ")),
    })
}

async fn apt_get(
    words: &[&str],
    doing: &str,
    step: &mut super::progress::Step,
) -> Result<process::Ended, SetupError> {
    let mut command = Command::new("apt-get");
    command
        .args(["-q", "-y", "-o", "DPkg::Lock::Timeout=120"])
        .args(words)
        .env("DEBIAN_FRONTEND", "noninteractive");
    process::run(&mut command, doing, step, None).await
}
