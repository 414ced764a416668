//! Where an image's build is written down: the folder and the Dockerfile that a compose file names for a service.
//!
//! Read from the files that Compose noted on the container, if this machine has them. Nothing is run.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use serde_yaml::Value;

use super::networks;
use crate::deadline::bounded;
use crate::project_files::{ProjectFiles, Unread};
use labcheck_core::text;
use labcheck_engine::model::inspected::Inspected;

/// Longest reading of what a service is built from.
const READING: Duration = Duration::from_secs(2);

/// A build.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Build {
    /// The folder that is sent to the builder.
    pub context: PathBuf,
    /// The Dockerfile's text.
    pub text: String,
    /// Its path; `None` where it stands in the compose file.
    pub file: Option<PathBuf>,
    /// How a student calls it, from the folder of the compose file.
    pub label: String,
    /// Names of further folders and images.
    pub contexts: Vec<String>,
    /// The files that may be read.
    pub files: ProjectFiles,
}

/// Whether what a service extends says something of its build, or cannot be read.
fn takes_build_over(
    files: &ProjectFiles,
    (service, whole): (&Value, &Value),
    folder: &Path,
    depth: usize,
) -> bool {
    const MOST_STEPS: usize = 5;
    let Some(extends) = service.get("extends") else {
        return false;
    };
    let name = extends.get("service").unwrap_or(extends).as_str();
    let brings = |whole: &Value, folder: &Path| {
        let from = name.and_then(|name| networks::service_of(whole, name));
        from.is_none_or(|from| {
            from.get("build").is_some() || takes_build_over(files, (from, whole), folder, depth + 1)
        })
    };
    if depth == MOST_STEPS {
        return true;
    }
    let Some(file) = extends.get("file") else {
        return brings(whole, folder);
    };
    let Some(file) = file.as_str().filter(|file| !file.contains('$')) else {
        return true;
    };
    let path = folder.join(file);
    let other = files.read(&path).ok().and_then(|text| {
        let document = serde_yaml::Deserializer::from_str(&text).next()?;
        networks::merged(document).ok()
    });
    other.is_none_or(|other| brings(&other, path.parent().unwrap_or(folder)))
}

impl Build {
    /// The build of a container's service.
    ///
    /// # Errors
    /// Why it is not known.
    pub(crate) async fn of(inspected: &Inspected) -> Result<Self, String> {
        let inspected = inspected.clone();
        let read = bounded(READING, move || Self::read(&inspected)).await;
        read.unwrap_or_else(|| Err("reading its compose files took too long".into()))
    }

    fn read(inspected: &Inspected) -> Result<Self, String> {
        let name = inspected.container.known_as();
        let (Some(folder), Some(service)) = (&inspected.folder, &inspected.container.service)
        else {
            return Err(format!(
                "no compose file says where the Dockerfile of `{name}` is"
            ));
        };
        let folder = Path::new(folder);
        let own_files = ProjectFiles::of(folder);
        let mut build = Value::Null;
        let mut read = 0;
        // Files that are included, each with the folder from which its own paths are meant.
        let files = inspected.config_files.iter();
        let mut next: Vec<(PathBuf, PathBuf)> = files
            .flat_map(|files| files.split(','))
            .filter(|file| !file.is_empty())
            .map(|file| (PathBuf::from(file), folder.to_owned()))
            .collect();
        next.reverse();
        let mut from = folder.to_owned();
        let mut unread = None;
        while let Some((file, base)) = next.pop() {
            let text = match own_files.read(&file) {
                Ok(text) => text,
                Err(Unread::Outside) => {
                    unread = Some(outside(folder, &file));
                    continue;
                }
                Err(_) => continue,
            };
            read += 1;
            if read > networks::MOST {
                return Err("it includes too many files".into());
            }
            let mut whole: Value = serde_yaml::from_str(&text)
                .map_err(|_| "the compose file could not be read".to_owned())?;
            // Anchors may bring the build.
            let _ = whole.apply_merge();
            let own = whole.get("services").and_then(|all| all.get(service));
            let own_folder = file.parent().unwrap_or(folder);
            match networks::included(&whole, own_folder) {
                Ok(more) => next.extend(more),
                Err(why) => unread = Some(why),
            }
            if own.is_some_and(|own| takes_build_over(&own_files, (own, &whole), own_folder, 0)) {
                return Err(format!(
                    "`{service}` is said in another compose file (`extends`)"
                ));
            }
            if let Some(own) = own.and_then(|own| own.get("build")) {
                lay_over(&mut build, own);
                from = base;
            }
        }
        if read == 0 {
            if let Some(why) = unread {
                return Err(why);
            }
            return Err("the compose file it was started from is not on this machine".into());
        }
        if build.is_null() {
            if let Some(why) = unread {
                return Err(why);
            }
            return Err(format!("the compose file builds no image for `{service}`"));
        }
        Self::from_value(&own_files, &from, &build)
    }

    fn from_value(files: &ProjectFiles, folder: &Path, build: &Value) -> Result<Self, String> {
        let word = |key: &str| build.get(key).and_then(Value::as_str);
        let context = build.as_str().or_else(|| word("context")).unwrap_or(".");
        let dockerfile = word("dockerfile").unwrap_or("Dockerfile");
        if [context, dockerfile]
            .iter()
            .any(|path| path.contains('$') || path.contains("://"))
        {
            return Err(
                "where its Dockerfile is depends on a variable or lies on another machine".into(),
            );
        }
        let written = context;
        let context = tidy(&folder.join(context));
        // Names of what lies in a folder are told where files are newer than an image.
        if files.canonical(&context) == Err(Unread::Outside) {
            return Err(outside(folder, Path::new(written)));
        }
        let mut contexts: Vec<String> = match build.get("additional_contexts") {
            Some(Value::Mapping(names)) => names
                .keys()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect(),
            Some(Value::Sequence(rows)) => rows
                .iter()
                .filter_map(|row| row.as_str()?.split_once('='))
                .map(|(name, _)| name.to_owned())
                .collect(),
            _ => Vec::new(),
        };
        // One that takes the place of an image leaves the image's name as it was written.
        contexts.retain(|name| !name.contains([':', '/']));
        if let Some(text) = word("dockerfile_inline") {
            return Ok(Self {
                context,
                text: text.to_owned(),
                file: None,
                label: "dockerfile_inline".into(),
                contexts,
                files: files.clone(),
            });
        }
        let file = tidy(&context.join(dockerfile));
        let label = file.strip_prefix(folder).unwrap_or(&file);
        let label = text::cut(&text::clean(&label.display().to_string()), 160);
        let text = files.read(&file).map_err(|why| match why {
            Unread::Outside => outside(folder, &file),
            _ => format!("`{label}` could not be read"),
        })?;
        Ok(Self {
            context,
            text,
            label,
            file: Some(file),
            contexts,
            files: files.clone(),
        })
    }
}

/// A later compose file's words go before an earlier one's, key by key.
fn lay_over(under: &mut Value, over: &Value) {
    // The short form is the context alone.
    let long = |value: &Value| match value {
        Value::String(context) => {
            let mut keys = serde_yaml::Mapping::new();
            keys.insert("context".into(), context.clone().into());
            keys
        }
        Value::Mapping(keys) => keys.clone(),
        _ => serde_yaml::Mapping::new(),
    };
    let mut keys = long(under);
    keys.extend(long(over));
    *under = Value::Mapping(keys);
}

/// A path without `.` and `..`, by its words alone, so that one file has one name.
pub(crate) fn tidy(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// What is told of a path that is not opened.
fn outside(folder: &Path, path: &Path) -> String {
    let label = path.strip_prefix(folder).unwrap_or(path);
    let label = text::cut(&text::clean(&label.display().to_string()), 160);
    format!("`{label}` lies outside of the project's folder")
}

#[cfg(test)]
#[path = "build_section_tests.rs"]
mod tests;
