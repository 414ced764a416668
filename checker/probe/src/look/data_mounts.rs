//! Whether a database's data outlives its container: what is mounted at the folder in which its files are.

use labcheck_core::facts::MountKind;
use labcheck_engine::model::inspected::Inspected;

/// Folders in which databases keep what they know.
const DATA: [&str; 5] = [
    "/var/lib/mysql",
    "/var/lib/postgresql/data",
    "/var/lib/postgresql",
    "/bitnami/mariadb",
    "/bitnami/postgresql",
];

/// Why a new container would not find the data of this one.
pub(crate) fn would_lose(inspected: &Inspected, data: Option<&str>) -> Option<String> {
    let name = inspected.container.known_as();
    let covers = |destination: &str, folder: &str| {
        folder
            .strip_prefix(destination.trim_end_matches('/'))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mounts = inspected.container.mounts.iter();
    // The server itself knows best where its files are.
    let data = data.map(|data| data.trim_end_matches('/'));
    let data = data.filter(|data| data.starts_with('/'));
    let folders = data.as_ref().map_or(&DATA[..], std::slice::from_ref);
    let mut holding: Vec<_> = mounts
        .filter(|mount| {
            folders
                .iter()
                .any(|folder| covers(&mount.destination, folder))
        })
        .collect();
    // A deeper mount hides what a higher one has in that place.
    holding.sort_by_key(|mount| std::cmp::Reverse(mount.destination.len()));
    match holding.first().map(|mount| {
        (
            if mount.memory {
                MountKind::Tmpfs
            } else {
                mount.kind
            },
            &mount.destination,
        )
    }) {
        Some((MountKind::Volume | MountKind::Bind, _)) => None,
        Some((MountKind::AnonymousVolume, at)) => {
            Some(format!("{at} of `{name}` is an anonymous volume"))
        }
        Some((MountKind::Tmpfs, at)) => Some(format!("{at} of `{name}` is held in memory")),
        Some((MountKind::Other, at)) => {
            Some(format!("{at} of `{name}` is mounted in an unusual way"))
        }
        None => Some(format!("the data of `{name}` lies in the container itself")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::{Container, Mount};

    fn database(mounts: &[(MountKind, &str)]) -> Inspected {
        let mounts = mounts.iter().map(|&(kind, at)| Mount {
            kind,
            destination: at.into(),
            ..Mount::default()
        });
        Inspected {
            container: Container {
                name: "db".into(),
                mounts: mounts.collect(),
                ..Container::default()
            },
            ..Inspected::default()
        }
    }

    #[test]
    fn data_is_safe_in_volumes_with_a_name_and_folders_alone() {
        use MountKind::{AnonymousVolume, Bind, Tmpfs, Volume};
        for safe in [
            &[(Volume, "/var/lib/mysql")][..],
            &[(Bind, "/var/lib/postgresql/data/")],
            &[(AnonymousVolume, "/var/lib"), (Volume, "/var/lib/mysql")],
            &[(Volume, "/var/lib/postgresql"), (AnonymousVolume, "/tmp")],
        ] {
            assert_eq!(would_lose(&database(safe), None), None, "{safe:?}");
        }
        let mut memory = database(&[(Volume, "/var/lib/mysql")]);
        memory.container.mounts[0].memory = true;
        assert!(would_lose(&memory, None).is_some_and(|why| why.contains("memory")));
        for lost in [
            &[][..],
            &[(AnonymousVolume, "/var/lib/mysql")],
            &[(Volume, "/etc/mysql")],
            &[(Tmpfs, "/var/lib/mysql")],
            &[
                (Volume, "/var/lib/postgresql"),
                (AnonymousVolume, "/var/lib/postgresql/data"),
            ],
        ] {
            assert!(would_lose(&database(lost), None).is_some(), "{lost:?}");
        }
    }

    #[test]
    fn the_server_knows_best_where_its_files_are() {
        use MountKind::{AnonymousVolume, Volume};
        let elsewhere = database(&[(Volume, "/srv/rows"), (AnonymousVolume, "/var/lib/mysql")]);
        assert_eq!(would_lose(&elsewhere, Some("/srv/rows/")), None);
        assert!(would_lose(&elsewhere, None).is_some());
        let usual = database(&[(Volume, "/var/lib/mysql")]);
        assert!(would_lose(&usual, Some("/srv/rows/")).is_some());
        assert_eq!(would_lose(&usual, Some("")), None, "not told");
    }
}
