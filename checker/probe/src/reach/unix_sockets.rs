//! The database's Unix sockets that lie in a mount which another container has too: a way past every network.
//!
//! Only sockets on which the database listens just now count, and only where the other one really finds them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::stack::context::StackContext;
use crate::stack::main_process::below;
use crate::stack::network::{networks, owner, plays};
use labcheck_core::facts::{MountKind, Role, SharedSocket, Status};
use labcheck_core::text;
use labcheck_engine::exec::{Ended, Program};
use labcheck_engine::model::inspected::Inspected;

const DEADLINE: Duration = Duration::from_secs(5);
/// Sockets of one database that are looked for at most.
const MOST: usize = 20;
/// `__SO_ACCEPTCON` of the kernel: a process listens on the socket.
const LISTENS: &str = "00010000";

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub found: Vec<SharedSocket>,
    /// Containers that may find one, and why it could not be seen whether they do; by name.
    pub unseen: BTreeMap<String, String>,
}

impl Shared {
    /// Containers that find a socket of the database, or may do so.
    pub(crate) fn holders(&self) -> BTreeSet<&str> {
        let found = self.found.iter().map(|one| one.container.as_str());
        found
            .chain(self.unseen.keys().map(String::as_str))
            .collect()
    }
}

/// A mount: what lies behind it, and where it is mounted.
type Lies = (String, String);

/// Looks where a database shares a mount with the proxy, or with a container on none of its networks. Nothing is asked
/// on the usual stack.
pub(crate) async fn look(context: &StackContext<'_>) -> Shared {
    let mut shared = Shared::default();
    if context.playing(Role::Proxy).is_empty() {
        return shared;
    }
    let up = |inspected: &&Inspected| inspected.container.state.status == Status::Running;
    for db in context.playing(Role::Db).into_iter().filter(up) {
        let own = lies(context, db);
        let kept = networks(owner(context, db));
        let others = context.stack.containers.iter().filter(up).filter(|other| {
            let met = || {
                networks(owner(context, other))
                    .iter()
                    .any(|one| kept.contains(one))
            };
            !plays(context, other, Role::Db)
                && (plays(context, other, Role::Proxy) || !met())
                && meet(&own, &lies(context, other))
        });
        let others: Vec<&Inspected> = others.collect();
        if others.is_empty() {
            continue;
        }
        let sockets = listening(context, &db.container.id).await;
        for other in others {
            let name = &other.container.name;
            match &sockets {
                Err(why) => drop(shared.unseen.insert(name.clone(), why.clone())),
                Ok(sockets) => {
                    let (found, unseen) = finds(context, db, other, sockets).await;
                    shared.found.extend(found);
                    shared.unseen.extend(unseen.map(|why| (name.clone(), why)));
                }
            }
        }
    }
    shared
}

/// The sockets that another container finds, and why it may find more.
async fn finds(
    context: &StackContext<'_>,
    db: &Inspected,
    other: &Inspected,
    sockets: &[String],
) -> (Vec<SharedSocket>, Option<String>) {
    let (own, theirs) = (lies(context, db), lies(context, other));
    let mut found = Vec::new();
    let mut unseen = None;
    for at in sockets.iter().take(MOST) {
        for there in through(at, &own, &theirs) {
            match context.engine.stat(&other.container.id, &there).await {
                Ok(Some(stat)) if !stat.file => found.push(SharedSocket {
                    of: db.container.name.clone(),
                    at: text::cut(&text::clean(at), 200),
                    container: other.container.name.clone(),
                    found: text::cut(&text::clean(&there), 200),
                }),
                Ok(_) => {}
                Err(why) => unseen = Some(why),
            }
        }
    }
    (found, unseen)
}

/// What reads the Unix sockets of a container's network.
pub(crate) const PROGRAM: [&str; 2] = ["cat", "/proc/net/unix"];

/// The paths of a container's listening Unix sockets.
async fn listening(context: &StackContext<'_>, id: &str) -> Result<Vec<String>, String> {
    let program = Program {
        cmd: PROGRAM.map(str::to_owned).into(),
        ..Program::default()
    };
    let mut ended = context.engine.run(id, &program, "", DEADLINE).await;
    if ended.as_ref().is_ok_and(Ended::missing)
        && let Some(image) = context.tools()
    {
        ended = context.sidecars.run(id, image, &program, DEADLINE).await;
    }
    match ended {
        Ok(Ended { code: Some(0), out }) => Ok(paths(&out)),
        Ok(_) => Err("the database's sockets could not be read".into()),
        Err(why) => Err(format!("the database's sockets could not be read: {why}")),
    }
}

/// Paths of sockets that a process listens on; abstract ones (`@…`) belong to a network and are no files.
fn paths(table: &str) -> Vec<String> {
    let rows = table.lines().filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let path = *words.get(7)?;
        (*words.get(3)? == LISTENS && path.starts_with('/')).then(|| plain(path))
    });
    rows.collect::<BTreeSet<_>>().into_iter().collect()
}

/// `/var/run` is `/run`, in images as on machines.
fn plain(path: &str) -> String {
    let path = match path.trim_end_matches('/') {
        "" => "/",
        path => path,
    };
    if below(path, "/var/run") {
        path["/var".len()..].to_owned()
    } else {
        path.to_owned()
    }
}

/// What lies behind each mount of a container: a folder of the machine, or a volume by its name.
fn lies(context: &StackContext<'_>, inspected: &Inspected) -> Vec<Lies> {
    let mounts = inspected.container.mounts.iter().filter_map(|mount| {
        let behind = match mount.kind {
            MountKind::Bind => plain(inspected.bound_at(&mount.destination)?),
            MountKind::Volume | MountKind::AnonymousVolume => {
                let folder = context.stack.shown.get(&mount.source);
                folder.map_or_else(
                    || format!("volume {}", mount.source),
                    |folder| plain(folder),
                )
            }
            MountKind::Tmpfs | MountKind::Other => return None,
        };
        Some((behind, plain(&mount.destination)))
    });
    mounts.collect()
}

/// Whether something lies behind mounts of both.
fn meet(own: &[Lies], theirs: &[Lies]) -> bool {
    let both = |one: &Lies, two: &Lies| below(&one.0, &two.0) || below(&two.0, &one.0);
    own.iter()
        .any(|one| theirs.iter().any(|two| both(one, two)))
}

/// Where another container would find a path.
fn through(at: &str, own: &[Lies], theirs: &[Lies]) -> BTreeSet<String> {
    let within = |path: &str, top: &str| {
        let rest = below(path, top).then(|| path.strip_prefix(top.trim_end_matches('/')))?;
        rest.map(str::to_owned)
    };
    // The innermost mount is the one that is seen.
    let mounts = own.iter().filter(|(_, top)| below(at, top));
    let Some((behind, top)) = mounts.max_by_key(|(_, top)| top.len()) else {
        return BTreeSet::new();
    };
    let Some(rest) = within(at, top) else {
        return BTreeSet::new();
    };
    let real = format!("{}{rest}", behind.trim_end_matches('/'));
    let seen = theirs.iter().filter_map(|(behind, top)| {
        let rest = within(&real, behind)?;
        Some(format!("{}{rest}", top.trim_end_matches('/')))
    });
    seen.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(pairs: &[(&str, &str)]) -> Vec<Lies> {
        let each = pairs.iter();
        each.map(|(behind, at)| ((*behind).to_owned(), plain(at)))
            .collect()
    }

    fn found(at: &str, own: &[(&str, &str)], theirs: &[(&str, &str)]) -> Vec<String> {
        let (own, theirs) = (all(own), all(theirs));
        let found: Vec<String> = through(at, &own, &theirs).into_iter().collect();
        assert!(found.is_empty() || meet(&own, &theirs));
        found
    }

    #[test]
    fn a_socket_is_followed_through_what_both_mount() {
        let at = "/run/mysqld/mysqld.sock";
        let volume = [
            ("volume v6_socket", "/run/mysqld"),
            ("volume v6_data", "/var/lib/mysql"),
        ];
        let same = found(at, &volume, &[("volume v6_socket", "/srv/db")]);
        assert_eq!(same, ["/srv/db/mysqld.sock"]);
        // A folder above it, and one below a folder that both have.
        let folder = [("/home/me/v6/run/db", "/var/run/mysqld")];
        let above = found(at, &folder, &[("/home/me/v6/run", "/sockets")]);
        assert_eq!(above, ["/sockets/db/mysqld.sock"]);
        let file = found(
            at,
            &folder,
            &[("/home/me/v6/run/db/mysqld.sock", "/x.sock")],
        );
        assert_eq!(file, ["/x.sock"]);
    }

    #[test]
    fn what_lies_elsewhere_is_not_found() {
        let at = "/run/mysqld/mysqld.sock";
        let data = [("volume v6_data", "/var/lib/mysql")];
        assert!(found(at, &data, &[("volume v6_data", "/data")]).is_empty());
        // The inner mount hides the outer one.
        let inner = [("volume a", "/run"), ("volume b", "/run/mysqld")];
        assert!(found(at, &inner, &[("volume a", "/sockets")]).is_empty());
        assert!(found(at, &[], &[("volume a", "/sockets")]).is_empty());
    }

    #[test]
    fn only_listening_sockets_that_are_files_count() {
        let table = "Num       RefCount Protocol Flags    Type St Inode Path\n\
            0000000000000000: 00000002 00000000 00010000 0001 01 4711 /var/run/mysqld/mysqld.sock\n\
            0000000000000000: 00000003 00000000 00000000 0001 03 4712 /run/mysqld/other.sock\n\
            0000000000000000: 00000002 00000000 00010000 0001 01 4713 @abstract\n\
            0000000000000000: 00000002 00000000 00010000 0001 01 4714\n";
        assert_eq!(paths(table), ["/run/mysqld/mysqld.sock"]);
    }
}
