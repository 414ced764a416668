//! A named mistake: a finished lab with one thing wrong, and the checks that must turn red for it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::DevError;
use labcheck::course::tree::Tree;
use labcheck_core::check::Blame;
use labcheck_core::lab::CheckId;

/// `solutions/vN/mistakes/NAME.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mistake {
    /// What is wrong, as a statement.
    pub title: String,
    /// The checks that fail, and no others.
    pub fails: Vec<CheckId>,
    /// Checks that end unknown because of it.
    #[serde(default)]
    pub unknown: Vec<CheckId>,
    /// Whose doing the fails are.
    pub blame: Blame,
    /// Changes to files of the solution.
    #[serde(default)]
    pub edits: Vec<Edit>,
    /// Changes that are made once the stack is up, and that no image is built with.
    #[serde(default)]
    pub later: Vec<Edit>,
    /// What is done then: arguments of `docker`. An image of the compose file goes by the name that it has there, a container
    /// of a service as `{service}`, a network as `{network:edge}`, and `compose` is told of the stack. A container started so
    /// is cleared away with it.
    #[serde(default)]
    pub then: Vec<Vec<String>>,
    /// Files to add, by path.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// Arguments of `docker`, run before the stack is started; a container started so is cleared away with it.
    #[serde(default)]
    pub before: Vec<Vec<String>>,
    /// Arguments of `docker`, run after the stack was taken down.
    #[serde(default)]
    pub after: Vec<Vec<String>>,
}

/// A text that stands once in a file, and what stands there instead.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The file, from the folder of the stack; the application is in `app/`.
    pub file: String,
    /// The text; it must stand there exactly once.
    pub find: String,
    /// What stands there instead.
    pub replace: String,
}

impl Mistake {
    /// Reads the text of a mistake's file.
    ///
    /// # Errors
    /// With file, line and column when it is not of the form.
    pub fn parse(file: &str, text: &str) -> Result<Self, DevError> {
        let mistake: Self = yaml(file, text)?;
        if mistake.fails.is_empty() && mistake.unknown.is_empty() {
            return Err(DevError::wrong(format!(
                "{file}:1: `fails` is empty, and so is `unknown`; a mistake that nothing notices is none"
            )));
        }
        let nothing = mistake.edits.is_empty()
            && mistake.later.is_empty()
            && mistake.then.is_empty()
            && mistake.files.is_empty()
            && mistake.before.is_empty();
        if nothing {
            return Err(DevError::wrong(format!(
                "{file}:1: it changes nothing: give `edits`, `files` or `before`"
            )));
        }
        Ok(mistake)
    }

    /// The finished lab with this mistake in it.
    ///
    /// # Errors
    /// With file and line when an edit's text is not there exactly once.
    pub fn apply(&self, file: &str, text: &str, stack: Tree) -> Result<Tree, DevError> {
        let mut stack = change(&self.edits, 0, file, text, stack)?;
        for (path, content) in &self.files {
            stack.insert(path.clone(), content.clone());
        }
        // Whether what is changed later fits is seen now.
        change(&self.later, self.edits.len(), file, text, stack.clone())?;
        Ok(stack)
    }

    /// The files that are changed once the stack is up, as they are then.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub fn apply_later(
        &self,
        file: &str,
        text: &str,
        stack: Tree,
    ) -> Result<Vec<(String, Vec<u8>)>, DevError> {
        let after = change(&self.later, self.edits.len(), file, text, stack)?;
        let changed = self.later.iter().filter_map(|edit| {
            let found = after.files.get(&edit.file)?;
            Some((edit.file.clone(), found.bytes.clone()))
        });
        Ok(changed.collect())
    }
}

/// Makes edits, of which `before` others stand in the mistake's file in front of these.
fn change(
    edits: &[Edit],
    before: usize,
    file: &str,
    text: &str,
    mut stack: Tree,
) -> Result<Tree, DevError> {
    for (nth, edit) in edits.iter().enumerate() {
        let line = line_of_edit(text, before + nth);
        let wrong = |what: String| DevError::wrong(format!("{file}:{line}: {what}"));
        let Some(found) = stack.text(&edit.file) else {
            return Err(wrong(format!(
                "the finished lab has no file `{}`",
                edit.file
            )));
        };
        match found.matches(&edit.find).count() {
            1 if !edit.find.is_empty() => {}
            times => {
                let times = labcheck_core::text::count(times as u64, "time", "times");
                return Err(wrong(format!(
                    "the text to find stands {times} in `{}`, not once",
                    edit.file
                )));
            }
        }
        let after = found.replacen(&edit.find, &edit.replace, 1);
        if let Some(file) = stack.files.get_mut(&edit.file) {
            file.bytes = after.into_bytes();
        }
    }
    Ok(stack)
}

/// Reads YAML, with file, line and column in the error.
pub(super) fn yaml<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, DevError> {
    serde_yaml::from_str(text).map_err(|err| {
        let what = err.to_string();
        let what = what.split(" at line ").next().unwrap_or(&what).to_owned();
        let place = err
            .location()
            .map_or_else(String::new, |at| format!("{}:{}: ", at.line(), at.column()));
        DevError::wrong(format!("{file}:{place}{what}"))
    })
}

/// The line of the nth edit: where its `find:` stands.
fn line_of_edit(text: &str, nth: usize) -> usize {
    let mut finds = text
        .lines()
        .zip(1..)
        .filter(|(line, _)| line.contains("find:"));
    finds.nth(nth).map_or(1, |(_, number)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "title: t\nfails: [v1-a]\nblame: student\nedits:\n  - { file: f, find: one, replace: two }\n";

    fn tree(text: &str) -> Tree {
        let mut tree = Tree::default();
        tree.insert("f", text);
        tree
    }

    fn applied(yaml: &str, text: &str) -> Result<String, String> {
        let mistake = Mistake::parse("m.yaml", yaml).map_err(|err| err.to_string())?;
        let tree = mistake
            .apply("m.yaml", yaml, tree(text))
            .map_err(|err| err.to_string())?;
        Ok(tree.text("f").unwrap_or_default().to_owned())
    }

    #[test]
    fn an_edit_changes_one_place() {
        assert_eq!(applied(GOOD, "a one b"), Ok("a two b".into()));
    }

    #[test]
    fn an_edit_that_does_not_fit_is_named_with_its_line() {
        assert_eq!(
            applied(GOOD, "nothing").expect_err("it is wrong"),
            "m.yaml:5: the text to find stands 0 times in `f`, not once"
        );
        assert_eq!(
            applied(GOOD, "one one").expect_err("it is wrong"),
            "m.yaml:5: the text to find stands 2 times in `f`, not once"
        );
        let other = GOOD.replace("file: f", "file: g");
        assert_eq!(
            applied(&other, "one").expect_err("it is wrong"),
            "m.yaml:5: the finished lab has no file `g`"
        );
    }

    #[test]
    fn what_is_changed_later_is_checked_at_once() {
        let later = "title: t\nfails: [v1-a]\nblame: student\nlater:\n  - { file: f, find: one, replace: two }\n";
        assert_eq!(applied(later, "a one b"), Ok("a one b".into()));
        let wrong = applied(later, "a").expect_err("it is wrong");
        assert!(
            wrong.starts_with("m.yaml:5: the text to find stands 0 times"),
            "{wrong}"
        );
        let mistake = Mistake::parse("m.yaml", later).expect("it is right");
        let changed = mistake.apply_later("m.yaml", later, tree("a one b"));
        assert_eq!(
            changed.expect("it fits"),
            [("f".to_owned(), b"a two b".to_vec())]
        );
    }

    #[test]
    fn a_mistake_must_change_something_and_be_noticed() {
        let nothing = "title: t\nfails: [v1-a]\nblame: student\n";
        assert!(Mistake::parse("m.yaml", nothing).is_err());
        assert!(Mistake::parse("m.yaml", &GOOD.replace("[v1-a]", "[]")).is_err());
    }

    #[test]
    fn a_typo_is_named_with_its_place() {
        let typo = GOOD.replace("blame", "balme");
        let error = Mistake::parse("m.yaml", &typo)
            .expect_err("it is wrong")
            .to_string();
        assert!(
            error.starts_with("m.yaml:3:1: unknown field `balme`"),
            "{error}"
        );
    }
}
