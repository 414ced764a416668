//! What the program's container is made with, and why. Pure: the engine's client is elsewhere.

/// Bytes of memory that the container may take.
pub const MEMORY: i64 = 128 * 1024 * 1024;
/// Processes and threads that the container may have: each attempt to connect and each stream has threads.
pub const PIDS: i64 = 256;
/// Containers that lead from one to the next at most.
const MAX_CHAIN: usize = 8;

/// A capability that the program is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capability {
    /// Its name for the engine.
    pub name: &'static str,
    /// What it is for.
    pub why: &'static str,
}

/// Where another container's processes are looked at.
const WITH_PROCESSES: &[Capability] = &[Capability {
    name: "SYS_PTRACE",
    why: "the kernel shows `exe`, `maps`, `root`, `ns` and `fdinfo` of another container's process only to a program with it",
}];

/// Containers whose namespaces the program shares, by their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedNamespaces {
    /// Whose processes are looked at; none of them without.
    pub processes_of: Option<String>,
    /// Whose network is looked from.
    pub network_of: Option<String>,
    /// As which user and group, by number; as the container's root without. Another one has no capability, so it sees of
    /// processes what that user sees: enough to speak to a `PostgreSQL` that knows its own user by the kernel (`peer`).
    pub user: Option<(u32, u32)>,
}

/// What the container is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The user and group, by number.
    pub user: String,
    /// The pid namespace; its own where it is empty.
    pub pid_mode: String,
    /// The network.
    pub network_mode: String,
    /// Capabilities that are added after all were dropped.
    pub cap_add: Vec<&'static str>,
}

impl Settings {
    /// All capabilities are dropped first.
    pub const CAP_DROP: &'static str = "ALL";
    /// Nothing that it starts could get more rights; it starts nothing.
    pub const SECURITY_OPT: &'static str = "no-new-privileges";
    /// Nothing is written.
    pub const READ_ONLY: bool = true;
    /// No memory is shared with other processes.
    pub const IPC_MODE: &'static str = "none";
    /// What it says is no log.
    pub const LOG_DRIVER: &'static str = "none";
    /// The engine removes it when it ends, which it does when the grader goes away in whatever way.
    pub const AUTO_REMOVE: bool = true;

    /// The settings for a container beside others.
    pub fn new(shared: &SharedNamespaces) -> Self {
        let of = |id: &String| format!("container:{id}");
        let processes = shared.processes_of.as_ref();
        let network = shared.network_of.as_ref();
        let (uid, gid) = shared.user.unwrap_or_default();
        Self {
            user: format!("{uid}:{gid}"),
            pid_mode: processes.map(of).unwrap_or_default(),
            network_mode: network.map_or_else(|| "none".to_owned(), of),
            cap_add: capabilities(shared).iter().map(|one| one.name).collect(),
        }
    }
}

/// The capabilities that the program is given, each with its reason.
pub fn capabilities(shared: &SharedNamespaces) -> &'static [Capability] {
    let root = shared.user.is_none_or(|(uid, _)| uid == 0);
    if shared.processes_of.is_some() && root {
        WITH_PROCESSES
    } else {
        &[]
    }
}

/// A namespace that the program can share with a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Namespace {
    /// Its processes (`HostConfig.PidMode`).
    Pid,
    /// Its network (`HostConfig.NetworkMode`).
    Network,
}

/// The namespaces of a container, as it was made with them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Modes {
    /// Its full id.
    pub id: String,
    /// `HostConfig.PidMode`.
    pub pid: String,
    /// `HostConfig.NetworkMode`.
    pub network: String,
    /// `HostConfig.Privileged`, or the capability `SYS_PTRACE` or `ALL` added: its processes could write into the
    /// program's memory and so answer in its place.
    pub may_trace: bool,
}

/// Why nothing is started beside a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A namespace is the machine's own.
    Machine,
    /// A namespace is one of a container that the engine does not know (any more), by its id or name.
    Unknown(String),
    /// Too many containers lead from one to the next.
    Chain,
    /// A process in the namespace could answer in the program's place, by the id of its container.
    Traceable(String),
}

/// Where to look at a container's processes and network: beside the containers that really have the namespaces.
///
/// `find` gives the modes of a container by id or name, out of *all* containers of the engine, not the stack's alone.
///
/// # Errors
/// Why nothing is started beside it.
pub fn shared_namespaces(
    container: &str,
    find: impl Fn(&str) -> Option<Modes>,
    shared: &[Namespace],
) -> Result<SharedNamespaces, Refusal> {
    let owner = |namespace| {
        let wanted = shared.contains(&namespace);
        wanted
            .then(|| owner(container, &find, namespace))
            .transpose()
    };
    Ok(SharedNamespaces {
        processes_of: owner(Namespace::Pid)?,
        network_of: owner(Namespace::Network)?,
        user: None,
    })
}

/// The container that a namespace belongs to.
fn owner(
    container: &str,
    find: impl Fn(&str) -> Option<Modes>,
    namespace: Namespace,
) -> Result<String, Refusal> {
    let mut name = container.to_owned();
    for _ in 0..MAX_CHAIN {
        let modes = find(&name).ok_or_else(|| Refusal::Unknown(name.clone()))?;
        let mode = match namespace {
            Namespace::Pid => &modes.pid,
            Namespace::Network => &modes.network,
        };
        match mode.as_str() {
            "host" => return Err(Refusal::Machine),
            other => match other.strip_prefix("container:") {
                Some(next) => next.clone_into(&mut name),
                None => return Ok(modes.id),
            },
        }
    }
    Err(Refusal::Chain)
}

/// Whether answers about processes in a container's pid namespace are the program's own: containers that share it, by
/// their modes, must not be able to trace it.
///
/// # Errors
/// Which one could.
pub fn untraceable<'a>(sharing: impl IntoIterator<Item = &'a Modes>) -> Result<(), Refusal> {
    let mut sharing = sharing.into_iter();
    match sharing.find(|modes| modes.may_trace) {
        Some(modes) => Err(Refusal::Traceable(modes.id.clone())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modes(id: &str, pid: &str, network: &str) -> Modes {
        Modes {
            id: id.into(),
            pid: pid.into(),
            network: network.into(),
            may_trace: false,
        }
    }

    fn all() -> Vec<Modes> {
        vec![
            modes("db", "", "v6_internal"),
            modes("relay", "container:db", "container:db"),
            modes("far", "", "container:gone"),
            modes("host", "host", "host"),
            modes("hidden", "container:host", "container:host"),
            modes("a", "container:b", "container:b"),
            modes("b", "container:a", "container:a"),
        ]
    }

    fn shared_with(id: &str) -> Result<SharedNamespaces, Refusal> {
        let all = all();
        shared_namespaces(
            id,
            |id| all.iter().find(|modes| modes.id == id).cloned(),
            &[Namespace::Pid, Namespace::Network],
        )
    }

    #[test]
    fn the_owner_of_a_namespace_is_looked_up() {
        let db = SharedNamespaces {
            processes_of: Some("db".into()),
            network_of: Some("db".into()),
            user: None,
        };
        assert_eq!(shared_with("db"), Ok(db.clone()));
        assert_eq!(shared_with("relay"), Ok(db));
    }

    #[test]
    fn nothing_is_started_in_the_machines_own_namespaces() {
        assert_eq!(shared_with("host"), Err(Refusal::Machine));
        assert_eq!(shared_with("hidden"), Err(Refusal::Machine));
        assert_eq!(shared_with("far"), Err(Refusal::Unknown("gone".into())));
        assert_eq!(shared_with("none"), Err(Refusal::Unknown("none".into())));
        assert_eq!(shared_with("a"), Err(Refusal::Chain));
    }

    #[test]
    fn a_capability_is_given_for_looking_at_processes_alone() {
        let shared_namespaces = |processes: Option<&str>| SharedNamespaces {
            processes_of: processes.map(str::to_owned),
            network_of: Some("proxy".into()),
            user: None,
        };
        let settings = |processes| Settings::new(&shared_namespaces(processes));
        assert_eq!(settings(None).cap_add, Vec::<&str>::new());
        assert_eq!(settings(None).pid_mode, "");
        assert_eq!(settings(Some("db")).cap_add, ["SYS_PTRACE"]);
        assert_eq!(settings(Some("db")).network_mode, "container:proxy");
        assert_eq!(settings(Some("db")).user, "0:0");
        let as_user = Settings::new(&SharedNamespaces {
            user: Some((999, 999)),
            ..shared_namespaces(Some("db"))
        });
        assert_eq!(
            (as_user.user.as_str(), as_user.cap_add.len()),
            ("999:999", 0)
        );
        let nowhere = Settings::new(&SharedNamespaces {
            network_of: None,
            ..shared_namespaces(None)
        });
        assert_eq!(nowhere.network_mode, "none");
    }

    #[test]
    fn a_container_that_can_trace_can_answer_in_its_place() {
        let mut all = all();
        assert_eq!(untraceable(&all), Ok(()));
        all[1].may_trace = true;
        assert_eq!(untraceable(&all), Err(Refusal::Traceable("relay".into())));
    }
}
