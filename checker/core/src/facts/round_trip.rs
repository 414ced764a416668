//! The round trip: a made-up manufacturer posted through the application, looked for in the database, asked back.

use crate::text::ShellCommand;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Seen, Spot, Trouble};

/// What a drive through inserter and fetcher showed. A step that was not asked for, or not reached, is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RoundTrip {
    /// The fresh name that was posted; replaced by a fixed word in recordings.
    pub name: String,
    /// The answer to posting it.
    pub stored: Option<StepAnswer>,
    /// Where in the database the name was found afterwards.
    pub rows: Option<Seen<Vec<Row>>>,
    /// The answer to fetching it by name.
    pub found: Option<StepAnswer>,
    /// The hash on the fetched page: of the words of 32 or more hexadecimal digits outside tags that no other page shows,
    /// the one its QR code says, or the longest.
    pub hash: Option<String>,
    /// What the QR code on the fetched page decodes to: of several the one that is the hash; empty without one.
    /// `Unseen` says why it could not be read.
    pub qr: Option<Seen<String>>,
    /// Long hexadecimal words that the fetch page showed before anything was asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub furniture: Vec<String>,
    /// The answer to fetching a name that was never stored.
    pub missing: Option<StepAnswer>,
    /// The answer to posting the same name with another number.
    pub again: Option<StepAnswer>,
    /// Rows of the name after that, and rows of the new number.
    pub rows_again: Option<Seen<Vec<Row>>>,
    /// The answer to fetching `' OR '1'='1`; older recordings have it instead of `typed`.
    pub injection: Option<StepAnswer>,
    /// SQL typed into the fetch form, and for each field something harmless to compare with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub typed: Vec<Typed>,
    /// The answer to posting a name with markup in it; older recordings have it instead of `markups`.
    pub markup_stored: Option<StepAnswer>,
    /// The answer to fetching that name.
    pub markup: Option<StepAnswer>,
    /// Markup posted in several shapes and fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub markups: Vec<Markup>,
    /// The answer to an empty fetch form.
    pub empty_fetch: Option<StepAnswer>,
    /// The answer to an empty inserter form.
    pub empty_insert: Option<StepAnswer>,
    /// Whether everything posted was taken out again; `Unseen` says what stayed.
    pub undone: Option<Seen<u64>>,
    /// Rows that an earlier grading left behind, as it was ended before it could take them back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Earlier>,
    /// What the application logged meanwhile, redacted and cut, where it answered a form with a status of 500 or more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub app_log: Vec<String>,
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
    /// What the whole page showed, as the body kept may be cut; `None` in older recordings.
    #[serde(rename = "shown", default, skip_serializing_if = "Option::is_none")]
    pub page_search: Option<PageSearch>,
}

impl StepAnswer {
    /// The command that repeats the request, as it may be shown: a recording may come from a stranger.
    pub fn command(&self) -> ShellCommand {
        ShellCommand::recorded(&self.repeat)
    }

    /// Whether the page holds a word, which is looked for in the whole page where that is the fresh name.
    pub fn shows_name(&self, name: &str) -> bool {
        match (&self.page_search, &self.answer) {
            (Some(page_search), _) => page_search.name,
            (None, Ok(answer)) => answer.body.contains(name),
            (None, Err(_)) => false,
        }
    }

    /// Whether the page shows a hash.
    pub fn shows_hash(&self, hash: &str) -> bool {
        match (&self.page_search, &self.answer) {
            (Some(page_search), _) => page_search
                .hashes
                .iter()
                .any(|word| word.eq_ignore_ascii_case(hash)),
            (None, Ok(answer)) => answer.body.contains(hash),
            (None, Err(_)) => false,
        }
    }

    /// The long hexadecimal words of the page; none where they were not looked for.
    pub fn hashes(&self) -> &[String] {
        self.page_search
            .as_ref()
            .map_or(&[], |page_search| &page_search.hashes)
    }
}

/// What was looked for in a whole page, of which at most 2 MiB are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PageSearch {
    /// The fresh name stands in it.
    pub name: bool,
    /// Words of 32 or more hexadecimal digits that a reader sees.
    pub hashes: Vec<String>,
    /// Markup of the round trip came back as markup.
    pub marked: bool,
}

/// Something typed into the fetch form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Typed {
    /// The field: `manufacturer_name` or `manufacturer_id`.
    pub field: String,
    /// What was typed.
    pub text: String,
    /// It is SQL; otherwise it is the harmless twin that the others of its field are compared with.
    pub sql: bool,
    /// The answer, its body cut to what a report quotes.
    pub answer: StepAnswer,
}

/// Markup in a field of the inserter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Markup {
    /// The field that holds it: `name`, `website` or `email`.
    pub field: String,
    /// What was typed there.
    pub text: String,
    /// The answer to posting it.
    pub stored: StepAnswer,
    /// The answer to fetching that manufacturer; `None` when posting was refused.
    pub fetched: Option<StepAnswer>,
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

/// Rows in a table that bear a name of the round trip's form, but not the one of this grading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    /// `schema.table`.
    pub table: String,
    /// How many.
    pub count: u64,
    /// Statements that remove them, in order; the grader ran none of them.
    pub remove: Vec<String>,
}

/// A place in the database where a posted value lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Schema, table and column.
    pub spot: Spot,
    /// Which of the posted values: `name`, `number`, `email` or `hash`.
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
