//! Secret files of a container: where a password is kept that no variable shows.

use std::collections::BTreeSet;

use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::Inspected;

/// Files of a container that hold a secret: what `*_FILE` variables name, and everything under `/run/secrets`.
pub(crate) async fn secret_files(engine: &Engine, inspected: &Inspected) -> Vec<(String, String)> {
    const MOST: usize = 16;
    const LONGEST: usize = 1024;
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
    let each =
        futures_util::future::join_all(paths.iter().map(|path| engine.files(id, path))).await;
    let mut found: Vec<(String, String)> = paths
        .into_iter()
        .zip(each)
        .filter_map(|(path, files)| Some((path, secret_text(&files.first()?.bytes)?)))
        .collect();
    if found.is_empty() {
        let folder = engine.files(id, "/run/secrets").await;
        let rest = folder.into_iter().filter_map(|file| {
            Some((
                format!("/run/{}", file.name.trim_start_matches('/')),
                secret_text(&file.bytes)?,
            ))
        });
        found.extend(rest.take(MOST));
    }
    found.retain(|(_, value)| value.len() <= LONGEST);
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
