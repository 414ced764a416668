//! Where an image's build is written down: the folder and the Dockerfile that a compose file names for a service.
//!
//! Read from the files that Compose noted on the container, if this machine has them. Nothing is run.

use std::path::{Component, Path, PathBuf};

use serde_yaml::Value;

use super::networks;
use labcheck_engine::model::inspected::Inspected;

/// Longest file that is read.
const MOST: u64 = 1024 * 1024;

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
}

/// Whether what a service extends says something of its build, or cannot be read.
fn takes_build_over(service: &Value, whole: &Value, folder: &Path, depth: usize) -> bool {
    const MOST_STEPS: usize = 5;
    let Some(extends) = service.get("extends") else {
        return false;
    };
    let name = extends.get("service").unwrap_or(extends).as_str();
    let brings = |whole: &Value, folder: &Path| {
        let from = name.and_then(|name| networks::service_of(whole, name));
        from.is_none_or(|from| {
            from.get("build").is_some() || takes_build_over(from, whole, folder, depth + 1)
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
    let other = networks::read(&path).ok().and_then(|text| {
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
    pub(crate) fn of(inspected: &Inspected) -> Result<Self, String> {
        let name = inspected.container.known_as();
        let (Some(folder), Some(service)) = (&inspected.folder, &inspected.container.service)
        else {
            return Err(format!(
                "no compose file says where the Dockerfile of `{name}` is"
            ));
        };
        let folder = Path::new(folder);
        let mut build = Value::Null;
        let mut read = 0;
        // Files that are included, each with the folder from which its own paths are meant.
        let files = inspected.config_files.iter();
        let mut next: Vec<(PathBuf, PathBuf)> = files
            .flat_map(|files| files.split(','))
            .map(|file| (PathBuf::from(file), folder.to_owned()))
            .collect();
        next.reverse();
        let mut from = folder.to_owned();
        let mut unread = None;
        while let Some((file, base)) = next.pop() {
            let Some(text) = text(&file) else {
                continue;
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
            if own.is_some_and(|own| takes_build_over(own, &whole, own_folder, 0)) {
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
            return Err("the compose file it was started from is not on this machine".into());
        }
        if build.is_null() {
            if let Some(why) = unread {
                return Err(why);
            }
            return Err(format!("the compose file builds no image for `{service}`"));
        }
        Self::from_value(&from, &build)
    }

    fn from_value(folder: &Path, build: &Value) -> Result<Self, String> {
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
        let context = tidy(&folder.join(context));
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
            });
        }
        let file = tidy(&context.join(dockerfile));
        let label = file.strip_prefix(folder).unwrap_or(&file);
        let label = label.display().to_string();
        let text = text(&file).ok_or_else(|| format!("`{label}` could not be read"))?;
        Ok(Self {
            context,
            text,
            label,
            file: Some(file),
            contexts,
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

pub(crate) fn text(path: &Path) -> Option<String> {
    let about = std::fs::metadata(path).ok()?;
    let small = about.is_file() && about.len() <= MOST;
    small.then(|| std::fs::read_to_string(path).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::Container;

    fn build(files: &[(&str, &str)]) -> Result<Build, String> {
        let dir = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            std::fs::write(path, text).expect("a file");
        }
        let composes = files
            .iter()
            .filter(|(path, _)| Path::new(path).extension().is_some_and(|end| end == "yaml"));
        let inspected = Inspected {
            container: Container {
                service: Some("app".into()),
                ..Container::default()
            },
            folder: Some(dir.path().display().to_string()),
            config_files: Some(
                composes
                    .map(|(path, _)| dir.path().join(path).display().to_string())
                    .collect::<Vec<_>>()
                    .join(","),
            ),
            ..Inspected::default()
        };
        Build::of(&inspected)
    }

    #[test]
    fn short_and_long_forms_and_overrides_are_read() {
        let short = build(&[
            ("compose.yaml", "services: { app: { build: ./web } }"),
            ("web/Dockerfile", "FROM a:1"),
            ("z.yaml", "services: { app: { labels: { a: b } } }"),
        ]);
        let short = short.expect("it is there");
        assert_eq!(
            (short.label.as_str(), short.text.as_str()),
            ("web/Dockerfile", "FROM a:1")
        );
        let long = build(&[
            (
                "compose.yaml",
                "x: &b { context: . }\nservices: { app: { build: { <<: *b, dockerfile: a/D, additional_contexts: { one: x } } } }",
            ),
            ("a/D", "FROM a:2"),
            ("z.yaml", "services: { app: { build: { args: { A: b } } } }"),
        ]);
        let long = long.expect("it is there");
        assert_eq!(
            (long.label.as_str(), long.contexts),
            ("a/D", vec!["one".to_owned()])
        );
    }

    #[test]
    fn an_included_file_builds_from_its_own_folder() {
        let included = |include: &str| {
            build(&[
                ("compose.yaml", include),
                ("parts/app.yml", "services: { app: { build: ./web } }"),
                ("parts/web/Dockerfile", "FROM a:3"),
            ])
        };
        let found = included("include: [parts/app.yml]").expect("it is there");
        assert_eq!(found.text, "FROM a:3");
        let away = included("include: ['${WHERE}/app.yml']");
        assert_eq!(away, Err("it includes a file that is not read".into()));
        let none = included("include: [parts/other.yml]");
        assert!(none.is_err_and(|why| why.contains("builds no image")));
    }

    #[test]
    fn folders_may_be_called_what_people_call_them() {
        let found = build(&[
            (
                "Büro 1/compose.yaml",
                "services: { app: { build: { context: 'Mein Büro/Shop v2.0', dockerfile: 'Für alle.Dockerfile' } } }",
            ),
            ("Mein Büro/Shop v2.0/Für alle.Dockerfile", "FROM a:1"),
        ]);
        assert_eq!(
            found.expect("it is there").label,
            "Mein Büro/Shop v2.0/Für alle.Dockerfile"
        );
    }

    #[test]
    fn what_is_extended_matters_where_it_brings_a_build() {
        let compose =
            "services:\n  app: { build: ., extends: { file: more.yml, service: base } }\n";
        let with = |more: &str| {
            let files = [
                ("compose.yaml", compose),
                ("more.yml", more),
                ("Dockerfile", "FROM a:1"),
            ];
            build(&files)
        };
        let plain = "services: { base: { extends: { service: root } }, root: { restart: always } }";
        assert_eq!(with(plain).expect("it is there").label, "Dockerfile");
        let brought = "services: { base: { extends: root }, root: { build: { target: a } } }";
        for more in [
            brought,
            "services: {}",
            "services: { base: { extends: base } }",
        ] {
            assert!(with(more).is_err_and(|why| why.contains("extends")));
        }
    }

    #[test]
    fn what_is_not_known_is_said() {
        for (files, why) in [
            (
                vec![("compose.yaml", "services: { app: { image: x } }")],
                "builds no image",
            ),
            (
                vec![("compose.yaml", "services: { app: { build: $WHERE } }")],
                "variable",
            ),
            (
                vec![("compose.yaml", "services: { app: { build: . } }")],
                "could not be read",
            ),
            (
                vec![(
                    "compose.yaml",
                    "services: { app: { extends: { file: x } } }",
                )],
                "extends",
            ),
            (vec![], "not on this machine"),
        ] {
            let found = build(&files).expect_err(why);
            assert!(found.contains(why), "{found}");
        }
    }
}
