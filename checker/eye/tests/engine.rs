//! The program as a container beside others, on a real engine with images that are there.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may")]

#[path = "support/engine.rs"]
mod engine;

use std::time::{Duration, Instant};

use engine::Engine;
use labcheck_eye::client::{Eye, EyeError, LocalSocket};
use labcheck_eye::container::SharedNamespaces;
use labcheck_eye::image::{Image, architecture};
use labcheck_eye::wire::{
    Bytes, Connect, Endpoint, Host, HostName, Outcome, Processes, ReadFile, Sockets, Stats, Target,
    UnixPath, WaitForListener, state, want,
};
use sqlx::Connection;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};

const SOON: Duration = Duration::from_secs(5);
/// The first start of a database takes its time.
const LATER: Duration = Duration::from_mins(1);
const SYS_PTRACE: u64 = 1 << 19;
const DATABASE: &str = "mariadb:11.8";
const WEB: &str = "nginx:1.26";

/// The containers of this test, to be taken down in whatever way it ends.
struct TestContainers {
    engine: Engine,
    prefix: String,
}

impl TestContainers {
    fn name(&self, of: &str) -> String {
        format!("{}-{of}", self.prefix)
    }

    async fn clear(&self) {
        for of in ["eye-db", "eye-user", "eye-web", "web", "db"] {
            self.engine.remove(&self.name(of)).await;
        }
        let net = format!("/networks/{}", self.name("net"));
        let _ = self.engine.ask("DELETE", &net, b"").await;
    }
}

#[expect(clippy::print_stderr, reason = "it says why it is skipped")]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

#[tokio::test]
async fn it_looks_from_inside_containers() {
    let Some(engine) = Engine::here().await else {
        return skipped("no engine answers");
    };
    for image in [DATABASE, WEB] {
        if engine
            .field(&format!("/images/{image}/json"), "Id")
            .await
            .is_none()
        {
            return skipped(&format!("the image {image} is not there"));
        }
    }
    let arch = engine.field("/version", "Arch").await.unwrap_or_default();
    let program = match labcheck_eye_binary::program(&arch) {
        Ok(program) => program,
        Err(why) => return skipped(why),
    };
    let image = Image::new(program, architecture(&arch).unwrap());
    // Another version's, or one that is in use, stays.
    let own = format!("/images/{}/json", image.name);
    let kept = engine.field(&own, "Id").await.is_some();
    let containers = TestContainers {
        engine,
        prefix: format!("ey-test-{}", std::process::id()),
    };
    let looked = tokio::spawn({
        let (prefix, image) = (containers.prefix.clone(), image.clone());
        async move { look(&TestContainers { engine, prefix }, &image).await }
    });
    let looked = looked.await;
    containers.clear().await;
    if !kept {
        let path = format!("/images/{}", image.name);
        let _ = engine.ask("DELETE", &path, b"").await;
    }
    if let Err(panicked) = looked {
        std::panic::resume_unwind(panicked.into_panic());
    }
}

async fn look(containers: &TestContainers, image: &Image) {
    let engine = containers.engine;
    let id = loaded(engine, image).await;
    let (db, web) = started(containers).await;
    let shared = SharedNamespaces {
        processes_of: Some(db.clone()),
        network_of: Some(db.clone()),
        user: None,
    };
    let eye = engine.eye(&containers.name("eye-db"), &id, &shared).await;
    let hello = eye.hello(SOON).await.unwrap();
    assert_eq!((hello.uid, hello.capabilities), (0, SYS_PTRACE));
    let waits = WaitForListener {
        port: 3306,
        within_ms: 60_000,
    };
    assert!(
        !eye.ask(waits, LATER).await.unwrap().rows.is_empty(),
        "the database listens"
    );
    processes(&eye).await;
    files(&eye).await;
    signs_in(&eye).await;
    the_stack_cannot_answer_in_its_place(containers, &eye, &id, &shared).await;
    from_the_network_of(containers, &id, &web).await;
    ends(containers, eye, &id, &shared).await;
}

/// The engine's id of the image is one that was known beforehand, and loading it again changes nothing.
async fn loaded(engine: Engine, image: &Image) -> String {
    let mut ids = Vec::new();
    for _ in 0..2 {
        let (code, text) = engine
            .ask("POST", "/images/load?quiet=1", &image.archive)
            .await
            .unwrap();
        assert_eq!(code, 200, "{text}");
        let path = format!("/images/{}/json", image.name);
        ids.extend(engine.field(&path, "Id").await);
    }
    assert!(
        ids.len() == 2 && ids[0] == ids[1] && image.is(&ids[0]),
        "{ids:?}"
    );
    ids.remove(0)
}

/// A database and a web server on one network.
async fn started(containers: &TestContainers) -> (String, String) {
    let (engine, net) = (containers.engine, containers.name("net"));
    let body = format!(r#"{{"Name":"{net}"}}"#);
    let (code, text) = engine
        .ask("POST", "/networks/create", body.as_bytes())
        .await
        .unwrap();
    assert_eq!(code, 201, "{text}");
    let on = format!(
        r#""HostConfig":{{"NetworkMode":"{net}"}},"NetworkingConfig":{{"EndpointsConfig":{{"{net}":"#
    );
    let db = format!(
        r#"{{"Image":"{DATABASE}","Cmd":["--skip-name-resolve"],"Env":["MARIADB_ROOT_PASSWORD=made-up","MARIADB_ROOT_HOST=localhost"],{on}{{"Aliases":["db"]}}}}}}}}"#
    );
    let web = format!(r#"{{"Image":"{WEB}",{on}{{"Aliases":["web"]}}}}}}}}"#);
    let db = engine.run(&containers.name("db"), &db).await;
    (db, engine.run(&containers.name("web"), &web).await)
}

/// What runs is what the kernel says, with the right that the program has.
async fn processes(eye: &Eye) {
    let asked = Processes {
        pids: None,
        want: want::ALL,
    };
    let table = eye.ask(asked, SOON).await.unwrap();
    assert!(table.processes.complete);
    let all = table.processes.rows;
    let server = all
        .iter()
        .find(|process| process.pid == 1)
        .expect("the first is in sight");
    let program = server.program.as_ref().expect("it can be read");
    assert!(program.path.lossy().ends_with("mariadbd"), "{program:?}");
    assert_eq!(program.in_place, Ok(true));
    let mapped = server.mapped.as_ref().expect("they can be read");
    let own = mapped
        .rows
        .iter()
        .find(|row| row.path == program.path)
        .expect("it is mapped");
    assert_eq!(own.mount, program.mount);
    let credentials = server.credentials.as_ref().unwrap();
    assert!(
        credentials.uids.iter().all(|uid| *uid != 0),
        "{credentials:?}"
    );
    assert_eq!(server.threads_alike, Ok(true));
    let tables = eye.ask(Sockets { pid: None }, SOON).await.unwrap();
    let rows = [tables.tcp.unwrap().rows, tables.tcp6.unwrap().rows].concat();
    let listens =
        |row: &&labcheck_eye::wire::TcpRow| row.state == state::LISTEN && row.local.port() == 3306;
    let listener = rows.iter().find(listens).expect("it listens");
    assert!(
        server
            .sockets
            .as_ref()
            .unwrap()
            .rows
            .contains(&listener.inode)
    );
    let itself = all
        .iter()
        .find(|process| process.pid == table.own)
        .expect("it is in sight");
    assert_ne!(itself.cgroup, server.cgroup, "another container");
}

async fn files(eye: &Eye) {
    let paths = vec![
        Bytes::from("/run/mysqld/mysqld.sock"),
        Bytes::from("/etc/shadow"),
    ];
    let asked = Stats {
        pid: 1,
        paths,
        follow: true,
    };
    let found = eye.ask(asked, SOON).await.unwrap().files;
    assert!(found.iter().all(Result::is_ok), "{found:?}");
    let release = ReadFile {
        pid: 1,
        path: "/etc/os-release".into(),
        most: 4096,
    };
    let content = eye.ask(release, SOON).await.unwrap().content.unwrap();
    assert!(content.complete && content.bytes.lossy().contains("ID="));
}

/// As root of the database, which takes this account by its socket alone.
async fn signs_in(eye: &Eye) {
    let to = Endpoint::Unix(UnixPath {
        pid: 1,
        path: "/run/mysqld/mysqld.sock".into(),
    });
    let socket = LocalSocket::serve(eye, to, "mysqld.sock", SOON).unwrap();
    let options = MySqlConnectOptions::new()
        .socket(socket.path())
        .username("root");
    let options = options.password("made-up").database("mysql");
    let started = Instant::now();
    let mut session = MySqlConnection::connect_with(&options).await.unwrap();
    let (user,): (String,) = sqlx::query_as("select current_user()")
        .fetch_one(&mut session)
        .await
        .unwrap();
    assert_eq!(user, "root@localhost");
    let rows: Vec<(u64,)> = sqlx::query_as("select seq from seq_1_to_20000")
        .fetch_all(&mut session)
        .await
        .unwrap();
    assert_eq!(rows.len(), 20_000);
    assert!(started.elapsed() < SOON);
    session.close().await.unwrap();
    assert_eq!(socket.trouble(), None);
}

/// Programs of the stack see it, and cannot look into it or write in its place, not even with its user.
async fn the_stack_cannot_answer_in_its_place(
    containers: &TestContainers,
    eye: &Eye,
    image: &str,
    shared: &SharedNamespaces,
) {
    let asked = Processes {
        pids: Some(vec![1]),
        want: want::CREDENTIALS,
    };
    let table = eye.ask(asked, SOON).await.unwrap();
    let own = table.processes.rows[0].credentials.as_ref().unwrap();
    let (uid, gid) = (own.uids[1], own.gids[1]);
    let as_user = SharedNamespaces {
        user: Some((uid, gid)),
        ..shared.clone()
    };
    let other = containers
        .engine
        .eye(&containers.name("eye-user"), image, &as_user)
        .await;
    let hello = other.hello(SOON).await.unwrap();
    assert_eq!((hello.uid, hello.capabilities), (uid, 0));
    let socket = UnixPath {
        pid: 1,
        path: "/run/mysqld/mysqld.sock".into(),
    };
    let stream = other.forward(Endpoint::Unix(socket), SOON).await;
    assert!(stream.is_ok(), "it sees what its user sees: {stream:?}");
    let user = format!("{uid}:{gid}");
    let reads = async |user: &str, path: &str| {
        let words = ["head", "-c", "1", path];
        containers
            .engine
            .exec(&containers.name("db"), user, &words)
            .await
    };
    for user in [user.as_str(), "0:0"] {
        for pid in [hello.pid, eye.hello(SOON).await.unwrap().pid] {
            for file in ["maps", "fd/1"] {
                let path = format!("/proc/{pid}/{file}");
                assert_eq!(reads(user, &path).await, Some(1), "{user} reads {path}");
            }
        }
    }
    assert_eq!(
        reads(&user, "/proc/1/maps").await,
        Some(0),
        "of its own it reads them"
    );
}

/// Beside the web server the database is reached by its name, without any capability and without a look at processes.
async fn from_the_network_of(containers: &TestContainers, image: &str, web: &str) {
    let shared = SharedNamespaces {
        processes_of: None,
        network_of: Some(web.to_owned()),
        user: None,
    };
    let eye = containers
        .engine
        .eye(&containers.name("eye-web"), image, &shared)
        .await;
    assert_eq!(eye.hello(SOON).await.unwrap().capabilities, 0);
    let target = |name: &str, port| Target {
        host: Host::Name(HostName {
            name: name.into(),
            only: None,
        }),
        port,
        within_ms: 1000,
        send: Bytes::default(),
        read_most: 40,
        read_ms: 500,
    };
    let asked = Connect {
        targets: vec![target("db", 3306), target("web", 81)],
        hold_ms: 0,
        watch: false,
    };
    let found = eye.ask(asked, SOON).await.unwrap().attempts;
    let Outcome::Open(opened) = &found[0].outcome else {
        panic!("{found:?}")
    };
    assert!(
        !opened.received.0.is_empty(),
        "the database greets, if only to refuse"
    );
    assert_eq!(found[1].outcome, Outcome::Refused);
    let asked = Processes {
        pids: None,
        want: want::PROGRAM,
    };
    let table = eye.ask(asked, SOON).await.unwrap();
    assert_eq!(table.processes.rows.len(), 1, "only itself");
}

/// The container goes with the conversation, and the conversation with the container that was looked at.
async fn ends(containers: &TestContainers, eye: Eye, image: &str, shared: &SharedNamespaces) {
    let name = containers.name("eye-db");
    drop(eye);
    gone(containers.engine, &name).await;
    let eye = containers.engine.eye(&name, image, shared).await;
    eye.hello(SOON).await.unwrap();
    containers.engine.remove(&containers.name("db")).await;
    let asked = eye.ask(Sockets { pid: None }, SOON).await;
    assert!(matches!(asked, Err(EyeError::Ended(_))), "{asked:?}");
    gone(containers.engine, &name).await;
}

async fn gone(engine: Engine, name: &str) {
    let until = Instant::now() + Duration::from_secs(10);
    while engine
        .field(&format!("/containers/{name}/json"), "Id")
        .await
        .is_some()
    {
        assert!(Instant::now() < until, "{name} stays");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
