//! What a watch knows and shows. Plain data, and the words for what happened.

use super::change::Change;
use super::files::How;
use labcheck_core::grade::Grade;
use labcheck_core::lab::Lab;
use labcheck_core::text::say;

/// Everything that can be shown.
#[derive(Debug)]
pub(crate) struct State {
    pub lab: Lab,
    /// The last grade; `None` before the first, and while there is no stack.
    pub grade: Option<Grade>,
    /// What is waited for, where there is no stack to grade.
    pub(crate) waiting: Option<String>,
    /// What the look that is under way is doing.
    pub(crate) doing: Option<String>,
    /// Why the engine's events do not arrive.
    pub engine: Option<String>,
    /// How changes of files become known.
    pub how: How,
    /// What of the stack is older than its files, as sentences.
    pub stale: Vec<String>,
    /// What the last look that changed something changed.
    pub changed: Vec<Change>,
    /// Milliseconds of the last look.
    pub took_ms: u64,
}

impl State {
    pub(crate) fn new(lab: Lab, how: How) -> Self {
        Self {
            lab,
            grade: None,
            waiting: None,
            doing: None,
            engine: None,
            how,
            stale: Vec::new(),
            changed: Vec::new(),
            took_ms: 0,
        }
    }

    /// Why and how often files are looked at again; `None` where the system tells of changes.
    pub(crate) fn polls(&self) -> Option<String> {
        match &self.how {
            How::Events => None,
            How::Polling(why) => Some(say!("files are looked at every 2 s, {why}", why)),
            How::Not => Some(
                say!("files are not watched: no lab folder here; go to it, or give it with `--folder`")
                    .into(),
            ),
        }
    }
}

/// What happened, for a face to tell or to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Happened {
    /// It begins.
    Begun,
    /// A look began, goes on or ended without a grade.
    Working,
    /// A grade, with what it changed; the first one changes everything.
    Graded(Vec<Change>),
    /// There is no stack; or the reason is another one.
    Waiting,
    /// Events of the engine or of files arrive no more, or again.
    Sources(String),
    /// What is older than its files is something else.
    Stale,
    /// The size of the screen, or what it shows.
    View,
}

/// What a key asks for beyond the screen itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Nothing more.
    Nothing,
    /// Draw again.
    View,
    /// The next hint of a check.
    Hint(String),
    /// The log of a container, by id.
    Log(String),
    /// A page, in a browser.
    Open(String),
    /// Look at everything again.
    Again,
    /// The end.
    Quit,
}

/// Where a watch is shown.
pub(crate) trait Face {
    /// Tells or draws what happened.
    ///
    /// # Errors
    /// The standard output is closed.
    fn show(&mut self, state: &State, happened: &Happened) -> std::io::Result<()>;

    /// A key was pressed, or the size changed.
    fn key(&mut self, _state: &State, _event: &crossterm::event::Event) -> Asked {
        Asked::Nothing
    }

    /// What was asked for by a key.
    fn answer(&mut self, _title: &str, _lines: Vec<String>) {}

    /// Whether keys are read.
    fn has_keys(&self) -> bool {
        false
    }
}
