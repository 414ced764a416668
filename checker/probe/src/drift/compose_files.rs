//! Compose files and files of variables that were changed after the project's containers were made.

use std::path::Path;

use futures_util::future::join;

use super::kind::Drift;
use super::times::{SLACK_MS, changed};
use crate::compose::elsewhere;
use labcheck_core::text;
use labcheck_engine::client::Engine;
use labcheck_engine::compose::cli::Project;
use labcheck_engine::compose::files::is_site_override;
use labcheck_engine::model::inspected::Inspected;
use labcheck_engine::model::time;

/// Whether a project's compose files ask for something else by now.
pub(crate) async fn look(engine: &Engine, name: &str, all: &[Inspected]) -> Option<Drift> {
    let own = all
        .iter()
        .filter(|inspected| inspected.container.project.as_deref() == Some(name));
    let oldest = own
        .filter_map(|inspected| Some(time::now().saturating_sub(inspected.created_ms_ago?)))
        .min()?;
    let project = Project::named(name, all, &engine.cli).ok()?;
    // Files with variables lie in the same folder.
    let folder = project.folder().to_owned();
    let files = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let variables = files.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name == ".env" || name.ends_with(".env")
    });
    let (newest, file) = project
        .files()
        .iter()
        .filter(|file| !is_site_override(file))
        .cloned()
        .chain(variables)
        .filter_map(|path| Some((changed(&path)?, path)))
        .max()?;
    if newest <= oldest + SLACK_MS {
        return None;
    }
    let file = text::cut(
        &text::clean(&file.file_name().unwrap_or_default().to_string_lossy()),
        80,
    );
    let own = |service: &str| {
        let mut all = all.iter();
        all.any(|inspected| {
            inspected.container.project.as_deref() == Some(name)
                && inspected.container.service.as_deref() == Some(service)
        })
    };
    if let Err(why) = elsewhere::nothing(&project).await {
        return Some(Drift::NotAsked { file, why });
    }
    if let Err(why) = project.readable().await {
        return Some(Drift::Unreadable { file, why });
    }
    let project_name = name.to_owned();
    match would_make(&project, all).await {
        Ok(names) if names.is_empty() => None,
        Ok(names) => {
            let mut services: Vec<String> = names
                .iter()
                .filter_map(|container| service_of(container, name, all, own))
                .collect();
            services.sort();
            services.dedup();
            Some(Drift::Compose {
                file,
                project: project_name,
                services,
            })
        }
        Err(_) => Some(Drift::Compose {
            file,
            project: project_name,
            services: Vec::new(),
        }),
    }
}

/// Names of containers that Compose would make or make anew. One that was made by hand is compared without what
/// `labcheck start` adds, and one that was made by that with it.
async fn would_make(project: &Project, all: &[Inspected]) -> Result<Vec<String>, String> {
    if !project.has_site_override() {
        return project.would_make(false).await;
    }
    let (with, without) = join(project.would_make(true), project.would_make(false)).await;
    let by_start = |name: &str| {
        let there = all.iter().find(|one| one.container.name == name)?;
        let files = there.config_files.as_deref().unwrap_or_default();
        Some(
            files
                .split(',')
                .any(|file| is_site_override(Path::new(file))),
        )
    };
    let mut names = with?;
    names.retain(|name| by_start(name) != Some(false));
    let by_hand = without?.into_iter();
    names.extend(by_hand.filter(|name| by_start(name) == Some(false)));
    Ok(names)
}

/// The service of a container that is there, or that Compose would name `project-service-1`.
fn service_of(
    container: &str,
    project: &str,
    all: &[Inspected],
    own: impl Fn(&str) -> bool,
) -> Option<String> {
    let there = all.iter().find(|one| one.container.name == container);
    if let Some(inspected) = there {
        return inspected.container.service.clone();
    }
    let rest = container
        .strip_prefix(project)
        .and_then(|rest| rest.strip_prefix(['-', '_']))
        .unwrap_or(container);
    let service = rest
        .rsplit_once(['-', '_'])
        .map_or(rest, |(service, number)| {
            if number.parse::<u32>().is_ok() {
                service
            } else {
                rest
            }
        });
    // Another replica of a service that is there changes nothing that was edited.
    (!own(service)).then(|| text::cut(&text::clean(service), 80))
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::facts::Container;

    #[test]
    fn services_are_told_by_their_containers() {
        let inspected = Inspected {
            container: Container {
                name: "my-database".into(),
                service: Some("db".into()),
                ..Container::default()
            },
            ..Inspected::default()
        };
        let of = |name: &str| {
            service_of(name, "shop", std::slice::from_ref(&inspected), |own| {
                own == "db"
            })
        };
        assert_eq!(of("my-database").as_deref(), Some("db"));
        assert_eq!(of("shop-cache-1").as_deref(), Some("cache"));
        assert_eq!(of("shop-db-2"), None, "one more of the same");
    }
}
