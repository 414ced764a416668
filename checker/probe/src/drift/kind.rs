//! What of a stack can be older than its files.

/// Something of the stack that is older than its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drift {
    /// Compose would make these services anew, or make them at all.
    Compose {
        /// The file that was changed last.
        file: String,
        /// The project.
        project: String,
        /// Services; empty when Compose could not be asked, and only the time tells.
        services: Vec<String>,
    },
    /// Compose is not asked, as it would fetch, run or open something elsewhere for the files.
    NotAsked {
        /// The file that was changed last.
        file: String,
        /// What it would fetch, run or open.
        why: String,
    },
    /// Compose cannot read its files any more.
    Unreadable {
        /// The file that was changed last.
        file: String,
        /// Compose's own words.
        why: String,
    },
    /// A file that is mounted was changed after the container was last started.
    Mounted {
        /// The file, from the mounted folder on.
        file: String,
        /// How the container is known.
        service: String,
        /// Whether a program is made from such a file, so that the old one runs for certain.
        built: bool,
    },
    /// A file that an image is built from was changed after the build.
    Image {
        /// The file, from the build's folder on.
        file: String,
        /// How the container is known.
        service: String,
    },
    /// An image was built anew, and the container still runs the one from before.
    Superseded {
        /// How the container is known.
        service: String,
    },
}
