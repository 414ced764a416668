//! Stacks of other labs that are running, from the engine's list alone.

use std::collections::BTreeMap;
use std::path::Path;

use crate::setup::{self, Say};
use labcheck_core::error::Error;
use labcheck_core::text::{clean, cut, quoted, say};
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::ContainerSummary;
use labcheck_probe::ownership::is_sibling;

/// Another lab's stack, or another stack of the same lab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Other {
    /// Its lab, by the label `labcheck.lab`.
    pub lab: String,
    /// Its compose project, if it has one.
    pub project: Option<String>,
    /// Its running containers.
    pub containers: Vec<String>,
    /// The folder that it was started from, where that is of no lab beside this one.
    pub(crate) elsewhere: Option<String>,
}

impl Other {
    /// "the stack `v3` of lab v3".
    pub(crate) fn phrase(&self) -> String {
        match (&self.project, &self.elsewhere) {
            (Some(project), Some(folder)) => say!(
                "the stack `{project}` of lab {} (started from {folder})",
                self.lab,
                project,
                folder
            ),
            (Some(project), None) => say!("the stack `{project}` of lab {}", self.lab, project),
            (None, _) => say!(
                "{} of lab {}",
                labcheck_core::text::ticked(&self.containers),
                self.lab
            ),
        }
    }

    /// The command that stops it; volumes stay.
    pub(crate) fn clear(&self) -> String {
        let words = self.words();
        let quoted_words: Vec<_> = words.iter().map(|word| quoted(word)).collect();
        format!("`docker {}`", quoted_words.join(" "))
    }

    fn words(&self) -> Vec<&str> {
        match &self.project {
            Some(project) => vec!["compose", "-p", project, "down"],
            None => ["stop"]
                .into_iter()
                .chain(self.containers.iter().map(String::as_str))
                .collect(),
        }
    }

    /// Stops it.
    pub(crate) async fn stop(&self, engine: &Engine, say: Say) -> Result<(), Error> {
        let doing = say!("stopping {}", self.phrase());
        let mut command = engine.command();
        command.args(self.words());
        setup::tool(&mut command, &doing, &say!("try {}", self.clear()), say)
            .await
            .map_err(Error::from)
    }
}

/// Running containers that carry a lab's label and are not of this project. What a test started is seen by that test
/// alone: its label's value stands in `LABCHECK_TEST_RUN`.
pub(crate) fn others(rows: &[ContainerSummary], project: &str, folder: &Path) -> Vec<Other> {
    in_world(rows, project, folder, world().as_deref())
}

/// The test that this is part of, if any.
pub(crate) fn world() -> Option<String> {
    std::env::var("LABCHECK_TEST_RUN").ok()
}

fn in_world(
    rows: &[ContainerSummary],
    project: &str,
    folder: &Path,
    world: Option<&str>,
) -> Vec<Other> {
    type Key = (String, Option<String>, Option<String>);
    let mut found: BTreeMap<Key, Vec<String>> = BTreeMap::new();
    let own = |row: &ContainerSummary| {
        row.project.as_deref() == Some(project)
            && row
                .folder
                .as_deref()
                .is_none_or(|at| Path::new(at) == folder)
    };
    let running = rows
        .iter()
        .filter(|row| row.running() && row.test.as_deref() == world && !own(row));
    for row in running {
        if let Some(lab) = &row.lab {
            let away = |at: &&str| !is_sibling(Path::new(at), folder);
            let elsewhere = row.folder.as_deref().filter(away);
            let elsewhere = elsewhere.map(|at| cut(&clean(at), 200));
            let key = (lab.clone(), row.project.clone(), elsewhere);
            found.entry(key).or_default().push(row.name.clone());
        }
    }
    found
        .into_iter()
        .map(|((lab, project, elsewhere), mut containers)| {
            containers.sort();
            Other {
                lab,
                project,
                containers,
                elsewhere,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::Status;

    fn row(name: &str, project: Option<&str>, lab: Option<&str>) -> ContainerSummary {
        ContainerSummary {
            name: name.into(),
            project: project.map(str::to_owned),
            lab: lab.map(str::to_owned),
            status: Status::Running,
            ..ContainerSummary::default()
        }
    }

    #[test]
    fn only_what_says_its_lab_runs_and_is_not_ones_own_counts() {
        let mut stopped = row("v2-app-1", Some("v2"), Some("v2"));
        stopped.status = Status::Exited;
        let mut test = row("labtest-v1-app-1", Some("labtest-v1"), Some("v1"));
        test.test = Some("labtest-v1".into());
        let mut elsewhere = row("v4-app-1", Some("v4"), Some("v4"));
        elsewhere.folder = Some("/home/ada/v4".into());
        let rows = [
            row("v3-db-1", Some("v3"), Some("v3")),
            row("v3-app-1", Some("v3"), Some("v3")),
            row("loose", None, Some("v1")),
            row("shop-web-1", Some("shop"), None),
            stopped,
            test,
            elsewhere,
        ];
        let here = Path::new("/home/ada/v4");
        let found = in_world(&rows, "v4", here, None);
        let words: Vec<String> = found.iter().map(Other::clear).collect();
        assert_eq!(
            words,
            ["`docker stop loose`", "`docker compose -p v3 down`"]
        );
        assert_eq!(found[1].containers, ["v3-app-1", "v3-db-1"]);
        let from_a_copy = in_world(&rows, "v4", Path::new("/home/bob/v4"), None);
        assert_eq!(from_a_copy.len(), 3, "another stack of the same name");
        let copied = from_a_copy.iter().find(|other| other.lab == "v4");
        assert_eq!(
            copied.map(Other::phrase).as_deref(),
            Some("the stack `v4` of lab v4 (started from /home/ada/v4)")
        );
        let test = in_world(&rows, "v4", here, Some("labtest-v1"));
        assert_eq!(test.len(), 1);
        assert_eq!(test[0].phrase(), "the stack `labtest-v1` of lab v1");
    }
}
