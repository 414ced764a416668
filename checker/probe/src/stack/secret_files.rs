//! Secret files of containers: where a password is kept that no variable shows.

use std::collections::BTreeSet;

use futures_util::future::join_all;

use labcheck_core::redact::known::Secrets;
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::Inspected;

/// Files of one container that are read.
const MOST: usize = 16;
/// Bytes of a file that is taken for a secret.
const LONGEST: usize = 1024;

/// A file of a container that holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecretFile {
    /// Its path inside the container.
    pub path: String,
    /// The secret: its one line, without the end of the line.
    pub secret: String,
}

impl SecretFile {
    /// Learns the secret, and the password of an address that it may be.
    pub(crate) fn learn(&self, secrets: &mut Secrets) {
        secrets.learn(&self.secret);
        secrets.learn_login(&self.secret);
    }
}

/// Whether a container says by its variables or mounts that it has secret files.
pub(crate) fn has_secret_files(inspected: &Inspected) -> bool {
    let named = inspected
        .env
        .iter()
        .any(|(name, _)| name.ends_with("_FILE"));
    let mut binds = inspected.binds.iter();
    named || binds.any(|bind| bind.inside.starts_with("/run/secrets"))
}

/// The secret files of some containers, all read at once.
pub(crate) async fn of_all(engine: &Engine, containers: &[&Inspected]) -> Vec<SecretFile> {
    let each = containers.iter().map(|inspected| of(engine, inspected));
    join_all(each).await.into_iter().flatten().collect()
}

/// Files of a container that hold a secret: what `*_FILE` variables name, and everything under `/run/secrets`.
async fn of(engine: &Engine, inspected: &Inspected) -> Vec<SecretFile> {
    let id = inspected.container.id.as_str();
    let named = inspected
        .env
        .iter()
        .filter(|(name, value)| name.ends_with("_FILE") && value.starts_with('/'))
        .map(|(_, path)| path.clone());
    let mounted = inspected
        .binds
        .iter()
        .map(|bind| bind.inside.clone())
        .filter(|path| path.starts_with("/run/secrets/"));
    let paths: Vec<String> = named
        .chain(mounted)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .take(MOST)
        .collect();
    let each = join_all(paths.iter().map(|path| engine.files(id, path))).await;
    let mut found: Vec<SecretFile> = paths
        .into_iter()
        .zip(each)
        .filter_map(|(path, files)| {
            let secret = secret_text(&files.first()?.bytes)?;
            Some(SecretFile { path, secret })
        })
        .collect();
    // A secret made of a variable (`environment:`) is copied into the container by Compose, so that no mount tells of it.
    if found.is_empty() {
        let folder = engine.files(id, "/run/secrets").await;
        let rest = folder.into_iter().filter_map(|file| {
            Some(SecretFile {
                path: format!("/run/{}", file.name.trim_start_matches('/')),
                secret: secret_text(&file.bytes)?,
            })
        });
        found.extend(rest.take(MOST));
    }
    found.retain(|file| file.secret.len() <= LONGEST);
    found
}

/// One line of text, as the images' entry points read it.
fn secret_text(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let line = text.trim_end_matches(['\n', '\r']);
    (!line.is_empty() && !line.contains('\n')).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_files_are_one_line() {
        assert_eq!(secret_text(b"made-up\r\n"), Some("made-up".into()));
        assert_eq!(secret_text(b"two\nlines\n"), None);
        assert_eq!(secret_text(b""), None);
        assert_eq!(secret_text(&[0xff, 0xfe]), None);
    }
}
