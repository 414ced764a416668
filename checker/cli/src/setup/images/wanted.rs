//! The images that the course uses: one list, which the build file, the help and the tests follow.

use super::super::error::{SetupError, words};
use labcheck_core::text::say;

/// An image that the course uses, under its official name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Name and tag, as compose files write them.
    pub name: &'static str,
    /// Its target in the build file; `None` for the base, which has a script of its own.
    pub target: Option<&'static str>,
    /// Labs that cannot start without it.
    pub labs: &'static [&'static str],
    /// What it is for.
    pub purpose: Purpose,
}

/// What an image is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The student's own images are made from it.
    Base,
    /// The application is built and run in it.
    App,
    /// The database server.
    Database,
    /// The page that shows the database.
    AdminPage,
    /// The reverse proxy.
    Proxy,
    /// No lab needs it.
    Tests,
}

impl Purpose {
    /// How it is told, in the language that is spoken.
    pub(crate) fn said(self) -> &'static str {
        match self {
            Self::Base => say!("base of images of one's own"),
            Self::App => say!("runs and builds the application"),
            Self::Database => say!("the database"),
            Self::AdminPage => say!("the database's admin page"),
            Self::Proxy => say!("the proxy"),
            Self::Tests => say!("the project's own tests"),
        }
    }
}

/// What every other image is made from.
pub(crate) const BASE: &str = "debian:trixie-slim";

const ALL: [Wanted; 6] = [
    Wanted {
        name: BASE,
        target: None,
        labs: &["v5", "v6"],
        purpose: Purpose::Base,
    },
    Wanted {
        name: "rust:1.95-slim",
        target: Some("rust"),
        labs: &["v1", "v2", "v3", "v4", "v5", "v6"],
        purpose: Purpose::App,
    },
    Wanted {
        name: "mariadb:11.8",
        target: Some("mariadb"),
        labs: &["v3", "v4", "v5", "v6"],
        purpose: Purpose::Database,
    },
    Wanted {
        name: "phpmyadmin:5.2",
        target: Some("phpmyadmin"),
        labs: &["v3", "v4", "v5", "v6"],
        purpose: Purpose::AdminPage,
    },
    Wanted {
        name: "nginx:1.26",
        target: Some("nginx"),
        labs: &["v6"],
        purpose: Purpose::Proxy,
    },
    Wanted {
        name: "postgres:17",
        target: Some("postgres"),
        labs: &[],
        purpose: Purpose::Tests,
    },
];

/// Every image, in the order in which they are made.
pub fn all() -> &'static [Wanted] {
    &ALL
}

/// The images of a lab, or of all labs.
pub fn of(lab: Option<&str>) -> Vec<Wanted> {
    let wanted = |image: &&Wanted| match lab {
        Some(lab) => image.labs.contains(&lab),
        None => !image.labs.is_empty(),
    };
    ALL.iter().filter(wanted).copied().collect()
}

/// The images of a lab that is typed by name.
///
/// # Errors
/// [`SetupError::NoSuchLab`] when no image belongs to a lab of that name.
pub fn of_lab(lab: &str) -> Result<Vec<Wanted>, SetupError> {
    let images = of(Some(lab));
    if images.is_empty() {
        return Err(SetupError::NoSuchLab(words(lab)));
    }
    Ok(images)
}

/// The images typed by name, tag optional; all of the course's when none is typed.
///
/// # Errors
/// [`SetupError::UnknownImage`].
pub fn named(typed: &[String]) -> Result<Vec<Wanted>, SetupError> {
    if typed.is_empty() {
        return Ok(of(None));
    }
    let find = |name: &String| {
        ALL.iter()
            .find(|image| image.name == name || image.name.split(':').next() == Some(name))
            .copied()
            .ok_or_else(|| SetupError::UnknownImage {
                name: words(name),
                known: known(),
            })
    };
    typed.iter().map(find).collect()
}

fn known() -> String {
    ALL.map(|image| image.name).join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::super::assets;
    use super::*;
    use labcheck_core::facts::labels;

    #[test]
    fn list_and_build_file_name_the_same_images() {
        let bake = assets::text("images/docker-bake.hcl").expect("embedded");
        for image in all() {
            let Some(target) = image.target else { continue };
            let from = bake
                .find(&format!("target \"{target}\" {{"))
                .expect("a target");
            let block = &bake[from..from + bake[from..].find("\n}").expect("its end")];
            assert!(
                block.contains(&format!("tags = [\"{}\"]", image.name)),
                "{block}"
            );
            let dockerfile =
                assets::text(&format!("images/{target}/Dockerfile")).expect("embedded");
            for (label, value) in [
                (labels::ORIGIN, labels::DEBIAN_PACKAGES),
                (labels::STANDS_FOR, image.name),
            ] {
                let line = format!("{label}=\"{value}\"");
                assert!(dockerfile.contains(&line), "{target}: {line}");
            }
            assert!(
                dockerfile.contains("image.description=\"Not the official"),
                "{target}"
            );
        }
        assert_eq!(bake.matches("\ntarget \"").count(), all().len() - 1);
        let script = assets::text("images/debian/build.sh").expect("embedded");
        assert!(script.contains(&format!("TAG={BASE}")));
    }

    #[test]
    fn images_are_found_with_and_without_their_tag() {
        let names = |typed: &[&str]| {
            named(
                &typed
                    .iter()
                    .map(|name| (*name).to_owned())
                    .collect::<Vec<_>>(),
            )
            .map(|images| images.iter().map(|image| image.name).collect::<Vec<_>>())
        };
        assert_eq!(
            names(&["mariadb", "nginx:1.26"]).ok(),
            Some(vec!["mariadb:11.8", "nginx:1.26"])
        );
        assert!(matches!(
            names(&["nginx:1.27"]),
            Err(SetupError::UnknownImage { .. })
        ));
        assert_eq!(names(&[]).map(|all| all.len()).ok(), Some(5));
    }

    #[test]
    fn a_lab_wants_what_it_runs() {
        let names = |lab| {
            of(Some(lab))
                .iter()
                .map(|image| image.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names("v1"), ["rust:1.95-slim"]);
        assert_eq!(
            names("v4"),
            ["rust:1.95-slim", "mariadb:11.8", "phpmyadmin:5.2"]
        );
    }

    #[test]
    fn every_image_that_a_finished_lab_names_is_in_the_list_for_it() {
        let solutions = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../solutions");
        let mut seen = 0;
        for folder in std::fs::read_dir(solutions).expect("a folder").flatten() {
            let lab = folder.file_name().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(folder.path().join("compose.yaml"))
                .expect("a compose file");
            let stack: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
            let services = stack["services"].as_mapping().expect("services").values();
            // What a service builds is pulled from nowhere.
            let pulled = services.filter(|service| service.get("build").is_none());
            for image in pulled.filter_map(|service| service["image"].as_str()) {
                assert!(
                    of(Some(&lab)).iter().any(|wanted| wanted.name == image),
                    "{lab}: {image}"
                );
                seen += 1;
            }
        }
        assert!(seen > 3, "{seen}");
    }
}
