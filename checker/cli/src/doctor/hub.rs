//! Docker Hub: whether it is reached from here, how many pulls are left, and its clock. Asks without pulling.
//!
//! <https://docs.docker.com/docker-hub/usage/pulls/#view-pull-rate-and-limit>

use std::time::{Duration, SystemTime};

use reqwest::{Client, Response};

use super::line::Line;
use labcheck_core::text::say;

/// Where a name for pulling without a login is given out, and where the count is told.
const TOKEN: &str = "https://auth.docker.io/token?service=registry.docker.io&scope=repository:ratelimitpreview/test:pull";
const COUNT: &str = "https://index.docker.io/v2/ratelimitpreview/test/manifests/latest";
/// For everything: who has no network waits no longer.
const PATIENCE: Duration = Duration::from_secs(4);
/// Fewer than the images of the course.
const FEW: u32 = 10;

/// What was learnt.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Hub {
    /// Pulls left, where they are counted.
    left: Option<u32>,
    /// Its `Date`.
    pub(crate) date: Option<SystemTime>,
}

/// Asks; `Err` says why nothing came.
pub(crate) async fn ask() -> Result<Hub, String> {
    match tokio::time::timeout(PATIENCE, at(TOKEN, COUNT)).await {
        Ok(found) => found,
        Err(_) => Err(say!("no answer within {} s", PATIENCE.as_secs())),
    }
}

async fn at(token: &str, count: &str) -> Result<Hub, String> {
    // A second time it is there already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let words = |err: &reqwest::Error| {
        let mut inner: &dyn std::error::Error = err;
        while let Some(cause) = inner.source() {
            inner = cause;
        }
        inner.to_string()
    };
    let client = Client::builder()
        .timeout(PATIENCE)
        .build()
        .map_err(|err| words(&err))?;
    let answer = client.get(token).send().await.map_err(|err| words(&err))?;
    let date = date(&answer);
    let text = answer.text().await.map_err(|err| words(&err))?;
    let given: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let Some(given) = given.get("token").and_then(serde_json::Value::as_str) else {
        return Err(say!("it answers, but not as Docker Hub does").into());
    };
    let counted = client.head(count).bearer_auth(given).send().await;
    let left = counted
        .map_err(|err| words(&err))
        .map(|answer| left(&answer))?;
    Ok(Hub { left, date })
}

fn date(answer: &Response) -> Option<SystemTime> {
    let text = answer.headers().get("date")?.to_str().ok()?;
    httpdate::parse_http_date(text).ok()
}

/// `ratelimit-remaining: 76;w=21600`; a refusal means that none are left.
fn left(answer: &Response) -> Option<u32> {
    if answer.status().as_u16() == 429 {
        return Some(0);
    }
    let text = answer.headers().get("ratelimit-remaining")?.to_str().ok()?;
    text.split(';').next()?.trim().parse().ok()
}

/// The line about it.
pub(crate) fn line(found: &Result<Hub, String>) -> Line {
    let elsewhere = say!(
        "`labcheck images build` makes the images from Debian packages, `labcheck images import FILE` takes them from a stick"
    );
    match found {
        Err(why) => Line::warn("docker hub", say!("not reached: {why}", why), elsewhere),
        Ok(Hub { left: None, .. }) => {
            Line::ok("docker hub", say!("reached; pulls are not counted"))
        }
        Ok(Hub {
            left: Some(left), ..
        }) if *left < FEW => Line::warn(
            "docker hub",
            say!("reached; {left} pulls are left for this address", left),
            say!("`docker login` gives more; {elsewhere}", elsewhere),
        ),
        Ok(Hub {
            left: Some(left), ..
        }) => Line::ok(
            "docker hub",
            say!("reached; {left} pulls are left for this address", left),
        ),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::super::line::State;
    use super::*;

    /// A stand-in that gives these answers, one a connection.
    async fn stand_in(answers: Vec<String>) -> (String, String) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let port = listener.local_addr().expect("its number").port();
        tokio::spawn(async move {
            for answer in answers {
                let Ok((mut stream, _)) = listener.accept().await else {
                    return;
                };
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        (
            format!("http://127.0.0.1:{port}/token"),
            format!("http://127.0.0.1:{port}/count"),
        )
    }

    fn answer(status: &str, header: &str, body: &str) -> String {
        format!(
            "HTTP/1.1 {status}\r\nDate: Sun, 22 Nov 2026 03:00:00 GMT\r\n{header}Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    async fn told(header: &str, status: &str) -> Result<Hub, String> {
        let token = answer("200 OK", "", r#"{"token":"made-up"}"#);
        let (token, count) = stand_in(vec![token, answer(status, header, "")]).await;
        at(&token, &count).await
    }

    #[tokio::test]
    async fn what_is_left_is_told_and_few_is_a_warning() {
        let many = told("ratelimit-remaining: 76;w=21600\r\n", "200 OK").await;
        assert_eq!(many.as_ref().ok().and_then(|hub| hub.left), Some(76));
        assert!(many.as_ref().is_ok_and(|hub| hub.date.is_some()));
        assert_eq!(line(&many).state, State::Ok);
        let few = told("ratelimit-remaining: 3;w=21600\r\n", "200 OK").await;
        assert_eq!(line(&few).state, State::Warn);
        assert_eq!(
            told("", "429 Too Many Requests").await.map(|hub| hub.left),
            Ok(Some(0))
        );
        let free = told("", "200 OK").await;
        assert_eq!(line(&free).state, State::Ok);
    }

    #[tokio::test]
    async fn who_is_not_reached_or_not_docker_hub_is_a_warning() {
        let (token, count) = stand_in(vec![answer("200 OK", "", "<html>sign in</html>")]).await;
        let other = at(&token, &count).await;
        assert!(
            line(&other).state == State::Warn
                && other.is_err_and(|why| why.contains("not as Docker Hub"))
        );
        let nobody = at("http://127.0.0.1:1/token", "http://127.0.0.1:1/count").await;
        assert_eq!(line(&nobody).state, State::Warn);
    }
}
