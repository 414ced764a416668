//! Running a program inside a container, and reading files out of it. No shell is needed for either.

use std::pin::Pin;
use std::time::Duration;

use bollard::container::LogOutput;
use bollard::exec::{CreateExecOptions, StartExecOptions, StartExecResults};
use bollard::query_parameters::DownloadFromContainerOptionsBuilder;
use futures_util::{Stream, StreamExt as _};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use crate::client::{Engine, words};
use crate::tar;

/// A piece of output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chunk {
    /// Standard output.
    Out(Vec<u8>),
    /// Standard error.
    Err(Vec<u8>),
}

/// What to run.
#[derive(Debug, Clone, Default)]
pub struct Program {
    /// The program and its arguments.
    pub cmd: Vec<String>,
    /// `NAME=value`; secrets travel here, never in `cmd`.
    pub env: Vec<String>,
    /// Whether something is written to its standard input.
    pub talks: bool,
}

/// A program that runs.
pub struct Running {
    /// What it writes, as it comes.
    pub output: Pin<Box<dyn Stream<Item = Chunk> + Send>>,
    /// What it reads.
    pub input: Pin<Box<dyn AsyncWrite + Send>>,
    /// The exec's id, for its exit code.
    pub id: String,
}

/// A program that ended.
#[derive(Debug, Clone, Default)]
pub struct Ended {
    /// Exit code; 126 and 127 mean that the program is not there.
    pub code: Option<i64>,
    /// What it wrote, cut.
    pub out: String,
}

impl Ended {
    /// The program is not in the container.
    pub fn missing(&self) -> bool {
        matches!(self.code, Some(126 | 127))
    }
}

/// How it is said that a program did not end in time.
pub const NO_END: &str = "no end within";

/// Output beyond this is read and dropped, so that a program that never stops talking ends all the same.
pub(crate) const MOST_OUTPUT: usize = 1024 * 1024;

impl Engine {
    /// Starts a program in a container.
    ///
    /// # Errors
    /// The engine's words, cleaned.
    pub async fn exec(&self, container: &str, program: &Program) -> Result<Running, String> {
        let options = CreateExecOptions {
            attach_stdin: Some(program.talks),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            env: Some(program.env.clone()),
            cmd: Some(program.cmd.clone()),
            ..CreateExecOptions::default()
        };
        let created = self
            .docker
            .create_exec(container, options)
            .await
            .map_err(|err| words(&err))?;
        let options = StartExecOptions {
            output_capacity: Some(64 * 1024),
            ..StartExecOptions::default()
        };
        match self
            .docker
            .start_exec(&created.id, Some(options))
            .await
            .map_err(|err| words(&err))?
        {
            StartExecResults::Attached { output, input } => {
                let output = output.filter_map(|part| async {
                    match part {
                        Ok(LogOutput::StdErr { message }) => Some(Chunk::Err(message.to_vec())),
                        Ok(other) => Some(Chunk::Out(other.into_bytes().to_vec())),
                        Err(_) => None,
                    }
                });
                Ok(Running {
                    output: Box::pin(output),
                    input,
                    id: created.id,
                })
            }
            StartExecResults::Detached => Err("the engine gave no output to read".into()),
        }
    }

    /// An exec's exit code; `None` while it runs or when the engine does not say.
    pub async fn exit_code(&self, exec: &str) -> Option<i64> {
        // The stream can end a moment before the engine has noted the code.
        for _ in 0..20 {
            let found = self.docker.inspect_exec(exec).await.ok()?;
            if let Some(code) = found.exit_code {
                return Some(code);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        None
    }

    /// Runs a program to its end.
    ///
    /// # Errors
    /// Why it could not be run, or that it took longer than the deadline.
    pub async fn run(
        &self,
        container: &str,
        program: &Program,
        input: &str,
        deadline: Duration,
    ) -> Result<Ended, String> {
        let work = async {
            let running = self.exec(container, program).await?;
            self.rest(running, program.talks.then_some(input)).await
        };
        in_time(deadline, work).await
    }

    async fn rest(&self, mut running: Running, input: Option<&str>) -> Result<Ended, String> {
        if let Some(input) = input {
            // A program that is not there never reads: its exit code says so.
            let _ = running.input.write_all(input.as_bytes()).await;
            let _ = running.input.shutdown().await;
        }
        let mut out = Vec::new();
        while let Some(chunk) = running.output.next().await {
            if let Chunk::Out(bytes) = chunk {
                let room = MOST_OUTPUT.saturating_sub(out.len());
                out.extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
        }
        let code = self.exit_code(&running.id).await;
        Ok(Ended {
            code,
            out: lossy(&out),
        })
    }

    /// The files at a path of a container: one, or those of a folder. Empty when there is nothing.
    ///
    /// Works without a shell and on stopped containers; not for `/proc`, and not for memory file systems.
    pub async fn files(&self, container: &str, path: &str) -> Vec<tar::File> {
        self.files_and_links(container, path).await.0
    }

    /// As [`Self::files`], and the links there: their names, and where each leads.
    pub async fn files_and_links(
        &self,
        container: &str,
        path: &str,
    ) -> (Vec<tar::File>, Vec<(String, String)>) {
        let options = DownloadFromContainerOptionsBuilder::new()
            .path(path)
            .build();
        let mut stream = std::pin::pin!(
            self.docker
                .download_from_container(container, Some(options))
        );
        let mut bytes = Vec::new();
        let read = async {
            while let Some(Ok(part)) = stream.next().await {
                bytes.extend_from_slice(&part);
                if bytes.len() > MOST_OUTPUT {
                    break;
                }
            }
        };
        // What came before the deadline is used; a file that is not there is an answer too.
        let _ = tokio::time::timeout(Duration::from_secs(5), read).await;
        (tar::files(&bytes), tar::links(&bytes))
    }
}

async fn in_time(
    deadline: Duration,
    work: impl Future<Output = Result<Ended, String>>,
) -> Result<Ended, String> {
    tokio::time::timeout(deadline, work)
        .await
        .map_err(|_| format!("{NO_END} {} s", deadline.as_secs()))?
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
