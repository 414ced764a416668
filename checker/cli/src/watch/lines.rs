//! A watch on a plain pipe, or for a screen reader: one line per change, nothing drawn over.

use std::io::{self, Write};

use super::change::standing;
use super::state::{Face, Happened, State};
use labcheck_core::text::{self, say};

/// Lines on an output.
pub(crate) struct Lines<W> {
    out: W,
    waiting: Option<String>,
    stale: Vec<String>,
    standing: String,
}

impl<W: Write> Lines<W> {
    pub(crate) fn to(out: W) -> Self {
        Self {
            out,
            waiting: None,
            stale: Vec::new(),
            standing: String::new(),
        }
    }

    fn line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{}", text::clean(line))?;
        self.out.flush()
    }
}

impl<W: Write> Face for Lines<W> {
    fn show(&mut self, state: &State, happened: &Happened) -> io::Result<()> {
        match happened {
            Happened::Begun => {
                if let Some(polls) = state.polls() {
                    self.line(&say!("note: {polls}", polls))?;
                }
                Ok(())
            }
            Happened::Working | Happened::View => Ok(()),
            Happened::Sources(said) => self.line(&say!("note: {said}", said)),
            Happened::Waiting => {
                if self.waiting != state.waiting {
                    self.waiting.clone_from(&state.waiting);
                    self.standing.clear();
                    if let Some(waiting) = &state.waiting {
                        return self.line(&say!("waiting: {waiting}", waiting));
                    }
                }
                Ok(())
            }
            Happened::Graded(changes) => {
                self.waiting = None;
                for change in changes {
                    self.line(&change.to_string())?;
                }
                let now = state.grade.as_ref().map(standing).unwrap_or_default();
                if now != self.standing {
                    self.standing.clone_from(&now);
                    return self.line(&format!("{} {now}", state.lab.id));
                }
                Ok(())
            }
            Happened::Stale => {
                let new: Vec<String> = state
                    .stale
                    .iter()
                    .filter(|said| !self.stale.contains(said))
                    .cloned()
                    .collect();
                if state.stale.is_empty() && !self.stale.is_empty() {
                    self.line(say!("note: the stack runs what its files say"))?;
                }
                self.stale.clone_from(&state.stale);
                for said in new {
                    self.line(&say!("note: {said}", said))?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::change::Change;
    use super::super::files::How;
    use super::*;
    use labcheck_core::lab::Course;
    use labcheck_core::report::ReportVerdict;

    #[test]
    fn one_line_per_change_and_none_twice() {
        let lab = Course::embedded().and_then(|course| course.lab("v1"));
        let mut state = State::new(lab.expect("there"), How::Polling("as `--poll` asks".into()));
        let mut out = Vec::new();
        let mut face = Lines::to(&mut out);
        let change = Change {
            id: "v1-app-stays-up".into(),
            before: Some(ReportVerdict::Fail),
            now: ReportVerdict::Pass,
        };
        state.waiting = Some("no stack".into());
        for happened in [
            Happened::Begun,
            Happened::Waiting,
            Happened::Waiting,
            Happened::Working,
            Happened::Graded(vec![change]),
        ] {
            face.show(&state, &happened).expect("written");
        }
        state.stale = vec!["compose.yaml changed".into()];
        face.show(&state, &Happened::Stale).expect("written");
        face.show(&state, &Happened::Stale).expect("written");
        state.stale.clear();
        face.show(&state, &Happened::Stale).expect("written");
        let said = String::from_utf8(out).expect("text");
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(
            lines,
            [
                "note: files are looked at every 2 s, as `--poll` asks",
                "waiting: no stack",
                "v1-app-stays-up: FAIL -> pass",
                "note: compose.yaml changed",
                "note: the stack runs what its files say",
            ]
        );
    }
}
