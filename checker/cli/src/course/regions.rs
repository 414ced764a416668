//! Task regions: one file holds the finished lab and what its starter shows instead.
//!
//! String in, string out; knows neither files nor git. A region is a pair of comments, `region v3-merge-modules` and
//! `endregion v3-merge-modules`. Inside, a comment that begins with `starter: ` is a line of the starter: what follows
//! is taken as it stands, indentation included, because formatters move comments but leave their text alone.
//!
//! What is no task but enters with a later lab stands between `since v3` and `endsince v3`, and earlier labs do without it.
//! As a file's first line, `since v3` is about the whole file and has no end.

use thiserror::Error;

use super::marks::{Leaders, Line, lab_of, leaders, number, read};

/// A region that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}:{line}: {what}")]
pub struct RegionError {
    /// The file, as it was named by the caller.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

/// Which form of a file is wanted. Labs are ordered by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// What a student starts lab N from: earlier regions solved, its own as starter lines, later ones left out.
    Starter(u32),
    /// Lab N finished: its own and earlier regions solved, later ones left out.
    Solution(u32),
}

/// A region of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// The task, such as `v3-merge-modules`.
    pub id: String,
    /// The number of its lab.
    pub lab: u32,
    /// The line it begins on, from 1.
    pub line: usize,
    /// The starter's lines.
    pub starter: Vec<String>,
}

/// What becomes of a region's lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Show {
    Solved,
    Starter,
    Nothing,
}

impl View {
    fn show(self, lab: u32) -> Show {
        match self {
            Self::Starter(wanted) if lab == wanted => Show::Starter,
            Self::Starter(wanted) | Self::Solution(wanted) if lab <= wanted => Show::Solved,
            _ => Show::Nothing,
        }
    }

    /// Whether this form has what enters with a lab.
    fn has(self, lab: u32) -> bool {
        match self {
            Self::Starter(wanted) | Self::Solution(wanted) => lab <= wanted,
        }
    }
}

/// The regions of a file, in order.
///
/// # Errors
/// [`RegionError`] for an unknown, nested, unclosed, repeated or empty region, and for a starter line outside of one.
pub fn regions(file: &str, text: &str) -> Result<Vec<Region>, RegionError> {
    walk(file, text, |_, _| {})
}

/// The regions of a file, each with the lines that solve it.
///
/// # Errors
/// As for [`regions`].
pub fn bodies(file: &str, text: &str) -> Result<Vec<(Region, String)>, RegionError> {
    let leaders = leaders(file);
    let body = |region: &Region| {
        text.split_inclusive('\n')
            .skip(region.line)
            .take_while(|line| !matches!(read(line, leaders), Line::End(_)))
            .filter(|line| matches!(read(line, leaders), Line::Text))
            .collect::<String>()
    };
    let regions = regions(file, text)?.into_iter();
    let with = |region: Region| {
        let body = body(&region);
        (region, body)
    };
    Ok(regions.map(with).collect())
}

/// One form of a file.
///
/// # Errors
/// As for [`regions`].
pub fn view(file: &str, text: &str, view: View) -> Result<String, RegionError> {
    let mut out = String::with_capacity(text.len());
    let mut left_out = false;
    walk(file, text, |line, part| match part {
        // Where a block is left out, the blank lines on both sides of it become one, and none before a closing brace.
        Part::Outside if left_out && blank(line) && blank_end(&out) => left_out = false,
        Part::Outside => {
            if std::mem::take(&mut left_out)
                && line.trim_start().starts_with('}')
                && blank_end(&out)
            {
                out.pop();
            }
            out.push_str(line);
        }
        Part::Since(lab) if view.has(lab) => out.push_str(line),
        Part::Since(_) => left_out = true,
        Part::Solved(lab) if view.show(lab) == Show::Solved => out.push_str(line),
        Part::Starter(lab, starter) if view.show(lab) == Show::Starter => {
            out.push_str(starter);
            out.push_str(&line[line.trim_end_matches(['\r', '\n']).len()..]);
        }
        Part::Solved(_) | Part::Starter(..) => {}
    })?;
    if whole(text, leaders(file)).is_some_and(|lab| !view.has(lab)) {
        out.clear();
    }
    Ok(out)
}

fn blank(line: &str) -> bool {
    line.trim().is_empty()
}

fn blank_end(text: &str) -> bool {
    text.is_empty() || text.ends_with("\n\n")
}

/// The lab that a file enters with, when its first line says so.
fn whole(text: &str, leaders: Leaders) -> Option<u32> {
    match read(text.lines().next()?, leaders) {
        Line::Since(lab) => number(lab),
        _ => None,
    }
}

/// Where a line stands.
enum Part<'t> {
    Outside,
    Since(u32),
    Solved(u32),
    Starter(u32, &'t str),
}

/// Reads a file line by line, markers left out, and collects its regions.
fn walk<'t>(
    file: &str,
    text: &'t str,
    mut each: impl FnMut(&'t str, Part<'t>),
) -> Result<Vec<Region>, RegionError> {
    let leaders = leaders(file);
    let wrong = |line: usize, what: String| wrong_at(file, line, what);
    let mut regions: Vec<Region> = Vec::new();
    let mut open: Option<(Region, usize)> = None;
    let mut since = Since::of(file, whole(text, leaders));
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        match (read(line, leaders), &mut open) {
            (Line::Since(lab), None) => since.begin(lab, number)?,
            (Line::EndSince(lab), None) => since.end(lab, number)?,
            (Line::Since(lab) | Line::EndSince(lab), Some((region, _))) => {
                return wrong(
                    number,
                    format!(
                        "`{lab}` is marked inside region `{}`, which is one lab's",
                        region.id
                    ),
                );
            }
            (Line::Text, None) => each(line, since.part()),
            (Line::Text, Some((region, solved))) => {
                *solved += 1;
                each(line, Part::Solved(region.lab));
            }
            (Line::Starter(starter), Some((region, _))) => {
                region.starter.push(starter.to_owned());
                each(line, Part::Starter(region.lab, starter));
            }
            (Line::Starter(_), None) => {
                return wrong(number, "a starter line outside of a region".into());
            }
            (Line::Begin(id), Some((region, _))) => {
                return wrong(
                    number,
                    format!(
                        "region `{id}` begins inside `{}`, which began on line {}",
                        region.id, region.line
                    ),
                );
            }
            (Line::Begin(id), None) => {
                let Some(lab) = lab_of(id) else {
                    return wrong(
                        number,
                        format!(
                            "`{id}` is no task: the lab, then words joined by hyphens, such as `v3-merge-modules`"
                        ),
                    );
                };
                since.allows(id, lab, number)?;
                if let Some(before) = regions.iter().find(|region| region.id == id) {
                    return wrong(
                        number,
                        format!("region `{id}` was there before, on line {}", before.line),
                    );
                }
                open = Some((
                    Region {
                        id: id.to_owned(),
                        lab,
                        line: number,
                        starter: Vec::new(),
                    },
                    0,
                ));
            }
            (Line::End(id), None) => {
                return wrong(
                    number,
                    format!("`{id}` ends here, but does not begin above"),
                );
            }
            (Line::End(id), Some((region, _))) if region.id != id => {
                return wrong(
                    number,
                    format!(
                        "`{id}` ends here, but `{}` is what began on line {}",
                        region.id, region.line
                    ),
                );
            }
            (Line::End(id), Some((_, 0))) => {
                return wrong(
                    number,
                    format!("region `{id}` holds no line of the solution"),
                );
            }
            (Line::End(_), Some(_)) => regions.extend(open.take().map(|(region, _)| region)),
        }
    }
    match open {
        Some((region, _)) => wrong(
            region.line,
            format!("region `{}` begins here and never ends", region.id),
        ),
        None => since.over().map(|()| regions),
    }
}

fn wrong_at<T>(file: &str, line: usize, what: String) -> Result<T, RegionError> {
    Err(RegionError {
        file: file.to_owned(),
        line,
        what,
    })
}

/// Where a file stands as to labs it enters with.
struct Since<'f> {
    file: &'f str,
    whole: Option<u32>,
    /// The block that is open: its lab and the line it begins on.
    open: Option<(u32, usize)>,
}

impl<'f> Since<'f> {
    fn of(file: &'f str, whole: Option<u32>) -> Self {
        Self {
            file,
            whole,
            open: None,
        }
    }

    fn wrong<T>(&self, line: usize, what: String) -> Result<T, RegionError> {
        wrong_at(self.file, line, what)
    }

    fn part<'t>(&self) -> Part<'t> {
        self.open.map_or(Part::Outside, |(lab, _)| Part::Since(lab))
    }

    fn begin(&mut self, lab: &str, line: usize) -> Result<(), RegionError> {
        if line == 1 && self.whole.is_some() {
            return Ok(());
        }
        let Some(entering) = number(lab) else {
            return self.wrong(line, format!("`{lab}` is no lab, such as `v3`"));
        };
        if self.whole.is_some() || self.open.is_some() {
            return self.wrong(
                line,
                format!("`since {lab}` begins inside of another `since`"),
            );
        }
        self.open = Some((entering, line));
        Ok(())
    }

    fn end(&mut self, lab: &str, line: usize) -> Result<(), RegionError> {
        match self.open.take() {
            Some((open, _)) if number(lab) == Some(open) => Ok(()),
            _ => self.wrong(
                line,
                format!("`endsince {lab}` ends here, but is not what began above"),
            ),
        }
    }

    /// A task may not lie in a block, nor be of an earlier lab than its file.
    fn allows(&self, id: &str, lab: u32, line: usize) -> Result<(), RegionError> {
        if let Some((since, _)) = self.open {
            return self.wrong(
                line,
                format!("region `{id}` begins inside of what is there since v{since}"),
            );
        }
        match self.whole {
            Some(whole) if lab < whole => self.wrong(
                line,
                format!("region `{id}` is in a file that enters with v{whole}"),
            ),
            _ => Ok(()),
        }
    }

    fn over(&self) -> Result<(), RegionError> {
        match self.open {
            Some((lab, line)) => {
                self.wrong(line, format!("`since v{lab}` begins here and never ends"))
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "regions_tests.rs"]
mod tests;
