//! The process: one clear line on a bad start, a wait for the database, and an end that does not keep the engine waiting.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

use crate::support::{Gate, Rights, TestDatabase};

/// A hang is a failure; nothing here needs nearly as long.
const PATIENCE: Duration = Duration::from_secs(30);

struct Process {
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
}

impl Process {
    fn start(settings: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_inventory"))
            .env_clear()
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the application starts");
        let stderr = child.stderr.take().expect("its log");
        Self {
            child,
            log: BufReader::new(stderr).lines(),
        }
    }

    fn on(database: &TestDatabase, port: u16, more: &[(&str, &str)]) -> Self {
        let host = database.user().get_host().to_owned();
        let port = port.to_string();
        let mut settings = vec![
            ("LISTEN", "127.0.0.1:0"),
            ("DB_HOST", host.as_str()),
            ("DB_PORT", &port),
            ("DB_NAME", database.name()),
            ("DB_USER", database.name()),
            ("DB_PASSWORD", TestDatabase::PASSWORD),
        ];
        settings.extend(more);
        Self::start(&settings)
    }

    /// The rest of the first line that holds `words`.
    async fn says(&mut self, words: &str) -> String {
        let find = async {
            while let Ok(Some(line)) = self.log.next_line().await {
                if let Some((_, rest)) = line.split_once(words) {
                    return rest.to_owned();
                }
            }
            panic!("the log ends without {words:?}")
        };
        timeout(PATIENCE, find).await.expect(words)
    }

    async fn signal(&self, name: &str) {
        let id = self.child.id().expect("a living process").to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().await;
        assert!(sent.expect("kill").success());
    }

    async fn end(&mut self) -> ExitStatus {
        let ended = timeout(PATIENCE, self.child.wait()).await;
        ended.expect("it ends").expect("its status")
    }

    async fn whole_log(mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Ok(Some(line)) = self.log.next_line().await {
            lines.push(line);
        }
        lines
    }
}

#[tokio::test]
async fn a_bad_setting_is_one_clear_line() {
    let mut process = Process::start(&[("DB_HOST", "db"), ("DB_PORT", "x")]);
    assert_eq!(process.end().await.code(), Some(1));
    let log = process.whole_log().await;
    assert_eq!(
        log,
        ["inventory: error: DB_PORT is \"x\", but must be a port from 0 to 65535"]
    );
}

#[tokio::test]
async fn both_signals_end_it_even_with_a_request_under_way() {
    let database = TestDatabase::new(Rights::Least).await;
    for name in ["TERM", "INT"] {
        let mut process = Process::on(&database, database.user().get_port(), &[]);
        let address = process.says("listening on ").await;
        let mut done = TcpStream::connect(&address).await.expect("a connection");
        done.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .expect("a request");
        let mut start = [0; 12];
        done.read_exact(&mut start).await.expect("an answer");
        assert_eq!(&start, b"HTTP/1.1 200");
        let mut hanging = TcpStream::connect(&address).await.expect("a connection");
        hanging
            .write_all(b"POST /inserter HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n")
            .await
            .expect("half a request");
        process.signal(name).await;
        assert!(process.end().await.success(), "{name}");
    }
}

#[tokio::test]
async fn it_waits_for_its_database() {
    let database = TestDatabase::new(Rights::Least).await;
    let mut gate = Gate::before(&database.user()).await;
    let mut process = Process::on(&database, gate.port(), &[("DB_HOST", "127.0.0.1")]);
    process.says("waiting for the database").await;
    gate.open().await;
    process.says("listening on ").await;
}

#[tokio::test]
async fn it_can_be_stopped_while_it_waits() {
    let database = TestDatabase::new(Rights::Least).await;
    let gate = Gate::before(&database.user()).await;
    let mut process = Process::on(&database, gate.port(), &[("DB_HOST", "127.0.0.1")]);
    process.says("waiting for the database").await;
    process.signal("TERM").await;
    assert!(process.end().await.success());
}

#[tokio::test]
async fn the_wait_ends_with_the_reason() {
    let database = TestDatabase::new(Rights::Least).await;
    let wrong = [("DB_WAIT_SECONDS", "0"), ("DB_PASSWORD", "wrong")];
    let mut process = Process::on(&database, database.user().get_port(), &wrong);
    assert_eq!(process.end().await.code(), Some(1));
    let log = process.whole_log().await.join("\n");
    let refused = format!("the database refuses the user `{}`", database.name());
    assert!(log.contains(&refused), "{log}");
    assert!(log.contains("Access denied"), "{log}");
    assert!(!log.contains("wrong"), "{log}");

    let gate = Gate::before(&database.user()).await;
    let away = [("DB_WAIT_SECONDS", "0"), ("DB_HOST", "127.0.0.1")];
    let mut process = Process::on(&database, gate.port(), &away);
    assert_eq!(process.end().await.code(), Some(1));
    let log = process.whole_log().await.join("\n");
    assert!(log.contains("did not answer within 0 s"), "{log}");
}

/// A server that turns every connection away before a client could sign in, as MariaDB does where no account may come
/// from that host: one packet, number 0, an error without a state (protocol: `ERR_Packet`).
async fn turns_everybody_away() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    let text = b"Host '192.0.2.7' is not allowed to connect to this MariaDB server";
    let length = u8::try_from(text.len() + 3).expect("a short text");
    let mut packet = vec![length, 0, 0, 0, 0xff];
    packet.extend(1130_u16.to_le_bytes());
    packet.extend(text);
    tokio::spawn(async move {
        while let Ok((mut line, _)) = listener.accept().await {
            let _ = line.write_all(&packet).await;
        }
    });
    port
}

#[tokio::test]
async fn a_host_that_is_not_allowed_is_a_refusal_and_no_silence() {
    let port = turns_everybody_away().await.to_string();
    let settings = [
        ("LISTEN", "127.0.0.1:0"),
        ("DB_HOST", "127.0.0.1"),
        ("DB_PORT", &port),
        ("DB_NAME", "registry"),
        ("DB_USER", "clerk"),
        ("DB_PASSWORD", "made-up-user-password"),
        ("DB_WAIT_SECONDS", "300"),
    ];
    let mut process = Process::start(&settings);
    let reason = process
        .says("the database refuses the user `clerk`, so far: ")
        .await;
    assert!(reason.contains("1130"), "{reason}");
    assert_eq!(process.end().await.code(), Some(1));
    let log = process.whole_log().await.join("\n");
    assert!(
        log.contains("error: the database refuses the user `clerk`"),
        "{log}"
    );
    assert!(log.contains("is not allowed to connect"), "{log}");
}

#[tokio::test]
async fn it_tells_itself_whether_it_is_healthy() {
    let database = TestDatabase::new(Rights::Least).await;
    let mut process = Process::on(&database, database.user().get_port(), &[]);
    let address = process.says("listening on ").await;
    assert!(ask_for_health(&address).await.success());
    process.signal("TERM").await;
    assert!(process.end().await.success());
    assert_eq!(ask_for_health(&address).await.code(), Some(1));
}

async fn ask_for_health(address: &str) -> ExitStatus {
    Command::new(env!("CARGO_BIN_EXE_inventory"))
        .arg("healthcheck")
        .env_clear()
        .env("LISTEN", address)
        .stderr(Stdio::null())
        .status()
        .await
        .expect("the application starts")
}

#[tokio::test]
async fn the_log_names_every_request_and_the_client_behind_the_proxy() {
    let database = TestDatabase::new(Rights::Least).await;
    let mut process = Process::on(&database, database.user().get_port(), &[]);
    let address = process.says("listening on ").await;
    for (path, header) in [
        ("/healthz", "x: y"),
        ("/nowhere?q=1", "x: y"),
        (
            "/",
            "x-forwarded-for: 203.0.113.7\r\nx-forwarded-proto: https",
        ),
    ] {
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n{header}\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .await
            .expect("a request");
        let mut start = [0; 12];
        stream.read_exact(&mut start).await.expect("an answer");
    }
    // The health check comes first and has no line.
    assert_eq!(
        process.says("inventory: GET ").await,
        "/nowhere 404 from 127.0.0.1"
    );
    assert_eq!(
        process.says("inventory: GET ").await,
        "/ 200 for 203.0.113.7 over https"
    );
}

#[tokio::test]
async fn a_sign_in_that_stays_refused_ends_before_the_wait_is_over() {
    let database = TestDatabase::new(Rights::Least).await;
    let wrong = [("DB_WAIT_SECONDS", "300"), ("DB_PASSWORD", "wrong")];
    let mut process = Process::on(&database, database.user().get_port(), &wrong);
    process.says("the database refuses the user").await;
    assert_eq!(process.end().await.code(), Some(1));
    let log = process.whole_log().await.join("\n");
    assert!(
        log.contains("error: the database refuses the user"),
        "{log}"
    );
    assert!(log.contains("Access denied for user"), "{log}");
}

#[tokio::test]
async fn the_log_says_which_right_is_missing() {
    let database = TestDatabase::new(Rights::SelectAndCreate).await;
    let mut process = Process::on(&database, database.user().get_port(), &[]);
    let address = process.says("listening on ").await;
    let mut post = TcpStream::connect(&address).await.expect("a connection");
    let body = "name=Example&email=a%40example.org&number=1&website=https%3A%2F%2Fexample.org";
    let head = format!(
        "POST /inserter HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    post.write_all(format!("{head}{body}").as_bytes())
        .await
        .expect("a request");
    let denied = process.says(" command denied to user").await;
    assert!(denied.contains("manufacturers"), "{denied}");
}
