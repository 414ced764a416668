//! The terminal: its width, lines on it, and a line of progress that is wiped at the end.

use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};

use labcheck_core::error::Error;
use labcheck_core::report::{self, Style};
use labcheck_core::text::say;
use labcheck_probe::Progress;

/// How a report is drawn here; `took_ms` is shown in its last line, unless it is 0.
pub(crate) fn style(colour: bool, took_ms: u64) -> Style {
    Style {
        colour,
        width: width(),
        took_ms: (took_ms > 0).then_some(took_ms),
        onward: true,
    }
}

/// Columns of a report: the terminal's, or those of a pipe.
pub(crate) fn width() -> usize {
    columns().unwrap_or(report::PIPE)
}

/// Columns of the terminal within reason, the last one left free; `None` on a pipe.
pub(crate) fn columns() -> Option<usize> {
    if !std::io::stdout().is_terminal() {
        return None;
    }
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0).clamp(40, 101) - 1)
}

/// Lines for standard error, hanging where that is a terminal.
pub fn hung(text: &str) -> String {
    let terminal = terminal_size::terminal_size_of(std::io::stderr());
    let columns = terminal.map(|(width, _)| usize::from(width.0).clamp(40, 101) - 1);
    labcheck_core::text::hanging(text, columns)
}

/// Writes to standard output; a reader that went away is no error (`EPIPE`, write(2)).
///
/// # Errors
/// [`Error::write`] for any other reason, such as a full disk behind a redirection.
pub fn print(text: &str) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(err) if err.kind() != ErrorKind::BrokenPipe => {
            Err(Error::write(say!("standard output"), &err))
        }
        _ => Ok(()),
    }
}

/// Progress on standard error, where that is a terminal: one line that is wiped at the end.
pub(crate) struct Screen {
    terminal: bool,
    /// The last line, which is not said again.
    last: Mutex<String>,
}

impl Screen {
    pub(crate) fn new() -> Self {
        Self {
            terminal: std::io::stderr().is_terminal(),
            last: Mutex::default(),
        }
    }

    pub(crate) fn done(&self) {
        if self.terminal {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}

impl Progress for Screen {
    fn now(&self, what: &str) {
        // Only a terminal has lines that can be too short.
        let most = if self.terminal { 100 } else { 400 };
        let what = labcheck_core::text::cut(
            &labcheck_core::text::retold(&labcheck_core::text::clean(what)),
            most,
        );
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last == what {
            return;
        }
        last.clone_from(&what);
        let _ = if self.terminal {
            write!(std::io::stderr(), "\r\u{1b}[K{what} …")
        } else {
            writeln!(std::io::stderr(), "{what} …")
        };
    }
}
