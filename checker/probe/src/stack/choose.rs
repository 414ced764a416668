//! Which containers are the stack, from the engine's list alone. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::ownership::Near;
use crate::ProbeError;
use labcheck_core::embedded::Embedded;
use labcheck_core::facts::{Neighbour, StackChoice, Status};
use labcheck_core::grade::Target;
use labcheck_core::text;
use labcheck_engine::model::inspected::ContainerSummary;

/// The stack's containers by id, why these, and who else is there.
#[derive(Debug)]
pub(crate) struct Choice {
    pub ids: Vec<String>,
    pub stack: StackChoice,
    pub neighbours: Vec<Neighbour>,
}

/// Chooses, in this order: containers named, projects named, the folder's own project, the project named like the
/// lab; without a folder also containers with the lab's label.
///
/// # Errors
/// Nothing to check, several candidates, or a name that is not there.
pub(crate) fn choose(
    rows: &[ContainerSummary],
    target: &Target,
    lab: &str,
) -> Result<Choice, ProbeError> {
    let rows: Vec<&ContainerSummary> = rows.iter().filter(|row| !row.oneoff).collect();
    let (stack, projects, why) = pick(&rows, target, lab)?;
    let ids: BTreeSet<&str> = stack.iter().map(|row| row.id.as_str()).collect();
    let mut neighbours: Vec<Neighbour> = rows
        .iter()
        .filter(|row| !ids.contains(row.id.as_str()))
        .filter_map(|row| neighbour(row))
        .collect();
    neighbours.sort_by(|a, b| a.name.cmp(&b.name));
    let mut stack = stack;
    stack.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Choice {
        ids: stack.into_iter().map(|row| row.id.clone()).collect(),
        stack: StackChoice { projects, why },
        neighbours,
    })
}

/// Containers, their projects, and why these.
type Picked<'r> = (Vec<&'r ContainerSummary>, Vec<String>, String);
type Projects<'r> = BTreeMap<&'r str, Vec<&'r ContainerSummary>>;

fn pick<'r>(
    rows: &[&'r ContainerSummary],
    target: &Target,
    lab: &str,
) -> Result<Picked<'r>, ProbeError> {
    let mut projects = Projects::new();
    for row in rows {
        if let Some(project) = &row.project {
            projects.entry(project).or_default().push(row);
        }
    }
    if !target.containers.is_empty() {
        return named(rows, &target.containers);
    }
    if !target.projects.is_empty() {
        return asked(&projects, &target.projects);
    }
    if let Some(own) = target
        .folder
        .as_deref()
        .and_then(|folder| of_folder(&projects, folder))
    {
        return Ok(own);
    }
    let folder = target.folder.as_deref();
    let named = projects.get(lab);
    if named.is_some_and(|rows| !folder.is_some_and(|folder| of_another(rows, folder))) {
        return Ok(whole(&projects, &[lab], "the project named like the lab"));
    }
    match &target.folder {
        Some(folder) => Err(not_from(folder, &projects, rows, lab)),
        None => labelled(rows, lab).unwrap_or_else(|| Err(unnamed(rows, &projects, lab))),
    }
}

/// Whether a project was certainly started from another folder: what is posted must not reach another student's stack.
/// A folder that this machine does not know may be the same one under another name.
fn of_another(rows: &[&ContainerSummary], folder: &Path) -> bool {
    let mut all = rows.iter().filter_map(|row| row.folder.as_deref());
    all.any(|at| Path::new(at).is_dir() && !same_folder(at, folder))
}

/// All containers of some projects.
fn whole<'r>(projects: &Projects<'r>, names: &[&str], why: &str) -> Picked<'r> {
    let rows = names.iter().filter_map(|name| projects.get(name)).flatten();
    (rows.copied().collect(), owned(names), why.to_owned())
}

/// The projects given with `--project`.
fn asked<'r>(projects: &Projects<'r>, names: &[String]) -> Result<Picked<'r>, ProbeError> {
    let names: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    if let Some(missing) = names.iter().find(|name| !projects.contains_key(*name)) {
        return Err(ProbeError::NoSuch {
            kind: "compose project",
            name: text::cut(&text::clean(missing), 80),
            there: projects.keys().map(|&project| project.to_owned()).collect(),
        });
    }
    let names: Vec<&str> = names.into_iter().collect();
    let why = names
        .iter()
        .map(|name| format!("--project {name}"))
        .collect::<Vec<_>>();
    Ok(whole(projects, &names, &why.join(" ")))
}

/// The projects that were started from the lab's folder.
fn of_folder<'r>(projects: &Projects<'r>, folder: &Path) -> Option<Picked<'r>> {
    let from = |row: &&ContainerSummary| {
        row.folder
            .as_deref()
            .is_some_and(|at| same_folder(at, folder))
    };
    let own = projects.iter().filter(|(_, rows)| rows.iter().any(from));
    let own: Vec<&str> = own.map(|(project, _)| *project).collect();
    let why = match own.as_slice() {
        [] => return None,
        [_] => "the project of this folder",
        _ => "the projects of this folder",
    };
    Some(whole(projects, &own, why))
}

/// Containers that carry the lab's own label, unless they are of several projects.
fn labelled<'r>(
    rows: &[&'r ContainerSummary],
    lab: &str,
) -> Option<Result<Picked<'r>, ProbeError>> {
    let own = rows
        .iter()
        .copied()
        .filter(|row| row.lab.as_deref() == Some(lab));
    let own: Vec<&ContainerSummary> = own.collect();
    let projects: BTreeSet<Option<&str>> = own.iter().map(|row| row.project.as_deref()).collect();
    let names: Vec<&str> = projects.iter().flatten().copied().collect();
    match projects.len() {
        0 => None,
        1 => Some(Ok((
            own,
            owned(&names),
            format!("the label labcheck.lab={lab}"),
        ))),
        _ => Some(Err(ProbeError::Several(owned(&names)))),
    }
}

/// Nothing was started from the lab's folder. Another student's stack is never taken for it: grading posts forms.
fn not_from(
    folder: &Path,
    projects: &Projects<'_>,
    rows: &[&ContainerSummary],
    lab: &str,
) -> ProbeError {
    let at = text::cut(&text::clean(&folder.display().to_string()), 200);
    let near = Near::of(folder);
    let runs = |row: &&&ContainerSummary| {
        let own = row.folder.as_deref().is_none_or(|at| near.holds(at));
        row.status == Status::Running && own
    };
    let labs: BTreeSet<&str> = rows
        .iter()
        .filter(runs)
        .filter_map(|row| row.lab.as_deref())
        .filter(|other| *other != lab)
        .collect();
    let how = match labs.first() {
        Some(other) => format!(
            "start it with `labcheck start {lab}`, which offers to stop lab {other} first, as that one still runs"
        ),
        None => format!("start it there with `{}`", Embedded::start(lab)),
    };
    let help = match projects.keys().next() {
        Some(project) => format!("{how}; another stack is graded with `--project {project}`"),
        None => how,
    };
    ProbeError::Nothing(format!("no stack was started from {at}"), help)
}

/// No folder, no name and no label says which stack is meant.
fn unnamed(rows: &[&ContainerSummary], projects: &Projects<'_>, lab: &str) -> ProbeError {
    let free = projects
        .iter()
        .filter(|(_, rows)| rows.iter().all(|row| row.lab.is_none()));
    match free.map(|(project, _)| *project).next() {
        None => nothing(rows, lab),
        Some(project) => ProbeError::Nothing(
            format!("no stack here says that it is lab {lab}"),
            format!("go to the lab's folder, or say which stack is meant: `--project {project}`"),
        ),
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// Exactly the containers named, by name or by the beginning of their id.
fn named<'r>(rows: &[&'r ContainerSummary], names: &[String]) -> Result<Picked<'r>, ProbeError> {
    let mut stack: BTreeMap<&str, &'r ContainerSummary> = BTreeMap::new();
    for name in names {
        let name = name.trim_start_matches('/');
        let by_id = |row: &&&ContainerSummary| name.len() >= 4 && row.id.starts_with(name);
        let by_name = rows.iter().find(|row| row.name == name);
        let Some(row) = by_name.or_else(|| rows.iter().find(by_id)) else {
            return Err(ProbeError::NoSuch {
                kind: "container",
                name: text::cut(&text::clean(name), 80),
                there: rows.iter().map(|row| row.name.clone()).collect(),
            });
        };
        stack.insert(&row.name, row);
    }
    let projects: BTreeSet<&str> = stack
        .values()
        .filter_map(|row| row.project.as_deref())
        .collect();
    let projects: Vec<&str> = projects.into_iter().collect();
    let why = format!(
        "--containers {}",
        stack.keys().copied().collect::<Vec<_>>().join(",")
    );
    Ok((stack.into_values().collect(), owned(&projects), why))
}

fn same_folder(label: &str, folder: &Path) -> bool {
    let label = Path::new(label);
    if label == folder {
        return true;
    }
    match (label.canonicalize(), folder.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

fn nothing(rows: &[&ContainerSummary], lab: &str) -> ProbeError {
    let up = rows
        .iter()
        .filter(|row| row.status == Status::Running)
        .count();
    let others: BTreeSet<&str> = rows.iter().filter_map(|row| row.lab.as_deref()).collect();
    let loose: Vec<&str> = rows
        .iter()
        .filter(|row| row.project.is_none() && row.lab.is_none() && row.status == Status::Running)
        .map(|row| row.name.as_str())
        .collect();
    let what = match (up, others.is_empty()) {
        (0, _) => "no container is running on this engine".to_owned(),
        (_, false) if loose.is_empty() => format!(
            "no stack of lab {lab} is there, only of {}",
            text::english_list(&others.into_iter().collect::<Vec<_>>())
        ),
        _ => format!(
            "no compose project for lab {lab} is there; loose containers: {}",
            text::english_list(&loose)
        ),
    };
    let help = if loose.is_empty() {
        format!(
            "start your stack in its folder with `{}`, then grade again",
            Embedded::start(lab)
        )
    } else {
        format!(
            "start your stack with `{}`, or name its containers: `labcheck {lab} --containers {}`",
            Embedded::start(lab),
            loose.iter().take(3).copied().collect::<Vec<_>>().join(",")
        )
    };
    ProbeError::Nothing(what, help)
}

/// A container outside of the stack that matters: it runs, and holds a port or belongs to a lab; or it holds a name that
/// another lab chose.
fn neighbour(row: &ContainerSummary) -> Option<Neighbour> {
    let runs = row.status == Status::Running;
    // Compose's own names begin with the project's, which no two stacks share.
    let chosen = row.project.as_ref().filter(|project| {
        let rest = row.name.strip_prefix(project.as_str());
        !rest.is_some_and(|rest| rest.starts_with(['-', '_']))
    });
    let holds_name_of = row
        .service
        .clone()
        .filter(|_| chosen.is_some() && row.lab.is_some());
    let matters = runs && (!row.ports.is_empty() || row.lab.is_some());
    (matters || holds_name_of.is_some()).then(|| Neighbour {
        name: row.name.clone(),
        project: row.project.clone(),
        lab: row.lab.clone(),
        ports: row.ports.clone(),
        holds_name_of,
    })
}

#[cfg(test)]
#[path = "choose_tests.rs"]
mod tests;
