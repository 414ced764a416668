//! Admin pages other than the one that was looked at: every container taken for the role, and whatever else of the stack
//! publishes a page that says it is one.

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Url;

use super::pages::Endpoint;
use crate::http::address::{bases, below};
use crate::http::answer::{Fetched, redacted};
use crate::http::browser::Browser;
use crate::stack::context::StackContext;
use labcheck_core::check::Want;
use labcheck_core::facts::{Ask, Page, Role, Seen, Status};
use labcheck_core::redact::known::Secrets;
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::Inspected;

/// Longest wait for a page that no exercise asks the student to publish.
const DEADLINE: Duration = Duration::from_secs(2);
/// Ports of one container that are tried.
const PORTS: usize = 4;

/// A page that may be one, and the container behind it.
struct Candidate<'a> {
    inspected: &'a Inspected,
    url: Url,
    /// It is the first page of a container taken for the role, so it counts whatever it looks like.
    taken: bool,
}

/// The first pages of further admin containers, where a check asks for one; those that gave no answer are left out.
pub(crate) async fn look(
    context: &StackContext<'_>,
    endpoints: &[(Role, Endpoint)],
    browser: &Browser,
    secrets: &Secrets,
) -> Vec<Page> {
    let wanted = Want::Page {
        role: Role::Admin,
        path: "/".into(),
    };
    if !context.plan.wants.contains(&wanted) {
        return Vec::new();
    }
    let seen = endpoints
        .iter()
        .filter_map(|(_, endpoint)| endpoint.base.as_ref());
    let seen: Vec<&Url> = seen.collect();
    let asked =
        candidates(context, context.engine, &seen)
            .into_iter()
            .map(|candidate| async move {
                let page = browser
                    .get(&below(&candidate.url, "/")?, DEADLINE)
                    .await
                    .ok()?;
                (candidate.taken || says_so(&page)).then(|| Page {
                    ask: Ask {
                        role: Role::Admin,
                        method: "GET".into(),
                        path: "/".into(),
                        url: candidate.url.to_string(),
                        container: Some(candidate.inspected.container.name.clone()),
                    },
                    answer: Seen::Seen(Ok(redacted(page.answer, secrets))),
                })
            });
    join_all(asked).await.into_iter().flatten().collect()
}

/// Published addresses of running containers that are neither application, proxy nor database.
fn candidates<'a>(
    context: &StackContext<'a>,
    engine: &Engine,
    seen: &[&Url],
) -> Vec<Candidate<'a>> {
    let plays = |role: Role, inspected: &Inspected| {
        let mut all = context.playing(role).into_iter();
        all.any(|other| other.container.name == inspected.container.name)
    };
    let others = context.stack.containers.iter().filter(|inspected| {
        let used = [Role::App, Role::Db, Role::Proxy];
        inspected.container.state.status == Status::Running
            && !used.iter().any(|role| plays(*role, inspected))
    });
    let each = others.flat_map(|inspected| {
        let found = bases(&[&inspected.container], None, engine.host.as_deref());
        let known = found.iter().any(|url| seen.contains(&url));
        let taken = plays(Role::Admin, inspected) && !known;
        // Whatever else such a container publishes need not be an admin page.
        found
            .into_iter()
            .take(PORTS)
            .enumerate()
            .filter(|(_, url)| !seen.contains(&url))
            .map(move |(at, url)| Candidate {
                inspected,
                url,
                taken: taken && at == 0,
            })
    });
    each.collect()
}

/// Whether a page names itself as one of the programs that manage a database.
pub(crate) fn says_so(page: &Fetched) -> bool {
    const NAMES: [&str; 4] = ["phpmyadmin", "adminer", "pgadmin", "dbgate"];
    let title = page.answer.title.as_deref().unwrap_or_default();
    let title = title.to_ascii_lowercase();
    let body = page.answer.body.to_ascii_lowercase();
    let generator = |name: &str| {
        body.contains(&format!("content=\"{name}"))
            || body.contains(&format!("{name}.css"))
            || body.contains(&format!("id=\"{name}"))
    };
    NAMES
        .iter()
        .any(|name| title.contains(name) || generator(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::Answer;

    #[test]
    fn a_page_that_manages_a_database_says_so() {
        let page = |title: &str, body: &str| {
            says_so(&Fetched {
                answer: Answer {
                    title: Some(title.into()),
                    body: body.into(),
                    ..Answer::default()
                },
                ..Fetched::default()
            })
        };
        assert!(page("db | phpMyAdmin 5.2.2", ""));
        assert!(page("Login - Adminer", ""));
        assert!(!page("Shop", "we use phpMyAdmin to look after it"));
    }
}
