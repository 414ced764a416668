//! Everything of a stack that is older than its files, looked for at the same time.

use futures_util::future::{join_all, join3};

use super::kind::Drift;
use super::{compose_files, images, mounted_files};
use crate::image::freshness::Builder;
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::Inspected;

/// What of a stack is older than its files, of containers that were looked at just now; empty where the engine is on
/// another machine. Where a check asked for a container's image already (`asked`), its verdict says so.
pub(crate) async fn of(
    engine: &Engine,
    projects: &[String],
    inspected: &[Inspected],
    asked: impl Fn(&str) -> bool,
) -> Vec<Drift> {
    if engine.host.is_some() {
        return Vec::new();
    }
    let composed = join_all(
        projects
            .iter()
            .map(|project| compose_files::look(engine, project, inspected)),
    );
    let mounted = join_all(inspected.iter().map(mounted_files::look));
    let unasked = inspected.iter().filter(|one| !asked(&one.container.name));
    let builder = Builder::new(engine);
    let built = join_all(unasked.map(|one| images::look(&builder, one)));
    let (composed, mounted, built) = join3(composed, mounted, built).await;
    let all = composed.into_iter().chain(mounted).chain(built);
    all.flatten().collect()
}
