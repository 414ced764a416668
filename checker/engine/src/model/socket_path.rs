//! Whether something of the host that is mounted into a container gives access to an engine's socket. Pure.

use std::path::{Path, PathBuf};

/// Where engines listen, also for those who look through a link (`/var/run` is `/run`).
const SOCKETS: [&str; 6] = [
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/var/run/containerd/containerd.sock",
    "/run/podman/podman.sock",
    "/var/run/podman/podman.sock",
];

/// The sockets by which engines of this machine are reached: the one that is asked, and where they usually are; none where
/// the engine is another machine's.
pub fn around(own: Option<&Path>) -> Vec<PathBuf> {
    let usual = SOCKETS.iter().map(PathBuf::from);
    own.map_or_else(Vec::new, |own| {
        std::iter::once(own.to_owned()).chain(usual).collect()
    })
}

/// The path is a socket of an engine, or a folder that one lies in.
pub fn within(source: &str) -> bool {
    let source = match source.trim_end_matches('/') {
        "" if source.is_empty() => return false,
        bare => bare,
    };
    // `/var/run` leads to `/run`: in what shows `/var` there is but the link, which leads to a container's own `/run`.
    // Where it is a folder of its own, its real path says so.
    if source == "/var" {
        return false;
    }
    let holds = |socket: &str| {
        socket
            .strip_prefix(source)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    // Rootless engines and Docker Desktop have theirs elsewhere.
    let file = source.rsplit(['/', '\\']).next().unwrap_or_default();
    let named = ["docker", "podman", "containerd"]
        .iter()
        .any(|engine| file.starts_with(engine))
        && file.rsplit('.').next() == Some("sock");
    named || SOCKETS.iter().any(|socket| holds(socket))
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn the_socket_hides_behind_its_parents_too() {
        for path in [
            "/var/run/docker.sock",
            "/run/docker.sock/",
            "/",
            "/run",
            "/run/",
            "/var/run",
            "/run/user/1000/docker.sock",
            "/run/host-services/docker.proxy.sock",
        ] {
            assert!(within(path), "{path}");
        }
    }

    #[test]
    fn other_folders_are_not_taken_for_it() {
        for path in [
            "",
            "/var",
            "/var/",
            "/var/lib",
            "/runner",
            "/home/student/run",
            "/run/mysqld",
            "/srv/docker",
            "/home/x/docker.sock.md",
            "/var/run/mysqld/mysqld.sock",
        ] {
            assert!(!within(path), "{path}");
        }
    }
}
