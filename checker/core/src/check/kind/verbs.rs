//! `verbs`: an account has the rights it needs and no more.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::accounts;
use crate::check::shared::accounts::signed_in;
use crate::check::{Kind, Scene, Verdict, Want};
use crate::facts::Role;
use crate::text::{self, say};

pub(super) const EXAMPLE: &str =
    "verbs: { role: app, in: db, at_most: [SELECT, INSERT, UPDATE, CREATE, REFERENCES] }";

/// The application's account has none but the rights listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verbs {
    /// Whose account.
    pub role: Role,
    /// In which database.
    #[serde(rename = "in")]
    pub within: Role,
    /// The rights it may have, in capitals.
    pub at_most: Vec<String>,
}

impl Kind for Verbs {
    fn wants(&self) -> Vec<Want> {
        accounts::wants()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let expected = say!(
            "the database user of `{}` has nothing beyond {}",
            app.known_as(),
            text::list(&self.at_most)
        );
        let (sql, _, behind) = signed_in!(scene, expected);
        for account in &behind {
            let mut more: Vec<&str> = account
                .grants
                .iter()
                .flat_map(|grant| &grant.rights)
                .filter(|right| !self.at_most.iter().any(|allowed| allowed == *right))
                .map(String::as_str)
                .collect();
            more.sort_unstable();
            more.dedup();
            if !more.is_empty() {
                return Verdict::fail(
                    expected,
                    say!("`{}` also has {}", account.label(), text::list(&more)),
                )
                .seen(
                    say!("that user's rights"),
                    accounts::show_grants(sql, account),
                );
            }
        }
        let mut has: Vec<&str> = behind
            .iter()
            .flat_map(|account| &account.grants)
            .flat_map(|grant| &grant.rights)
            .map(String::as_str)
            .collect();
        has.sort_unstable();
        has.dedup();
        Verdict::pass(expected, text::list(&has))
    }
}
