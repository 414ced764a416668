//! Progress on standard error: a moving line on a terminal, plain lines elsewhere. Results go to standard output.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use labcheck_core::text::{clean, cut, retold};

/// How often a long step speaks up where there is no terminal.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Where progress is shown.
#[derive(Debug, Clone, Copy)]
pub struct Say {
    terminal: bool,
}

impl Say {
    /// On standard error.
    pub fn new() -> Self {
        Self {
            terminal: std::io::stderr().is_terminal(),
        }
    }

    /// One line that stays.
    pub fn line(&self, text: &str) {
        let text = crate::terminal::hung(&retold(text));
        let _ = writeln!(std::io::stderr(), "{}", text.trim_end_matches('\n'));
    }

    /// A step whose length is not known.
    pub fn step(self, title: &str) -> Step {
        self.begin(title, Shape::Steps)
    }

    /// A step that moves this many bytes; `None` where the number is not known.
    pub fn bytes(self, title: &str, total: Option<u64>) -> Step {
        self.begin(title, total.map_or(Shape::Bytes, Shape::BytesOf))
    }

    fn begin(self, title: &str, shape: Shape) -> Step {
        let title = retold(title);
        let bar = self.terminal.then(|| {
            let bar = match shape {
                Shape::Steps => ProgressBar::new_spinner(),
                Shape::Bytes => ProgressBar::no_length(),
                Shape::BytesOf(total) => ProgressBar::new(total),
            };
            if let Ok(style) = ProgressStyle::with_template(shape.template()) {
                bar.set_style(style);
            }
            bar.set_prefix(title.clone().into_owned());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        if bar.is_none() {
            self.line(&format!("{title} …"));
        }
        Step {
            say: self,
            bar,
            title: title.into_owned(),
            started: Instant::now(),
            spoke: Instant::now(),
            moved: 0,
            total: match shape {
                Shape::BytesOf(total) => Some(total),
                Shape::Steps | Shape::Bytes => None,
            },
        }
    }
}

/// How a step's progress is drawn.
#[derive(Clone, Copy)]
enum Shape {
    Steps,
    Bytes,
    BytesOf(u64),
}

impl Shape {
    fn template(self) -> &'static str {
        match self {
            Self::Steps => "{spinner} {prefix} {elapsed} {wide_msg}",
            Self::Bytes => "{spinner} {prefix} {bytes} {bytes_per_sec}",
            Self::BytesOf(_) => "{prefix} {wide_bar} {bytes}/{total_bytes} {eta}",
        }
    }
}

impl Default for Say {
    fn default() -> Self {
        Self::new()
    }
}

/// A step under way. Dropped without [`Step::done`], its moving line vanishes and the error speaks.
#[derive(Debug)]
pub struct Step {
    say: Say,
    bar: Option<ProgressBar>,
    title: String,
    started: Instant,
    spoke: Instant,
    moved: u64,
    total: Option<u64>,
}

impl Step {
    /// What is happening right now, in another program's words.
    pub fn now(&mut self, what: &str) {
        let what = cut(&clean(what), 120);
        if what.is_empty() {
            return;
        }
        match &self.bar {
            Some(bar) => bar.set_message(what),
            None if self.spoke.elapsed() >= HEARTBEAT => {
                self.spoke = Instant::now();
                // Where nothing moved, the time has.
                let since = self.started.elapsed().as_secs();
                self.say
                    .line(&format!("{} … {since} s: {what}", self.title));
            }
            None => {}
        }
    }

    /// So many more bytes have been moved.
    pub(crate) fn moved(&mut self, bytes: u64) {
        self.moved += bytes;
        if let Some(bar) = &self.bar {
            bar.inc(bytes);
            return;
        }
        let of = self
            .total
            .map(|total| format!(" of {}", size(total)))
            .unwrap_or_default();
        self.now(&format!("{}{of}", size(self.moved)));
    }

    /// The step is over; says how it went and how long it took.
    pub fn done(self, outcome: &str) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.say.line(&format!(
            "{}: {} ({:.1} s)",
            self.title,
            retold(outcome),
            self.started.elapsed().as_secs_f64()
        ));
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A number of bytes as people say it: decimal units, as Docker prints them.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    for (unit, name) in UNITS {
        if bytes >= unit {
            let tenths = bytes / (unit / 10);
            return if tenths >= 1000 {
                format!("{} {name}", tenths / 10)
            } else {
                format!("{}.{} {name}", tenths / 10, tenths % 10)
            };
        }
    }
    format!("{bytes} B")
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_said_as_docker_says_them() {
        assert_eq!(size(0), "0 B");
        assert_eq!(size(999), "999 B");
        assert_eq!(size(80_600_000), "80.6 MB");
        assert_eq!(size(901_000_000), "901 MB");
        assert_eq!(size(1_250_000_000), "1.2 GB");
    }
}
