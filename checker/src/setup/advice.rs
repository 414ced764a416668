//! What to install or start, by the kind of machine. Pure: it looks at nothing.

use super::host::System;

/// Why no engine can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Nothing listens where the engine should.
    Absent,
    /// The engine is installed, but not running.
    Stopped,
    /// The socket refuses this user.
    Refused,
    /// Something accepts the connection and does not answer.
    Silent,
    /// `DOCKER_HOST` names an engine that cannot be reached.
    Elsewhere,
}

const DESKTOP: &str = "install Docker Desktop, start it, and run the command again";

/// One line that says what to do.
pub(super) fn engine(system: &System, trouble: Trouble) -> String {
    match (trouble, system) {
        (Trouble::Elsewhere, _) => {
            "DOCKER_HOST names an engine that does not answer: correct it, or unset it to use this machine's own".into()
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
pub(super) fn client(system: &System) -> String {
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
    use super::super::host::Release;
    use super::*;

    fn linux(os_release: &str) -> System {
        System::Linux(Release::parse(os_release))
    }

    #[test]
    fn each_kind_of_machine_gets_its_own_words() {
        let ubuntu = linux("ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble");
        assert!(engine(&ubuntu, Trouble::Absent).contains("as root"));
        assert!(client(&ubuntu).contains("docker-compose-v2"));
        assert!(
            client(&linux("ID=debian\nVERSION_CODENAME=trixie"))
                .contains("docker-compose docker-buildx")
        );
        assert!(client(&linux("ID=debian\nVERSION_CODENAME=bookworm")).contains("Compose v1"));
        assert!(client(&linux("ID=rocky\nID_LIKE=\"rhel centos fedora\"")).contains("dnf"));
        assert!(client(&linux("ID=manjaro\nID_LIKE=arch")).contains("pacman"));
        assert!(client(&linux("ID=slackware")).contains("your distribution"));
        assert!(engine(&System::Mac, Trouble::Absent).contains("Docker Desktop"));
        assert!(engine(&System::Windows, Trouble::Stopped).contains("Docker Desktop"));
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
        ]
        .map(|trouble| engine(&debian, trouble));
        for (at, one) in said.iter().enumerate() {
            assert!(!one.contains('\n'));
            assert!(said[at + 1..].iter().all(|other| other != one), "{one}");
        }
        assert!(said[2].contains("usermod"));
    }
}
