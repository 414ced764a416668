//! How a container's file systems are mounted, as the kernel says inside it.
//!
//! Settings say what the container was made with; a program with the right to mount (`SYS_ADMIN`) may have changed it.

use std::collections::BTreeSet;

use labcheck_eye::wire::Mount;

use super::running_files::{RunningFiles, told};
use labcheck_core::facts::{RootFilesystem, Seen};

/// File systems that hold no stored files (`filesystems(5)`).
const OF_THE_KERNEL: [&str; 7] = [
    "proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "devtmpfs",
];
/// What the engine mounts in every container.
const OF_THE_ENGINE: [&str; 6] = [
    "/dev",
    "/dev/shm",
    "/etc/hosts",
    "/etc/hostname",
    "/etc/resolv.conf",
    // With `init: true`.
    "/sbin/docker-init",
];

/// How the file systems of a container are mounted.
pub(crate) fn of(files: &Result<RunningFiles, String>) -> Seen<RootFilesystem> {
    let files = match files {
        Ok(files) => files,
        Err(why) => return Seen::Unseen(why.clone()),
    };
    match judge(&files.mounts, &files.programs) {
        Some(found) => Seen::Seen(found),
        None => Seen::Unseen("the kernel shows no mount of `/`".into()),
    }
}

/// What the table says; none where `/` is not on it.
fn judge(mounts: &[Mount], run_from: &BTreeSet<u64>) -> Option<RootFilesystem> {
    // What is mounted later lies over what was there.
    let root = mounts.iter().rfind(|mount| mount.point.0 == b"/")?;
    let mut found = RootFilesystem {
        read_only: !can_be_written(root),
        ..RootFilesystem::default()
    };
    for mount in mounts {
        let (point, kind) = (mount.point.lossy(), mount.kind.lossy());
        let expected = mount.point == root.point
            || OF_THE_KERNEL.contains(&kind.as_str())
            || OF_THE_ENGINE.contains(&point.as_str())
            || kernel_hides(&point, &kind);
        if expected || !can_be_written(mount) {
            continue;
        }
        let point = told(&point);
        if run_from.contains(&mount.id) {
            found.writable_programs.push(point.clone());
        }
        found.writable.push(point);
    }
    found.writable.sort();
    found.writable.dedup();
    found.writable_programs.sort();
    found.writable_programs.dedup();
    Some(found)
}

/// The engine lays an empty tmpfs over what a container shall not read there (`HostConfig.MaskedPaths`).
fn kernel_hides(point: &str, kind: &str) -> bool {
    let kernel = ["/proc/", "/sys/", "/dev/"];
    kind == "tmpfs" && kernel.iter().any(|folder| point.starts_with(folder))
}

/// Neither the mount nor its file system is for reading only.
fn can_be_written(mount: &Mount) -> bool {
    let read_only = |options: &[u8]| {
        options
            .split(|byte| *byte == b',')
            .any(|word| word == b"ro")
    };
    !read_only(&mount.options.0) && !read_only(&mount.super_options.0)
}

#[cfg(test)]
mod tests {
    use labcheck_eye::wire::Bytes;

    use super::super::running_files;
    use super::*;

    fn mount(id: u64, point: &str, kind: &str, options: &str) -> Mount {
        Mount {
            options: Bytes::from(options),
            kind: Bytes::from(kind),
            ..running_files::tests::mount(id, point)
        }
    }

    fn judged(mounts: &[Mount], run_from: &[u64]) -> RootFilesystem {
        judge(mounts, &run_from.iter().copied().collect()).expect("there is a root")
    }

    #[test]
    fn what_the_engine_and_the_kernel_mount_is_left_out() {
        let found = judged(
            &[
                mount(1, "/", "overlay", "ro,relatime"),
                mount(2, "/proc", "proc", "rw"),
                mount(3, "/dev", "tmpfs", "rw"),
                mount(4, "/dev/shm", "tmpfs", "rw"),
                mount(5, "/proc/acpi", "tmpfs", "rw"),
                mount(6, "/etc/hosts", "ext4", "rw"),
                mount(7, "/run/secrets/x", "ext4", "ro"),
                mount(8, "/tmp", "tmpfs", "rw,nosuid"),
                mount(9, "/data", "ext4", "rw"),
            ],
            &[1],
        );
        assert!(found.read_only);
        assert_eq!(found.writable, ["/data", "/tmp"]);
        assert!(found.writable_programs.is_empty());
    }

    #[test]
    fn a_program_on_a_writable_mount_is_told() {
        let mounts = [
            mount(1, "/", "overlay", "ro"),
            mount(2, "/app", "ext4", "rw"),
        ];
        assert_eq!(judged(&mounts, &[2]).writable_programs, ["/app"]);
        assert!(judged(&mounts, &[1]).writable_programs.is_empty());
    }

    #[test]
    fn the_mount_that_lies_on_top_counts() {
        let below = mount(1, "/", "overlay", "ro");
        let above = mount(2, "/", "tmpfs", "rw");
        assert!(!judged(&[below.clone(), above.clone()], &[]).read_only);
        assert!(judged(&[above, below], &[]).read_only);
        assert_eq!(judge(&[], &BTreeSet::new()), None);
    }
}
