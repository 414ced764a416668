//! Which lab is meant where none is named: that of the current folder, or the only one whose stack runs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::start::others::world;
use labcheck_core::embedded::Embedded;
use labcheck_core::error::Error;
use labcheck_core::text::{list, say};
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::ContainerSummary;
use labcheck_probe::ownership::Near;
use labcheck_probe::ownership::lab_of;

/// The lab that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Which {
    /// Its name.
    pub lab: String,
    /// Where its stack was started, if that is how it is known.
    pub folder: Option<PathBuf>,
}

/// The lab that `labcheck COMMAND` is about. A folder that is given has to say it; then the current one and those above
/// it are asked, then the engine: stacks of this course come first, and in a course no others count.
///
/// # Errors
/// [`Error::usage`] where none is meant, or several could be.
pub(crate) async fn which(command: &str, folder: Option<&Path>) -> Result<Which, Error> {
    let near = Near::here();
    let everywhere = !near.in_course();
    chosen(command, folder, (&near, everywhere)).await
}

/// The lab that one is at: as [`which`], but no stack of another folder says it, wherever one stands.
///
/// # Errors
/// [`Error::usage`] where there is none, or several could be.
pub(crate) async fn at_hand() -> Result<Which, Error> {
    chosen("hint", None, (&Near::here(), false)).await
}

async fn chosen(
    command: &str,
    folder: Option<&Path>,
    whose: (&Near, bool),
) -> Result<Which, Error> {
    let labs = Embedded::labs();
    let of = |folder: &Path| lab_of(folder).filter(|lab| labs.contains(lab));
    let here = match folder {
        Some(folder) => of(folder),
        None => std::env::current_dir()
            .ok()
            .and_then(|here| here.ancestors().find_map(of)),
    };
    if let Some(lab) = here {
        return Ok(Which { lab, folder: None });
    }
    let rows = match Engine::find().await {
        Ok(engine) if folder.is_none() => engine.list().await.unwrap_or_default(),
        _ => Vec::new(),
    };
    only(&rows, &labs, world().as_deref(), whose, command)
}

/// The only lab that runs: of those near, or everywhere if that is wanted and none of them runs.
fn only(
    rows: &[ContainerSummary],
    labs: &[String],
    world: Option<&str>,
    (near, everywhere): (&Near, bool),
    command: &str,
) -> Result<Which, Error> {
    let running = rows.iter().filter(|row| {
        let of_course = row.lab.as_ref().is_some_and(|lab| labs.contains(lab));
        row.running() && row.test.as_deref() == world && of_course
    });
    let is_near = |row: &&ContainerSummary| row.folder.as_deref().is_none_or(|at| near.holds(at));
    let (own, theirs): (Vec<&ContainerSummary>, Vec<&ContainerSummary>) =
        running.partition(is_near);
    let all = if own.is_empty() && everywhere {
        theirs
    } else {
        own
    };
    let places: BTreeSet<(&str, Option<&str>)> = all
        .into_iter()
        .filter_map(|row| Some((row.lab.as_deref()?, row.folder.as_deref())))
        .collect();
    let running: BTreeSet<&str> = places.iter().map(|(lab, _)| *lab).collect();
    let running: Vec<&str> = running.into_iter().collect();
    match running.as_slice() {
        [lab] => {
            let mut folders = places.iter().filter_map(|(_, folder)| *folder);
            let folder = folders.next().filter(|_| folders.next().is_none());
            Ok(Which {
                lab: (*lab).to_owned(),
                folder: folder.map(PathBuf::from).filter(|at| at.is_dir()),
            })
        }
        [] => Err(Error::usage(
            say!("which lab is meant? This is no lab's folder, and no stack of the course runs"),
            say!("name it, such as `labcheck {command} v4`", command),
        )),
        several => Err(Error::usage(
            say!("which lab is meant? {} are running", list(several)),
            say!(
                "name it, such as `labcheck {command} {}`",
                several[0],
                command
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::Status;

    #[test]
    fn the_only_lab_that_runs_is_meant_and_of_several_none() {
        let labs = ["v3".to_owned(), "v4".to_owned()];
        let row = |lab: &str, running| ContainerSummary {
            lab: Some(lab.into()),
            folder: Some(std::env::temp_dir().display().to_string()),
            status: if running {
                Status::Running
            } else {
                Status::Exited
            },
            ..ContainerSummary::default()
        };
        let near = Near::of(&std::env::temp_dir());
        let of = |rows: &[ContainerSummary]| only(rows, &labs, None, (&near, false), "stop");
        let one = of(&[row("v3", true), row("v4", false), row("shop", true)]);
        let one = one.expect("one runs");
        assert_eq!(one.lab, "v3");
        assert_eq!(one.folder, Some(std::env::temp_dir()));
        let err = of(&[row("v3", true), row("v4", true)]).expect_err("two run");
        assert!(err.to_string().contains("v3 and v4 are running"), "{err}");
        let err = of(&[]).expect_err("nothing runs");
        let help = err.help().unwrap_or_default();
        assert!(help.contains("`labcheck stop v4`"), "{help}");
        let mut test = row("v3", true);
        test.test = Some("labtest".into());
        assert!(of(&[test]).is_err(), "a test's stack is its own");
    }

    #[test]
    fn a_stack_of_another_folder_is_meant_outside_of_a_course_alone() {
        let labs = ["v3".to_owned(), "v6".to_owned()];
        let dir = tempfile::tempdir().expect("a folder");
        let row = |lab: &str, folder: String| ContainerSummary {
            lab: Some(lab.into()),
            folder: Some(folder),
            status: Status::Running,
            ..ContainerSummary::default()
        };
        let own = row("v3", dir.path().display().to_string());
        let theirs = row("v6", "/somewhere/else/v6".into());
        let near = Near::of(dir.path());
        let of = |rows: &[ContainerSummary], everywhere| {
            let found = only(rows, &labs, None, (&near, everywhere), "stop");
            found.ok().map(|found| found.lab)
        };
        let alone = [theirs.clone()];
        assert_eq!(of(&alone, false), None);
        assert_eq!(of(&alone, true).as_deref(), Some("v6"));
        let both = [own, theirs];
        assert_eq!(of(&both, false).as_deref(), Some("v3"));
        assert_eq!(of(&both, true).as_deref(), Some("v3"));
    }
}
