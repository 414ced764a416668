//! `page`: a page of a role answers as asked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Blame, Kind, Scene, Verdict, Want};
use crate::facts::{self, Answer, Container, Health, Listener, Role, Seen, Trouble};
use crate::text::{retold, say, shell};

pub(super) const EXAMPLE: &str = "page: { role: app, path: /, status: 200, html: true }";

/// `GET` on a path of the role, redirects followed, has the status asked for and, with `html`, is a titled HTML page
/// that is neither a listing of files nor the web server's own welcome page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Whose page.
    pub role: Role,
    /// The path in the course's words; `--route` may map it.
    pub path: String,
    /// The status code expected.
    pub status: u16,
    /// Whether it must be an HTML page with a title.
    #[serde(default)]
    pub html: bool,
}

impl Kind for Page {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Page {
            role: self.role,
            path: self.path.clone(),
        }]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let kind = if self.html {
            say!(" with an HTML page that has a title")
        } else {
            ""
        };
        let expected = format!("GET {} answers {}{kind}", self.path, self.status);
        let Some(page) = scene.page(self.role, &self.path) else {
            return Verdict::unknown(expected, say!("the page was not asked for in these facts"));
        };
        match &page.answer {
            Seen::Unseen(why) => Verdict::unknown(expected, why),
            Seen::Seen(Err(trouble)) => silent(container, page, trouble, expected, scene),
            Seen::Seen(Ok(answer)) => self.answered(page, answer, expected),
        }
    }
}

impl Page {
    fn answered(&self, page: &facts::Page, answer: &Answer, expected: String) -> Verdict {
        if let Some(how) = answer
            .packed()
            .filter(|_| self.html && answer.status == self.status)
        {
            let why = say!(
                "the page came compressed as `{how}`, which is not read here",
                how
            );
            return Verdict::unknown(expected, why)
                .seen(say!("its headers"), shell!("curl -I {}", page.ask.url));
        }
        let title = answer.title.as_deref().unwrap_or_default();
        let wrong = if answer.status != self.status {
            Some(say!(
                "status {}{}",
                retold(&answer.told()),
                first_words(answer)
            ))
        } else if !self.html {
            None
        } else if !answer.is_html() {
            let named = answer.media_type();
            Some(say!(
                "content type {}",
                if named.is_empty() {
                    say!("missing").to_owned()
                } else {
                    format!("`{named}`")
                }
            ))
        } else if title.trim().is_empty() {
            Some(say!("an HTML page without a title").into())
        } else if WELCOMES.iter().any(|welcome| title.contains(welcome)) {
            Some(say!(
                "the web server's own welcome page, titled \"{title}\"",
                title
            ))
        } else if is_listing(title) {
            Some(say!("a listing of files, titled \"{title}\"", title))
        } else {
            None
        };
        let request = shell!("curl -i {}", page.ask.url);
        match wrong {
            Some(found) => {
                Verdict::fail(expected, found).seen(format!("GET {}", page.ask.url), request)
            }
            None if title.is_empty() => Verdict::pass(expected, say!("status {}", answer.status)),
            None => Verdict::pass(
                expected,
                say!("status {}, \"{title}\"", answer.status, title),
            ),
        }
    }
}

/// Titles of the pages that web servers come with: nginx', Apache's on Debian and Ubuntu, and on Fedora, Caddy's.
const WELCOMES: [&str; 5] = [
    "Welcome to nginx!",
    "Apache2 Debian Default Page",
    "Apache2 Ubuntu Default Page",
    "Test Page for the HTTP Server",
    "Caddy works!",
];

/// Titles that web servers give to listings of a folder: Python's, nginx' and Apache's.
fn is_listing(title: &str) -> bool {
    ["Directory listing for", "Index of /"]
        .iter()
        .any(|start| title.starts_with(start))
}

fn first_words(answer: &Answer) -> String {
    let text = crate::text::visible(&answer.body);
    if text.is_empty() {
        String::new()
    } else {
        format!(": \"{}\"", crate::text::cut(&text, 80))
    }
}

fn silent(
    container: &Container,
    page: &facts::Page,
    trouble: &Trouble,
    expected: String,
    scene: &Scene<'_>,
) -> Verdict {
    let mut found = say!("the request {}", retold(&trouble.phrase()));
    if let Some(why) = scene.not_ready(container) {
        return Verdict::unknown(expected, why);
    }
    let mut blame = Blame::Student;
    let listening = scene
        .facts
        .listening
        .get(&container.name)
        .and_then(Seen::get);
    if let Some(sockets) = listening {
        found = say!(
            "{found}; inside the container, {}",
            heard(container, sockets),
            found
        );
    }
    if let Some(other) = container
        .ports_asked
        .iter()
        .find_map(|port| scene.holder(port.host))
    {
        blame = Blame::Leftover;
        found = say!("{found}; container `{}` holds the port", other.name, found);
        return Verdict::fail(expected, found)
            .seen(say!("clear it away"), other.clear())
            .blamed(blame);
    }
    let request = if page.ask.url.is_empty() {
        shell!("docker port {}", container.name)
    } else {
        shell!("curl -i {}", page.ask.url)
    };
    let verdict = Verdict::fail(expected, found)
        .seen(format!("GET {}", page.ask.path), request)
        .blamed(blame);
    if !may_be_starting(container, listening.map(Vec::as_slice)) {
        return verdict;
    }
    let longer = shell!("labcheck {} --wait 120", scene.facts.lab);
    verdict.seen(say!("if it needs longer to start"), longer)
}

/// It was started only just now, listens nowhere, and has no health check that would tell when it is ready.
fn may_be_starting(container: &Container, sockets: Option<&[Listener]>) -> bool {
    const YOUNG_MS: u64 = 60_000;
    let unchecked = container.health == Health::None || container.idle_check.is_some();
    let young = container.state.up_ms.is_some_and(|up| up < YOUNG_MS);
    unchecked && young && sockets.is_some_and(<[_]>::is_empty)
}

fn heard(container: &Container, sockets: &[Listener]) -> String {
    let published = container
        .ports
        .iter()
        .map(|port| port.container)
        .find(|port| sockets.iter().any(|socket| socket.port == *port));
    match published.and_then(|port| sockets.iter().find(|socket| socket.port == port)) {
        Some(socket)
            if sockets
                .iter()
                .filter(|other| other.port == socket.port)
                .all(Listener::loopback) =>
        {
            say!(
                "`{}` listens on {}:{}, which nothing outside the container can reach",
                container.known_as(),
                socket.address,
                socket.port
            )
        }
        _ => super::published::sockets(sockets),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::State;

    #[test]
    fn what_was_started_just_now_and_listens_nowhere_may_be_starting() {
        let up = |up_ms: u64, health: Health| Container {
            state: State {
                up_ms: Some(up_ms),
                ..State::default()
            },
            health,
            ..Container::default()
        };
        let young = up(20_000, Health::None);
        assert!(may_be_starting(&young, Some(&[])));
        let elsewhere = Listener {
            address: "127.0.0.1".into(),
            port: 9229,
        };
        assert!(!may_be_starting(&young, Some(&[elsewhere])));
        assert!(!may_be_starting(&young, None));
        assert!(!may_be_starting(&up(90_000, Health::None), Some(&[])));
        let unhealthy = up(20_000, Health::Unhealthy(String::new()));
        assert!(!may_be_starting(&unhealthy, Some(&[])));
    }
}
