//! Watching against a fake engine: on a pipe, on a terminal, and with events that break off.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use labcheck_core::facts::labels;
use serde_json::{Value, json};

use super::fake::{Fake, Mood, container};
use super::terminal::Terminal;

/// The longest that anything is waited for; nothing is judged by how long it took.
const LIMIT: Duration = Duration::from_mins(1);

const WATCH: [&str; 4] = ["v1", "--watch", "--project", "shop"];

fn shop() -> Fake {
    let app = container("aaaa", "shop-app-1", Some("shop"));
    Fake::start(Mood::Well, vec![app])
}

fn exited(container: &mut Value) {
    container["State"] = json!({ "Status": "exited", "ExitCode": 3 });
}

fn running(container: &mut Value) {
    container["State"] = json!({ "Status": "running", "StartedAt": "2026-01-01T00:00:00Z" });
}

/// A watch whose lines are read.
struct Pipe {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Pipe {
    fn start(engine: &Fake, folder: &Path, words: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_labcheck"))
            .args(words)
            .arg("--folder")
            .arg(folder)
            .env("DOCKER_HOST", &engine.url)
            .env("LABCHECK_DATA", folder.join(".cache/data"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs");
        let out = BufReader::new(child.stdout.take().expect("a pipe"));
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Self {
            child,
            lines,
            seen: Vec::new(),
        }
    }

    /// Reads up to a line that begins like this.
    fn until(&mut self, start: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(LIMIT);
            let Ok(line) = line else {
                panic!("`{start}` never came; there came {:#?}", self.seen);
            };
            self.seen.push(line.clone());
            if line.starts_with(start) {
                return line;
            }
        }
    }

    /// Asks it to end, and gives back how it did.
    fn end(mut self, signal: &str) -> Option<i32> {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.expect("kill runs").success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A test with an engine that goes on while the test waits.
fn with_engine(engine: fn() -> Fake, test: impl FnOnce(&Fake)) {
    let (send, made) = channel();
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async {
            send.send(engine()).expect("the test waits for it");
            let _ = ended.await;
        });
    });
    let engine = made.recv_timeout(LIMIT).expect("an engine");
    test(&engine);
    drop((engine, end));
    thread.join().expect("no panic");
}

#[test]
fn on_a_pipe_there_is_one_line_per_change() {
    with_engine(shop, |engine| {
        let dir = tempfile::tempdir().expect("a folder");
        let mut pipe = Pipe::start(engine, dir.path(), &WATCH);
        pipe.until("v1-app-stays-up: pass");
        pipe.until("v1 not yet");
        engine.change("die", "aaaa", exited);
        pipe.until("v1-app-stays-up: pass -> FAIL");
        pipe.until("v1 not yet");
        engine.change("start", "aaaa", running);
        pipe.until("v1-app-stays-up: FAIL -> pass");
        assert_eq!(
            pipe.seen.iter().filter(|line| line.contains("->")).count() % 2,
            0
        );
        assert_eq!(pipe.end("-TERM"), Some(0));
    });
}

#[test]
fn events_that_break_off_are_told_and_the_engine_is_asked_instead() {
    with_engine(shop, |engine| {
        let dir = tempfile::tempdir().expect("a folder");
        let mut pipe = Pipe::start(engine, dir.path(), &WATCH);
        pipe.until("v1 not yet");
        engine.break_events(true);
        pipe.until("note: the engine's events broke off");
        engine.change("die", "aaaa", exited);
        pipe.until("v1-app-stays-up: pass -> FAIL");
        engine.break_events(false);
        pipe.until("note: the engine's events are back");
        engine.change("start", "aaaa", running);
        pipe.until("v1-app-stays-up: FAIL -> pass");
        assert_eq!(pipe.end("-INT"), Some(0));
    });
}

#[test]
fn a_stack_that_is_not_there_is_waited_for() {
    let nobody = || Fake::start(Mood::Well, vec![container("aaaa", "other", None)]);
    with_engine(nobody, |engine| {
        let dir = tempfile::tempdir().expect("a folder");
        let mut pipe = Pipe::start(engine, dir.path(), &WATCH);
        pipe.until("waiting: ");
        engine.change("start", "aaaa", |container| {
            container["Config"]["Labels"] = json!({
                labels::PROJECT: "shop", labels::SERVICE: "app",
            });
        });
        pipe.until("v1-app-stays-up: pass");
        assert!(
            !pipe.seen.iter().any(|line| line.contains("FAIL ->")),
            "{:#?}",
            pipe.seen
        );
    });
}

#[test]
fn the_graders_own_look_sets_off_no_other() {
    with_engine(shop, |engine| {
        let dir = tempfile::tempdir().expect("a folder");
        let mut pipe = Pipe::start(engine, dir.path(), &WATCH);
        pipe.until("v1 not yet");
        for action in ["exec_create: sh", "exec_start: sh", "top", "attach"] {
            engine.change(action, "aaaa", |_| {});
        }
        // What is asked for after this has to be of the second look.
        engine.change("die", "aaaa", exited);
        pipe.until("v1-app-stays-up: pass -> FAIL");
        // Containers are listed anew where a program of the grader's own is started; networks are listed once a look.
        let asked = engine.asked();
        let looks = asked.iter().filter(|path| *path == "/networks");
        assert_eq!(looks.count(), 2, "{asked:#?}");
    });
}

#[test]
fn where_files_have_to_be_polled_it_is_said() {
    with_engine(shop, |engine| {
        let dir = tempfile::tempdir().expect("a folder");
        let words = [WATCH.as_slice(), &["--poll"]].concat();
        let mut pipe = Pipe::start(engine, dir.path(), &words);
        pipe.until("note: files are looked at every 2 s, as `--poll` asks");
        pipe.until("v1 not yet");
    });
}

/// A watch on a terminal.
fn on_terminal(engine: &Fake, folder: &Path, size: (u16, u16), env: &[(&str, &str)]) -> Terminal {
    let data = folder.join("data").display().to_string();
    let own = [
        ("DOCKER_HOST", engine.url.as_str()),
        ("LABCHECK_DATA", &data),
        ("BROWSER", "true"),
    ];
    Terminal::start(&WATCH, folder, size, &[&own, env].concat())
}

#[test]
fn on_a_terminal_it_is_a_screen_that_changes_in_place() {
    with_engine(shop, |engine| {
        let dir = tempfile::tempdir().expect("a folder");
        let mut terminal = on_terminal(engine, dir.path(), (80, 24), &[]);
        terminal.until_shown("V1  A page from a container");
        terminal.until_shown("✓ pass    The application's container runs and stays up");
        assert!(terminal.screen().screen().alternate_screen());
        engine.change("die", "aaaa", exited);
        terminal.until_shown("> ✗ FAIL    The application's container runs and stays up");
        terminal.until_shown("stopped with exit code 3");
        terminal.press("h");
        terminal.until_shown("hint 1 of");
        terminal.press("\u{1b}");
        terminal.until_shown("h hint");
        terminal.press("e");
        terminal.until_shown("docker logs --tail 20");
        terminal.press("\u{1b}");
        terminal.until_shown("h hint");
        terminal.press("l");
        terminal.until_shown("log of shop-app-1");
        terminal.press("\u{1b}");
        terminal.until_shown("h hint");
        terminal.press("o");
        terminal.until_shown("no page of the stack answers yet");
        terminal.press("\u{1b}");
        terminal.until_shown("h hint");
        terminal.resize(40, 12);
        terminal.until_shown("h hint e explain l log o page q quit");
        terminal.until("narrow rows", |screen| {
            screen
                .rows(0, 40)
                .any(|row| row.contains("✗ FAIL") && row.contains('…'))
        });
        engine.change("start", "aaaa", running);
        terminal.until_shown("✓ pass    The application's");
        // Room for what `stty` says afterwards.
        terminal.resize(80, 24);
        terminal.until_shown("h hint  e explain");
        terminal.press("q");
        terminal.given_back();
    });
}

#[test]
fn a_signal_gives_the_terminal_back_too_and_colour_can_be_left_out() {
    with_engine(shop, |engine| {
        let dir = tempfile::tempdir().expect("a folder");
        let mut terminal = on_terminal(engine, dir.path(), (120, 40), &[("NO_COLOR", "1")]);
        terminal.until_shown("✓ pass    The application's container runs and stays up");
        let plain = {
            let parser = terminal.screen();
            let cells = (0..40).flat_map(|row| (0..120).map(move |column| (row, column)));
            let mut cells = cells.filter_map(|(row, column)| parser.screen().cell(row, column));
            cells.all(|cell| cell.fgcolor() == vt100::Color::Default)
        };
        assert!(plain, "NO_COLOR");
        // Raw mode hands Ctrl-C over as a key.
        terminal.press("\u{3}");
        terminal.given_back();
    });
}

#[test]
fn a_terminal_that_cannot_be_drawn_on_gets_lines() {
    with_engine(shop, |engine| {
        let dir = tempfile::tempdir().expect("a folder");
        let terminal = on_terminal(engine, dir.path(), (80, 24), &[("TERM", "dumb")]);
        terminal.until_shown("v1-app-stays-up: pass");
        assert!(!terminal.screen().screen().alternate_screen());
    });
}
