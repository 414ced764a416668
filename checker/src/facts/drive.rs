//! The round trip: a made-up manufacturer posted through the application, looked for in the database, asked back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Seen, Spot, Trouble};

/// What a drive through inserter and fetcher showed. A step that was not asked for, or not reached, is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Drive {
    /// The fresh name that was posted; replaced by a fixed word in recordings.
    pub name: String,
    /// The answer to posting it.
    pub stored: Option<StepAnswer>,
    /// Where in the database the name was found afterwards.
    pub rows: Option<Seen<Vec<Row>>>,
    /// The answer to fetching it by name.
    pub found: Option<StepAnswer>,
    /// The hash on the fetched page: the longest word of 32 or more hexadecimal digits outside tags, if any.
    pub hash: Option<String>,
    /// What the QR code on the fetched page decodes to; `Unseen` says why it could not be read.
    pub qr: Option<Seen<String>>,
    /// The answer to fetching a name that was never stored.
    pub missing: Option<StepAnswer>,
    /// The answer to posting the same name with another number.
    pub again: Option<StepAnswer>,
    /// Rows of the name after that, and rows of the new number.
    pub rows_again: Option<Seen<Vec<Row>>>,
    /// The answer to fetching `' OR '1'='1`.
    pub injection: Option<StepAnswer>,
    /// The answer to posting a name with markup in it.
    pub markup_stored: Option<StepAnswer>,
    /// The answer to fetching that name.
    pub markup: Option<StepAnswer>,
    /// The answer to an empty fetch form.
    pub empty_fetch: Option<StepAnswer>,
    /// The answer to an empty inserter form.
    pub empty_insert: Option<StepAnswer>,
    /// Whether everything posted was taken out again; `Unseen` says what stayed.
    pub undone: Option<Seen<u64>>,
    /// What happened when the database was restarted (only with `--disruptive`).
    pub restarted: Option<Seen<Restarted>>,
}

/// A step's request and answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepAnswer {
    /// The step.
    pub step: Step,
    /// A command that repeats the request.
    pub repeat: String,
    /// The answer, or why none came.
    pub answer: Result<Answer, Trouble>,
}

/// The steps of a drive.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Post a fresh manufacturer.
    Store,
    /// Fetch it by name.
    Find,
    /// Fetch a name that was never stored.
    Miss,
    /// Post the same name again.
    Again,
    /// Fetch `' OR '1'='1`.
    Inject,
    /// Post and fetch a name with markup.
    Markup,
    /// Send empty forms.
    Empty,
    /// Restart the database and ask again (disruptive).
    Restart,
}

/// A place in the database where a posted value lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Schema, table and column.
    pub spot: Spot,
    /// Which of the posted values: `name`, `number` or `hash`.
    pub value: String,
    /// How many rows hold it there.
    pub count: u64,
}

/// What a restart of the database showed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Restarted {
    /// Milliseconds until the database was ready again; `None` when it did not come back in time.
    pub database_ready_ms: Option<u64>,
    /// Milliseconds from then until the application answered a fetch with what was stored; `None` when it did not.
    pub app_back_ms: Option<u64>,
    /// The application's container was restarted or exited on the way.
    pub app_restarted: bool,
    /// The last answer or trouble seen from the application.
    pub last: String,
}
