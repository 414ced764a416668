//! A course: its labs, each with the checks it asks, its own and those of earlier labs.

use std::collections::BTreeMap;
use std::path::Path;

use super::load::{cross_check_course, parse};
use super::{CheckEntry, LabError, LabId, Manifest, RoleSigns, Translation};
use crate::embedded::Embedded;
use crate::facts::Role;
use crate::text::{Language, spoken};

/// All labs of a course, cross-checked.
#[derive(Debug, Clone)]
pub struct Course {
    labs: BTreeMap<String, Manifest>,
}

/// One lab with every check it asks, resolved.
#[derive(Debug, Clone)]
pub struct Lab {
    /// Its name.
    pub id: LabId,
    /// One line.
    pub title: String,
    /// How roles are recognised.
    pub roles: BTreeMap<Role, RoleSigns>,
    /// Checks in the order of the report: those asked again first, then its own.
    pub checks: Vec<CheckEntry>,
}

impl Course {
    /// The course inside the binary.
    ///
    /// # Errors
    /// When a lab file is wrong; a test sees to it that the ones shipped are not.
    pub fn embedded() -> Result<Self, LabError> {
        Self::from_texts(Embedded::lab_files(), Embedded::translations())
    }

    /// A course of lab files, each named `…/LAB/lab.yaml`, told in the language that is spoken: `german` holds those texts,
    /// each named `…/LAB/lab.de.yaml`.
    ///
    /// # Errors
    /// When a file is wrong.
    pub fn from_texts(
        files: impl IntoIterator<Item = (String, String)>,
        german: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, LabError> {
        let course = Self::from_files(files)?;
        match spoken() {
            Language::English => Ok(course),
            Language::German => course.told_by(german),
        }
    }

    /// The course with the texts of these files, each named `…/LAB/lab.de.yaml`.
    ///
    /// # Errors
    /// When a file is wrong, or names what its lab does not have.
    pub fn told_by(
        mut self,
        files: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, LabError> {
        for (file, text) in files {
            let translation = Translation::parse(&file, &text)?;
            let name = Path::new(&file).parent().and_then(Path::file_name);
            let name = name.unwrap_or_default().to_string_lossy();
            if let Some(lab) = self.labs.get_mut(name.as_ref()) {
                translation.put_into(&file, &text, lab)?;
            }
        }
        Ok(self)
    }

    /// A course from file names and texts.
    ///
    /// # Errors
    /// When a file is wrong, or they do not fit together.
    pub fn from_files(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, LabError> {
        let mut labs = BTreeMap::new();
        for (file, text) in files {
            let manifest = parse(&file, &text)?;
            let name = manifest.lab.to_string();
            if let Some((other, _, _)) = labs.get(&name) {
                return Err(LabError::Wrong {
                    what: format!("lab `{name}` is also in {other}"),
                    file,
                    line: 1,
                    column: 1,
                    help: None,
                });
            }
            labs.insert(name, (file, text, manifest));
        }
        cross_check_course(&labs)?;
        Ok(Self {
            labs: labs
                .into_iter()
                .map(|(name, (_, _, manifest))| (name, manifest))
                .collect(),
        })
    }

    /// The names of the labs, in order.
    pub fn names(&self) -> Vec<String> {
        self.labs.keys().cloned().collect()
    }

    /// The manifests, in order.
    pub fn manifests(&self) -> impl Iterator<Item = &Manifest> {
        self.labs.values()
    }

    /// A lab with all its checks; `V4` is `v4` to people.
    ///
    /// # Errors
    /// [`LabError::NoSuchLab`].
    pub fn lab(&self, name: &str) -> Result<Lab, LabError> {
        let as_typed = self.labs.get(name);
        let mut all = self.labs.iter();
        let manifest = as_typed
            .or_else(|| {
                let (_, lab) = all.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
                Some(lab)
            })
            .ok_or_else(|| LabError::NoSuchLab {
                name: crate::text::cut(&crate::text::clean(name), 40),
                there: self.names(),
            })?;
        let asked = |id: &super::CheckId| {
            manifest.again.iter().any(|again| again.id == *id)
                || manifest.checks.iter().any(|entry| entry.id == *id)
        };
        let earlier = manifest.again.iter().filter_map(|again| {
            let mut all = self.labs.values().flat_map(|lab| &lab.checks);
            let mut entry = all.find(|entry| entry.id == again.id)?.clone();
            if let Some(after) = &again.after {
                entry.after.clone_from(after);
            }
            Some(entry)
        });
        let own = manifest.checks.iter().cloned();
        let mut checks: Vec<CheckEntry> = earlier.chain(own).collect();
        for entry in &mut checks {
            entry.after.retain(|after| asked(after));
        }
        Ok(Lab {
            id: manifest.lab.clone(),
            title: manifest.title.clone(),
            roles: manifest.roles.clone(),
            checks,
        })
    }
}
