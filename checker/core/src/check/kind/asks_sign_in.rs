//! `asks_sign_in`: an admin page asks who is there before it shows anything.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::{Answer, Container, Role, Seen, Status, Trouble, UnknownHost};
use crate::text::{retold, say, shell};

pub(super) const EXAMPLE: &str = "asks_sign_in: { role: admin }";

/// The role's first page is a sign-in form: it holds a password field, or asks by HTTP authentication (RFC 9110, section 11).
///
/// The name that its settings give for its database (`PMA_HOST`) is one that it can find. So are those of the stack's other admin pages. Judged by the page that arrives, so phpMyAdmin, Adminer and the like are all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AsksSignIn {
    /// Whose page.
    pub role: Role,
}

impl Kind for AsksSignIn {
    fn wants(&self) -> Vec<Want> {
        vec![Want::Page {
            role: self.role,
            path: "/".into(),
        }]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(container) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let expected = say!("`{}` shows its sign-in page", container.known_as());
        if container.state.status != Status::Running {
            return super::running::fallen(container, expected, scene);
        }
        let Some(page) = scene.page(self.role, "/") else {
            return Verdict::unknown(expected, say!("the page was not asked for in these facts"));
        };
        let request = shell!("curl -i {}", page.ask.url);
        let answer = match seen!(Some(&page.answer), expected, say!("the page")) {
            Ok(answer) => answer,
            // Behind a proxy it may have a path that the grader cannot guess.
            Err(Trouble::NoAddress) if scene.facts.roles.contains_key(&Role::Proxy) => {
                return Verdict::unknown(
                    expected,
                    say!(
                        "it publishes no port, and no page behind the proxy says that it is an admin page"
                    ),
                );
            }
            Err(trouble) => {
                return Verdict::fail(expected, say!("the request {}", retold(&trouble.phrase())))
                    .seen("GET /", request);
            }
        };
        if let Some(verdict) = other_page_signed_in(scene, self.role, &expected) {
            return verdict;
        }
        if let Some(verdict) = lost(scene, container) {
            return verdict;
        }
        if asks_by_http(answer) {
            return Verdict::pass(
                expected,
                say!("it asks for a name and password (HTTP authentication)"),
            );
        }
        if password_field(&answer.body) {
            return Verdict::pass(
                expected,
                answer
                    .title
                    .clone()
                    .unwrap_or_else(|| say!("a form with a password field").into()),
            );
        }
        let title = answer.title.as_deref().unwrap_or(say!("no title"));
        let found = if answer.status >= 400 {
            say!("status {}", answer.status)
        } else {
            say!(
                "a page without a password field (\"{title}\"): every visitor is signed in already",
                title
            )
        };
        Verdict::fail(expected, found).seen(format!("GET {}", page.ask.url), request)
    }
}

/// Another admin page that asks for no password: one that asks is no help then.
fn other_page_signed_in(scene: &Scene<'_>, role: Role, expected: &str) -> Option<Verdict> {
    scene.other_pages(role, "/").find_map(|page| {
        let Seen::Seen(Ok(answer)) = &page.answer else {
            return None;
        };
        if answer.status >= 400 || password_field(&answer.body) {
            return None;
        }
        let name = page.ask.container.as_deref().unwrap_or_default();
        let name = scene.container(name).map_or(name, Container::known_as);
        let title = answer.title.as_deref().unwrap_or(say!("no title"));
        Some(
            Verdict::fail(
                expected,
                say!("`{name}` shows an admin page without a password field (\"{title}\"): every visitor is signed in already", name, title),
            )
            .seen(
                format!("GET {}", page.ask.url),
                shell!("curl -i {}", page.ask.url),
            ),
        )
    })
}

/// A page that asks, and where no account can sign in: the database it was told to ask is not known to it.
fn lost(scene: &Scene<'_>, container: &Container) -> Option<Verdict> {
    let mut all = scene.facts.unknown_hosts.iter();
    let UnknownHost {
        setting, name, own, ..
    } = all.find(|lost| lost.container == container.name)?;
    let expected = say!(
        "`{}` shows its sign-in page, and finds its database",
        container.known_as()
    );
    let found = if *own {
        say!(
            "nobody can sign in there: `{setting}` says `{name}`, which is its own container, and no database is in it",
            setting,
            name
        )
    } else {
        say!(
            "nobody can sign in there: `{setting}` says `{name}`, and nothing on its networks is called so",
            setting,
            name
        )
    };
    let command = if *own {
        shell!("docker inspect -f '{{{{.Config.Env}}}}' {}", container.name)
    } else {
        shell!("docker exec {} getent ahosts {}", container.name, name)
    };
    Some(Verdict::fail(expected, found).seen("Config.Env", command))
}

fn asks_by_http(answer: &Answer) -> bool {
    answer.status == 401 && answer.headers.contains_key("www-authenticate")
}

fn password_field(body: &str) -> bool {
    let body = body.to_ascii_lowercase();
    ["type=\"password\"", "type='password'", "type=password"]
        .iter()
        .any(|sign| body.contains(sign))
}
