//! The images of the stack: how they were made, what their files show, what is mounted or copied over them.
//!
//! Files are read by the engine's own calls, so that images without a shell are looked at like all others. It may import
//! [`labcheck_engine`], [`labcheck_eye`], `stack`, `compose` and `deadline`. The plan decides which part is looked at, and the
//! files here look at it; below is only the order.

mod copied_in;
mod files;
pub(crate) mod freshness;
mod last_layer;
mod mounts;
mod root_filesystem;
mod running_files;
mod secrets;
mod writable_layer;

use std::collections::BTreeMap;

use futures_util::future::join_all;
use futures_util::join;

use crate::compose::build_section::Build;
use crate::stack::context::StackContext;
use crate::stack::main_process;
use files::View;
use labcheck_core::check::Want;
use labcheck_core::facts::{Aspect, ImageFacts, Role, Seen, Status};
use labcheck_engine::model::inspected::Inspected;

/// What looking at images showed, by container name.
pub(crate) type AllImageFacts = BTreeMap<String, ImageFacts>;

/// Everything that does not need the round trip.
pub(crate) async fn look(context: &StackContext<'_>) -> AllImageFacts {
    let roles = Role::ALL
        .into_iter()
        .filter(|role| !aspects(context, *role).is_empty());
    // Replicas run the same image.
    let each = roles.filter_map(|role| {
        let inspected = context.playing(role).into_iter().next()?;
        Some(async move {
            (
                inspected.container.name.clone(),
                Box::pin(one(context, role, inspected)).await,
            )
        })
    });
    join_all(each).await.into_iter().collect()
}

/// Whether a check asks whether a container's image is the current one.
pub(crate) fn asks_current(context: &StackContext<'_>, name: &str) -> bool {
    Role::ALL.into_iter().any(|role| {
        let first = context.playing(role).into_iter().next();
        first.is_some_and(|inspected| inspected.container.name == name)
            && aspects(context, role).contains(&&Aspect::Current)
    })
}

/// What checks want to know of a role's image.
fn aspects<'a>(context: &StackContext<'a>, role: Role) -> Vec<&'a Aspect> {
    let of = |want: &'a Want| match want {
        Want::ImageFacts(of, aspect) if *of == role => Some(aspect),
        _ => None,
    };
    context.plan.wants.iter().filter_map(of).collect()
}

async fn one(context: &StackContext<'_>, role: Role, inspected: &Inspected) -> ImageFacts {
    let wanted = aspects(context, role);
    let wants = |aspect: &Aspect| wanted.contains(&aspect);
    let processes = context.processes.get(&inspected.container.name);
    let processes = processes.and_then(Seen::get).map_or(&[][..], Vec::as_slice);
    let runs = main_process::runs(inspected, processes);
    let names: Vec<&str> = wanted
        .iter()
        .filter_map(|aspect| match aspect {
            Aspect::Lying(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let mut image_facts = ImageFacts::default();
    let files = async {
        if names.is_empty() && !wants(&Aspect::Toolchain) {
            return (BTreeMap::new(), None);
        }
        let view = View::open(context, inspected, &runs, &names).await;
        let tools = async {
            if wants(&Aspect::Toolchain) {
                Some(files::toolchain(&view, context, inspected).await)
            } else {
                None
            }
        };
        let found = join!(files::lying(&view, inspected, &runs, &names), tools);
        view.close(context).await;
        found
    };
    let mounts = async {
        if !wants(&Aspect::Mounts) {
            return (None, None);
        }
        let put_in = copied_in::look(context, inspected, &runs, processes);
        let (mounts, put_in) = join!(mounts::look(context, inspected, &runs), put_in);
        (Some(mounts), Some(put_in))
    };
    let from_inside = async {
        if !wants(&Aspect::Mounts) && !wants(&Aspect::RootFilesystem) {
            return (None, None);
        }
        let files = running_files::look(context, inspected).await;
        let root = wants(&Aspect::RootFilesystem).then(|| root_filesystem::of(&files));
        let elsewhere = files.map(|files| files.elsewhere);
        let elsewhere = elsewhere.map_or_else(Seen::Unseen, Seen::Seen);
        (root, wants(&Aspect::Mounts).then_some(elsewhere))
    };
    let secrets = async {
        if wants(&Aspect::Secrets) {
            Some(secrets::look(context, inspected).await)
        } else {
            None
        }
    };
    let last_layer = async {
        if wants(&Aspect::LastLayer) {
            Some(last_layer::look(context, inspected).await)
        } else {
            None
        }
    };
    let built = async {
        let mut found = (None, None);
        if wants(&Aspect::Dockerfile) || wants(&Aspect::Current) {
            let build = Build::of(inspected).await;
            found.0 = Some(freshness::dockerfile(&build, context.secrets));
            if wants(&Aspect::Current) {
                let builder = freshness::Builder::new(context.engine);
                found.1 = Some(freshness::look(&builder, inspected, &build, context.secrets).await);
            }
        }
        found
    };
    (
        (image_facts.lying, image_facts.toolchain),
        (image_facts.mounts, image_facts.put_in),
        image_facts.secrets,
        (image_facts.root_filesystem, image_facts.running_elsewhere),
        image_facts.last_layer,
        (image_facts.dockerfile, image_facts.current),
    ) = join!(files, mounts, secrets, from_inside, last_layer, built);
    image_facts
}

/// What needs the round trip: whether the container's own layer holds what was posted.
pub(crate) async fn kept(context: &StackContext<'_>, posted: &[&str], all: &mut AllImageFacts) {
    for role in Role::ALL {
        let Some(inspected) = context.playing(role).into_iter().next() else {
            continue;
        };
        if !aspects(context, role).contains(&&Aspect::Kept) {
            continue;
        }
        let found = if inspected.container.state.status == Status::Running {
            writable_layer::look(context, inspected, posted).await
        } else {
            Seen::Unseen(format!(
                "`{}` is not running",
                inspected.container.known_as()
            ))
        };
        let image_facts = all.entry(inspected.container.name.clone()).or_default();
        image_facts.kept = Some(found);
    }
}
