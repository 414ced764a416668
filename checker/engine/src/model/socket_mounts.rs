//! What is behind a mount: the engine's socket by a way round, as a link that leads there or a volume that shows a folder
//! of this machine; or memory, behind a volume that keeps nothing.
//!
//! The engine names a mount's source as it was typed, and says of a volume only where it lies, so both are followed here.
//! Links are followed on this machine alone: a far engine's files are not seen.

use std::path::{Path, PathBuf};

use super::inspected::Inspected;
use super::socket_path;
use labcheck_core::facts::{MountKind, Volume};

/// A volume, and what is behind it.
pub type BackedVolume = (Volume, Backing);

/// What a volume of the driver `local` is made of by its options
/// (<https://docs.docker.com/reference/cli/docker/volume/create/#opt>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backing {
    /// The engine's own folder, or what another driver has.
    Engine,
    /// A folder of the engine's host (`o` with `bind`).
    Folder(String),
    /// Memory (`type: tmpfs`): empty again as soon as no container uses it.
    Memory,
}

/// Notes of every mount of every container whether the engine's socket is, or lies in, what is mounted, and whether a
/// volume is made of memory.
pub fn note(containers: &mut [Inspected], volumes: &[BackedVolume], engines: &[PathBuf]) {
    for looked in containers {
        let binds = &looked.binds;
        for mount in &mut looked.container.mounts {
            // Bound sources as they are; in the facts they are cut.
            let bound = binds.iter().find(|bind| bind.inside == mount.destination);
            let volume = || {
                let mut all = volumes.iter();
                let (_, backing) = all.find(|(volume, _)| volume.name == mount.source)?;
                Some(backing)
            };
            let backing = match mount.kind {
                MountKind::Volume | MountKind::AnonymousVolume => volume(),
                MountKind::Bind | MountKind::Tmpfs | MountKind::Other => None,
            };
            mount.memory = backing == Some(&Backing::Memory);
            let source = match (mount.kind, backing) {
                (MountKind::Bind, _) => bound.map(|bind| bind.host.as_str()),
                (_, Some(Backing::Folder(folder))) => Some(folder.as_str()),
                _ => None,
            };
            let leads =
                |source: &str| socket_path::within(source) || behind(Path::new(source), engines);
            mount.socket |= source.is_some_and(leads);
        }
    }
}

/// What is behind a volume.
pub(crate) fn backing(driver: &str, option: impl Fn(&str) -> Option<String>) -> Backing {
    if driver == "local" && option("type").as_deref() == Some("tmpfs") {
        return Backing::Memory;
    }
    device(driver, option).map_or(Backing::Engine, Backing::Folder)
}

/// The folder that a volume of the driver `local` binds.
fn device(driver: &str, option: impl Fn(&str) -> Option<String>) -> Option<String> {
    let binds = option("o")?
        .split(',')
        .any(|word| matches!(word.trim(), "bind" | "rbind"));
    let device = option("device")?;
    (driver == "local" && binds && device.starts_with('/')).then_some(device)
}

/// Whether a path of this machine leads to one of the engine's sockets, or to a folder that one lies in.
fn behind(source: &Path, engines: &[PathBuf]) -> bool {
    if engines.is_empty() {
        return false;
    }
    let Ok(real) = source.canonicalize() else {
        return false;
    };
    let mut sockets = engines.iter().filter_map(|path| path.canonicalize().ok());
    socket_path::within(&real.to_string_lossy())
        || sockets.any(|socket| socket.starts_with(&real) || same(&socket, &real))
}

/// The same file under two names.
#[cfg(unix)]
fn same(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (one.metadata(), other.metadata()) {
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn same(_: &Path, _: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::inspected::Bind;
    use labcheck_core::facts::{Container, Mount};

    fn mounted(kind: MountKind, source: &str) -> Inspected {
        let mount = Mount {
            kind,
            source: source.into(),
            destination: "/in".into(),
            ..Mount::default()
        };
        Inspected {
            container: Container {
                mounts: vec![mount],
                ..Container::default()
            },
            binds: vec![Bind {
                host: source.into(),
                inside: "/in".into(),
            }],
            ..Inspected::default()
        }
    }

    fn noted(mut looked: Inspected, volumes: &[BackedVolume], engines: &[PathBuf]) -> bool {
        note(std::slice::from_mut(&mut looked), volumes, engines);
        looked.container.mounts[0].socket
    }

    fn volume(device: Option<&str>) -> BackedVolume {
        let volume = Volume {
            name: "v6_run".into(),
            driver: "local".into(),
            ..Volume::default()
        };
        let folder = |device: &str| Backing::Folder(device.into());
        (volume, device.map_or(Backing::Engine, folder))
    }

    #[test]
    fn a_volume_in_memory_keeps_nothing() {
        let memory = |name: &str| (name == "type").then(|| "tmpfs".to_owned());
        assert_eq!(backing("local", memory), Backing::Memory);
        assert_eq!(backing("other", memory), Backing::Engine);
        let mut looked = mounted(MountKind::Volume, "v6_run");
        let (named, _) = volume(None);
        note(
            std::slice::from_mut(&mut looked),
            &[(named, Backing::Memory)],
            &[],
        );
        assert!(looked.container.mounts[0].memory);
    }

    #[test]
    fn a_volume_may_show_the_folder_of_the_socket() {
        let looked = || mounted(MountKind::Volume, "v6_run");
        for device in ["/var/run", "/var/run/docker.sock", "/"] {
            assert!(noted(looked(), &[volume(Some(device))], &[]), "{device}");
        }
        assert!(!noted(looked(), &[volume(Some("/srv/data"))], &[]));
        assert!(!noted(looked(), &[volume(None)], &[]));
        assert!(!noted(looked(), &[], &[]));
    }

    #[test]
    fn only_a_volume_that_binds_shows_a_folder() {
        let of = |driver: &str, o: Option<&str>, folder: Option<&str>| {
            let (o, folder) = (o.map(str::to_owned), folder.map(str::to_owned));
            device(driver, |name| match name {
                "o" => o.clone(),
                "device" => folder.clone(),
                _ => None,
            })
        };
        let run = Some("/var/run".to_owned());
        assert_eq!(of("local", Some("bind"), Some("/var/run")), run);
        assert_eq!(of("local", Some("ro, rbind"), Some("/var/run")), run);
        assert_eq!(of("local", Some("addr=10.0.0.1"), Some(":/var/run")), None);
        assert_eq!(of("local", None, Some("/var/run")), None);
        assert_eq!(of("other", Some("bind"), Some("/var/run")), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_to_the_socket_and_to_its_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("own")).expect("a folder in it");
        let socket = at("own/engine");
        let _listening = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
        std::fs::write(at("own.txt"), "").expect("a file");
        std::os::unix::fs::symlink(&socket, at("link")).expect("a link");
        std::os::unix::fs::symlink(at("own"), at("folder")).expect("a link");
        std::fs::hard_link(&socket, at("twin")).expect("a second name");
        let engines = [socket];
        let gives = |name: &str, engines: &[PathBuf]| {
            let source = at(name).display().to_string();
            noted(mounted(MountKind::Bind, &source), &[], engines)
        };
        for name in ["link", "folder", "twin", "own", "own/engine"] {
            assert!(gives(name, &engines), "{name}");
        }
        assert!(!gives("own.txt", &engines) && !gives("not-there", &engines));
        // A far engine's files are not these.
        assert!(!gives("link", &[]));
    }
}
