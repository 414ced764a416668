//! Names that a stack chose for itself and another stack has already: of containers, networks and volumes. Compose refuses
//! some of them half-way, and goes on with others' data without a word.

use serde_json::Value;

use super::ports::Held;
use labcheck_core::text::{quoted, say, shell};
use labcheck_engine::images::{Kept, KeptKind};
use labcheck_engine::model::inspected::ContainerSummary;

/// The first name that another project holds.
pub(crate) fn held(
    config: &Value,
    rows: &[ContainerSummary],
    kept: &[Kept],
    project: &str,
) -> Option<Held> {
    container(config, rows, project).or_else(|| {
        [KeptKind::Network, KeptKind::Volume]
            .into_iter()
            .find_map(|kind| part(config, kept, project, kind))
    })
}

fn container(config: &Value, rows: &[ContainerSummary], project: &str) -> Option<Held> {
    let services = config.get("services")?.as_object()?;
    services.iter().find_map(|(service, body)| {
        let name = body.get("container_name")?.as_str()?;
        let row = rows.iter().find(|row| row.name == name)?;
        if row.project.as_deref() == Some(project) {
            return None;
        }
        let clear = row.project.as_ref().map_or_else(
            || shell!("docker rm -f {}", name),
            |other| shell!("docker compose -p {} down", other),
        );
        Some(Held {
            what: format!(
                "the name `{name}`, which `{service}` wants, is held by a container{}",
                of(row.project.as_deref(), row.lab.as_deref())
            ),
            help: format!("`{clear}` clears it, then run the command again"),
        })
    })
}

fn part(config: &Value, kept: &[Kept], project: &str, kind: KeptKind) -> Option<Held> {
    let (parts, word) = match kind {
        KeptKind::Network => ("networks", "network"),
        KeptKind::Volume => ("volumes", "volume"),
    };
    config.get(parts)?.as_object()?.values().find_map(|body| {
        if body.get("external").and_then(Value::as_bool) == Some(true) {
            return None;
        }
        let name = body.get("name")?.as_str()?;
        let there = kept
            .iter()
            .find(|kept| kept.kind == kind && kept.name == name)?;
        let other = there.project.as_deref().filter(|other| *other != project)?;
        let clear = match kind {
            KeptKind::Network => format!("`docker compose -p {} down` clears it", quoted(other)),
            KeptKind::Volume => format!(
                "`docker compose -p {} down && docker volume rm {}` clears it, with what is in it; `external: true` goes on with it",
                quoted(other),
                quoted(name)
            ),
        };
        Some(Held {
            what: format!(
                "the {word} `{name}`, which this stack would make, was made{}",
                by(other, there.lab.as_deref())
            ),
            help: format!("{clear}; then run the command again"),
        })
    })
}

/// " of the stack `v3` (lab v3)"; empty where nothing is known.
fn of(project: Option<&str>, lab: Option<&str>) -> String {
    let lab = lab.map_or_else(String::new, |lab| format!(" (lab {lab})"));
    project.map_or_else(
        || lab.clone(),
        |project| say!(" of the stack `{project}`{lab}", project, lab),
    )
}

/// " by the stack `v3` (lab v3)".
fn by(project: &str, lab: Option<&str>) -> String {
    let lab = lab.map_or_else(String::new, |lab| format!(" (lab {lab})"));
    say!(" by the stack `{project}`{lab}", project, lab)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_of_another_project_are_told_and_ones_own_are_not() {
        let config = json!({
            "services": { "db": { "container_name": "db" }, "app": {} },
            "networks": { "default": { "name": "labnet" } },
            "volumes": { "data": { "name": "labdata" }, "old": { "name": "kept", "external": true } },
        });
        let row = |project: &str| ContainerSummary {
            name: "db".into(),
            project: Some(project.into()),
            lab: Some("v3".into()),
            ..ContainerSummary::default()
        };
        let kept = |kind, name: &str, project: &str| Kept {
            kind,
            name: name.into(),
            project: Some(project.into()),
            lab: Some("v3".into()),
        };
        let found = |rows: &[ContainerSummary], all: &[Kept]| held(&config, rows, all, "v4");
        assert_eq!(
            found(&[row("v4")], &[kept(KeptKind::Volume, "kept", "v3")]),
            None
        );
        let name = found(&[row("v3")], &[]).expect("held");
        assert!(
            name.what
                .ends_with("by a container of the stack `v3` (lab v3)")
        );
        let network = found(&[], &[kept(KeptKind::Network, "labnet", "v3")]).expect("held");
        assert!(
            network
                .what
                .ends_with("was made by the stack `v3` (lab v3)"),
            "{network:?}"
        );
        let volume = found(&[], &[kept(KeptKind::Volume, "labdata", "v3")]).expect("held");
        assert!(
            volume.help.contains("docker volume rm labdata"),
            "{volume:?}"
        );
        assert_eq!(found(&[], &[kept(KeptKind::Volume, "labdata", "v4")]), None);
    }
}
