//! The images of the stack's containers, with their environments as they are.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;

use crate::ProbeError;
use labcheck_core::redact::known::Secrets;
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::{Stack, learn, without_secrets};

/// Environments of images by the image's id, as rows of `NAME=value`. They hold secrets.
pub(crate) type ImageEnvs = BTreeMap<String, Vec<String>>;

/// Inspects the images of the stack's containers and learns their secrets; gives back their raw environments.
///
/// # Errors
/// The engine was lost.
pub(crate) async fn inspect(
    engine: &Engine,
    stack: &mut Stack,
    secrets: &mut Secrets,
) -> Result<ImageEnvs, ProbeError> {
    let ids: BTreeSet<String> = stack
        .containers
        .iter()
        .map(|inspected| inspected.container.image_id.clone())
        .filter(|id| !id.is_empty())
        .collect();
    let found = try_join_all(ids.iter().map(|id| engine.image(id))).await?;
    let mut envs = ImageEnvs::new();
    for (id, image) in ids.into_iter().zip(found) {
        if let Some((mut image, env)) = image {
            learn(&env, secrets);
            image.env = without_secrets(&env, secrets);
            for value in image.labels.values_mut() {
                *value = secrets.hide(value);
            }
            let rows = env.into_iter();
            let rows = rows.map(|(name, value)| format!("{name}={value}"));
            envs.insert(id.clone(), rows.collect());
            stack.images.insert(id, image);
        }
    }
    Ok(envs)
}
