//! This machine: room on the disks, memory, and the tools beside Docker.

use std::path::{Path, PathBuf};

use sysinfo::{Disks, System};
use tokio::process::Command;

use super::line::Line;
use crate::setup;
use labcheck_core::text::say;
use labcheck_engine::images::Machine;

const GB: u64 = 1_000_000_000;
/// Images and what cargo builds take about 6 GB.
const ROOM: (u64, u64) = (GB, 10 * GB);
const MEMORY: (u64, u64) = (GB, 3 * GB);

/// Room where the engine keeps its images, and in the current folder.
pub(crate) fn disks(machine: Option<&Machine>) -> Vec<Line> {
    let disks = Disks::new_with_refreshed_list();
    let all: Vec<(PathBuf, u64)> = disks
        .iter()
        .flat_map(|disks| disks.iter())
        .map(|disk| (disk.mount_point().to_path_buf(), disk.available_space()))
        .collect();
    let root = machine
        .and_then(|machine| machine.root.as_deref())
        .map(PathBuf::from);
    // An engine in a virtual machine names a folder that is not here.
    let root = root.filter(|root| root.is_dir());
    let here = std::env::current_dir().ok();
    let mut lines: Vec<Line> = Vec::new();
    let mut seen: Vec<&Path> = Vec::new();
    for (whose, folder) in [
        (say!("the engine's images"), root),
        (say!("this folder"), here),
    ] {
        let Some((mount, free)) = folder.and_then(|folder| disk_of(&all, &folder)) else {
            continue;
        };
        if !seen.contains(&mount) {
            seen.push(mount);
            lines.push(room(whose, free));
        }
    }
    if lines.is_empty() {
        lines.push(Line::warn(
            "disk",
            say!("how much room there is could not be seen"),
            say!("look at `df -h`"),
        ));
    }
    lines
}

/// The disk that a folder lies on: of those mounted above it the nearest.
fn disk_of<'d>(all: &'d [(PathBuf, u64)], folder: &Path) -> Option<(&'d Path, u64)> {
    let above = all.iter().filter(|(mount, _)| folder.starts_with(mount));
    let nearest = above.max_by_key(|(mount, _)| mount.components().count())?;
    Some((&nearest.0, nearest.1))
}

fn room(whose: &str, free: u64) -> Line {
    let says = say!("{} GB free for {whose}", tenths(free), whose);
    let mend = say!(
        "`docker system df` shows what the engine holds, `docker image prune` removes what nothing uses"
    );
    match free {
        free if free < ROOM.0 => Line::fail("disk", says, mend),
        free if free < ROOM.1 => Line::warn(
            "disk",
            say!("{says}; the course takes up to 10 GB", says),
            mend,
        ),
        _ => Line::ok("disk", says),
    }
}

/// Memory that the engine has in all, and that this machine has left.
pub(crate) fn memory(machine: Option<&Machine>) -> Line {
    let (all, left) = System::new().map_or((0, None), |mut system| {
        system.refresh_memory();
        (system.total_memory(), Some(system.available_memory()))
    });
    let all = machine.and_then(|machine| machine.memory).unwrap_or(all);
    if all == 0 {
        return Line::warn(
            "memory",
            say!("how much there is could not be seen"),
            say!("look at your system's monitor"),
        );
    }
    memory_of(all, left.unwrap_or(all))
}

fn memory_of(all: u64, left: u64) -> Line {
    let says = say!(
        "{} GB for the engine, {} GB of this machine's left",
        tenths(all),
        tenths(left)
    );
    let mend = say!(
        "close other programs; in Docker Desktop give the engine more under Settings, Resources"
    );
    if all < MEMORY.0 {
        Line::fail("memory", says, mend)
    } else if all < MEMORY.1 || left < MEMORY.0 {
        Line::warn(
            "memory",
            say!("{says}; building the application wants about 3 GB", says),
            mend,
        )
    } else {
        Line::ok("memory", says)
    }
}

fn tenths(bytes: u64) -> String {
    let tenths = bytes / (GB / 10);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The tools that labs want on this machine: npm for `UIkit`. Cargo runs in containers.
pub(crate) async fn tools() -> Vec<Line> {
    let npm = setup::ask(Command::new("npm").arg("--version")).await;
    let cargo = setup::ask(Command::new("cargo").arg("--version")).await;
    let npm = match npm {
        Some(version) => Line::ok("npm", format!("npm {version}")),
        None => Line::warn(
            "npm",
            say!("npm is not there; from V2 on it fetches UIkit"),
            say!("install Node.js with npm from your system's packages"),
        ),
    };
    let cargo = cargo.map_or_else(
        || {
            Line::ok(
                "toolchain",
                say!("no cargo here; the labs run theirs in a container"),
            )
        },
        |version| Line::ok("toolchain", version),
    );
    vec![cargo, npm]
}

/// The applications of the course's folder that lack `UIkit`.
pub(crate) fn without_uikit() -> Vec<PathBuf> {
    let here = std::env::current_dir().unwrap_or_default();
    let above = here.ancestors().map(|folder| folder.join("labs"));
    let Some(labs) = above.into_iter().find(|labs| labs.is_dir()) else {
        return Vec::new();
    };
    let entries = std::fs::read_dir(labs).into_iter().flatten().flatten();
    let apps = entries.map(|entry| entry.path().join("app"));
    let lacks = |app: &PathBuf| {
        let has = |name: &str| app.join("static").join(name).is_file();
        app.join("package-lock.json").is_file() && !setup::UIKIT_FILES.into_iter().all(has)
    };
    let mut apps: Vec<PathBuf> = apps.filter(lacks).collect();
    apps.sort();
    apps
}

/// The line about `UIkit`; none outside of a course's folder.
pub(crate) fn uikit(without: &[PathBuf]) -> Option<Line> {
    let first = without.first()?;
    Some(Line::warn(
        "uikit",
        say!(
            "not fetched yet in {} of the labs, first {}",
            without.len(),
            first.display()
        ),
        say!("`labcheck doctor --fix`, or `npm ci` in that folder"),
    ))
}

#[cfg(test)]
mod tests {
    use super::super::line::State;
    use super::*;

    #[test]
    fn the_nearest_mount_is_the_disk() {
        let all = [
            ("/".into(), 1),
            ("/var".into(), 2),
            ("/var/lib/docker".into(), 3),
        ];
        let of = |folder: &str| disk_of(&all, Path::new(folder)).map(|(_, free)| free);
        assert_eq!(of("/var/lib/docker/x"), Some(3));
        assert_eq!(of("/var/library"), Some(2));
        assert_eq!(of("/home"), Some(1));
        assert_eq!(of("relative"), None);
    }

    #[test]
    fn too_little_fails_and_little_warns() {
        assert_eq!(room("x", GB / 2).state, State::Fail);
        assert_eq!(room("x", 5 * GB).state, State::Warn);
        assert_eq!(room("x", 50 * GB).state, State::Ok);
        assert_eq!(memory_of(GB / 2, GB).state, State::Fail);
        assert_eq!(memory_of(8 * GB, GB / 2).state, State::Warn);
        assert_eq!(memory_of(8 * GB, 4 * GB).state, State::Ok);
        assert_eq!(tenths(1_250_000_000), "1.2");
    }
}
