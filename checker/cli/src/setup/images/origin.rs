//! Where an image comes from, judged from what the engine says of it. Pure.

use std::fmt;

use labcheck_core::facts::labels;
use labcheck_core::text::say;
use labcheck_engine::images::NamedImage;

/// Where an image comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Pulled from Docker Hub.
    DockerHub,
    /// Made here from Debian packages, and labelled so.
    DebianPackages,
    /// Loaded from a file by `labcheck images import`.
    Imported,
    /// A build of another origin has the official name.
    OtherBuild,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DockerHub => say!("official, from Docker Hub"),
            Self::DebianPackages => say!("built from Debian packages"),
            Self::Imported => say!("imported from a file"),
            Self::OtherBuild => say!("made by somebody else"),
        })
    }
}

/// Judges an image that goes by a name of the course.
///
/// The label alone is not enough: an image made *from* a labelled one inherits it, so the label that says what the
/// image stands for must name it too. `RepoDigests` is evidence of a pull only where the engine keeps images the old
/// way; newer engines give every image one, and tell pulls apart in `Identity`.
pub(crate) fn origin(name: &str, image: &NamedImage, imported: bool) -> Origin {
    let label = |key: &str| image.labels.get(key).map(String::as_str);
    if label(labels::ORIGIN) == Some(labels::DEBIAN_PACKAGES)
        && label(labels::STANDS_FOR) == Some(name)
    {
        return Origin::DebianPackages;
    }
    let repository = name.split(':').next().unwrap_or(name);
    match &image.pulled_from {
        Some(pulled) if pulled.iter().any(|from| on_hub(from, repository)) => {
            return Origin::DockerHub;
        }
        _ if imported => return Origin::Imported,
        Some(_) => return Origin::OtherBuild,
        None => {}
    }
    let pulled = |digest: &String| {
        digest
            .split_once('@')
            .is_some_and(|(from, _)| on_hub(from, repository))
    };
    if image.digests.iter().any(pulled) {
        Origin::DockerHub
    } else {
        Origin::OtherBuild
    }
}

/// Whether a repository, short or in full, is this official one of Docker Hub.
fn on_hub(from: &str, repository: &str) -> bool {
    let from = from.strip_prefix("docker.io/").unwrap_or(from);
    from.strip_prefix("library/").unwrap_or(from) == repository
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(labels: &[(&str, &str)], digests: &[&str]) -> NamedImage {
        NamedImage {
            labels: labels
                .iter()
                .map(|(k, v)| ((*k).into(), (*v).into()))
                .collect(),
            digests: digests.iter().map(|d| (*d).into()).collect(),
            ..NamedImage::default()
        }
    }

    const OURS: [(&str, &str); 2] = [
        (labels::ORIGIN, labels::DEBIAN_PACKAGES),
        (labels::STANDS_FOR, "nginx:1.26"),
    ];

    #[test]
    fn a_labelled_image_is_ours_under_its_own_name_only() {
        assert_eq!(
            origin("nginx:1.26", &image(&OURS, &[]), true),
            Origin::DebianPackages
        );
        assert_eq!(
            origin("mariadb:11.8", &image(&OURS, &[]), false),
            Origin::OtherBuild
        );
        assert_eq!(
            origin("nginx:1.26", &image(&OURS[..1], &[]), false),
            Origin::OtherBuild
        );
    }

    #[test]
    fn a_digest_of_docker_hub_is_official() {
        for digest in [
            "nginx@sha256:1",
            "docker.io/library/nginx@sha256:1",
            "library/nginx@sha256:1",
        ] {
            assert_eq!(
                origin("nginx:1.26", &image(&[], &[digest]), false),
                Origin::DockerHub
            );
        }
    }

    #[test]
    fn a_digest_of_another_place_is_not() {
        for digest in [
            "localhost:5000/nginx@sha256:1",
            "someone/nginx@sha256:1",
            "nginx",
            "nginx-x@sha256:1",
        ] {
            assert_eq!(
                origin("nginx:1.26", &image(&[], &[digest]), false),
                Origin::OtherBuild
            );
        }
    }

    #[test]
    fn newer_engines_tell_pulls_from_builds() {
        let mut built = image(&[], &["nginx@sha256:1"]);
        built.pulled_from = Some(vec![]);
        assert_eq!(origin("nginx:1.26", &built, false), Origin::OtherBuild);
        assert_eq!(origin("nginx:1.26", &built, true), Origin::Imported);
        built.pulled_from = Some(vec!["docker.io/library/nginx".into()]);
        assert_eq!(origin("nginx:1.26", &built, true), Origin::DockerHub);
    }

    #[test]
    fn what_we_loaded_is_imported_and_the_rest_is_somebody_elses() {
        assert_eq!(
            origin("nginx:1.26", &image(&[], &[]), true),
            Origin::Imported
        );
        assert_eq!(
            origin("nginx:1.26", &image(&[], &[]), false),
            Origin::OtherBuild
        );
    }
}
