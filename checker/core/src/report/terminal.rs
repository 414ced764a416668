//! The report on a terminal: plain words first, colour only as a second signal.

use owo_colors::{OwoColorize as _, Style as Ink};

use crate::check::{Blame, Finding};
use crate::facts::Seen;
use crate::grade::{Grade, Graded, Mark, Outcome};
use crate::text::{self, retold, say};

/// Columns where the width of the terminal is not known.
pub const PIPE: usize = 80;
/// Fewer columns leave a check's title no room beside its mark.
const NARROW: usize = 60;

/// How a report is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether colour is wanted.
    pub colour: bool,
    /// Columns; texts are wrapped to it.
    pub width: usize,
    /// Milliseconds from start to report, shown in the last line; `None` leaves it out.
    pub took_ms: Option<u64>,
    /// Whether what comes after a passed lab is said: to its student, not to the teacher who grades what was handed in.
    pub onward: bool,
}

/// The whole report.
pub fn render(grade: &Grade, style: Style) -> String {
    let mut page = Page {
        out: String::new(),
        style,
    };
    page.head(grade);
    let mut before = None;
    for check in &grade.checks {
        page.line_of(check, before);
        before = Some(&check.mark);
    }
    let fails = grade
        .checks
        .iter()
        .filter(|check| matches!(check.mark, Mark::Fail(_) | Mark::Unknown(_)));
    for check in fails {
        page.detail(grade, check);
    }
    page.foot(grade);
    page.out
}

/// Everything about one check, passed or not; `None` where the lab has no such check.
pub fn explain(grade: &Grade, id: &str, style: Style) -> Option<String> {
    let check = grade.check(id)?;
    let mut page = Page {
        out: String::new(),
        style,
    };
    page.line_of(check, None);
    match &check.mark {
        Mark::Pass(finding) => {
            page.field(say!("expected"), &finding.expected);
            page.field(say!("found"), &finding.found);
            page.field(say!("why"), &check.entry.why);
            page.evidence(finding);
            page.chapter(check);
        }
        Mark::Skipped { cause, .. } => {
            page.field(say!("why"), &check.entry.why);
            page.field(
                say!("next"),
                &say!("mend {cause} first; then this can be judged", cause),
            );
            page.chapter(check);
        }
        Mark::Fail(_) | Mark::Unknown(_) => page.detail(grade, check),
    }
    Some(page.out)
}

struct Page {
    out: String,
    style: Style,
}

impl Page {
    fn ink(&self, text: &str, ink: Ink) -> String {
        if self.style.colour {
            text.style(ink).to_string()
        } else {
            text.to_owned()
        }
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    /// A line that hangs where it is too long for the terminal. On a pipe it stays whole: programs look for it.
    fn hanging(&mut self, text: &str) {
        let width = Some(self.style.width).filter(|width| *width != PIPE);
        for part in text::hanging(text, width).lines() {
            self.line(part);
        }
    }

    /// A label and a text, wrapped, the text hanging behind the label.
    fn field(&mut self, label: &str, value: &str) {
        let value = text::clean(value);
        let lead = format!("    {label:<9} ");
        let indent = lead.chars().count();
        let room = self.style.width.saturating_sub(indent).max(20);
        for (number, part) in text::wrap_whole(&value, room).into_iter().enumerate() {
            let lead = if number == 0 {
                lead.clone()
            } else {
                " ".repeat(indent)
            };
            self.line(&format!("{lead}{part}"));
        }
    }

    fn head(&mut self, grade: &Grade) {
        let title = format!("{}  {}", grade.lab.to_uppercase(), grade.title);
        let title = self.ink(&title, Ink::new().bold());
        self.line(&title);
        let stack = if grade.facts.stack.projects.is_empty() {
            retold(&grade.facts.stack.why).into_owned()
        } else {
            format!(
                "{} ({})",
                text::list(&grade.facts.stack.projects),
                retold(&grade.facts.stack.why)
            )
        };
        self.field(say!("stack"), &stack);
        for (role, taken) in &grade.facts.roles {
            for one in taken {
                self.field(
                    role.word(),
                    &format!("{}: {}", one.container, retold(&one.why)),
                );
            }
        }
        self.line("");
    }

    fn line_of(&mut self, check: &Graded, before: Option<&Mark>) {
        let (sign, word, ink) = match &check.mark {
            Mark::Pass(_) => ("✓", say!("pass"), Ink::new().green()),
            Mark::Fail(_) => ("✗", say!("FAIL"), Ink::new().red().bold()),
            Mark::Skipped { .. } => ("-", say!("skipped"), Ink::new().dimmed()),
            Mark::Unknown(_) => ("?", say!("unknown"), Ink::new().yellow()),
        };
        let kind = if check.entry.core {
            say!("core")
        } else {
            say!("star")
        };
        let points = format!("{:>2}/{:<2}", check.earned(), check.entry.points);
        let mark = self.ink(&format!("{sign} {word:<7}"), ink);
        // Where there is no room beside it, the title stands below.
        let indent = if self.style.width < NARROW { 4 } else { 22 };
        let mut parts =
            text::wrap(&check.entry.title, self.style.width.saturating_sub(indent)).into_iter();
        let first = if indent == 22 { parts.next() } else { None };
        let first = first.unwrap_or_default();
        self.line(&format!("{mark} {points} {kind:<4}  {first}"));
        for part in parts {
            self.line(&format!("{:indent$}{part}", ""));
        }
        // Of a run of checks that wait for the same one, the first says so.
        if let Mark::Skipped { cause, .. } = &check.mark
            && before != Some(&check.mark)
        {
            self.line(&format!("{:indent$}{}", "", say!("after {cause}", cause)));
        }
    }

    fn detail(&mut self, grade: &Grade, check: &Graded) {
        let Some(finding) = check.mark.finding() else {
            return;
        };
        self.line("");
        let (held, points) = grade.behind(&check.entry.id);
        let stake = match (&check.mark, held.len()) {
            (Mark::Unknown(_), _) => say!("could not be looked at; no points are lost").to_owned(),
            (_, _) if finding.blame != Blame::Student => {
                say!("not your stack's doing: no points are lost").to_owned()
            }
            (_, 0) => say!(
                "{} at stake",
                text::count(points.into(), say!("point"), say!("points"))
            ),
            (_, more) => {
                let points = text::count(points.into(), say!("point"), say!("points"));
                let first = grade
                    .next()
                    .is_some_and(|next| next.entry.id == check.entry.id);
                if first {
                    say!("fix this one: {} checks, {points}", more + 1, points)
                } else {
                    say!("later: {} checks, {points}", more + 1, points)
                }
            }
        };
        let (sign, ink) = if matches!(check.mark, Mark::Fail(_)) {
            ("✗", Ink::new().red().bold())
        } else {
            ("?", Ink::new().yellow().bold())
        };
        let title = format!("{sign} {}", check.entry.title);
        for part in text::hanging(&title, Some(self.style.width)).lines() {
            let part = self.ink(part, ink);
            self.line(&part);
        }
        self.hanging(&format!("    {} · {stake}", check.entry.id));
        self.field(say!("expected"), &finding.expected);
        self.field(
            if matches!(check.mark, Mark::Fail(_)) {
                say!("found")
            } else {
                say!("trouble")
            },
            &finding.found,
        );
        self.blame(&check.mark, finding);
        self.field(say!("why"), &check.entry.why);
        self.evidence(finding);
        if let Some(hint) = check.hint() {
            self.field(say!("hint"), hint);
        }
        self.chapter(check);
    }

    /// Never wrapped, as it is there to be copied.
    fn chapter(&mut self, check: &Graded) {
        let reading = crate::report::reading(&check.entry.chapter);
        self.line(&format!("    {:<9} {reading}", say!("chapter")));
    }

    fn evidence(&mut self, finding: &Finding) {
        for evidence in &finding.evidence {
            self.field(say!("look"), &evidence.what);
            if !evidence.try_it.is_empty() {
                // A command is never wrapped: it is there to be copied.
                let command = self.ink(&text::clean(evidence.try_it.as_str()), Ink::new().cyan());
                let indent = if self.style.width < NARROW { 4 } else { 14 };
                self.line(&format!("{:indent$}$ {command}", ""));
            }
        }
    }

    fn blame(&mut self, mark: &Mark, finding: &Finding) {
        if matches!(mark, Mark::Fail(_)) {
            match finding.blame {
                Blame::Student => {}
                Blame::Leftover => {
                    self.field(
                        say!("whose"),
                        say!("a leftover of another lab; not your stack's doing"),
                    );
                }
                Blame::Environment => self.field(
                    say!("whose"),
                    say!("this machine's; not your stack's doing"),
                ),
            }
        }
    }

    /// On whose word the database's part rests, where that is not the server's, and the attempts from inside, where it is not
    /// the grader's own program's.
    fn asked(&mut self, grade: &Grade) {
        let database = grade.facts.database.as_ref().and_then(Seen::get);
        if let Some(why) = database.and_then(|database| database.by_program.as_ref()) {
            self.field(
                say!("asked"),
                &say!(
                    "the client program in the database's container, which is believed: {why}",
                    why = retold(why)
                ),
            );
        }
        let reach = grade.facts.reach.as_ref().and_then(Seen::get);
        let tools = reach.into_iter().flat_map(|reach| reach.inside.values());
        let mut asked = tools.filter_map(Seen::get);
        if let Some((program, why)) =
            asked.find_map(|tool| Some((&tool.program, tool.by_program.as_ref()?)))
        {
            self.field(
                say!("tried"),
                &say!(
                    "with `{program}` of an image of the stack, which is believed: {why}",
                    program,
                    why = retold(why)
                ),
            );
        }
    }

    /// Rows of the round trip that are still there, of this grading or of an earlier one.
    fn left(&mut self, grade: &Grade) {
        let Some(round_trip) = grade.facts.round_trip.as_ref().and_then(Seen::get) else {
            return;
        };
        if let Some(why) = round_trip.undone.as_ref().and_then(Seen::why) {
            self.field(say!("rows"), &retold(why));
        }
        for earlier in &round_trip.earlier {
            let rows = text::count(earlier.count, say!("row"), say!("rows"));
            self.field(
                say!("rows"),
                &say!(
                    "{rows} of an earlier grading still in `{}`, which was ended before it could take them back; this removes them, in the database's client:",
                    earlier.table,
                    rows
                ),
            );
            for statement in &earlier.remove {
                let statement = self.ink(&text::clean(statement), Ink::new().cyan());
                self.line(&format!("              {statement}"));
            }
        }
    }

    fn foot(&mut self, grade: &Grade) {
        self.line("");
        let points = grade.points();
        let (passed, of) = grade.core();
        let outcome = grade.outcome();
        let verdict = outcome.said();
        let ink = match outcome {
            Outcome::Passed => Ink::new().green().bold(),
            Outcome::Failed => Ink::new().red().bold(),
            Outcome::Unknown => Ink::new().yellow().bold(),
        };
        let mut line = say!(
            "{} {verdict}: {passed} of {of} core checks, {} of {} points",
            grade.lab,
            points.earned,
            points.possible,
            verdict,
            passed,
            of
        );
        if points.open > 0 {
            line.push_str(&say!(" ({} open: neither earned nor lost)", points.open));
        }
        if let Some(ms) = self.style.took_ms {
            line.push_str(&say!(", in {}", text::took(ms)));
        }
        // Coloured last: colour is no part of a line's length.
        let from = self.out.len();
        self.hanging(&line);
        let coloured = self.ink(verdict, ink);
        let line = self.out.split_off(from);
        self.out += &line.replacen(verdict, &coloured, 1);
        self.asked(grade);
        self.left(grade);
        if let Some(next) = grade.next() {
            self.hanging(&say!(
                "next: {} ({})",
                next.entry.id,
                text::clean(&next.entry.title)
            ));
        }
        if let Some(onward) = super::onward::line(grade).filter(|_| self.style.onward) {
            self.line(&onward);
        }
    }
}
