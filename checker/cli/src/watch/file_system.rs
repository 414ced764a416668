//! File systems of other machines, where file events are not to be relied on.

use std::path::Path;

use labcheck_core::text::{self, say};

/// File systems of other machines, which do not tell of changes that are made there (`/proc/self/mountinfo`).
const FAR: [&str; 14] = [
    "9p", "drvfs", "nfs", "nfs4", "cifs", "smb3", "smbfs", "vboxsf", "prl_fs", "virtiofs", "fuse",
    "vmhgfs", "afs", "ncpfs",
];

/// Why file events are not to be relied on below a folder.
pub(super) fn far(folder: &Path) -> Option<String> {
    let table = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    let kind = kind_of(&table, folder)?;
    let base = kind.split('.').next().unwrap_or_default();
    FAR.contains(&base).then(|| {
        say!(
            "as file events do not arrive on a `{kind}` file system",
            kind
        )
    })
}

/// The file system's kind of a path, of a table as `proc_pid_mountinfo(5)` describes it: the longest mount point decides.
fn kind_of(table: &str, path: &Path) -> Option<String> {
    let mut best: Option<(usize, String)> = None;
    for line in table.lines() {
        let (left, right) = line.split_once(" - ")?;
        // Spaces are written as octal numbers.
        let point = left.split(' ').nth(4)?.replace("\\040", " ");
        let kind = right.split(' ').next()?;
        if path.starts_with(&point) && best.as_ref().is_none_or(|(most, _)| point.len() >= *most) {
            best = Some((point.len(), kind.to_owned()));
        }
    }
    best.map(|(_, kind)| text::cut(&text::clean(&kind), 30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_file_systems_are_known_by_their_kind() {
        let table = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:5 / /mnt/c rw - 9p C:\\134 rw\n\
            3 1 0:6 / /home/ada/my\\040files rw - fuse.sshfs x rw\n";
        let of = |path: &str| kind_of(table, Path::new(path));
        assert_eq!(of("/srv/lab").as_deref(), Some("ext4"));
        assert_eq!(of("/mnt/c/lab").as_deref(), Some("9p"));
        assert_eq!(of("/home/ada/my files/lab").as_deref(), Some("fuse.sshfs"));
        assert_eq!(of("/mnt/cd").as_deref(), Some("ext4"));
    }
}
