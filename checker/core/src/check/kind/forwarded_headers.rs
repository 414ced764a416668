//! `forwarded_headers`: the application learns who its visitors are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::Role;
use crate::text::{self, say, shell};

pub(super) const EXAMPLE: &str = "forwarded_headers: { role: app, by: proxy }";

/// The application's log names the client of a request that came through the proxy, not the proxy.
///
/// Judged from the log's line about a request made just then with a word of its own. An application that does not log its
/// clients, or not to standard output, leaves this unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForwardedHeaders {
    /// Whose log.
    pub role: Role,
    /// Who forwards.
    pub by: Role,
}

impl Kind for ForwardedHeaders {
    fn wants(&self) -> Vec<Want> {
        vec![Want::IngressLog]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let Some(proxy) = scene.one(self.by) else {
            return scene.missing(self.by);
        };
        let (name, by) = (app.known_as(), proxy.known_as());
        let expected = say!("`{name}` learns from `{by}` who the client is", name, by);
        let ingress = seen!(scene.facts.ingress.as_ref(), expected, say!("the entry"));
        let logged = seen!(
            ingress.logged.as_ref(),
            expected,
            say!("the application's log")
        );
        let log = shell!("docker logs --tail 20 {}", app.name);
        if let Some(line) = logged.iter().find(|line| !line.clients.is_empty()) {
            let found = say!("its log names the client {}", text::ticked(&line.clients));
            return Verdict::pass(expected, found).seen(say!("its log"), log);
        }
        if let Some(line) = logged.iter().find(|line| !line.proxy.is_empty()) {
            let found = say!(
                "in the log of `{name}`, the request comes from {}, which is `{by}` itself",
                text::ticked(&line.proxy),
                name,
                by
            );
            return Verdict::fail(expected, found).seen(say!("its log"), log);
        }
        let why = if logged.is_empty() {
            say!(
                "the log of `{name}` does not tell of a request that was made through `{by}`",
                name,
                by
            )
        } else {
            say!(
                "the log of `{name}` tells of the request, but names no address",
                name
            )
        };
        Verdict::unknown(expected, why).seen(say!("its log"), log)
    }
}
