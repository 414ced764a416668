//! `labcheck hint LAB [CHECK]`: the next hint, one more each time. Takes the checks from the last grading; looks at nothing.

use std::path::PathBuf;

use clap::Args;

use crate::course::chosen_lab::which;
use crate::course::lab_files::course_of;
use crate::progress::Store;
use crate::progress::next_hint::one_more;
use crate::progress::remember::open;
use labcheck_core::error::Error;
use labcheck_core::lab::{CheckEntry, Lab};
use labcheck_core::text::{self, say};

/// `labcheck hint`.
#[derive(Debug, Args)]
pub struct HintArgs {
    /// The lab, such as `v4`; by default the one of this folder, or the only one that runs.
    pub lab: Option<String>,
    /// The check; by default the one to mend first, as the last grading found it.
    pub check: Option<String>,
    /// A course of your own.
    #[arg(long, value_name = "DIR")]
    pub course: Option<PathBuf>,
}

/// The hints so far, one more than the last time.
///
/// # Errors
/// When lab or check are not there, or nothing was graded yet.
pub(crate) async fn run(args: &HintArgs) -> Result<String, Error> {
    let course = course_of(args.course.as_deref())?;
    // A check alone is understood, too.
    let (lab, check) = match (&args.lab, &args.check) {
        (Some(word), None) if word.contains('-') && course.lab(word).is_err() => (None, Some(word)),
        (lab, check) => (lab.as_ref(), check.as_ref()),
    };
    let lab = match lab {
        Some(lab) => course.lab(lab)?,
        None => course.lab(&which("hint", None).await?.lab)?,
    };
    let store = open().await;
    let entry = match (check, &store) {
        (Some(id), _) => named(&lab, id)?,
        (None, Some(store)) => match unsolved(&lab, store).await? {
            Ok(entry) => entry,
            Err(nothing) => return Ok(nothing),
        },
        (None, None) => {
            return Err(Error::usage(
                "nothing was kept of earlier gradings",
                format!("name a check: `labcheck hint {} CHECK`", lab.id),
            ));
        }
    };
    let found = match &store {
        Some(store) => {
            let found = store.found(lab.id.as_str(), entry.id.as_str()).await;
            found.unwrap_or_default()
        }
        None => None,
    };
    // The report has given the first one already.
    let given = u32::from(found.is_some());
    Ok(one_more(&lab, entry, found.as_deref(), store.as_ref(), given).await)
}

fn named<'l>(lab: &'l Lab, id: &str) -> Result<&'l CheckEntry, Error> {
    let found = lab.checks.iter().find(|entry| entry.id.as_str() == id);
    found.ok_or_else(|| {
        let names = lab.checks.iter().map(|entry| entry.id.as_str());
        let near = names
            .max_by(|a, b| strsim::jaro_winkler(a, id).total_cmp(&strsim::jaro_winkler(b, id)));
        Error::usage(
            format!(
                "lab {} has no check `{}`",
                lab.id,
                text::cut(&text::clean(id), 60)
            ),
            near.map_or_else(String::new, |near| format!("did you mean `{near}`?")),
        )
    })
}

/// The check that the last grading would mend first, or a sentence that says why there is none.
async fn unsolved<'l>(
    lab: &'l Lab,
    store: &Store,
) -> Result<Result<&'l CheckEntry, String>, Error> {
    let past = store.past().await.unwrap_or_default();
    let Some(past) = past.get(lab.id.as_str()) else {
        return Err(Error::usage(
            format!("lab {} was not graded yet", lab.id),
            format!("grade it first: `labcheck {}`", lab.id),
        ));
    };
    let first = past.last.unsolved.iter().find_map(|id| {
        lab.checks
            .iter()
            .find(|entry| entry.id.as_str() == id.as_str())
    });
    Ok(first.ok_or_else(|| say!("nothing failed in {} the last time", lab.id) + "\n"))
}

#[cfg(test)]
mod tests {
    use super::named;
    use labcheck_core::lab::{Course, Hint};

    #[test]
    fn a_finding_whose_cause_is_known_is_answered_first() {
        let course = Course::embedded().expect("the labs shipped are right");
        let first = |lab: &str, id: &str, found: &str| {
            let lab = course.lab(lab).expect("a lab");
            let entry = named(&lab, id).expect("a check");
            let hints = Hint::fitting(&entry.hints, Some(found));
            hints.first().map(ToString::to_string).unwrap_or_default()
        };
        let denied = "stopped with exit code 1; its last log line: find: '/var/lib/mysql/': Permission denied";
        assert!(first("v6", "v3-db-healthy", denied).contains("`cap_add`"));
        assert!(!first("v6", "v3-db-healthy", "unhealthy").contains("`cap_add`"));
        let sick = "unhealthy: http://127.0.0.1:5000/healthz does not answer with 200";
        assert!(first("v5", "v5-healthcheck-works", sick).contains("module `health`"));
        let silent = "unhealthy: http://127.0.0.1:5000/healthz does not answer";
        assert!(!first("v5", "v5-healthcheck-works", silent).contains("module `health`"));
    }
}
