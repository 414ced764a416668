//! Names in a student's folder that tools write: they are never what the student edited.

/// Whether a name inside a student's folder is that of something that tools write and a student never edits by hand.
pub fn is_aside(name: &str) -> bool {
    const ASIDE: [&str; 10] = [
        ".git",
        "target",
        "node_modules",
        "__pycache__",
        ".venv",
        "venv",
        ".idea",
        ".vscode",
        ".DS_Store",
        ".pytest_cache",
    ];
    ASIDE.contains(&name)
}
