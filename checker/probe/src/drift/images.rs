//! Images that are older than what they are built from, and images that were built anew under a running container.

use std::path::Path;

use super::kind::Drift;
use super::times::was_up;
use crate::compose::build_section::Build;
use crate::image::freshness::{self, Builder};
use labcheck_core::facts::Seen;
use labcheck_core::redact::known::Secrets;
use labcheck_engine::model::inspected::Inspected;

/// Whether a container's image is older than what it is built from.
pub(crate) async fn look(builder: &Builder<'_>, inspected: &Inspected) -> Option<Drift> {
    if !was_up(inspected) {
        return None;
    }
    let build = Build::of(inspected).await.ok()?;
    let known = Ok(build.clone());
    let current = freshness::look(builder, inspected, &known, &Secrets::default()).await;
    let service = inspected.container.known_as().to_owned();
    if current.superseded == Seen::Seen(true) {
        return Some(Drift::Superseded { service });
    }
    let file = current.newer.get()?.first()?.clone();
    Some(Drift::Image {
        file: from_lab(inspected, &build, file),
        service,
    })
}

/// A file of a build's folder as it is called from the folder of the compose file; the Dockerfile is called so already.
fn from_lab(inspected: &Inspected, build: &Build, file: String) -> String {
    let lab = inspected.folder.as_deref().map(Path::new);
    let below = lab.and_then(|lab| build.context.strip_prefix(lab).ok());
    match below {
        Some(below) if file != build.label && !below.as_os_str().is_empty() => {
            format!("{}/{file}", below.display())
        }
        _ => file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_called_as_from_the_labs_folder() {
        let inspected = Inspected {
            folder: Some("/srv/lab".into()),
            ..Inspected::default()
        };
        let of = |context: &str, file: &str| {
            let build = Build {
                context: context.into(),
                label: "proxy/Dockerfile".into(),
                ..Build::default()
            };
            from_lab(&inspected, &build, file.into())
        };
        assert_eq!(of("/srv/lab/proxy", "site.conf"), "proxy/site.conf");
        assert_eq!(of("/srv/lab/proxy", "proxy/Dockerfile"), "proxy/Dockerfile");
        assert_eq!(of("/srv/lab", "word.txt"), "word.txt");
        assert_eq!(of("/srv/app", "src/main.rs"), "src/main.rs");
    }
}
