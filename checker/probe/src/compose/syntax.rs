//! Whether a folder's compose files are YAML at all. Compose decides what they mean; nothing is run.

use std::path::Path;

use serde::Deserialize as _;
use serde_yaml::{Deserializer, Value};

use crate::project_files::ProjectFiles;
use labcheck_core::text as words;
use labcheck_engine::compose::files::{COMPOSE_FILES, OVERRIDES};

/// A compose file that no program can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenYaml {
    /// The file's name.
    pub file: String,
    /// The line where reading ended, from 1; the mistake is there or just above.
    pub line: Option<usize>,
    /// The reader's words.
    pub why: String,
}

impl BrokenYaml {
    /// The first of the files that Compose would read in a folder and that is no YAML.
    pub fn find(folder: &Path) -> Option<Self> {
        let first = |names: &[&str]| {
            let mut paths = names.iter().map(|name| folder.join(name));
            paths.find(|path| path.is_file())
        };
        let files = ProjectFiles::of(folder);
        let read = [first(&COMPOSE_FILES), first(&OVERRIDES)];
        read.into_iter().flatten().find_map(|path| {
            let name = path.file_name()?.to_string_lossy().into_owned();
            broken(&files.read(&path).ok()?).map(|(line, why)| Self {
                file: name,
                line,
                why,
            })
        })
    }
}

fn broken(text: &str) -> Option<(Option<usize>, String)> {
    let mut documents = Deserializer::from_str(text);
    documents.find_map(|document| {
        let err = Value::deserialize(document).err()?;
        let line = err.location().map(|at| at.line());
        Some((line, words::cut(&words::clean(&err.to_string()), 160)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_told_where_reading_ends() {
        let of = |text: &str| broken(text).and_then(|(line, _)| line);
        let tab = "services:\n  app:\n\timage: nginx:1.26\n";
        assert_eq!(of(tab), Some(3));
        let colon = "services:\n  app:\n    image: nginx:1.26\n    ports: 1: 2: 3\n";
        assert_eq!(of(colon), Some(4));
        let twice = "services: {}\nservices: {}\n";
        assert!(broken(twice).is_some_and(|(_, why)| why.contains("services")));
        for fine in [
            "",
            "services: {}\n---\nname: x\n",
            "a: !reset null\n",
            "a: &b {}\nc: { <<: *b }\n",
        ] {
            assert_eq!(broken(fine), None, "{fine}");
        }
    }

    #[test]
    fn the_file_that_compose_reads_is_looked_at_and_its_override() {
        let dir = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            std::fs::write(dir.path().join(name), text).expect("a file");
        };
        assert_eq!(BrokenYaml::find(dir.path()), None);
        write("docker-compose.yml", "a: [");
        write("compose.yaml", "services: {}\n");
        assert_eq!(
            BrokenYaml::find(dir.path()),
            None,
            "Compose reads the first"
        );
        write("compose.override.yaml", "a: [");
        let found = BrokenYaml::find(dir.path()).expect("it is broken");
        assert_eq!(found.file, "compose.override.yaml");
    }
}
