//! What a report does not judge, but its reader should know: files that say something else than what runs.
//!
//! Never a mark and never points: what runs is what is graded.

use std::fmt::Write as _;
use std::path::Path;

use crate::facts::{Facts, Role, Taken};
use crate::probe::{Behind, BrokenYaml, Live};
use crate::text::{self, say};

/// A compose file of the lab's folder that nobody can read.
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

/// What of a live stack is older than its files; whether Compose reads them is told only where that is not known yet.
pub(crate) async fn behind(live: &Live, facts: &Facts, readable: bool) -> Vec<String> {
    let mut all = live.behind(facts).await;
    all.retain(|one| readable || !matches!(one, Behind::Unreadable { .. }));
    all.retain(|one| helps(one, facts));
    let mut notes: Vec<String> = all.iter().map(sentence).collect();
    notes.dedup();
    notes
}

/// Whether the note's command would change anything: what is mounted into a database counts at its first start alone.
fn helps(behind: &Behind, facts: &Facts) -> bool {
    let Behind::Mounted { service, .. } = behind else {
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

/// Something that is older than its files, with what to type.
pub(crate) fn sentence(behind: &Behind) -> String {
    match behind {
        Behind::Compose { file, services, .. } if services.is_empty() => {
            say!(
                "{file} changed, the stack may run the old one: docker compose up -d",
                file
            )
        }
        Behind::Compose { file, services, .. } => say!(
            "{file} changed, the stack runs the old one ({}): docker compose up -d",
            text::list(services),
            file
        ),
        Behind::Unreadable { file, why } => {
            say!(
                "{file} changed, and Compose cannot read it: {why}",
                file,
                why
            )
        }
        Behind::Mounted {
            file,
            service,
            built: true,
        } => say!(
            "{file} is newer than the last start of `{service}`: docker compose restart {service}",
            file,
            service
        ),
        Behind::Mounted { file, service, .. } => say!(
            "{file} changed after `{service}` was started; where that reads it at its start alone: docker compose restart {service}",
            file,
            service
        ),
        Behind::Image { file, service } => say!(
            "{file} changed, the image of `{service}` is older: docker compose up -d --build",
            file,
            service
        ),
        Behind::Superseded { service } => say!(
            "the image of `{service}` was built anew, the stack runs the old one: docker compose up -d",
            service
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
    use crate::facts::Container;

    #[test]
    fn each_note_says_what_to_type() {
        let service = || "app".to_owned();
        let file = || "app/src/main.rs".to_owned();
        let mounted = |built| Behind::Mounted {
            file: file(),
            service: service(),
            built,
        };
        let image = Behind::Image {
            file: file(),
            service: service(),
        };
        for (behind, end) in [
            (mounted(true), "docker compose restart app"),
            (mounted(false), "docker compose restart app"),
            (image, "docker compose up -d --build"),
            (
                Behind::Superseded { service: service() },
                "docker compose up -d",
            ),
        ] {
            let said = sentence(&behind);
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
        let mounted = |service: &str| Behind::Mounted {
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
