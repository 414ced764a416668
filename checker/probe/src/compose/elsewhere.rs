//! What Compose would fetch, run or open elsewhere as soon as it reads a project's files: nothing of that is done for a
//! student's file. Looked for in the files themselves, before Compose is run on them.
//!
//! Sources: <https://docs.docker.com/reference/compose-file/include/>, <https://docs.docker.com/compose/how-tos/provider-services/>.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize as _;
use serde_yaml::Value;

use super::networks::MOST;
use crate::deadline::bounded;
use crate::project_files::{ProjectFiles, Unread};
use labcheck_core::text;
use labcheck_engine::compose::cli::Project;

/// Longest reading of a project's files.
const READING: Duration = Duration::from_secs(2);

/// Whether Compose may read a project's files, as nothing is fetched, run or opened elsewhere for it.
///
/// # Errors
/// What would be, or that it cannot be told.
pub(crate) async fn nothing(project: &Project) -> Result<(), String> {
    let files = ProjectFiles::of(Path::new(project.folder()));
    let all = project.files().to_vec();
    let read = bounded(READING, move || named(&files, all)).await;
    read.unwrap_or_else(|| Err("reading its compose files took too long".into()))
}

fn named(files: &ProjectFiles, mut next: Vec<PathBuf>) -> Result<(), String> {
    let mut seen: Vec<PathBuf> = Vec::new();
    while let Some(path) = next.pop() {
        if seen.contains(&path) {
            continue;
        }
        if seen.len() == MOST {
            return Err("it includes too many files".into());
        }
        let text = files
            .read(&path)
            .map_err(|why| format!("`{}`: {why}", printable(&path.to_string_lossy())))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for document in serde_yaml::Deserializer::from_str(&text) {
            let wrong = |_| format!("`{}`: it is no YAML", printable(&path.to_string_lossy()));
            let mut whole = Value::deserialize(document).map_err(wrong)?;
            whole.apply_merge().map_err(wrong)?;
            for written in compose_files(&whole) {
                next.push(local(files, folder, &written)?);
            }
            for written in variable_files(&whole) {
                local(files, folder, &written)?;
            }
            programs(&whole)?;
        }
        seen.push(path);
    }
    Ok(())
}

/// A file of the project that a compose file names; one that is not there is Compose's to complain of.
fn local(files: &ProjectFiles, folder: &Path, written: &str) -> Result<PathBuf, String> {
    // `oci://…`, `git@…:…`, `https://….git#main`; a drive's letter of Windows as well, as that is not the project's.
    if written.contains([':', '#']) || written.starts_with("github.com/") {
        let shown = printable(written);
        return Err(format!("`{shown}` is fetched from elsewhere"));
    }
    if written.contains('$') {
        return Err("which files it names depends on a variable".into());
    }
    let path = folder.join(written);
    match files.canonical(&path) {
        Err(Unread::Outside) => {
            let label = printable(written);
            Err(format!("`{label}` lies outside of the project's folder"))
        }
        _ => Ok(path),
    }
}

fn printable(text: &str) -> String {
    text::cut(&text::clean(text), 120)
}

/// A text, or the texts of a list, also where each stands below `path`.
fn texts(value: Option<&Value>) -> Vec<String> {
    let one = |value: &Value| value.as_str().map(str::to_owned);
    match value {
        Some(Value::Tagged(tagged)) => texts(Some(&tagged.value)),
        Some(Value::Sequence(all)) => all.iter().flat_map(|one| texts(Some(one))).collect(),
        Some(Value::Mapping(keys)) => texts(keys.get("path")),
        Some(other) => one(other).into_iter().collect(),
        None => Vec::new(),
    }
}

fn services(whole: &Value) -> impl Iterator<Item = (&Value, &Value)> {
    let services = whole.get("services").and_then(Value::as_mapping);
    services.into_iter().flatten()
}

/// Compose files that a compose file includes or extends.
fn compose_files(whole: &Value) -> Vec<String> {
    let extended = services(whole).filter_map(|(_, service)| service.get("extends")?.get("file"));
    let mut all: Vec<String> = extended.flat_map(|file| texts(Some(file))).collect();
    all.extend(texts(whole.get("include")));
    all
}

/// Files of variables and labels, and the folders of included files.
fn variable_files(whole: &Value) -> Vec<String> {
    let mut all = Vec::new();
    for (_, service) in services(whole) {
        all.extend(texts(service.get("env_file")));
        all.extend(texts(service.get("label_file")));
    }
    let included = whole.get("include").and_then(Value::as_sequence);
    for one in included.into_iter().flatten() {
        all.extend(texts(one.get("env_file")));
        all.extend(texts(one.get("project_directory")));
    }
    all
}

/// Services that Compose has made by a program of the machine, and models that it fetches.
fn programs(whole: &Value) -> Result<(), String> {
    let provided = services(whole).find(|(_, service)| service.get("provider").is_some());
    if let Some((name, _)) = provided {
        let name = printable(name.as_str().unwrap_or_default());
        return Err(format!(
            "`{name}` is made by a program that the file names (`provider`)"
        ));
    }
    if whole.get("models").is_some() {
        return Err("it names models, which Compose fetches".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<(), String> {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            std::fs::write(folder.path().join(path), text).expect("a file");
        };
        write("compose.yaml", text);
        write("more.yaml", "services: { b: { image: x } }");
        write("far.yaml", "include: ['https://example.org/x.git']");
        write(".env", "A=b");
        let files = ProjectFiles::of(folder.path());
        named(&files, vec![folder.path().join("compose.yaml")])
    }

    #[test]
    fn what_lies_in_the_folder_is_compared_by_compose() {
        for fine in [
            "services: { a: { image: 'x:1', build: 'https://example.org/x.git' } }",
            "include: [more.yaml]",
            "include: [{ path: [more.yaml], env_file: .env, project_directory: . }]",
            "services: { a: { extends: { file: more.yaml, service: b }, env_file: [.env, { path: no.env, required: false }] } }",
            "services: { a: { extends: b }, b: { image: '${X}' } }",
            "services: { a: { env_file: !override [.env] } }",
        ] {
            assert_eq!(of(fine), Ok(()), "{fine}");
        }
    }

    #[test]
    fn nothing_is_fetched_run_or_opened_elsewhere() {
        for (wrong, why) in [
            (
                "include: ['http://127.0.0.1:1/repo.git#main:sub']",
                "fetched",
            ),
            ("include: ['git@example.org:x/y']", "fetched"),
            ("include: [{ path: ['oci://example.org/x'] }]", "fetched"),
            ("include: ['github.com/x/y']", "fetched"),
            ("include: [far.yaml]", "fetched"),
            (
                "x: &x { file: 'https://example.org/x.git', service: b }\nservices: { a: { extends: *x } }",
                "fetched",
            ),
            (
                "services: {}\n---\ninclude: ['oci://example.org/x']",
                "fetched",
            ),
            ("include: ['${X}']", "variable"),
            ("include: ['../../x.yaml', '/etc/passwd']", "outside"),
            ("services: { a: { env_file: /etc/passwd } }", "outside"),
            ("services: { a: { provider: { type: rm } } }", "provider"),
            ("models: { a: { model: b } }", "models"),
            ("a: [", "no YAML"),
        ] {
            let said = of(wrong).expect_err(wrong);
            assert!(said.contains(why), "{wrong}: {said}");
        }
    }
}
