//! Waiting until the page of a started lab answers; what the application says meanwhile is the progress.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::DevError;
use labcheck::setup::{self, Say};
use labcheck::start::{Project, SiteAddress};
use labcheck_core::error::Error;
use labcheck_core::text::{clean, cut};

/// The service whose words are shown.
const APP: &str = "app";
/// Cargo's first build in a container takes minutes on a slow machine.
const PATIENCE: Duration = Duration::from_mins(20);

/// Waits until the front page answers.
///
/// # Errors
/// [`DevError::Wrong`] with the application's last line when it stopped or does not answer.
pub(super) async fn answer(
    project: &Project,
    address: &SiteAddress,
    say: Say,
) -> Result<(), Error> {
    let mut step = say.step(&format!("waiting for {}", address.url));
    let end = Instant::now() + PATIENCE;
    let mut looked = Instant::now();
    while !answers(&address.plain).await {
        if looked.elapsed() > Duration::from_secs(1) {
            looked = Instant::now();
            step.now(&last_line(project).await);
            if state(project)
                .await
                .is_some_and(|state| state == "exited" || state == "dead")
            {
                return Err(gave_up(project, "the application stopped").await);
            }
        }
        if Instant::now() > end {
            return Err(gave_up(project, "the page does not answer").await);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    step.done("it answers");
    Ok(())
}

async fn gave_up(project: &Project, what: &str) -> Error {
    let name = project.name();
    DevError::Wrong {
        what: format!(
            "{name}: {what}; its last line: {}",
            last_line(project).await
        ),
        help: Some(format!(
            "see `docker compose -p {name} logs {APP}`; `docker compose -p {name} down -v` takes it down"
        )),
    }
    .into()
}

async fn last_line(project: &Project) -> String {
    let mut logs = project.compose(&["logs", "--no-log-prefix", "--no-color", "--tail", "1", APP]);
    let said = setup::ask(&mut logs).await.unwrap_or_default();
    cut(&clean(&said), 200)
}

async fn state(project: &Project) -> Option<String> {
    setup::ask(&mut project.compose(&["ps", "--all", "--format", "{{.State}}", APP])).await
}

/// Whether the front page is there: a status of 200, or a redirect to it, within two seconds.
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
    start.is_ok_and(|start| {
        start.is_ok_and(|start| {
            [b" 200", b" 301", b" 302", b" 307", b" 308"]
                .iter()
                .any(|status| start.ends_with(*status))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_page_answers_with_200_or_leads_on_and_nothing_else_counts() {
        for (said, counts) in [
            ("HTTP/1.1 200 OK\r\n\r\n", true),
            ("HTTP/1.1 308 There\r\n\r\n", true),
            ("HTTP/1.1 502 No\r\n\r\n", false),
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
