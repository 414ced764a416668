//! A watch on a terminal: a calm screen that is drawn over in place, row by row where something is different.

use std::io::{self, IsTerminal as _, Write as _};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, size};
use crossterm::{cursor, queue, style::Print};
use owo_colors::{OwoColorize as _, Style};

use super::screen_text::{Ink, Page, Row, View, frame, wrapped};
use super::state::{Asked, Face, Happened, State};
use super::term;
use labcheck_core::facts::{Container, Role, Status};
use labcheck_core::report;
use labcheck_core::text::{self, say};

/// A terminal that was taken over.
pub(crate) struct Screen {
    colour: bool,
    view: View,
    /// What stands there.
    rows: Vec<Row>,
    size: (usize, usize),
    /// Which container's log was shown last.
    log: usize,
}

impl Screen {
    /// Takes the terminal over; `None` where there is none, or one that cannot be drawn on.
    pub(crate) fn open(colour: bool) -> Option<Self> {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let terminal = io::stdout().is_terminal() && io::stdin().is_terminal();
        if dumb || !terminal || term::take().is_err() {
            return None;
        }
        Some(Self {
            colour,
            view: View::default(),
            rows: Vec::new(),
            size: (0, 0),
            log: 0,
        })
    }

    fn draw(&mut self, state: &State) -> io::Result<()> {
        let (width, height) = size()?;
        let size = (usize::from(width).max(1), usize::from(height).max(1));
        let rows = frame(state, &self.view, size);
        let mut out = io::stdout().lock();
        queue!(out, BeginSynchronizedUpdate)?;
        if size != self.size {
            queue!(out, Clear(ClearType::All))?;
            self.rows.clear();
            self.size = size;
        }
        for (at, row) in rows.iter().enumerate() {
            if self.rows.get(at) == Some(row) {
                continue;
            }
            let y = u16::try_from(at).unwrap_or(u16::MAX);
            queue!(out, cursor::MoveTo(0, y), Clear(ClearType::CurrentLine))?;
            for (ink, piece) in row {
                queue!(out, Print(self.inked(*ink, piece)))?;
            }
        }
        queue!(out, EndSynchronizedUpdate)?;
        out.flush()?;
        self.rows = rows;
        Ok(())
    }

    fn inked(&self, ink: Ink, piece: &str) -> String {
        let style = match ink {
            _ if !self.colour => return piece.to_owned(),
            Ink::Plain => return piece.to_owned(),
            Ink::Bold => Style::new().bold(),
            Ink::Dim => Style::new().dimmed(),
            Ink::Good => Style::new().green(),
            Ink::Bad => Style::new().red().bold(),
            Ink::Odd => Style::new().yellow(),
        };
        piece.style(style).to_string()
    }

    fn page(&mut self, title: &str, lines: Vec<String>) {
        self.view.page = Some(Page {
            title: title.to_owned(),
            lines,
            from: 0,
            log: false,
        });
    }

    /// Up or down: in a page by a line, else from check to check.
    fn step(&mut self, state: &State, down: bool, by: usize) {
        let width = self.size.0.max(1);
        if let Some(page) = &mut self.view.page {
            let most = wrapped(page, width).len().saturating_sub(1);
            page.from = if down {
                (page.from + by).min(most)
            } else {
                page.from.saturating_sub(by)
            };
            return;
        }
        let Some(grade) = &state.grade else { return };
        let now = self.view.check(state).map(|check| &check.entry.id);
        let at = grade
            .checks
            .iter()
            .position(|check| Some(&check.entry.id) == now)
            .unwrap_or_default();
        let at = if down {
            (at + by).min(grade.checks.len().saturating_sub(1))
        } else {
            at.saturating_sub(by)
        };
        let to = grade.checks.get(at);
        self.view.chosen = to.map(|check| check.entry.id.to_string());
    }

    fn explain(&mut self, state: &State) {
        let id = self
            .view
            .check(state)
            .map(|check| check.entry.id.to_string());
        let (Some(id), Some(grade)) = (id, &state.grade) else {
            return;
        };
        let style = report::Style {
            colour: false,
            width: self.size.0.clamp(40, 100),
            took_ms: None,
            onward: false,
        };
        let said = report::explain(grade, &id, style).unwrap_or_default();
        self.page(&id, said.lines().map(str::to_owned).collect());
    }

    /// The next container's log: first those that do not run, then the application's.
    fn next_log(&mut self, state: &State) -> Asked {
        let Some(grade) = &state.grade else {
            return Asked::Nothing;
        };
        let app = grade.facts.roles.get(&Role::App);
        let is_app = |one: &Container| {
            let mut taken = app.into_iter().flatten();
            taken.any(|app| app.container == one.name)
        };
        let mut all: Vec<&Container> = grade.facts.containers.iter().collect();
        all.sort_by_key(|one| (one.state.status == Status::Running, !is_app(one)));
        let showing = self.view.page.as_ref().is_some_and(|page| page.log);
        self.log = if showing { self.log + 1 } else { 0 };
        if all.is_empty() {
            return Asked::Nothing;
        }
        let one = all[self.log % all.len()];
        self.page(
            &say!("log of {} (l: the next one)", one.name),
            vec![say!("reading …").into()],
        );
        if let Some(page) = &mut self.view.page {
            page.log = true;
        }
        Asked::Log(one.id.clone())
    }

    fn pressed(&mut self, state: &State, key: &KeyEvent) -> Asked {
        let far = self.size.1.saturating_sub(6).max(1);
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c' | 'd') if control => return Asked::Quit,
            KeyCode::Char('q') => return Asked::Quit,
            KeyCode::Esc | KeyCode::Backspace => self.view.page = None,
            KeyCode::Down | KeyCode::Char('j') => self.step(state, true, 1),
            KeyCode::Up | KeyCode::Char('k') => self.step(state, false, 1),
            KeyCode::PageDown | KeyCode::Char(' ') => self.step(state, true, far),
            KeyCode::PageUp => self.step(state, false, far),
            KeyCode::Char('e') | KeyCode::Enter => self.explain(state),
            KeyCode::Char('r') => return Asked::Again,
            KeyCode::Char('l') => return self.next_log(state),
            KeyCode::Char('h') => {
                let Some(check) = self.view.check(state) else {
                    return Asked::Nothing;
                };
                if check.mark.passed() {
                    let said = say!("{} passes; there is nothing to mend.", check.entry.id);
                    self.page(say!("hint"), vec![said]);
                } else {
                    return Asked::Hint(check.entry.id.to_string());
                }
            }
            KeyCode::Char('o') => match address(state) {
                Some(url) => return Asked::Open(url),
                None => self.page(
                    say!("page"),
                    vec![say!("no page of the stack answers yet").into()],
                ),
            },
            _ => return Asked::Nothing,
        }
        Asked::View
    }
}

/// The application's first page, as the last look asked for it.
fn address(state: &State) -> Option<String> {
    let facts = &state.grade.as_ref()?.facts;
    let mut pages = facts.pages.iter();
    let page = pages.find(|page| page.ask.role == Role::App && !page.ask.url.is_empty())?;
    let web = page.ask.url.starts_with("http://") || page.ask.url.starts_with("https://");
    web.then(|| page.ask.url.clone())
}

impl Face for Screen {
    fn show(&mut self, state: &State, happened: &Happened) -> io::Result<()> {
        match happened {
            Happened::Sources(said) => self.view.said = Some(text::clean(said)),
            Happened::Graded(changes) if !changes.is_empty() => self.view.said = None,
            _ => {}
        }
        self.draw(state)
    }

    fn key(&mut self, state: &State, event: &Event) -> Asked {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.pressed(state, key),
            Event::Resize(..) => {
                self.size = (0, 0);
                Asked::View
            }
            _ => Asked::Nothing,
        }
    }

    fn answer(&mut self, title: &str, lines: Vec<String>) {
        let shown = self.view.page.as_ref();
        let log = title == "log";
        let title = match (title, shown) {
            ("log", Some(page)) => page.title.clone(),
            ("hint", _) => say!("hint").to_owned(),
            ("page", _) => say!("page").to_owned(),
            _ => title.to_owned(),
        };
        let from = if log {
            // The end of a log is what matters.
            lines.len().saturating_sub(self.size.1.saturating_sub(6))
        } else {
            0
        };
        self.view.page = Some(Page {
            title,
            lines,
            from,
            log,
        });
    }

    fn has_keys(&self) -> bool {
        true
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        term::restore();
    }
}
