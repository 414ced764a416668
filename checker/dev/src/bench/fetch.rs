//! `cargo dev bench-fetch`: how many times a second `POST /fetch` finds a stored name, in the course's application and in
//! the equivalent in Flask behind Gunicorn, on this machine, one after the other, with the same client.
//!
//! Figures to read, not a test: nothing passes or fails by them.

use labcheck_core::facts::course_app::{FETCH, INSERTER};
use labcheck_core::facts::labels;
use std::time::{Duration, Instant};

use clap::Args;
use futures_util::future::join_all;
use reqwest::Client;

use crate::stack::{Case, Docker, LABEL, Stack};
use crate::{DevError, Root};

/// `cargo dev bench-fetch`.
#[derive(Debug, Args)]
pub struct FetchArgs {
    /// Seconds that each application is asked for.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: u64,
    /// Connections kept open at once.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=64))]
    connections: u16,
}

/// The stacks, each with the service that answers: the yardstick comes second.
const STACKS: [(&str, &str); 2] = [("solution", "app"), ("foreign-flask", "web")];
/// What is stored and asked for.
const NAME: &str = "Bench and Sons";
/// Longest wait until an application answers.
const PATIENCE: Duration = Duration::from_mins(1);

/// Measures and gives the lines to print.
///
/// # Errors
/// When a stack does not start or does not answer as it should.
pub(crate) async fn run(root: &Root, args: &FetchArgs) -> Result<Vec<String>, DevError> {
    let mut lines = Vec::new();
    let mut rates = Vec::new();
    for (name, service) in STACKS {
        let case = Case::all(root)?
            .into_iter()
            .find(|case| case.lab == 5 && case.name() == name)
            .ok_or_else(|| DevError::wrong(format!("there is no stack v5/{name}")))?;
        let stack = apart(|| Stack::start(root, &case, 0))??;
        let rate = one(&case, service, args).await;
        let size = image_size(&case, service);
        stack.stop()?;
        let rate = rate?;
        lines.push(format!(
            "v5/{name}: {rate:.0} a second over {} connections in {} s, image {:.1} MB",
            args.connections,
            args.seconds,
            size? / 1e6
        ));
        rates.push(rate);
    }
    if let [ours, other] = rates.as_slice() {
        lines.push(format!("ratio: {:.1}", ours / other.max(f64::EPSILON)));
    }
    Ok(lines)
}

/// Does something on a thread of its own: starting a stack waits for other programs, which a runtime must not.
fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, DevError> {
    std::thread::scope(|scope| scope.spawn(work).join())
        .map_err(|_| DevError::wrong("a stack could not be started: see above"))
}

/// Answers a second that hold the name.
async fn one(case: &Case, service: &str, args: &FetchArgs) -> Result<f64, DevError> {
    let base = address(case, service)?;
    // Only the first time can it be installed, and only then is it needed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .pool_max_idle_per_host(usize::from(args.connections))
        .timeout(Duration::from_secs(10))
        .build()
        .map_err(|err| DevError::wrong(err.to_string()))?;
    store(&client, &base).await?;
    // The first second fills pools and caches, and does not count.
    count(&client, &base, args.connections, Duration::from_secs(1)).await?;
    let span = Duration::from_secs(args.seconds);
    let started = Instant::now();
    let answers = count(&client, &base, args.connections, span).await?;
    Ok(f64::from(answers) / started.elapsed().as_secs_f64())
}

async fn store(client: &Client, base: &str) -> Result<(), DevError> {
    let form = [
        ("name", NAME),
        ("email", "bench@example.org"),
        ("number", "041 000 00 00"),
        ("website", "https://bench.example.org"),
    ];
    let until = Instant::now() + PATIENCE;
    loop {
        let sent = client.post(format!("{base}{INSERTER}")).form(&form).send();
        let said = match sent.await {
            Ok(answer) if answer.status().as_u16() < 400 => return Ok(()),
            Ok(answer) => format!("status {}", answer.status()),
            Err(err) => err.to_string(),
        };
        if Instant::now() > until {
            return Err(DevError::wrong(format!("{base}{INSERTER}: {said}")));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// How many answers came over all connections; one that does not hold the name ends it.
async fn count(
    client: &Client,
    base: &str,
    connections: u16,
    span: Duration,
) -> Result<u32, DevError> {
    let until = Instant::now() + span;
    let lane = || async move {
        let mut answers = 0_u32;
        while Instant::now() < until {
            let sent = client
                .post(format!("{base}{FETCH}"))
                .form(&[("manufacturer_id", ""), ("manufacturer_name", NAME)])
                .send();
            let text = match sent.await {
                Ok(answer) => answer.text().await,
                Err(err) => Err(err),
            };
            match text {
                Ok(text) if text.contains(NAME) => answers += 1,
                Ok(_) => return Err(format!("{base}{FETCH}: an answer without the name")),
                Err(err) => return Err(format!("{base}{FETCH}: {err}")),
            }
        }
        Ok(answers)
    };
    let all = join_all((0..connections).map(|_| lane())).await;
    let all: Result<Vec<u32>, String> = all.into_iter().collect();
    all.map(|all| all.iter().sum()).map_err(DevError::wrong)
}

fn container(case: &Case, service: &str) -> Result<String, DevError> {
    let run = format!("label={LABEL}={}", case.run());
    let service = format!("label={}={service}", labels::SERVICE);
    let ids = Docker::ask(&["ps", "--quiet", "--filter", &run, "--filter", &service])?;
    let first = ids.lines().next().map(str::to_owned);
    first.ok_or_else(|| DevError::wrong(format!("{} has no such service running", case.run())))
}

fn address(case: &Case, service: &str) -> Result<String, DevError> {
    let ports = Docker::ask(&["port", &container(case, service)?])?;
    let first = ports.lines().find_map(|row| row.split(" -> ").nth(1));
    first
        .map(|at| format!("http://{}", at.trim()))
        .ok_or_else(|| DevError::wrong(format!("{} publishes nothing", case.run())))
}

fn image_size(case: &Case, service: &str) -> Result<f64, DevError> {
    let image = Docker::ask(&[
        "inspect",
        "--format",
        "{{.Image}}",
        &container(case, service)?,
    ])?;
    let size = Docker::ask(&["image", "inspect", "--format", "{{.Size}}", image.trim()])?;
    size.trim()
        .parse()
        .map_err(|_| DevError::wrong(format!("the size of an image: {}", size.trim())))
}
