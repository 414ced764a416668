//! The application's own words about a request that it could not answer.
//!
//! Picks lines of its log; the reader of the report decides what they mean.

use futures_util::future::join_all;

use labcheck_core::facts::{RoundTrip, StepAnswer};
use labcheck_core::redact::known::Secrets;
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::Inspected;
use labcheck_engine::model::time;

/// Lines read of each container's log, and lines kept of all.
const READ: usize = 60;
const KEPT: usize = 3;
/// Characters of a line.
const LONGEST: usize = 300;
/// The engine counts in whole seconds.
const ROUNDED_MS: u64 = 1000;

/// Whether the application answered a step that is judged by its answer with a status of 500 or more.
pub(crate) fn wanted(round_trip: &RoundTrip) -> bool {
    let steps = [&round_trip.stored, &round_trip.found, &round_trip.again];
    let broke = |step: &&StepAnswer| step.answer.as_ref().is_ok_and(|page| page.status >= 500);
    steps.into_iter().flatten().any(|step| broke(&step))
}

/// What the application has logged since a moment, in milliseconds since 1970.
pub(crate) async fn since(
    engine: &Engine,
    apps: &[&Inspected],
    moment: u64,
    secrets: &Secrets,
) -> Vec<String> {
    // Another machine's clock may differ.
    let since = engine
        .host
        .is_none()
        .then(|| moment.saturating_sub(ROUNDED_MS) / 1000);
    let reads = apps
        .iter()
        .map(|app| engine.log(&app.container.id, READ, since));
    let lines: Vec<String> = join_all(reads).await.into_iter().flatten().collect();
    let shown: Vec<String> = telling(&lines)
        .iter()
        .map(|line| secrets.show(line, LONGEST))
        .collect();
    shown
}

/// Now, as [`since`] takes it.
pub(crate) fn now() -> u64 {
    time::now()
}

/// The last lines that say what was refused; without one, those that speak of trouble; else the last ones there are.
fn telling(lines: &[String]) -> Vec<&str> {
    const REFUSED: [&str; 6] = [
        "denied",
        "refused",
        "doesn't exist",
        "does not exist",
        "cannot",
        "unknown",
    ];
    const TROUBLE: [&str; 5] = ["error", "exception", "panic", "fail", "fatal"];
    let mut all: Vec<&str> = Vec::new();
    for line in lines.iter().map(|line| line.trim()) {
        if !line.is_empty() && !all.contains(&line) {
            all.push(line);
        }
    }
    let holding = |words: &[&str]| -> Vec<&str> {
        let holds = |line: &&&str| {
            let line = line.to_ascii_lowercase();
            words.iter().any(|word| line.contains(word))
        };
        all.iter().filter(holds).copied().collect()
    };
    let ranked = [holding(&REFUSED), holding(&TROUBLE), all.clone()];
    let mut found = ranked
        .into_iter()
        .find(|lines| !lines.is_empty())
        .unwrap_or_default();
    found.split_off(found.len().saturating_sub(KEPT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::{Answer, Step};

    #[test]
    fn lines_that_speak_of_trouble_come_before_later_ones() {
        let lines = [
            "GET / 200",
            "Traceback (most recent call last):",
            "OperationalError: (1142, \"INSERT command denied\")",
            "OperationalError: (1142, \"INSERT command denied\")",
            "ERROR:app:Exception on /inserter [POST]",
            "GET /fetch 200",
            "",
        ]
        .map(str::to_owned);
        assert_eq!(
            telling(&lines),
            ["OperationalError: (1142, \"INSERT command denied\")"]
        );
        assert_eq!(telling(&lines[5..]), ["GET /fetch 200"]);
        assert!(telling(&[]).is_empty());
    }

    #[test]
    fn a_log_is_read_only_when_the_application_broke() {
        let round_trip = |status| RoundTrip {
            stored: Some(StepAnswer {
                step: Step::Store,
                repeat: String::new(),
                answer: Ok(Answer {
                    status,
                    ..Answer::default()
                }),
                page_search: None,
            }),
            ..RoundTrip::default()
        };
        assert!(wanted(&round_trip(500)) && wanted(&round_trip(503)));
        assert!(!wanted(&round_trip(404)) && !wanted(&RoundTrip::default()));
    }
}
