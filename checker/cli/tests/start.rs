//! `labcheck start` and `stop` on the real engine, with stacks that only sleep. What they start carries the label
//! `labcheck.test`, and `LABCHECK_TEST_RUN` keeps them from seeing, and so from stopping, stacks of other tests.

#[path = "docker/mod.rs"]
mod docker;

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

use docker::RUN_PREFIX;
use labcheck_core::facts::labels;

/// A port that no program holds and no other test here takes: below those that the system gives out for port 0.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 20_000 + u16::try_from(std::process::id() % 500).unwrap_or(0) * 20;
    let free = |port: &u16| TcpListener::bind(("0.0.0.0", *port)).is_ok();
    let next = || Some(first + NEXT.fetch_add(1, Ordering::Relaxed));
    std::iter::from_fn(next).find(free).expect("a free port")
}

/// A folder with two labs' stacks that want the same port.
struct Desk {
    folder: tempfile::TempDir,
    run: String,
    port: u16,
}

impl Desk {
    /// `None` where no engine can be had; `cargo verify` makes sure that there is one.
    fn new() -> Option<Self> {
        if !docker::there() {
            return None;
        }
        let port = free_port();
        let desk = Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            run: format!("{RUN_PREFIX}start-{}", std::process::id()),
            port,
        };
        for lab in ["v1", "v4"] {
            let folder = desk.lab(lab);
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(folder.join("compose.yaml"), desk.compose(lab)).expect("a file");
        }
        Some(desk)
    }

    fn lab(&self, lab: &str) -> PathBuf {
        self.folder.path().join(lab)
    }

    fn project(&self, lab: &str) -> String {
        format!("{}-{lab}", self.run)
    }

    fn compose(&self, lab: &str) -> String {
        let (run, port, project) = (&self.run, self.port, self.project(lab));
        let (of_lab, of_test) = (labels::LAB, labels::TEST);
        format!(
            "name: {project}
x-labels: &labels {{ {of_lab}: {lab}, {of_test}: {run} }}
services:
  app:
    image: debian:trixie-slim
    command: [sleep, infinity]
    init: true
    ports: [127.0.0.1:{port}:80]
    volumes: [data:/data]
    labels: *labels
networks: {{ default: {{ labels: *labels }} }}
volumes: {{ data: {{ labels: *labels }} }}
"
        )
    }

    fn labcheck(&self, words: &[&str], lab: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_labcheck"))
            .args(words)
            .args(lab.rsplit('/').next())
            .arg("--folder")
            .arg(self.lab(lab))
            .env("LABCHECK_TEST_RUN", &self.run)
            .env("XDG_CACHE_HOME", self.folder.path().join("cache"))
            .stdin(Stdio::null())
            .output()
            .expect("it runs")
    }

    /// Exit code and what it said.
    fn said(&self, words: &[&str], lab: &str) -> (Option<i32>, String) {
        let out = self.labcheck(words, lab);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        (out.status.code(), said)
    }

    /// What the engine has of this test: `ps --all` or `volume ls`.
    fn there(&self, list: &[&str], name: &str) -> Vec<String> {
        let filter = format!("label={}={}", labels::TEST, self.run);
        let format = format!("{{{{.{name}}}}}");
        let rows = docker::ask(&[list, &["--filter", &filter, "--format", &format]].concat());
        let rows = rows.expect("the engine answers");
        rows.lines().map(str::to_owned).collect()
    }

    fn containers(&self) -> Vec<String> {
        self.there(&["ps", "--all"], "Names")
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let kinds: [(&[&str], &str, &[&str]); 3] = [
            (&["ps", "--all"], "Names", &["rm", "--force", "--volumes"]),
            (&["network", "ls"], "Name", &["network", "rm"]),
            (&["volume", "ls"], "Name", &["volume", "rm"]),
        ];
        for (list, name, remove) in kinds {
            for name in self.there(list, name) {
                let _ = docker::ask(&[remove, &[&name]].concat());
            }
        }
    }
}

#[test]
fn one_lab_makes_way_for_the_next() {
    let Some(desk) = Desk::new() else {
        return;
    };
    let app = |lab: &str| format!("{}-app-1", desk.project(lab));

    let (code, said) = desk.said(&["start"], "v1");
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains(&format!("http://127.0.0.1:{} (app)", desk.port)),
        "{said}"
    );
    assert_eq!(desk.containers(), [app("v1")]);

    let (code, said) = desk.said(&["start"], "v4");
    assert_eq!(code, Some(2), "nobody was asked: {said}");
    let clear = format!("docker compose -p {} down", desk.project("v1"));
    assert!(said.contains("of lab v1 is running"), "{said}");
    assert!(said.contains("--yes") && said.contains(&clear), "{said}");
    assert_eq!(desk.containers(), [app("v1")]);

    let (code, said) = desk.said(&["start", "--keep"], "v4");
    assert_eq!(code, Some(1), "the port is held: {said}");
    assert!(
        said.contains(&format!("port {}", desk.port)) && said.contains(&app("v1")),
        "{said}"
    );
    assert!(said.contains(&clear), "{said}");
    assert_eq!(desk.containers(), [app("v1")], "nothing is left half-way");

    let (code, said) = desk.said(&["start", "--yes"], "v4");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(desk.containers(), [app("v4")]);
    let volumes = desk.there(&["volume", "ls"], "Name");
    assert_eq!(
        volumes.len(),
        2,
        "what the other one stored stays: {volumes:?}"
    );

    let (code, said) = desk.said(&["start"], "v4");
    assert_eq!(code, Some(0), "once more is nothing new: {said}");

    // The same project in another course's folder is not this stack's.
    let other = desk.folder.path().join("other/v4");
    std::fs::create_dir_all(&other).expect("a folder");
    std::fs::write(other.join("compose.yaml"), desk.compose("v4")).expect("a file");
    let (code, said) = desk.said(&["stop"], "other/v4");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("not from this folder"), "{said}");
    assert_eq!(desk.containers(), [app("v4")]);

    let (code, said) = desk.said(&["stop"], "v4");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(desk.containers(), Vec::<String>::new());
    assert_eq!(desk.there(&["volume", "ls"], "Name").len(), 2);
    let (code, said) = desk.said(&["stop", "--volumes"], "v4");
    assert_eq!(code, Some(0), "{said}");
    let volumes = desk.there(&["volume", "ls"], "Name");
    assert_eq!(volumes, [format!("{}_data", desk.project("v1"))]);
}

#[test]
fn what_another_lab_left_is_named_with_the_command_that_clears_it() {
    let Some(mut desk) = Desk::new() else {
        return;
    };
    desk.run += "-left";
    let volume = format!("{}-labdata", desk.run);
    for (lab, command) in [("v4", "[sleep, infinity]"), ("v1", "[\"false\"]")] {
        let text = desk
            .compose(lab)
            .replace("[sleep, infinity]", command)
            .replace(&format!("127.0.0.1:{}:80", desk.port), "80")
            .replace(
                "data: { labels",
                &format!("data: {{ name: {volume}, labels"),
            );
        std::fs::write(desk.lab(lab).join("compose.yaml"), text).expect("a file");
    }
    let (code, said) = desk.said(&["start"], "v4");
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = desk.said(&["start", "--keep"], "v1");
    let clear = format!("docker volume rm {volume}");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("(lab v4)") && said.contains(&clear), "{said}");

    // Compose by hand goes on with the other's volume, and grading says whose it is.
    let compose = desk.lab("v1").join("compose.yaml").display().to_string();
    docker::ask(&["compose", "-f", &compose, "up", "--detach"]).expect("it starts");
    let out = desk.labcheck(&["--wait", "0"], "v1");
    let said = String::from_utf8_lossy(&out.stdout);
    assert_eq!(out.status.code(), Some(10), "{said}");
    let whole: String = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(whole.contains("a leftover of another lab"), "{said}");
    let left = format!("leftover: `app` works on volume `{volume}`, which lab v4 made");
    assert!(whole.contains(&left), "{said}");
    assert!(whole.contains(&clear), "{said}");
}

#[test]
fn a_port_of_another_program_is_said_to_be_so() {
    let Some(mut desk) = Desk::new() else {
        return;
    };
    desk.run += "-port";
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    desk.port = listener.local_addr().expect("its number").port();
    std::fs::write(desk.lab("v1").join("compose.yaml"), desk.compose("v1")).expect("a file");
    let (code, said) = desk.said(&["start"], "v1");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("held by a program outside Docker"), "{said}");
    assert!(said.contains(&format!("sport = :{}", desk.port)), "{said}");
    assert_eq!(desk.containers(), Vec::<String>::new());
}

/// An image that is built here, removed with the test.
struct Image(String);

impl Drop for Image {
    fn drop(&mut self) {
        let _ = docker::ask(&["image", "rm", "--force", &self.0]);
    }
}

#[test]
fn an_edit_is_told_by_a_note_and_built_by_the_next_start() {
    let Some(mut desk) = Desk::new() else {
        return;
    };
    desk.run += "-build";
    let image = Image(format!("{}-app:built", desk.run));
    let folder = desk.lab("v1");
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("a file");
    let build = format!("build: .\n    image: {}\n    command", image.0);
    let text = desk.compose("v1").replace("command", &build);
    write(
        "compose.yaml",
        &text.replace("image: debian:trixie-slim\n    ", ""),
    );
    write(
        "Dockerfile",
        "FROM debian:trixie-slim\nCOPY word.txt /word.txt\n",
    );
    write("word.txt", "one");
    let (code, said) = desk.said(&["start"], "v1");
    assert_eq!(code, Some(0), "{said}");
    let runs = || {
        let app = format!("{}-app-1", desk.project("v1"));
        docker::ask(&["exec", &app, "cat", "/word.txt"]).expect("it runs")
    };
    let graded = || {
        let out = desk.labcheck(&["--wait", "0"], "v1");
        let said = String::from_utf8_lossy(&out.stdout);
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(runs(), "one");
    assert!(!graded().contains("note:"), "{}", graded());

    write("word.txt", "two");
    let told = "note: word.txt changed, the image of `app` is older $ labcheck start v1 --folder ";
    let said = graded();
    assert!(said.contains(told), "{said}");

    let (code, said) = desk.said(&["start"], "v1");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(runs(), "two");
    assert!(!graded().contains("note:"), "{}", graded());

    let app = format!("{}-app-1", desk.project("v1"));
    docker::ask(&["stop", &app]).expect("it runs");
    let told = "note: the stack is stopped; if that was you, start it again $ labcheck start v1";
    let said = graded();
    assert!(said.contains(told), "{said}");

    write("compose.yaml", &format!("{text}\n\tx: y\n"));
    let said = graded();
    assert!(said.contains("note: compose.yaml, line "), "{said}");
    assert!(said.ends_with("then $ labcheck start v1"), "{said}");
}

#[test]
fn a_start_that_fails_says_what_to_do_about_it() {
    let Some(mut desk) = Desk::new() else {
        return;
    };
    desk.run += "-fails";
    let folder = desk.lab("v1");
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("a file");
    // With an init of the engine's own that would be the program that cannot start the other.
    let compose = desk.compose("v1").replace("    init: true\n", "");
    let fails = |text: &str| {
        write("compose.yaml", text);
        let (code, said) = desk.said(&["start"], "v1");
        assert_eq!(code, Some(1), "{said}");
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    };

    let said = fails(&compose.replace("[sleep, infinity]", "[sleep infinity]"));
    assert!(
        said.contains("list items of their own: [sleep, infinity]"),
        "{said}"
    );

    let said = fails(&compose.replace("[sleep, infinity]", "[/no/such/program]"));
    assert!(
        said.contains("is not in it, or not at that place"),
        "{said}"
    );

    write("Dockerfile", "FROM debian:trixie-slim\nCOPY page.html /\n");
    let said = fails(&compose.replace("image: debian:trixie-slim", "build: ."));
    assert!(said.contains("`COPY page.html` finds nothing"), "{said}");

    let waits = "    depends_on: { db: { condition: service_healthy } }\n  db:\n    image: debian:trixie-slim\n    command: [\"false\"]\n    healthcheck: { test: [CMD, \"true\"] }\n    labels: *labels\nnetworks";
    let said = fails(&compose.replacen("networks", waits, 1));
    let logs = format!("`docker compose -p {} logs` says why", desk.project("v1"));
    assert!(said.contains(&logs), "{said}");
}

#[test]
fn what_runs_from_changed_source_is_restarted_and_what_ended_is_told() {
    let Some(mut desk) = Desk::new() else {
        return;
    };
    desk.run += "-after";
    let folder = desk.lab("v1");
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("a file");
    std::fs::create_dir(folder.join("app")).expect("a folder");
    write("app/main.rs", "one");
    let text = desk.compose("v1").replace(
        "volumes: [data:/data]",
        "volumes: [data:/data, ./app:/app:ro]",
    );
    write("compose.yaml", &text);
    let (code, said) = desk.said(&["start"], "v1");
    assert_eq!(code, Some(0), "{said}");
    assert!(
        !said.contains("note:") && !said.contains("restarting"),
        "{said}"
    );

    write("app/main.rs", "two");
    let (code, said) = desk.said(&["start"], "v1");
    assert_eq!(code, Some(0), "{said}");
    let told = "restarting `app`, as app/main.rs is newer than its last start";
    assert!(said.contains(told), "{said}");
    let (_, said) = desk.said(&["start"], "v1");
    assert!(!said.contains("restarting"), "once is enough: {said}");

    let ends = "[bash, -c, \"echo Error: no such table $word; exit 3\"]";
    write("compose.yaml", &text.replace("[sleep, infinity]", ends));
    write("docker-compose.yml", "services: {}\n");
    let (code, said) = desk.said(&["start"], "v1");
    assert_eq!(code, Some(0), "{said}");
    for told in [
        "note: Compose reads `compose.yaml` and not `docker-compose.yml`",
        "note: Compose reads `$word` as a variable, which is not set",
        "note: `app` stopped with exit code 3; its last log line: Error: no such table",
    ] {
        assert!(said.contains(told), "{told} in {said}");
    }
    assert!(
        !said.contains("Published:"),
        "nothing answers there: {said}"
    );
}
