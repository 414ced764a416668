//! `through_entry`: the application's own page comes through the proxy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::reach_table::owner;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Container, UrlAttempt, BaseUrl, Role, RoundTrip, Seen, Step, Trouble};
use crate::text::{self, retold, say, shell};

pub(super) const EXAMPLE: &str = "through_entry: { role: app, by: proxy }";

/// A fresh name that was posted through a port of the one role comes back through it, or at least the form does that
/// only the application has.
///
/// A status of 200 proves nothing: a proxy's own page has it too, and is named by its title. Judged by pages alone,
/// so the proxy can be any program, and the way to the application HTTP, fastcgi or anything else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThroughEntry {
    /// Whose page.
    pub role: Role,
    /// Through whom.
    pub by: Role,
}

impl Kind for ThroughEntry {
    fn wants(&self) -> Vec<Want> {
        vec![
            Want::BaseUrl(self.by),
            Want::Page {
                role: self.role,
                path: "/".into(),
            },
            Want::RoundTrip(Step::Store),
            Want::RoundTrip(Step::Find),
        ]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let proxies = scene.all(self.by);
        let Some(proxy) = proxies.first() else {
            return scene.missing(self.by);
        };
        let (name, by) = (app.known_as(), proxy.known_as());
        let expected = say!(
            "the page of `{name}` comes through a port of `{by}`",
            name,
            by
        );
        let Some(base_url) = &scene.facts.base_url else {
            return Verdict::unknown(
                expected,
                say!("the entry was not looked for in these facts"),
            );
        };
        let own = |container: &str| {
            proxies
                .iter()
                .any(|proxy| owner(proxy, scene).name == container || proxy.name == container)
        };
        if let Some(other) = base_url.container.as_deref().filter(|other| !own(other)) {
            let other = scene.container(other).map_or(other, Container::known_as);
            return Verdict::fail(
                expected,
                say!(
                    "{} is a port of `{other}`, not of `{by}`",
                    base_url.base,
                    other,
                    by
                ),
            )
            .seen(
                say!("published ports"),
                shell!("docker port {}", proxy.name),
            );
        }
        let Some(attempt) = base_url.attempt() else {
            return Verdict::fail(
                expected,
                say!(
                    "no port of `{by}` is published, so there is no way through it",
                    by
                ),
            )
            .seen(
                say!("published ports"),
                shell!("docker port {}", proxy.name),
            );
        };
        let round_trip = scene.facts.round_trip.as_ref().and_then(Seen::get);
        if round_trip.is_some_and(came_back) {
            return Verdict::pass(
                expected,
                say!(
                    "a fresh name was posted and came back through {}",
                    base_url.base
                ),
            );
        }
        if attempt.form {
            return Verdict::pass(
                expected,
                say!(
                    "the form of `{name}` comes through {} (the fresh name did not come back; other checks say why)",
                    base_url.base,
                    name
                ),
            );
        }
        if let Some(why) = proxies
            .iter()
            .chain([&app])
            .find_map(|container| scene.not_ready(container))
        {
            return Verdict::unknown(expected, why);
        }
        let verdict = refused(attempt, base_url, proxy, app, expected);
        // Servers that choose by name say so when they know none such (RFC 6066, section 3).
        let by_name = matches!(&attempt.answer, Err(trouble) if trouble.phrase().to_ascii_lowercase().contains("unrecogni"));
        match verdict {
            Verdict::Fail(told) if by_name && scene.facts.course.hosts.is_empty() => {
                let found = told.found;
                Verdict::unknown(
                    told.expected,
                    say!("{found}; it may know another name only", found),
                )
                .seen(
                    say!("if it has a name of its own"),
                    shell!("labcheck {} --host NAME", scene.facts.lab),
                )
            }
            verdict => verdict,
        }
    }
}

/// Whether the fresh name stands on the page that it was fetched with.
fn came_back(round_trip: &RoundTrip) -> bool {
    round_trip
        .found
        .as_ref()
        .is_some_and(|step| step.shows_name(&round_trip.name) && Scene::refusal(step).is_none())
        && round_trip
            .stored
            .as_ref()
            .is_some_and(|step| Scene::refusal(step).is_none())
}

/// Why what came through is not the application's page.
fn refused(
    attempt: &UrlAttempt,
    base_url: &BaseUrl,
    proxy: &Container,
    app: &Container,
    expected: String,
) -> Verdict {
    let (by, name) = (proxy.known_as(), app.known_as());
    let led = |came: &crate::facts::FirstPage| {
        let to = Some(&came.led).filter(|led| !led.is_empty());
        to.or(came.away.as_ref()).map_or_else(
            || attempt.url.clone(),
            |to| say!("{} leads to {}", attempt.url, to.as_str()),
        )
    };
    let found = match &attempt.answer {
        Ok(came) if let Some(other) = &attempt.stranger => say!(
            "{}, a port that container `{other}` of another stack holds",
            led(came),
            other
        ),
        Err(Trouble::TooManyRedirects) => {
            say!(
                "{} leads in circles: every redirect leads to another one",
                attempt.url
            )
        }
        Err(trouble) => say!("the request to {} {}", attempt.url, retold(&trouble.phrase())),
        Ok(came) => {
            let title = came
                .title
                .clone()
                .filter(|title| !title.trim().is_empty())
                .unwrap_or_else(|| came.words.clone());
            let quoted = if title.is_empty() {
                String::new()
            } else {
                format!(": \"{}\"", text::cut(&title, 80))
            };
            match came.status {
                502..=504 => say!(
                    "status {}{shown}; `{by}` answers, but what it leads to does not: `{name}` is not reached from there",
                    came.status,
                    shown = quoted,
                    by,
                    name
                ),
                200..=299 => match &attempt.inserter {
                    Ok(status) if *status < 400 => say!(
                        "a page with status {}{shown}, but the form of `{name}` is not behind it, and the fresh name did not come back",
                        came.status,
                        shown = quoted,
                        name
                    ),
                    Ok(status) => say!(
                        "a page of `{by}` itself with status {}{shown}; /inserter of `{name}` is answered with status {status}",
                        came.status,
                        by,
                        shown = quoted,
                        name,
                        status
                    ),
                    Err(trouble) => say!(
                        "a page with status {}{shown}; the request for /inserter {}",
                        came.status,
                        retold(&trouble.phrase()),
                        shown = quoted
                    ),
                },
                status => match &came.away {
                    Some(to) => {
                        say!(
                            "status {status}, a redirect to {to}, which is not `{name}`",
                            status,
                            to,
                            name
                        )
                    }
                    None => say!("status {status}{shown}", status, shown = quoted),
                },
            }
        }
    };
    let mut verdict = Verdict::fail(expected, found)
        .seen(
            format!("GET {}", attempt.url),
            shell!("curl -ikL {}", attempt.url),
        )
        .seen(
            say!("the proxy's own words"),
            shell!("docker logs --tail 20 {}", proxy.name),
        );
    for other in base_url.tried.iter().filter(|other| other.url != attempt.url) {
        let came = match &other.answer {
            Ok(came) => say!("status {}", came.status),
            Err(trouble) => trouble.phrase(),
        };
        verdict = verdict.seen(format!("GET {}: {came}", other.url), "");
    }
    verdict
}
