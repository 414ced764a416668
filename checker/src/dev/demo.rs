//! `labcheck dev demo` (`cargo demo`): from nothing to a finished lab that runs, is graded, and can be looked at.
//!
//! Where no engine can be had, the recording of the same lab is graded instead, and the first and the last line say so.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Parser as _;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::sync::{self, Form};
use super::{DevError, File, Root, Tree};
use crate::cli::Cli;
use crate::error::Error;
use crate::exit::Exit;
use crate::setup::{self, Engine, Say, SetupError};
use crate::text::{clean, cut};

/// The application's service and the port that it listens on.
const ENTRY: (&str, &str) = ("app", "5000");
/// The bundle that Debian and its children keep; a site that re-signs TLS has its own certificate in it.
const CA_BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";
/// Cargo's first build in a container takes minutes on a slow machine.
const PATIENCE: Duration = Duration::from_mins(20);

/// Starts a lab's solution, grades it and says where it is and how to take it down.
///
/// # Errors
/// What set-up, Compose or grading could not do.
pub(super) async fn run(lab: &str, colour: bool) -> Result<Exit, Error> {
    let root = Root::find()?;
    let number = solution(&root, lab)?;
    let say = Say::new();
    let engine = match Engine::ensure(say).await {
        Ok(engine) => engine,
        Err(err) => return replay(&root, lab, colour, &err).await,
    };
    say.line(&format!("engine {} answers", engine.version));
    setup::images(&engine, Some(lab), say).await?;
    let folder = write(&root, number, say).await?;
    let project = format!("demo-{lab}");
    let demo = Demo {
        engine,
        lab,
        project: &project,
        beside: beside(&root, lab, &folder)?,
        folder,
        say,
    };
    demo.up().await?;
    let address = demo.wait().await?;
    let folder = demo.folder.display().to_string();
    let exit = grade(&[lab, "--folder", &folder, "--project", &project], colour).await?;
    say.line("");
    say.line(&format!("The page:      {address}"));
    say.line(&format!("Look around:   docker compose -p {project} ps"));
    say.line(&format!(
        "Take it down:  docker compose -p {project} down -v"
    ));
    Ok(exit)
}

/// The number of a lab that has a solution.
fn solution(root: &Root, lab: &str) -> Result<u32, DevError> {
    let labs = root.labs("solutions")?;
    if let Some(number) = labs.iter().find(|number| format!("v{number}") == lab) {
        return Ok(*number);
    }
    let names: Vec<String> = labs.iter().map(|number| format!("v{number}")).collect();
    Err(DevError::Wrong {
        what: format!("there is no solution of a lab `{}`", cut(&clean(lab), 40)),
        help: Some(format!(
            "the labs that can be shown are {}",
            crate::text::list(&names)
        )),
    })
}

/// Writes the finished lab to a folder of its own, as a student has it: the application inside, and nothing else. What
/// is there already is left alone, so that cargo builds only what changed.
async fn write(root: &Root, lab: u32, say: Say) -> Result<PathBuf, Error> {
    let folder = root.join(format!("target/demo/v{lab}"));
    let mut tree = sync::stack(root, lab, Form::Solution)?;
    if tree.files.contains_key("app/package.json") {
        setup::uikit(&root.join("app"), say).await?;
        for name in setup::UIKIT_FILES {
            let path = format!("static/{name}");
            let file = File::read(&root.join("app").join(&path))?;
            tree.files.insert(format!("app/{path}"), file);
        }
    }
    // A lock file is cargo's own while the lab runs.
    let stale = |path: &str| !tree.files.contains_key(path) && path != "app/Cargo.lock";
    for path in Tree::folder(&folder)?
        .files
        .keys()
        .filter(|path| stale(path))
    {
        let path = folder.join(path);
        std::fs::remove_file(&path).map_err(|err| DevError::file(&path, &err))?;
    }
    tree.write(&folder)?;
    Ok(folder)
}

/// Writes what this site needs and no student's file should say: the bundle of certificates that cargo trusts.
fn beside(root: &Root, lab: &str, folder: &Path) -> Result<Option<PathBuf>, DevError> {
    let compose = folder.join("compose.yaml");
    let text = std::fs::read_to_string(&compose).map_err(|err| DevError::file(&compose, &err))?;
    if !Path::new(CA_BUNDLE).is_file() || !text.contains("image: rust:") {
        return Ok(None);
    }
    let path = root.join("target/demo").join(format!("{lab}.beside.json"));
    let over = json!({ "services": { ENTRY.0: {
        "environment": { "CARGO_HTTP_CAINFO": CA_BUNDLE },
        "volumes": [format!("{CA_BUNDLE}:{CA_BUNDLE}:ro")],
    } } });
    let parent = root.join("target/demo");
    std::fs::create_dir_all(&parent).map_err(|err| DevError::file(&parent, &err))?;
    std::fs::write(&path, over.to_string()).map_err(|err| DevError::file(&path, &err))?;
    Ok(Some(path))
}

/// A lab that is being shown.
struct Demo<'l> {
    engine: Engine,
    lab: &'l str,
    /// A compose project of its own, so that a student's stack, volumes and build of the same lab stay what they are.
    project: &'l str,
    folder: PathBuf,
    beside: Option<PathBuf>,
    say: Say,
}

impl Demo<'_> {
    /// `docker compose` for the demo's project.
    fn compose(&self, words: &[&str]) -> tokio::process::Command {
        let mut command = self.engine.docker();
        command.args(["compose", "--ansi", "never", "-p", self.project, "-f"]);
        command.arg(self.folder.join("compose.yaml"));
        if let Some(beside) = &self.beside {
            command.arg("-f").arg(beside);
        }
        command.args(words).env("COMPOSE_PROGRESS", "plain");
        command
    }

    async fn up(&self) -> Result<(), Error> {
        let doing = format!("starting {}", self.lab);
        // Healthy databases are waited for by Compose, the page by ourselves.
        setup::tool(
            &mut self.compose(&["up", "--detach"]),
            &doing,
            &self.down(),
            self.say,
        )
        .await?;
        Ok(())
    }

    fn down(&self) -> String {
        format!(
            "`docker compose -p {} down -v` takes a half-started lab down; a port that is taken is freed by stopping what holds it (`docker ps`)",
            self.project
        )
    }

    /// Waits until the front page answers; what the application says meanwhile is the progress.
    async fn wait(&self) -> Result<String, Error> {
        let port = setup::ask(&mut self.compose(&["port", ENTRY.0, ENTRY.1])).await;
        let place = port
            .filter(|place| !place.is_empty())
            .ok_or_else(|| DevError::Wrong {
                what: format!(
                    "{}: port {} of `{}` is not published",
                    self.project, ENTRY.1, ENTRY.0
                ),
                help: Some(self.down()),
            })?;
        let place = place.replace("0.0.0.0", "127.0.0.1");
        let mut step = self.say.step(&format!("waiting for http://{place}/"));
        let end = Instant::now() + PATIENCE;
        let mut looked = Instant::now();
        while !answers(&place).await {
            if looked.elapsed() > Duration::from_secs(1) {
                looked = Instant::now();
                step.now(&self.last_line().await);
                if self
                    .state()
                    .await
                    .is_some_and(|state| state == "exited" || state == "dead")
                {
                    return Err(self.gave_up("the application stopped").await);
                }
            }
            if Instant::now() > end {
                return Err(self.gave_up("the page does not answer").await);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        step.done("it answers");
        Ok(format!("http://{place}/"))
    }

    async fn gave_up(&self, what: &str) -> Error {
        DevError::Wrong {
            what: format!(
                "{}: {what}; its last line: {}",
                self.project,
                self.last_line().await
            ),
            help: Some(format!(
                "see `docker compose -p {} logs {}`",
                self.project, ENTRY.0
            )),
        }
        .into()
    }

    async fn last_line(&self) -> String {
        let logs = self.compose(&[
            "logs",
            "--no-log-prefix",
            "--no-color",
            "--tail",
            "1",
            ENTRY.0,
        ]);
        let said = setup::ask(&mut { logs }).await.unwrap_or_default();
        cut(&clean(&said), 200)
    }

    async fn state(&self) -> Option<String> {
        setup::ask(&mut self.compose(&["ps", "--all", "--format", "{{.State}}", ENTRY.0])).await
    }
}

/// Whether the front page is there: a status of 200 within two seconds.
async fn answers(place: &str) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(place).await?;
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .await?;
        let mut start = [0; 12];
        stream.read_exact(&mut start).await?;
        Ok::<_, std::io::Error>(start)
    };
    let start = tokio::time::timeout(Duration::from_secs(2), ask).await;
    start.is_ok_and(|start| start.is_ok_and(|start| start.ends_with(b" 200")))
}

/// Grades as the command line would.
async fn grade(words: &[&str], colour: bool) -> Result<Exit, Error> {
    let colour = if colour { "always" } else { "never" };
    let words = [&["labcheck"], words, &["--color", colour]].concat();
    let cli = Cli::try_parse_from(words).map_err(|err| Error::Usage {
        what: clean(&err.to_string()),
        help: "see `labcheck --help`".into(),
    })?;
    // Boxed, since this is itself called from there.
    Box::pin(crate::run::run(cli)).await
}

/// No engine: the recording of the finished lab is graded.
async fn replay(root: &Root, lab: &str, colour: bool, why: &SetupError) -> Result<Exit, Error> {
    let say = Say::new();
    let file = root.join(format!("checker/tests/recordings/{lab}/solution.json"));
    if !file.is_file() {
        return Err(DevError::Wrong {
            what: format!("{why}; and there is no recording of {lab} to show instead"),
            help: Some(why.help()),
        }
        .into());
    }
    say.line(&format!(
        "This is a recording of {lab}, not a live stack: {why}"
    ));
    let exit = grade(&[lab, "--replay", &file.display().to_string()], colour).await?;
    say.line(&format!(
        "That was a recording of {lab}. To see it live: {}",
        why.help()
    ));
    Ok(exit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> Root {
        Root::at(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
    }

    #[test]
    fn only_labs_with_a_solution_can_be_shown() {
        let root = repository();
        assert_eq!(solution(&root, "v4").ok(), Some(4));
        for lab in ["v9", "4", "", "v04", "../v4", "v4/.."] {
            let err = solution(&root, lab).expect_err(lab);
            assert!(err.help().is_some_and(|help| help.contains("v1")));
        }
    }

    #[tokio::test]
    async fn a_page_answers_with_200_and_nothing_else_counts() {
        for (said, counts) in [
            ("HTTP/1.1 200 OK\r\n\r\n", true),
            ("HTTP/1.1 500 No\r\n\r\n", false),
            ("hi", false),
        ] {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
                .await
                .expect("a port");
            let place = listener.local_addr().expect("its number").to_string();
            let server = tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.expect("a visitor");
                let _ = stream.write_all(said.as_bytes()).await;
            });
            assert_eq!(answers(&place).await, counts, "{said}");
            server.await.expect("served");
        }
        assert!(!answers("127.0.0.1:1").await);
    }
}
