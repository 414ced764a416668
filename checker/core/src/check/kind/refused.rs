//! `refused`: statements that must not work are really refused.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::shared::seen::seen;
use crate::check::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Attempt, Outcome, Role, Statement, Step};
use crate::text::say;

pub(super) const EXAMPLE: &str =
    "refused: { role: app, in: db, statements: [drop_table, create_user, read_accounts] }";

/// Statements attempted as the application's own account are refused for want of a right.
///
/// They are built so that nothing is damaged if the right is there: the table to drop does not exist, the account to
/// create exists already. The server checks the right before it looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// Whose account.
    pub role: Role,
    /// In which database.
    #[serde(rename = "in")]
    pub within: Role,
    /// The statements.
    pub statements: Vec<Statement>,
}

impl Kind for Refused {
    fn wants(&self) -> Vec<Want> {
        let round_trip = [
            Want::RoundTrip(Step::Store),
            Want::RoundTrip(Step::Find),
            Want::Database(Look::Rows),
            Want::Database(Look::Sessions),
            Want::Database(Look::Accounts),
        ];
        round_trip
            .into_iter()
            .chain(
                self.statements
                    .iter()
                    .map(|statement| Want::Database(Look::Attempt(*statement))),
            )
            .collect()
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.role) else {
            return scene.missing(self.role);
        };
        let expected = say!(
            "as the database user of `{}`, these are refused: {}",
            app.known_as(),
            self.phrases()
        );
        let sql = seen!(scene.sql(), expected, say!("the database"));
        let attempts = seen!(sql.attempts.as_ref(), expected, say!("the attempt"));
        let mut said = Vec::new();
        for statement in &self.statements {
            let Some(attempt) = attempts
                .iter()
                .find(|attempt| attempt.statement == *statement)
            else {
                return Verdict::unknown(
                    expected,
                    say!("to {} was not attempted", phrase(*statement)),
                );
            };
            match attempt.outcome {
                Outcome::Refused => said.push(transcript(attempt)),
                Outcome::Allowed => {
                    let verdict = Verdict::fail(
                        expected,
                        say!("`{}` may {}", attempt.account, phrase(*statement)),
                    );
                    return attempts.iter().fold(verdict, |verdict, attempt| {
                        verdict.seen(transcript(attempt), "")
                    });
                }
                Outcome::Unclear => return Verdict::unknown(expected, transcript(attempt)),
            }
        }
        let verdict = Verdict::pass(expected, say!("all refused"));
        said.into_iter()
            .fold(verdict, |verdict, line| verdict.seen(line, ""))
    }
}

impl Refused {
    fn phrases(&self) -> String {
        crate::text::list(
            &self
                .statements
                .iter()
                .map(|statement| phrase(*statement))
                .collect::<Vec<_>>(),
        )
    }
}

fn phrase(statement: Statement) -> &'static str {
    match statement {
        Statement::DropTable => say!("drop a table"),
        Statement::CreateUser => say!("create a user"),
        Statement::ReadAccounts => say!("read the server's accounts"),
    }
}

fn transcript(attempt: &Attempt) -> String {
    format!("{}> {} — {}", attempt.account, attempt.sent, attempt.said)
}
