//! `lab.de.yaml`, the texts of a lab in German: its title, and the title, the reason and the hints of its checks. It says
//! nothing about what is asked; that is `lab.yaml`'s alone. What it leaves out stays English.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{CheckId, Hint, LabError, Manifest};

/// The texts of a lab in another language.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translation {
    /// The lab's one line.
    pub title: Option<String>,
    /// Texts of its own checks, by id; checks of earlier labs have theirs in those labs' files.
    #[serde(default)]
    pub checks: BTreeMap<CheckId, Texts>,
}

/// The texts of one check.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// A statement that is true on pass.
    pub title: Option<String>,
    /// Why it matters.
    pub why: Option<String>,
    /// As many hints as the lab file has, or none. One that the lab file gives only for what was found may name those
    /// words in this language too.
    #[serde(default)]
    pub hints: Vec<Hint>,
}

impl Translation {
    /// Reads the texts of a lab.
    ///
    /// # Errors
    /// [`LabError::Wrong`] with line and column.
    pub fn parse(file: &str, text: &str) -> Result<Self, LabError> {
        serde_yaml::from_str(text).map_err(|err| {
            let (line, column) = err.location().map_or((0, 0), |at| (at.line(), at.column()));
            let what = err.to_string();
            LabError::Wrong {
                file: file.into(),
                line,
                column,
                what: what.split(" at line ").next().unwrap_or(&what).to_owned(),
                help: None,
            }
        })
    }

    /// Puts the texts in the place of a lab's own.
    ///
    /// # Errors
    /// [`LabError::Wrong`] when it names a check that the lab does not have, or gives another number of hints.
    pub(super) fn put_into(
        self,
        file: &str,
        text: &str,
        lab: &mut Manifest,
    ) -> Result<(), LabError> {
        if let Some(title) = self.title {
            lab.title = title;
        }
        for (id, texts) in self.checks {
            let wrong = |what: String, help: Option<String>| {
                let at = text.lines().position(|line| line.contains(id.as_str()));
                LabError::Wrong {
                    file: file.into(),
                    line: at.map_or(0, |at| at + 1),
                    column: 1,
                    what,
                    help,
                }
            };
            let known: Vec<String> = lab
                .checks
                .iter()
                .map(|entry| entry.id.to_string())
                .collect();
            let Some(entry) = lab.checks.iter_mut().find(|entry| entry.id == id) else {
                let near = super::nearest(id.as_str(), &known);
                return Err(wrong(
                    format!("lab {} has no check `{id}`", lab.lab),
                    near.map(|near| format!("did you mean `{near}`?")),
                ));
            };
            if !texts.hints.is_empty() && texts.hints.len() != entry.hints.len() {
                return Err(wrong(
                    format!(
                        "`{id}` has {} hints here and {} in the lab file",
                        texts.hints.len(),
                        entry.hints.len()
                    ),
                    Some("give as many hints as the lab file has, in the same order".into()),
                ));
            }
            entry.title = texts.title.unwrap_or_else(|| entry.title.clone());
            entry.why = texts.why.unwrap_or_else(|| entry.why.clone());
            if !texts.hints.is_empty() {
                let own = entry.hints.iter().zip(texts.hints);
                entry.hints = own.map(|(own, other)| own.told(other)).collect();
            }
        }
        Ok(())
    }
}
