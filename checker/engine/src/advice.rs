//! What to install or start, by the kind of machine: the one wording for every command that finds no engine.
//!
//! Only [`of_machine`] looks at the machine; the rest is pure.

use std::io::ErrorKind;

use crate::address::Address;
use crate::host::{self, System};

/// Why no engine can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing listens where the engine should.
    Absent,
    /// The engine is installed, but not running.
    Stopped,
    /// The socket refuses this user.
    Refused,
    /// Something accepts the connection and does not answer.
    Silent,
    /// `DOCKER_HOST` or a context names an engine that cannot be reached.
    Elsewhere,
    /// The address is none that can be used.
    Address,
}

impl Trouble {
    /// By what connecting to an address failed with; `None` where something answered, but not as an engine.
    pub fn of(kind: Option<ErrorKind>, address: &Address) -> Self {
        match kind {
            Some(ErrorKind::PermissionDenied) => Self::Refused,
            Some(ErrorKind::TimedOut) => Self::Silent,
            _ if address.named() => Self::Elsewhere,
            None => Self::Silent,
            Some(_) if host::find(&["dockerd"]).is_some() => Self::Stopped,
            Some(_) => Self::Absent,
        }
    }
}

/// One line that says what to do on this machine about an engine at an address.
pub fn of_machine(trouble: Trouble, address: &Address) -> String {
    if address.url.starts_with("ssh://") {
        return SSH.into();
    }
    engine(&host::system(), trouble, &address.from)
}

const SSH: &str = "`ssh HOST docker version` has to answer without a question: set up a key or an agent, connect once by hand, and see that Docker is there";
const DESKTOP: &str = "install Docker Desktop, start it, and run the command again";

/// One line that says what to do.
fn engine(system: &System, trouble: Trouble, from: &str) -> String {
    match (trouble, system) {
        (Trouble::Elsewhere, _) if from == "DOCKER_HOST" => {
            "DOCKER_HOST names an engine that does not answer: correct it, or unset it to use this machine's own".into()
        }
        (Trouble::Elsewhere, _) if from.starts_with("docker context") => {
            format!("{from} names an engine that does not answer: start it, or choose another (`docker context ls`, `docker context use default`)")
        }
        (Trouble::Elsewhere, _) => "is Docker started there? `docker version` should show a server".into(),
        (Trouble::Address, _) => {
            "use an address such as unix:///var/run/docker.sock, tcp://HOST:2376 or ssh://USER@HOST".into()
        }
        (Trouble::Silent, System::Linux(_)) => {
            "the engine accepts the connection and does not answer: restart it (`sudo systemctl restart docker`)".into()
        }
        (Trouble::Silent, _) => "the engine does not answer: restart Docker Desktop".into(),
        (Trouble::Refused, System::Linux(_)) => "this user may not use Docker: `sudo usermod -aG docker $USER`, then sign out and \
             in again (the group is as powerful as root), or set up rootless Docker with `dockerd-rootless-setuptool.sh install`"
            .into(),
        (Trouble::Stopped, System::Linux(_)) => {
            "Docker is installed and not running: start it with `sudo systemctl start docker` or `sudo service docker start`"
                .into()
        }
        (_, System::Linux(release)) if release.is("debian") => {
            format!("run the command again as root, and it installs them, or: {}", client(system))
        }
        (_, System::Mac | System::Windows) => DESKTOP.into(),
        _ => client(system),
    }
}

/// One line that says how engine, Compose and Buildx are installed.
pub fn client(system: &System) -> String {
    match system {
        System::Mac | System::Windows => DESKTOP.into(),
        System::Linux(release) => {
            let install = if release.is("ubuntu") {
                "sudo apt-get install docker.io docker-compose-v2 docker-buildx"
            } else if release.is_debian_itself() && release.codename == "bookworm" {
                "install Docker Engine with Compose v2 from Docker's own packages (Debian 12 has Compose v1 only)"
            } else if release.is("debian") {
                "sudo apt-get install docker.io docker-cli docker-compose docker-buildx"
            } else if release.is("fedora") {
                "sudo dnf install moby-engine docker-cli docker-compose docker-buildx && sudo systemctl enable --now docker"
            } else if release.is("arch") {
                "sudo pacman -S docker docker-compose docker-buildx && sudo systemctl enable --now docker"
            } else if release.is("alpine") {
                "sudo apk add docker docker-cli-compose docker-cli-buildx && sudo rc-service docker start"
            } else if release.is("suse") || release.is("opensuse") {
                "sudo zypper install docker docker-compose docker-buildx && sudo systemctl enable --now docker"
            } else {
                "install Docker Engine, Compose v2 and Buildx from your distribution's packages, and start the engine"
            };
            install.into()
        }
        System::Other => {
            "install Docker Engine, Compose v2 and Buildx, and start the engine".into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Release;

    fn linux(os_release: &str) -> System {
        System::Linux(Release::parse(os_release))
    }

    #[test]
    fn each_kind_of_machine_gets_its_own_words() {
        let ubuntu = linux("ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble");
        assert!(engine(&ubuntu, Trouble::Absent, "the default socket").contains("as root"));
        assert!(client(&ubuntu).contains("docker-compose-v2"));
        assert!(
            client(&linux("ID=debian\nVERSION_CODENAME=trixie"))
                .contains("docker-compose docker-buildx")
        );
        assert!(client(&linux("ID=debian\nVERSION_CODENAME=bookworm")).contains("Compose v1"));
        assert!(client(&linux("ID=rocky\nID_LIKE=\"rhel centos fedora\"")).contains("dnf"));
        assert!(client(&linux("ID=manjaro\nID_LIKE=arch")).contains("pacman"));
        assert!(client(&linux("ID=slackware")).contains("your distribution"));
        assert!(
            engine(&System::Mac, Trouble::Absent, "the default socket").contains("Docker Desktop")
        );
        assert!(
            engine(&System::Windows, Trouble::Stopped, "the default pipe")
                .contains("Docker Desktop")
        );
    }

    #[test]
    fn each_trouble_gets_its_own_words() {
        let debian = linux("ID=debian\nVERSION_CODENAME=trixie");
        let said = [
            Trouble::Absent,
            Trouble::Stopped,
            Trouble::Refused,
            Trouble::Silent,
            Trouble::Elsewhere,
            Trouble::Address,
        ]
        .map(|trouble| engine(&debian, trouble, "DOCKER_HOST"));
        for (at, one) in said.iter().enumerate() {
            assert!(!one.contains('\n'));
            assert!(said[at + 1..].iter().all(|other| other != one), "{one}");
        }
        assert!(said[2].contains("usermod"));
        let context = engine(&debian, Trouble::Elsewhere, "docker context `desk`");
        assert!(context.contains("`desk`") && !context.contains("DOCKER_HOST"));
    }

    #[test]
    fn what_failed_tells_the_trouble() {
        let address = |from: &str| Address {
            url: "unix:///there.sock".into(),
            from: from.into(),
            tls: None,
        };
        let (named, own) = (address("DOCKER_HOST"), address("the default socket"));
        let of = |kind, address| Trouble::of(Some(kind), address);
        assert_eq!(of(ErrorKind::PermissionDenied, &named), Trouble::Refused);
        assert_eq!(of(ErrorKind::TimedOut, &named), Trouble::Silent);
        assert_eq!(of(ErrorKind::NotFound, &named), Trouble::Elsewhere);
        assert!(matches!(
            of(ErrorKind::NotFound, &own),
            Trouble::Absent | Trouble::Stopped
        ));
        assert_eq!(Trouble::of(None, &own), Trouble::Silent);
    }
}
