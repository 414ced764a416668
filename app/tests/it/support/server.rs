//! The server behind all tests: the one that `TEST_DATABASE_URL` names, or one container that every run uses again.
//!
//! The container stays when the tests end, so that the next run starts at once. Its data lies in memory, and
//! `docker rm -f labcheck-test-app-db` removes it.

use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use sqlx::mysql::MySqlConnectOptions;

const NAME: &str = "labcheck-test-app-db";
const PASSWORD: &str = "made-up-test-password";
const PATIENCE: Duration = Duration::from_mins(2);

/// How to sign in as a user who may create databases and users.
pub(crate) fn administrator() -> MySqlConnectOptions {
    static SERVER: OnceLock<MySqlConnectOptions> = OnceLock::new();
    SERVER
        .get_or_init(|| match std::env::var("TEST_DATABASE_URL") {
            Ok(url) => url.parse().expect("TEST_DATABASE_URL is an address"),
            Err(_) => container(),
        })
        .clone()
}

fn container() -> MySqlConnectOptions {
    let running = docker(&["inspect", "--format", "{{.State.Running}}", NAME]);
    if text(&running).trim() != "true" {
        docker(&["rm", "--force", "--volumes", NAME]);
        // Another run may have started it a moment ago; then the name is taken, which is fine.
        let started = docker(&[
            "run",
            "--detach",
            "--name",
            NAME,
            "--label",
            "labcheck.test=app-db",
            "--publish",
            "127.0.0.1::3306",
            "--tmpfs",
            "/var/lib/mysql",
            "--env",
            &format!("MARIADB_ROOT_PASSWORD={PASSWORD}"),
            "mariadb:11.8",
        ]);
        let said = String::from_utf8_lossy(&started.stderr).into_owned();
        assert!(
            started.status.success() || said.contains("already in use"),
            "cannot start a MariaDB; start Docker or set TEST_DATABASE_URL\n{said}"
        );
    }
    let start = Instant::now();
    while !docker(&[
        "exec",
        NAME,
        "healthcheck.sh",
        "--connect",
        "--innodb_initialized",
    ])
    .status
    .success()
    {
        assert!(start.elapsed() < PATIENCE, "{NAME} does not get healthy");
        std::thread::sleep(Duration::from_millis(100));
    }
    let published = text(&docker(&["port", NAME, "3306/tcp"]));
    let port = published
        .trim()
        .rsplit_once(':')
        .map(|(_, port)| port.parse());
    let Some(Ok(port)) = port else {
        panic!("{NAME} publishes no port: {published:?}")
    };
    MySqlConnectOptions::new()
        .host("127.0.0.1")
        .port(port)
        .username("root")
        .password(PASSWORD)
}

fn docker(arguments: &[&str]) -> Output {
    Command::new("docker")
        .args(arguments)
        .output()
        .expect("the docker command is there, or TEST_DATABASE_URL is set")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}
