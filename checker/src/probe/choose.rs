//! Which containers are the stack, from the engine's list alone. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::looked::Listed;
use super::{ProbeError, Target};
use crate::facts::{Neighbour, StackChoice, Status};
use crate::text;

/// The stack's containers by id, why these, and who else is there.
#[derive(Debug)]
pub(super) struct Choice {
    pub ids: Vec<String>,
    pub stack: StackChoice,
    pub neighbours: Vec<Neighbour>,
}

/// Chooses, in this order: containers named, projects named, the folder's own project, the project named like the
/// lab, containers with the lab's label, the only project there is.
///
/// # Errors
/// Nothing to check, several candidates, or a name that is not there.
pub(super) fn choose(rows: &[Listed], target: &Target, lab: &str) -> Result<Choice, ProbeError> {
    let rows: Vec<&Listed> = rows.iter().filter(|row| !row.oneoff).collect();
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

type Picked<'r> = (Vec<&'r Listed>, Vec<String>, String);

fn pick<'r>(rows: &[&'r Listed], target: &Target, lab: &str) -> Result<Picked<'r>, ProbeError> {
    let mut by_project: BTreeMap<&str, Vec<&'r Listed>> = BTreeMap::new();
    for row in rows {
        if let Some(project) = &row.project {
            by_project.entry(project).or_default().push(row);
        }
    }
    let of = |projects: &[&str]| -> Vec<&'r Listed> {
        projects
            .iter()
            .flat_map(|project| by_project.get(project).cloned().unwrap_or_default())
            .collect()
    };
    if !target.containers.is_empty() {
        return named(rows, &target.containers);
    }
    if !target.projects.is_empty() {
        let there = || {
            by_project
                .keys()
                .map(|&project| project.to_owned())
                .collect()
        };
        if let Some(missing) = target
            .projects
            .iter()
            .find(|project| !by_project.contains_key(project.as_str()))
        {
            return Err(ProbeError::NoSuch {
                kind: "compose project",
                name: missing.clone(),
                there: there(),
            });
        }
        let projects: Vec<&str> = target
            .projects
            .iter()
            .map(String::as_str)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let why = projects
            .iter()
            .map(|project| format!("--project {project}"))
            .collect::<Vec<_>>()
            .join(" ");
        return Ok((of(&projects), owned(&projects), why));
    }
    if let Some(folder) = &target.folder {
        let own: Vec<&str> = by_project
            .iter()
            .filter(|(_, rows)| {
                rows.iter().any(|row| {
                    row.folder
                        .as_deref()
                        .is_some_and(|at| same_folder(at, folder))
                })
            })
            .map(|(project, _)| *project)
            .collect();
        if !own.is_empty() {
            let why = if own.len() == 1 {
                "the project of this folder"
            } else {
                "the projects of this folder"
            };
            return Ok((of(&own), owned(&own), why.into()));
        }
    }
    if by_project.contains_key(lab) {
        return Ok((
            of(&[lab]),
            vec![lab.into()],
            "the project named like the lab".into(),
        ));
    }
    let labelled: Vec<&Listed> = rows
        .iter()
        .copied()
        .filter(|row| row.lab.as_deref() == Some(lab))
        .collect();
    if !labelled.is_empty() {
        let projects: BTreeSet<&str> = labelled
            .iter()
            .filter_map(|row| row.project.as_deref())
            .collect();
        return Ok((
            labelled,
            projects.into_iter().map(str::to_owned).collect(),
            format!("the label labcheck.lab={lab}"),
        ));
    }
    let free: Vec<&str> = by_project
        .iter()
        .filter(|(_, rows)| rows.iter().all(|row| row.lab.is_none()))
        .map(|(project, _)| *project)
        .collect();
    match free.as_slice() {
        [only] => Ok((
            of(&[only]),
            vec![(*only).to_owned()],
            "the only compose project on this engine".into(),
        )),
        [] => Err(nothing(rows, lab)),
        several => Err(ProbeError::Several(owned(several))),
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// Exactly the containers named, by name or by the beginning of their id.
fn named<'r>(rows: &[&'r Listed], names: &[String]) -> Result<Picked<'r>, ProbeError> {
    let mut stack = Vec::new();
    for name in names {
        let name = name.trim_start_matches('/');
        let by_id = |row: &&&Listed| name.len() >= 4 && row.id.starts_with(name);
        let found = rows
            .iter()
            .find(|row| row.name == name)
            .or_else(|| rows.iter().find(by_id));
        match found {
            Some(row) => stack.push(*row),
            None => {
                let there = rows.iter().map(|row| row.name.clone()).collect();
                return Err(ProbeError::NoSuch {
                    kind: "container",
                    name: text::cut(&text::clean(name), 80),
                    there,
                });
            }
        }
    }
    stack.dedup_by(|a, b| a.id == b.id);
    let projects: BTreeSet<&str> = stack
        .iter()
        .filter_map(|row| row.project.as_deref())
        .collect();
    let why = format!(
        "--containers {}",
        stack
            .iter()
            .map(|row| row.name.as_str())
            .collect::<Vec<_>>()
            .join(",")
    );
    Ok((
        stack,
        projects.into_iter().map(str::to_owned).collect(),
        why,
    ))
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

fn nothing(rows: &[&Listed], lab: &str) -> ProbeError {
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
            text::list(&others.into_iter().collect::<Vec<_>>())
        ),
        _ => format!(
            "no compose project for lab {lab} is there; loose containers: {}",
            text::list(&loose)
        ),
    };
    let help = if loose.is_empty() {
        "start your stack in its folder with `docker compose up -d`, then grade again".to_owned()
    } else {
        format!(
            "start your stack with `docker compose up -d`, or name its containers: `labcheck {lab} --containers {}`",
            loose.iter().take(3).copied().collect::<Vec<_>>().join(",")
        )
    };
    ProbeError::Nothing(what, help)
}

/// A container of somebody else that matters: it runs, and holds a port or belongs to a lab.
fn neighbour(row: &Listed) -> Option<Neighbour> {
    let matters = row.status == Status::Running && (!row.ports.is_empty() || row.lab.is_some());
    matters.then(|| Neighbour {
        name: row.name.clone(),
        project: row.project.clone(),
        lab: row.lab.clone(),
        ports: row.ports.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Port;

    fn row(name: &str, project: Option<&str>) -> Listed {
        Listed {
            id: format!("id-{name}"),
            name: name.into(),
            project: project.map(str::to_owned),
            status: Status::Running,
            ..Listed::default()
        }
    }

    fn ids(choice: &Choice) -> Vec<&str> {
        choice.ids.iter().map(String::as_str).collect()
    }

    #[test]
    fn the_folders_own_project_comes_before_the_one_named_like_the_lab() {
        let mut own = row("shop-app", Some("shop"));
        own.folder = Some("/home/ada/lab".into());
        let rows = [own, row("v4-app", Some("v4"))];
        let target = Target {
            folder: Some("/home/ada/lab".into()),
            ..Target::default()
        };
        let choice = choose(&rows, &target, "v4").expect("chosen");
        assert_eq!(
            (ids(&choice), choice.stack.why.as_str()),
            (vec!["id-shop-app"], "the project of this folder")
        );
        let elsewhere = choose(&rows, &Target::default(), "v4").expect("chosen");
        assert_eq!(ids(&elsewhere), ["id-v4-app"]);
    }

    #[test]
    fn the_only_project_is_taken_unless_it_is_another_labs() {
        let choice = choose(
            &[row("a-1", Some("a")), row("loose", None)],
            &Target::default(),
            "v4",
        )
        .expect("chosen");
        assert_eq!(ids(&choice), ["id-a-1"]);
        let mut other = row("v3-1", Some("v3"));
        other.lab = Some("v3".into());
        assert!(
            matches!(choose(&[other], &Target::default(), "v4"), Err(ProbeError::Nothing(what, _)) if what.contains("only of v3"))
        );
    }

    #[test]
    fn two_projects_are_too_many() {
        let rows = [row("a-1", Some("a")), row("b-1", Some("b"))];
        assert!(
            matches!(choose(&rows, &Target::default(), "v4"), Err(ProbeError::Several(names)) if names == ["a", "b"])
        );
    }

    #[test]
    fn loose_containers_are_taken_when_named_and_suggested_when_not() {
        let rows = [row("web", None), row("base", None)];
        let target = Target {
            containers: vec!["web".into()],
            ..Target::default()
        };
        assert_eq!(
            ids(&choose(&rows, &target, "v4").expect("chosen")),
            ["id-web"]
        );
        assert!(
            matches!(choose(&rows, &Target::default(), "v4"), Err(ProbeError::Nothing(_, help)) if help.contains("--containers web,base"))
        );
        let wrong = Target {
            containers: vec!["wbe".into()],
            ..Target::default()
        };
        assert!(
            matches!(choose(&rows, &wrong, "v4"), Err(ProbeError::NoSuch { name, .. }) if name == "wbe")
        );
    }

    #[test]
    fn one_off_runs_and_idle_strangers_are_left_out() {
        let mut run = row("v4-app-run-1", Some("v4"));
        run.oneoff = true;
        let mut holder = row("other", None);
        holder.ports.push(Port {
            container: 80,
            proto: "tcp".into(),
            host_ip: "0.0.0.0".into(),
            host: 5000,
        });
        let choice = choose(
            &[run, row("v4-app-1", Some("v4")), holder, row("idle", None)],
            &Target::default(),
            "v4",
        )
        .expect("chosen");
        assert_eq!(ids(&choice), ["id-v4-app-1"]);
        assert_eq!(
            choice
                .neighbours
                .iter()
                .map(|other| other.name.as_str())
                .collect::<Vec<_>>(),
            ["other"]
        );
    }
}
