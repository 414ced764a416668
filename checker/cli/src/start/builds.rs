//! Building images at a site that re-signs TLS: a builder has to trust the site's own CA, and no student's file should
//! say so.
//!
//! The image of the toolchain gets a stand-in that holds this machine's bundle of certificates. It takes the place of
//! the original by a named build context, which belongs in an override file or on the command line. A label of a base is
//! inherited by what is built from it, those of `labcheck images build` (`labcheck.stands-for`) too; a result that is
//! built from scratch has neither.
//!
//! A caller that starts a compose file calls [`Contexts::make`] once and puts [`Contexts::overrides`] into the override.
//!
//! <https://docs.docker.com/reference/compose-file/build/#additional_contexts>

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Map, Value, json};

use super::corporate_ca::{self, CA_BUNDLE};
use labcheck_core::facts::labels;
use labcheck_core::text::{clean, cut, say};

/// Images that are stood in for: what is built from them fetches over TLS. The builder looks a name up without `:latest`.
const STOOD_IN_FOR: [&str; 2] = [FROM, "rust"];
/// What the stand-in is made from.
const FROM: &str = "rust:1.95-slim";
/// Its name.
const NAME: &str = "labcheck-site:rust-1.95-slim";

/// The stand-in for an image could not be made.
#[derive(Debug, thiserror::Error)]
#[error("making a builder that trusts this site: {0}")]
pub struct ContextError(String);

/// The named contexts that builds on this machine need.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contexts(Vec<(&'static str, String)>);

impl Contexts {
    /// Makes the stand-in, which takes a moment the first time, out of a file in `scratch`. None is needed where the site
    /// has no certificates of its own, or this machine no image to stand in for.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn make(scratch: &Path, docker: impl Fn() -> Command) -> Result<Self, ContextError> {
        let there = |image: &str| {
            let found = said(docker().args(["image", "ls", "--quiet", image]));
            found.is_ok_and(|ids| !ids.trim().is_empty())
        };
        let Some(bundle) = corporate_ca::bundle().filter(|_| there(FROM)) else {
            return Ok(Self::default());
        };
        let folder = scratch.join("stand-in");
        let wrong = |err: std::io::Error| ContextError(format!("{}: {err}", folder.display()));
        std::fs::create_dir_all(&folder).map_err(wrong)?;
        std::fs::copy(bundle, folder.join("bundle.crt")).map_err(wrong)?;
        let text = format!("FROM {FROM}\nCOPY bundle.crt {CA_BUNDLE}\n");
        std::fs::write(folder.join("Dockerfile"), text).map_err(wrong)?;
        let mut build = docker();
        build.args([
            "build",
            "--quiet",
            "--label",
            &format!("{}=ca", labels::SITE),
            "--tag",
            NAME,
        ]);
        said(build.arg(&folder)).map_err(ContextError)?;
        Ok(Self(
            STOOD_IN_FOR
                .map(|image| (image, format!("docker-image://{NAME}")))
                .into(),
        ))
    }

    /// The part of an override for every service that builds an image or runs one that another service builds: the
    /// contexts, and names of its own for images of a project of ours, as a student may have an image of the same name
    /// on this machine. What the compose file itself says of `build` stays as it is.
    pub fn overrides(
        &self,
        services: &Map<String, Value>,
        project: Option<&str>,
    ) -> Map<String, Value> {
        let images = project.map_or_else(Vec::new, |project| built_images(services, project));
        let mut over = Map::new();
        for (name, service) in services {
            let mut part = Map::new();
            let image = service.get("image").and_then(Value::as_str);
            if let Some((_, own)) = images
                .iter()
                .find(|(named, _)| Some(named.as_str()) == image)
            {
                part.insert("image".into(), json!(own));
            }
            if let Some(build) = self.build().filter(|_| service.get("build").is_some()) {
                part.insert("build".into(), build);
            }
            if !part.is_empty() {
                over.insert(name.clone(), part.into());
            }
        }
        over
    }

    fn build(&self) -> Option<Value> {
        let contexts: Map<String, Value> = self
            .0
            .iter()
            .map(|(image, context)| ((*image).to_owned(), json!(context)))
            .collect();
        (!contexts.is_empty()).then(|| json!({ "additional_contexts": contexts }))
    }

    /// Flags of `docker build`, for a stack that is started by a script; no word has a space in it.
    pub fn flags(&self) -> String {
        let flags = self
            .0
            .iter()
            .map(|(image, context)| format!("--build-context={image}={context}"));
        flags.collect::<Vec<_>>().join(" ")
    }
}

/// What a program printed, or the last line of its complaint.
fn said(command: &mut Command) -> Result<String, String> {
    let out = command.stdin(Stdio::null()).output();
    let out = out.map_err(|err| err.to_string())?;
    if out.status.success() {
        return Ok(String::from_utf8_lossy(&out.stdout).into_owned());
    }
    let words = String::from_utf8_lossy(&out.stderr);
    let last = words.lines().rev().find(|line| !line.trim().is_empty());
    Err(cut(&clean(last.unwrap_or(say!("it said nothing"))), 300))
}

/// Images that services of a merged compose file build and give a name to, and the name that each has in a project of
/// our own.
pub fn built_images(services: &Map<String, Value>, project: &str) -> Vec<(String, String)> {
    let built = services
        .iter()
        .filter(|(_, service)| service.get("build").is_some());
    let named = built.filter_map(|(name, service)| {
        let image = service.get("image")?.as_str()?;
        Some((image.to_owned(), format!("{project}-{name}:built")))
    });
    let mut images: Vec<(String, String)> = Vec::new();
    for (image, own) in named {
        // Several services may share one.
        if !images.iter().any(|(there, _)| *there == image) {
            images.push((image, own));
        }
    }
    images
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nothing_is_needed_nothing_is_said() {
        let none = Contexts::default();
        assert_eq!(none.build(), None);
        assert_eq!(none.flags(), "");
        let one = Contexts(vec![("rust:latest", "docker-image://other".into())]);
        assert_eq!(
            one.build(),
            Some(json!({ "additional_contexts": { "rust:latest": "docker-image://other" } }))
        );
        assert_eq!(
            one.flags(),
            "--build-context=rust:latest=docker-image://other"
        );
    }

    #[test]
    fn images_that_are_built_get_names_of_their_own() {
        let services = json!({
            "app": { "build": { "context": "/a" }, "image": "inventory:v5" },
            "second": { "image": "inventory:v5" },
            "web": { "build": { "context": "/b" } },
            "db": { "image": "mariadb:11.8" },
        });
        let services = services.as_object().expect("it is one");
        let one = Contexts(vec![("rust:latest", "docker-image://other".into())]);
        let over = Value::Object(one.overrides(services, Some("demo-v5")));
        let build = json!({ "additional_contexts": { "rust:latest": "docker-image://other" } });
        assert_eq!(
            over["app"],
            json!({ "image": "demo-v5-app:built", "build": build })
        );
        assert_eq!(over["second"], json!({ "image": "demo-v5-app:built" }));
        assert_eq!(over["web"], json!({ "build": build }));
        assert_eq!(over.get("db"), None);
    }
}
