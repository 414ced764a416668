//! The command lines of the book: those behind a `$` in a block of the kind `console`.
//!
//! A comment above a block says how its commands are tried, where that is not the rule: `<!-- not run: reason -->`, or
//! `<!-- fails: reason -->` where the point of it is that it fails.

/// A command line, and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    /// Page and line, for messages.
    pub(crate) place: String,
    /// What is typed.
    pub(crate) line: String,
    /// What the comment above its block says.
    pub(crate) mark: Mark,
    /// What the page shows as the answer.
    pub(crate) answer: Vec<String>,
}

/// How a block is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It ends well.
    Run,
    /// It is run, and has to fail.
    Fails,
    /// It is not run, for this reason.
    NotRun(String),
}

/// Every command line of a page, in order.
pub(crate) fn typed(page: &str, text: &str) -> Vec<Typed> {
    let mut found: Vec<Typed> = Vec::new();
    let mut mark = Mark::Run;
    let mut fence: Option<bool> = None;
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(kind) = line.trim_start().strip_prefix("```") {
            let begins = fence.is_none();
            fence = begins.then_some(kind == "console");
            if !begins {
                mark = Mark::Run;
            }
            continue;
        }
        match fence {
            Some(true) => match line.strip_prefix("$ ") {
                Some(typed) => found.push(Typed {
                    place: format!("{page}:{number}"),
                    line: typed.to_owned(),
                    mark: mark.clone(),
                    answer: Vec::new(),
                }),
                None => {
                    if let Some(last) = found.last_mut() {
                        last.answer.push(line.to_owned());
                    }
                }
            },
            Some(false) => {}
            None => {
                let said = line
                    .strip_prefix("<!-- ")
                    .and_then(|rest| rest.strip_suffix(" -->"));
                if let Some(reason) = said.and_then(|said| said.strip_prefix("not run: ")) {
                    mark = Mark::NotRun(reason.to_owned());
                } else if said.is_some_and(|said| said.starts_with("fails: ")) {
                    mark = Mark::Fails;
                } else if !line.trim().is_empty() {
                    mark = Mark::Run;
                }
            }
        }
    }
    found
}
