//! What this machine is: system, release, user, and where programs are. Reads only.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The system, as far as set-up needs to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum System {
    /// Linux, with what os-release(5) says.
    Linux(Release),
    /// macOS.
    Mac,
    /// Windows.
    Windows,
    /// Anything else.
    Other,
}

/// `ID`, `ID_LIKE` and `VERSION_CODENAME` of os-release(5); empty where absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Release {
    /// The distribution and those it descends from, nearest first.
    pub(crate) family: Vec<String>,
    /// Such as `bookworm`.
    pub(crate) codename: String,
}

impl Release {
    /// Reads the text of /etc/os-release; unknown lines are passed over.
    pub fn parse(text: &str) -> Self {
        let mut release = Self::default();
        let mut like = Vec::new();
        for line in text.lines() {
            let Some((key, value)) = line.trim().split_once('=') else {
                continue;
            };
            let value = value.trim_matches(['"', '\'']);
            match key {
                "ID" => release.family.push(value.to_owned()),
                "ID_LIKE" => like = value.split_whitespace().map(str::to_owned).collect(),
                "VERSION_CODENAME" => value.clone_into(&mut release.codename),
                _ => {}
            }
        }
        release.family.extend(like);
        release
    }

    /// Whether the distribution is this one or descends from it.
    pub fn is(&self, id: &str) -> bool {
        self.family.iter().any(|name| name == id)
    }

    /// Debian itself, whose mirrors carry Debian's releases.
    pub fn is_debian_itself(&self) -> bool {
        self.family.first().is_some_and(|id| id == "debian")
    }
}

/// The system this program runs on.
pub fn system() -> System {
    match env::consts::OS {
        "linux" => System::Linux(Release::parse(
            &std::fs::read_to_string("/etc/os-release").unwrap_or_default(),
        )),
        "macos" => System::Mac,
        "windows" => System::Windows,
        _ => System::Other,
    }
}

/// Whether the effective user is root (the owner of /proc/self, see proc(5)). False where there is no /proc.
pub fn is_root() -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        std::fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0)
    }
    #[cfg(not(unix))]
    false
}

/// The first of these programs on PATH.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    find_in(names, &env::var_os("PATH")?)
}

fn find_in(names: &[&str], path: &OsStr) -> Option<PathBuf> {
    names.iter().find_map(|name| {
        env::split_paths(path)
            .map(|folder| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
            .find(|file| executable(file))
    })
}

fn executable(file: &Path) -> bool {
    let Ok(meta) = std::fs::metadata(file) else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        meta.is_file() && meta.permissions().mode() & 0o111 != 0
    }
    #[cfg(not(unix))]
    meta.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read_from_os_release() {
        let debian =
            Release::parse("PRETTY_NAME=\"Debian\"\nID=debian\nVERSION_CODENAME=bookworm\n");
        assert!(debian.is("debian") && debian.is_debian_itself());
        assert_eq!(debian.codename, "bookworm");

        let mint =
            Release::parse("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\nVERSION_CODENAME='wilma'\n");
        assert!(mint.is("ubuntu") && mint.is("debian") && !mint.is_debian_itself());
        assert_eq!(mint.codename, "wilma");

        assert_eq!(Release::parse("nonsense\n=\n\u{0}"), Release::default());
    }

    #[cfg(unix)]
    #[test]
    fn programs_are_found_when_they_can_be_run() {
        assert!(find_in(&["no-such-program", "sh"], OsStr::new("/nowhere:/bin")).is_some());
        assert_eq!(find_in(&["os-release"], OsStr::new("/etc")), None);
    }
}
