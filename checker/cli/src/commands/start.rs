//! `labcheck start` and `labcheck stop`: what can be typed, and the order of what is done then.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::course::chosen_lab::which;
use crate::course::folder::{lab_folder, sibling_lab};
use crate::setup::{self, Say};
use crate::start::Project;
use crate::start::confirm::{OthersFirst, are_running, asked, others_first};
use crate::start::others::{Other, others};
use labcheck_core::error::Error;
use labcheck_core::facts::Status;
use labcheck_core::lab::Course;
use labcheck_core::text::{clean, cut, list, quoted, say, ticked};
use labcheck_engine::compose::files::COMPOSE_FILES;
use labcheck_engine::model::inspected::ContainerSummary;
use labcheck_probe::ownership::lab_of;

/// `labcheck start`.
#[derive(Debug, Args)]
pub struct StartArgs {
    /// The lab to start, such as `v4`; by default the one of this folder.
    lab: Option<String>,
    /// The lab's folder; by default the current one, or the one of that name below `labs/`.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Stop the stacks of other labs that are running, without asking.
    #[arg(long)]
    yes: bool,
    /// Leave the stacks of other labs running, without asking.
    #[arg(long, conflicts_with = "yes")]
    keep: bool,
}

impl StartArgs {
    /// What the flags say about the stacks of other labs; `None` without a flag.
    fn typed(&self) -> Option<OthersFirst> {
        match (self.yes, self.keep) {
            (_, true) => Some(OthersFirst::Leave),
            (true, false) => Some(OthersFirst::Stop),
            (false, false) => None,
        }
    }
}

/// `labcheck stop`.
#[derive(Debug, Args)]
pub struct StopArgs {
    /// The lab to stop, such as `v4`; by default the one of this folder, or the only one that runs.
    lab: Option<String>,
    /// The lab's folder; by default the current one, or the one of that name below `labs/`.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Also delete its volumes: the database and everything in it.
    #[arg(long)]
    volumes: bool,
}

/// Starts a lab's stack.
///
/// # Errors
/// [`Error::usage`] when there is no folder or other labs run and nothing says what to do; what Compose could not do.
pub(crate) async fn start(args: StartArgs) -> Result<(), Error> {
    let given = args.folder.as_deref();
    let (lab, folder) = match &args.lab {
        Some(lab) => lab_and_folder(lab, given)?,
        None => lab_and_folder(&which("start", given).await?.lab, given)?,
    };
    let say = Say::new();
    let engine = setup::engine().await?;
    let project = Project::read(engine, &folder, None).await?;
    let rows = project.engine().list().await?;
    let running = others(&rows, project.name(), &folder);
    // What was started from another folder may be another student's. Only one of the same name would be in the way.
    let (running, theirs): (Vec<_>, Vec<_>) = running.into_iter().partition(|other| {
        other.elsewhere.is_none() || other.project.as_deref() == Some(project.name())
    });
    if !theirs.is_empty() {
        let commands = list(&theirs.iter().map(Other::clear).collect::<Vec<_>>());
        say.line(&say!(
            "note: {} and left alone, as not of this course folder; if that is yours: {commands}",
            are_running(&theirs),
            commands
        ));
    }
    match others_first(&running, args.typed(), asked(&running))? {
        OthersFirst::Stop => {
            for other in &running {
                other.stop(project.engine(), say).await?;
            }
        }
        OthersFirst::Leave => {}
    }
    for note in project.notes().into_iter().chain(uikit_missing(&folder)) {
        say.line(&note);
    }
    let first = project.first_builds().await?;
    if !first.is_empty() {
        let services = ticked(&first);
        say.line(&say!(
            "note: the first build of {services} can take three or four minutes on a small machine, as libraries are fetched and compiled; later ones are quick",
            services
        ));
    }
    let before = project.containers().await?;
    project.up(&say!("starting {lab}", lab), say).await?;
    let restarted = project.restart_changed(say).await?;
    let ended = project.ended().await;
    let after = project.containers().await?;
    let went_on = |service: &String| {
        let runs = |rows: &[ContainerSummary]| {
            let mut own = rows
                .iter()
                .filter(|row| row.service.as_ref() == Some(service));
            own.find(|row| row.status == Status::Running)
                .map(|row| row.id.clone())
        };
        let before = runs(&before);
        before.is_some() && before == runs(&after) && !restarted.contains(service)
    };
    let mut building = project.builds_inside();
    building.retain(|service| !went_on(service) && ended.iter().all(|(one, _)| one != service));
    if !building.is_empty() {
        let services = ticked(&building);
        say.line(&say!(
            "Building:   {services}, inside the container; `labcheck {lab}` waits for it, `docker compose logs -f {}` shows it",
            quoted(&building[0]),
            services,
            lab
        ));
    }
    for address in project.addresses(&ended) {
        say.line(&say!("Published:  {address}", address));
    }
    for (_, note) in &ended {
        say.line(note);
    }
    for (service, place) in project.unpublished() {
        say.line(&say!(
            "note: `{service}` asks for {place}, which is not published: all its networks are internal",
            service,
            place
        ));
    }
    for network in project.old_networks().await {
        say.line(&say!(
            "note: network `{network}` was made before `internal` was changed in the compose file, and is as it was; `labcheck stop {lab}`, then start again",
            network,
            lab
        ));
    }
    let flag = args.folder.map_or_else(String::new, |folder| {
        format!(" --folder {}", folder.display())
    });
    say.line(&say!("Grade it:   labcheck {lab}{flag}", lab, flag));
    say.line(&say!("Stop it:    labcheck stop {lab}{flag}", lab, flag));
    Ok(())
}

/// Takes a lab's stack down; volumes stay unless they are asked for.
///
/// # Errors
/// [`Error::usage`] when there is no folder; what Compose could not do.
pub(crate) async fn stop(args: StopArgs) -> Result<(), Error> {
    let (lab, folder) = if let Some(lab) = &args.lab {
        lab_and_folder(lab, args.folder.as_deref())?
    } else {
        let meant = which("stop", args.folder.as_deref()).await?;
        let folder = args.folder.or(meant.folder);
        lab_and_folder(&meant.lab, folder.as_deref())?
    };
    let say = Say::new();
    let project = Project::read(setup::engine().await?, &folder, None).await?;
    started_here(&project, &lab).await?;
    project
        .down(&say!("stopping {lab}", lab), args.volumes, say)
        .await?;
    if !args.volumes {
        say.line(say!(
            "Its volumes stay, with what the database holds; `--volumes` deletes them too."
        ));
    }
    let left = project.volumes_left().await?;
    if left.is_empty() {
        return Ok(());
    }
    if args.volumes {
        project.delete(&left, say).await?;
    } else {
        let names = ticked(&left);
        say.line(&say!(
            "Of an earlier compose.yaml: {names}. To delete: docker volume rm {}",
            left.join(" "),
            names
        ));
    }
    Ok(())
}

/// What another folder started under the same name may be another student's, and is not stopped from here.
async fn started_here(project: &Project, lab: &str) -> Result<(), Error> {
    let own = project.folder().canonicalize();
    let Ok(own) = own else { return Ok(()) };
    let rows = project.containers().await?;
    let elsewhere = rows.iter().find_map(|row| {
        let at = Path::new(row.folder.as_deref()?);
        // A folder that is gone cannot be stood in any more.
        let at = at.canonicalize().ok()?;
        (at != own).then_some(at)
    });
    let Some(at) = elsewhere else { return Ok(()) };
    let at = cut(&clean(&at.display().to_string()), 200);
    Err(Error::usage(
        say!(
            "the stack `{}` that is there was started from {at}, not from this folder",
            project.name(),
            at
        ),
        say!(
            "to stop that one: `labcheck stop {lab} --folder {}`",
            quoted(&at),
            lab
        ),
    ))
}

/// The lab's name and its folder, which has to hold a compose file.
fn lab_and_folder(lab: &str, folder: Option<&Path>) -> Result<(String, PathBuf), Error> {
    let lab = Course::embedded()?.lab(lab)?.id.to_string();
    let wrong = |what: String| {
        Error::usage(
            what,
            say!(
                "go to the lab's folder, or give it: `--folder labs/{lab}`",
                lab
            ),
        )
    };
    let mut found = lab_folder(&lab, folder)?
        .ok_or_else(|| wrong(say!("no folder of lab {lab} is here", lab)))?;
    if let Some(other) = lab_of(&found).filter(|says| *says != lab) {
        let sibling = sibling_lab(&found, &lab).filter(|_| folder.is_none());
        found = sibling.ok_or_else(|| {
            wrong(say!(
                "{}: its lab.yaml says that it is lab {other}, not {lab}",
                found.display(),
                other,
                lab
            ))
        })?;
    }
    let folder = found;
    if COMPOSE_FILES.iter().any(|file| folder.join(file).is_file()) {
        return Ok((lab, folder));
    }
    if let Some(name) = misnamed(&folder) {
        return Err(Error::usage(
            say!(
                "{}: there is no compose file in it, but `{name}`",
                folder.display(),
                name
            ),
            say!("rename it: its whole name is `compose.yaml`").to_owned(),
        ));
    }
    Err(wrong(say!(
        "{}: there is no compose file in it",
        folder.display()
    )))
}

/// A file that is meant as the compose file and has another ending: editors and browsers add one.
fn misnamed(folder: &Path) -> Option<String> {
    let files = std::fs::read_dir(folder).ok()?.flatten();
    let names = files.map(|file| file.file_name().to_string_lossy().to_ascii_lowercase());
    let meant = |name: &String| {
        let stem = name.strip_prefix("docker-").unwrap_or(name);
        stem == "compose" || stem.starts_with("compose.y")
    };
    names.filter(meant).min().map(|name| cut(&clean(&name), 60))
}

/// A line about pages that will not be shown as they should.
fn uikit_missing(folder: &Path) -> Option<String> {
    let app = folder.join("app");
    let wants = app.join("package-lock.json").is_file();
    let has = app.join("static/uikit.min.css").is_file();
    (wants && !has).then(|| {
        let app = cut(&app.display().to_string(), 200);
        say!(
            "note: UIkit is not there yet; `npm ci` in {app} fetches it",
            app
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_another_lab_is_never_started_or_stopped() {
        let dir = tempfile::tempdir().expect("a folder");
        for lab in ["v3", "v4"] {
            let folder = dir.path().join(lab);
            std::fs::create_dir(&folder).expect("a folder");
            std::fs::write(folder.join("lab.yaml"), format!("lab: {lab}\n")).expect("a file");
            std::fs::write(folder.join("compose.yaml"), "services: {}\n").expect("a file");
        }
        let v4 = dir.path().join("v4");
        assert!(lab_and_folder("v4", Some(&v4)).is_ok());
        let err = lab_and_folder("v3", Some(&v4)).expect_err("another lab's");
        assert!(err.to_string().contains("says that it is lab v4"), "{err}");
        std::fs::rename(v4.join("compose.yaml"), v4.join("compose.yaml.txt")).expect("a file");
        let err = lab_and_folder("v4", Some(&v4)).expect_err("another name");
        assert!(err.to_string().ends_with("but `compose.yaml.txt`"), "{err}");
    }
}
