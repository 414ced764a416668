//! What a report does not judge, but its reader should know: files that say something else than what runs.
//!
//! Never a mark and never points: what runs is what is graded.

use std::fmt::Write as _;
use std::path::Path;

use crate::course::folder::lab_folder;
use labcheck_core::embedded::Embedded;
use labcheck_core::facts::{Container, Facts, Role, Status, Taken};
use labcheck_core::grade::Target;
use labcheck_core::text::{self, ShellCommand, say, shell};
use labcheck_probe::{BrokenYaml, Drift};

/// A compose file of the lab's folder that cannot be read.
pub(crate) fn broken(lab: &str, folder: Option<&Path>) -> Option<String> {
    let BrokenYaml { file, line, why } = BrokenYaml::find(folder?)?;
    let at = match line {
        Some(line) => say!("{file}, line {line}", file, line),
        None => file,
    };
    Some(say!(
        "{at}: this is no YAML ({why}); mend that line or the one above, then: labcheck start {lab}",
        at,
        why,
        lab
    ))
}

/// The command that starts the stack that is meant, and builds anew what has changed.
pub(crate) fn start(lab: &str, target: &Target) -> ShellCommand {
    if !target.projects.is_empty() || !target.containers.is_empty() {
        return ShellCommand::fixed("docker compose up -d --build");
    }
    let command = Embedded::start(lab);
    let own = lab_folder(lab, None).ok().flatten();
    match &target.folder {
        Some(given) if own.as_ref() != Some(given) && command.as_str().starts_with("labcheck ") => {
            shell!("{} --folder {}", command, given.to_string_lossy())
        }
        _ => command,
    }
}

/// That nothing of a stack runs, in a way that looks as if the student had stopped it.
pub(crate) fn stopped(facts: &Facts, start: &str) -> Option<String> {
    // By itself, or by the signals that end what a person stops: INT, KILL and TERM.
    let by_hand = |one: &Container| {
        let state = &one.state;
        let quiet = !state.oom_killed && state.error.is_empty();
        let code = [0, 130, 137, 143].contains(&state.exit_code);
        match state.status {
            Status::Exited => quiet && code,
            Status::Created => quiet,
            _ => false,
        }
    };
    let all = &facts.containers;
    let ended = all.iter().any(|one| one.state.status == Status::Exited);
    (ended && all.iter().all(by_hand)).then(|| {
        say!(
            "the stack is stopped; if that was you, start it again: {start}",
            start
        )
    })
}

/// What of a live stack is older than its files; whether Compose reads them is told only where that is not known yet.
pub(crate) fn behind(
    mut all: Vec<Drift>,
    facts: &Facts,
    readable: bool,
    start: &str,
) -> Vec<String> {
    let of_reading = |one: &Drift| matches!(one, Drift::Unreadable { .. } | Drift::NotAsked { .. });
    all.retain(|one| readable || !of_reading(one));
    all.retain(|one| helps(one, facts));
    let mut notes: Vec<String> = all.iter().map(|one| sentence(one, start)).collect();
    notes.dedup();
    notes
}

/// Whether the note's command would change anything: what is mounted into a database counts at its first start alone.
fn helps(behind: &Drift, facts: &Facts) -> bool {
    let Drift::Mounted { service, .. } = behind else {
        return true;
    };
    let of_db = |taken: &Taken| {
        let mut all = facts.containers.iter();
        all.any(|one| one.name == taken.container && one.known_as() == service)
    };
    !facts
        .roles
        .get(&Role::Db)
        .is_some_and(|all| all.iter().any(of_db))
}

/// Something that is older than its files, with what to type; `start` is the command that starts the stack.
pub(crate) fn sentence(behind: &Drift, start: &str) -> String {
    match behind {
        Drift::Compose { file, services, .. } if services.is_empty() => {
            say!(
                "{file} changed, the stack may run the old one: {start}",
                file,
                start
            )
        }
        Drift::Compose { file, services, .. } => say!(
            "{file} changed, the stack runs the old one ({}): {start}",
            text::list(services),
            file,
            start
        ),
        Drift::NotAsked { file, why } => {
            let why = text::retold(why);
            say!(
                "{file} changed, and Compose is not asked what it means: {why}",
                file,
                why
            )
        }
        Drift::Unreadable { file, why } => {
            say!(
                "{file} changed, and Compose cannot read it: {why}",
                file,
                why
            )
        }
        Drift::Mounted {
            file,
            service,
            built: true,
        } => say!(
            "{file} is newer than the last start of `{service}`: docker compose restart {service}",
            file,
            service
        ),
        Drift::Mounted { file, service, .. } => say!(
            "{file} changed after `{service}` was started; where that reads it at its start alone: docker compose restart {service}",
            file,
            service
        ),
        Drift::Image { file, service } => say!(
            "{file} changed, the image of `{service}` is older: {start}",
            file,
            service,
            start
        ),
        Drift::Superseded { service } => say!(
            "the image of `{service}` was built anew, the stack runs the old one: {start}",
            service,
            start
        ),
    }
}

/// The lines under a report. A command stands on a line of its own, never wrapped: it is there to be copied.
pub(crate) fn lines(notes: &[String], width: usize) -> String {
    let mut out = String::new();
    for note in notes {
        let note = say!("note: {note}", note = text::clean(note));
        let parts = note.rsplit_once(": ");
        let parts = parts.filter(|(_, last)| {
            ["docker ", "labcheck "]
                .iter()
                .any(|own| last.starts_with(own))
        });
        let (what, command) =
            parts.map_or((note.as_str(), None), |(what, last)| (what, Some(last)));
        let lines = text::wrap(what, width.saturating_sub(6));
        out.push_str(&lines.join("\n      "));
        out.push('\n');
        if let Some(command) = command {
            let _ = writeln!(out, "      $ {command}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::State;

    #[test]
    fn the_command_starts_the_stack_that_is_meant() {
        let of = |lab: &str, target: &Target| start(lab, target).to_string();
        assert_eq!(of("v5", &Target::default()), "labcheck start v5");
        let compose = "docker compose up -d --build";
        assert_eq!(of("shop", &Target::default()), compose);
        let project = Target {
            projects: vec!["shop".into()],
            ..Target::default()
        };
        assert_eq!(of("v5", &project), compose);
        let folder = Target {
            folder: Some("/home/ada/v5".into()),
            ..Target::default()
        };
        assert_eq!(of("v5", &folder), "labcheck start v5 --folder /home/ada/v5");
    }

    #[test]
    fn a_stack_that_somebody_stopped_is_told_from_one_that_broke() {
        let of = |ends: &[(Status, i64)]| {
            let each = ends.iter().map(|(status, exit_code)| Container {
                state: State {
                    status: *status,
                    exit_code: *exit_code,
                    ..State::default()
                },
                ..Container::default()
            });
            let facts = Facts {
                containers: each.collect(),
                ..Facts::default()
            };
            stopped(&facts, "labcheck start v2")
        };
        let both = of(&[(Status::Exited, 0), (Status::Exited, 143)]);
        assert!(both.is_some_and(|said| said.ends_with(": labcheck start v2")));
        assert_eq!(of(&[(Status::Exited, 101), (Status::Exited, 0)]), None);
        assert_eq!(of(&[(Status::Running, 0), (Status::Exited, 0)]), None);
        assert_eq!(of(&[(Status::Created, 0)]), None);
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn each_note_says_what_to_type() {
        let service = || "app".to_owned();
        let file = || "app/src/main.rs".to_owned();
        let mounted = |built| Drift::Mounted {
            file: file(),
            service: service(),
            built,
        };
        let image = Drift::Image {
            file: file(),
            service: service(),
        };
        for (behind, end) in [
            (mounted(true), "docker compose restart app"),
            (mounted(false), "docker compose restart app"),
            (image, "labcheck start v5"),
            (
                Drift::Superseded { service: service() },
                "labcheck start v5",
            ),
        ] {
            let said = sentence(&behind, "labcheck start v5");
            assert!(said.ends_with(end), "{said}");
            let shown = lines(&[said], 60);
            assert!(shown.ends_with(&format!("$ {end}\n")), "{shown}");
            assert!(
                shown.lines().all(|line| line.chars().count() <= 60),
                "{shown}"
            );
        }
    }

    #[test]
    fn a_database_reads_its_files_once_in_its_life() {
        let mut facts = Facts::default();
        for service in ["app", "db"] {
            facts.containers.push(Container {
                name: format!("v4-{service}-1"),
                service: Some(service.into()),
                ..Container::default()
            });
        }
        let taken = Taken {
            container: "v4-db-1".into(),
            why: String::new(),
        };
        facts.roles.insert(Role::Db, vec![taken]);
        let mounted = |service: &str| Drift::Mounted {
            file: "password.txt".into(),
            service: service.into(),
            built: false,
        };
        assert!(helps(&mounted("app"), &facts));
        assert!(!helps(&mounted("db"), &facts));
    }

    #[test]
    fn a_file_that_is_no_yaml_is_named_with_its_line() {
        let dir = tempfile::tempdir().expect("a folder");
        assert_eq!(broken("v1", None), None);
        assert_eq!(broken("v1", Some(dir.path())), None);
        let path = dir.path().join("compose.yaml");
        std::fs::write(path, "services:\n  app:\n\timage: x\n").expect("a file");
        let said = broken("v1", Some(dir.path())).expect("it is broken");
        assert!(said.starts_with("compose.yaml, line 3: "), "{said}");
        assert!(said.ends_with("labcheck start v1"), "{said}");
    }
}
