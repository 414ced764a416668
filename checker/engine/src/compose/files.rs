//! Compose files: their names, where labels say that they lie, and the one that `labcheck start` adds.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

/// The name of a compose file that Docker's documentation prefers, and that the course's own stacks have.
pub const COMPOSE_FILE: &str = COMPOSE_FILES[0];

/// The names of a compose file, in the order in which Compose looks for them.
pub const COMPOSE_FILES: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
];

/// Read by Compose beside the first file, when no file is named.
pub const OVERRIDES: [&str; 4] = [
    "compose.override.yaml",
    "compose.override.yml",
    "docker-compose.override.yaml",
    "docker-compose.override.yml",
];

/// Files of one project that are followed at most.
const MOST: usize = 20;

/// The user's cache folder for labcheck (`$XDG_CACHE_HOME/labcheck` and its likes elsewhere).
pub fn cache() -> PathBuf {
    etcetera::choose_base_strategy()
        .map_or_else(|_| std::env::temp_dir(), |strategy| strategy.cache_dir())
        .join("labcheck")
}

/// The folder of the overrides that `labcheck start` writes for a site of its own certificates.
pub fn site_overrides() -> PathBuf {
    cache().join("beside")
}

/// Whether a compose file is `labcheck start`'s own, and none of the student's.
pub fn is_site_override(file: &Path) -> bool {
    file.parent()
        .is_some_and(|folder| folder == site_overrides())
}

/// The files that the label [`CONFIG_FILES`](labcheck_core::facts::labels::CONFIG_FILES) names, which Compose joins by commas;
/// relative ones lie in the project's folder.
pub fn of_label(label: &str, folder: Option<&str>) -> Vec<PathBuf> {
    let folder = folder.map(Path::new);
    let whole = PathBuf::from(label);
    if whole.is_file() {
        return vec![whole];
    }
    let each = label.split(',').filter(|path| !path.is_empty());
    each.take(MOST)
        .map(|path| match folder {
            Some(folder) => folder.join(path),
            None => PathBuf::from(path),
        })
        .collect()
}
