//! One message of each kind.

use crate::wire::*;

fn at(text: &str) -> std::net::SocketAddr {
    text.parse().expect("an address")
}

fn process() -> Process {
    Process {
        pid: 1,
        parent: 0,
        state: b'S',
        threads: 13,
        started: 4242,
        comm: "mariadbd".into(),
        cmdline: Ok("mariadbd\0--skip-name-resolve\0".into()),
        credentials: Ok(Credentials {
            uids: [999; 4],
            gids: [999; 4],
            groups: vec![999, 7],
            inheritable: 0,
            permitted: 0,
            effective: 0,
            bounding: 0xa804_25fb,
            ambient: 0,
            no_new_privs: true,
            seccomp: 2,
        }),
        threads_alike: Err(Unread::Long),
        program: Ok(Program {
            path: Bytes(vec![b'/', 0xff]),
            device: 39,
            inode: 969_336,
            links: 1,
            mount: Ok(77),
            in_place: Ok(true),
        }),
        mapped: Ok(Listed {
            rows: vec![Mapped {
                path: "/lib/x".into(),
                major: 254,
                minor: 1,
                inode: 5,
                mount: Err(Unread::Missing),
            }],
            complete: false,
        }),
        namespaces: Ok(Namespaces {
            net: Ok(1),
            pid: Ok(2),
            mnt: Err(Unread::Refused),
            user: Ok(4),
        }),
        cgroup: Ok("0::/docker/aa\n".into()),
        sockets: Err(Unread::Error(24)),
        root: Ok("/".into()),
    }
}

pub(super) fn tables() -> SocketTables {
    let row = TcpRow {
        local: at("127.0.0.1:3306"),
        peer: at("0.0.0.0:0"),
        state: state::LISTEN,
        uid: 999,
        inode: 72,
    };
    let six = TcpRow {
        local: at("[2001:db8::1]:80"),
        ..row.clone()
    };
    let unix = UnixRow {
        inode: 7,
        listens: true,
        kind: 1,
        state: 1,
        path: Some("/run/mysqld/mysqld.sock".into()),
    };
    SocketTables {
        tcp: Ok(Listed {
            rows: vec![row],
            complete: true,
        }),
        tcp6: Ok(Listed {
            rows: vec![six],
            complete: true,
        }),
        unix: Ok(Listed {
            rows: vec![unix],
            complete: false,
        }),
    }
}

pub(super) fn requests() -> Vec<Request> {
    let target = Target {
        host: Host::Name(HostName {
            name: "db".into(),
            only: Some(vec![[10, 0, 0, 3].into()]),
        }),
        port: 3306,
        within_ms: 300,
        send: Bytes(vec![0, 0, 0, 8]),
        read_most: 40,
        read_ms: 150,
    };
    let by_address = Target {
        host: Host::Address([0u16; 8].into()),
        ..target.clone()
    };
    let unix = UnixPath {
        pid: 1,
        path: "/run/x".into(),
    };
    vec![
        Connect {
            targets: vec![target, by_address],
            hold_ms: 10,
            watch: true,
        }
        .into(),
        Sockets { pid: Some(1) }.into(),
        Processes {
            pids: Some(vec![1, 2]),
            want: want::ALL,
        }
        .into(),
        Mounts { pid: 1 }.into(),
        Stats {
            pid: 1,
            paths: vec!["/etc".into()],
            follow: false,
        }
        .into(),
        List {
            pid: 1,
            folder: "/".into(),
            most: 9,
        }
        .into(),
        ReadFile {
            pid: 1,
            path: "/etc/passwd".into(),
            most: 9,
        }
        .into(),
        Find {
            pid: 1,
            folders: vec!["/usr".into()],
            names: vec!["gcc*".into()],
            depth: 3,
            most: 9,
        }
        .into(),
        Forward {
            to: Endpoint::Unix(unix),
            within_ms: 9,
        }
        .into(),
        Forward {
            to: Endpoint::Tcp(at("10.0.0.3:3306")),
            within_ms: 9,
        }
        .into(),
        Forward {
            to: Endpoint::Abstract("name".into()),
            within_ms: 9,
        }
        .into(),
        WaitForListener {
            port: 80,
            within_ms: 9,
        }
        .into(),
    ]
}

fn stat() -> Stat {
    Stat {
        kind: FileKind::Link,
        mode: 0o777,
        uid: 0,
        gid: 0,
        size: 7,
        links: 1,
        device: 39,
        inode: 5,
        modified: 1_700_000_000,
        mount: Ok(77),
        target: Some("gcc-14".into()),
    }
}

fn outcomes() -> Vec<Outcome> {
    let opened = Opened {
        local: at("10.0.0.2:50000"),
        peer: at("10.0.0.3:3306"),
        received: Bytes(vec![0xff; 9]),
        ended: ReadEnd::Silent,
        held: Held::Closed,
    };
    vec![
        Outcome::Open(opened),
        Outcome::Refused,
        Outcome::TimedOut,
        Outcome::NoRoute(113),
        Outcome::NameUnknown,
        Outcome::NameUnanswered("no".into()),
        Outcome::Elsewhere,
        Outcome::Failed(1),
        Outcome::Untried("late".into()),
    ]
}

pub(super) fn answers() -> Vec<Answer> {
    let attempts = outcomes()
        .into_iter()
        .zip(0..)
        .map(|(outcome, target)| Attempt {
            target,
            at: (target > 0).then(|| at("10.0.0.3:3306")),
            outcome,
            took_ms: 3,
        });
    let mount = Mount {
        id: 77,
        parent: 1,
        major: 0,
        minor: 39,
        root: "/".into(),
        point: "/var/lib/mysql".into(),
        options: "rw".into(),
        spreads: Bytes::default(),
        kind: "ext4".into(),
        source: "/dev/vda".into(),
        super_options: "rw".into(),
    };
    vec![
        Answer::Connected(Connected {
            attempts: attempts.collect(),
            watched: Some(Watched {
                before: tables(),
                held: tables(),
            }),
        }),
        Answer::SocketTables(tables()),
        Answer::ProcessTable(ProcessTable {
            own: 90,
            processes: Listed {
                rows: vec![process(), process()],
                complete: true,
            },
        }),
        Answer::MountTable(MountTable {
            mounts: Ok(Listed {
                rows: vec![mount],
                complete: true,
            }),
        }),
        Answer::StatFiles(StatFiles {
            files: vec![Ok(stat()), Err(Unread::FileSystem("proc".into()))],
        }),
        Answer::Entries(Entries {
            entries: Ok(Listed {
                rows: vec![Entry {
                    name: "x".into(),
                    kind: FileKind::Fifo,
                }],
                complete: true,
            }),
        }),
        Answer::Read(Read {
            content: Ok(Content {
                bytes: "x".into(),
                complete: false,
            }),
        }),
        Answer::Found(Found {
            files: Listed {
                rows: vec![FoundFile {
                    path: "/usr/bin/gcc".into(),
                    stat: Ok(stat()),
                }],
                complete: true,
            },
            unread: vec![UnreadFolder {
                path: "/root".into(),
                why: Unread::Refused,
            }],
        }),
        Answer::Forwarded(Forwarded::Open),
        Answer::Forwarded(Forwarded::Failed(Outcome::Refused)),
        Answer::Forwarded(Forwarded::Unfound(Unread::NotAFile)),
        Answer::ListeningAt(ListeningAt { rows: vec![] }),
        Answer::Late,
        Answer::Refused("no".into()),
        Answer::TooLong,
    ]
}
