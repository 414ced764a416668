//! Texts in which the application's password may lie open: of images, of the lab's folder, and of what is mounted from it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use futures_util::future::join_all;

use super::source_files::{self, Text};
use crate::ProbeError;
use crate::project_files::ProjectFiles;
use crate::stack::context::StackContext;
use labcheck_core::check::{Look, Want};
use labcheck_core::facts::Role;
use labcheck_core::grade::Plan;
use labcheck_engine::compose::files::COMPOSE_FILES;
use labcheck_engine::model::inspected::{Inspected, Stack};

/// Texts in which the application's password may lie open.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    /// Of images (environment, build steps), with the name of a container that runs each.
    pub images: Vec<(String, Vec<String>)>,
    pub sources: Vec<Text>,
}

/// Reads the texts that checks want searched, and no others.
///
/// # Errors
/// The engine was lost.
pub(crate) async fn read(parts: &StackContext<'_>) -> Result<Texts, ProbeError> {
    let mut images: Vec<(String, Vec<String>)> =
        parts.stack_secrets.images.clone().into_iter().collect();
    if parts
        .plan
        .wants
        .contains(&Want::Database(Look::PasswordSeen))
    {
        let histories = images.iter().map(|(id, _)| parts.engine.history(id));
        let histories = join_all(histories).await;
        for ((_, texts), history) in images.iter_mut().zip(histories) {
            texts.extend(history?);
        }
    }
    for (id, _) in &mut images {
        let mut all = parts.stack.containers.iter();
        let runs = all.find(|inspected| inspected.container.image_id == *id);
        *id = runs.map_or_else(String::new, |inspected| {
            inspected.container.known_as().to_owned()
        });
    }
    let wanted = wants_sources(parts.plan);
    let sources = if wanted { sources(parts) } else { Vec::new() };
    Ok(Texts { images, sources })
}

fn wants_sources(plan: &Plan) -> bool {
    let wants = |want: &Want| {
        matches!(
            want,
            Want::Database(Look::PasswordSeen | Look::Attempt(_) | Look::RootSignIn)
        )
    };
    plan.wants.iter().any(wants)
}

/// Text files of the lab's folder and of what the application has mounted from this machine, without secret files.
fn sources(parts: &StackContext<'_>) -> Vec<Text> {
    let given = parts.plan.target.folder.iter().cloned();
    let mut folders: Vec<(PathBuf, String)> = given.map(|folder| (folder, String::new())).collect();
    if folders.is_empty() {
        let started = parts.playing(Role::App).into_iter().find_map(started_from);
        folders.extend(started.map(|folder| (folder, String::new())));
    }
    let served = [Role::App, Role::Db].map(|role| parts.playing(role));
    for inspected in served.into_iter().flatten() {
        let label = format!("(of {}) ", inspected.container.known_as());
        let mounted = inspected
            .binds
            .iter()
            .filter(|bind| !bind.inside.starts_with("/run/"));
        // A folder of the database's holds data; a single file is one that a student wrote.
        let app = parts
            .playing(Role::App)
            .iter()
            .any(|app| app.container.name == inspected.container.name);
        // A compose file may mount any folder of this machine.
        let own = inspected.folder.as_deref();
        let own = own.map(|folder| ProjectFiles::of(Path::new(folder)));
        let mounted = mounted
            .map(|bind| PathBuf::from(&bind.host))
            .filter(|at| own.as_ref().is_none_or(|own| own.canonical(at).is_ok()))
            .filter(|at| at.is_file() || (app && at.is_dir()));
        folders.extend(mounted.map(|folder| (folder, label.clone())));
    }
    source_files::texts(&folders, &secret_paths(parts.stack))
}

/// The folder that a container's project was started from, where this machine has it.
fn started_from(inspected: &Inspected) -> Option<PathBuf> {
    let folder = PathBuf::from(inspected.folder.as_ref()?);
    // A whole home or the root is no lab's folder.
    let mut names = COMPOSE_FILES.iter();
    let lab = names.any(|name| folder.join(name).is_file());
    lab.then_some(folder)
}

/// Where the secret files that containers have mounted lie on this machine.
fn secret_paths(stack: &Stack) -> BTreeSet<PathBuf> {
    let of = |inspected: &Inspected| -> Vec<PathBuf> {
        let named: Vec<&String> = inspected
            .env
            .iter()
            .filter(|(name, _)| name.ends_with("_FILE"))
            .map(|(_, path)| path)
            .collect();
        let secret = inspected.binds.iter().filter(|bind| {
            bind.inside.starts_with("/run/secrets") || named.contains(&&bind.inside)
        });
        secret
            .filter_map(|bind| PathBuf::from(&bind.host).canonicalize().ok())
            .collect()
    };
    stack.containers.iter().flat_map(of).collect()
}
