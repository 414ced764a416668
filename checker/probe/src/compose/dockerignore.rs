//! What a build does not take along: the patterns of `.dockerignore`, and what no edit of the application changes.
//!
//! Reference: <https://docs.docker.com/build/concepts/context/#dockerignore-files>.

use globset::{GlobBuilder, GlobMatcher};

use super::tool_files::is_aside;

/// More folders and files that change without an edit of the application, whatever is ignored.
const NEVER: [&str; 3] = [".gitignore", ".dockerignore", ".env"];

/// Patterns of a `.dockerignore`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ignored(Vec<(bool, Pattern)>);

/// A pattern of a `.dockerignore`, or what a `COPY` names.
#[derive(Debug, Clone)]
pub(crate) enum Pattern {
    /// Without a wildcard.
    Path(String),
    /// The library turns it into an automaton, so that no pattern of a student's takes for ever on any path.
    Glob(GlobMatcher),
    /// It is none: it fits nothing.
    Malformed,
}

impl Pattern {
    /// Reads a pattern; reading costs more than asking, so it is done once for all paths.
    pub(crate) fn read(text: &str) -> Self {
        let path = tidied(text);
        if !path.contains(['*', '?', '[', '\\']) {
            return Self::Path(path);
        }
        // Docker knows no alternatives in braces, and `a/**` fits what lies below `a`.
        let escaped = path.replace('{', "[{]").replace('}', "[}]");
        let glob = GlobBuilder::new(&escaped)
            .literal_separator(true)
            .backslash_escape(true)
            .build();
        glob.map_or(Self::Malformed, |glob| Self::Glob(glob.compile_matcher()))
    }

    /// Whether it fits a path of the build's folder or one of the folders above it.
    pub(crate) fn covers(&self, path: &str) -> bool {
        let path = tidied(path);
        let ends = path.match_indices('/').map(|(at, _)| at);
        ends.chain([path.len()]).any(|end| match self {
            Self::Path(own) => *own == path[..end],
            Self::Glob(glob) => glob.is_match(&path[..end]),
            Self::Malformed => false,
        })
    }
}

impl Ignored {
    /// Reads a `.dockerignore`.
    pub(crate) fn read(text: &str) -> Self {
        let lines = text.lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let patterns = lines.map(|line| {
            let (keeps, pattern) = match line.strip_prefix('!') {
                Some(rest) => (true, rest),
                None => (false, line),
            };
            (keeps, Pattern::read(pattern))
        });
        Self(patterns.collect())
    }

    /// Whether a path, from the build's folder, is left out: the last pattern that fits it or a folder above decides.
    pub(crate) fn leaves_out(&self, path: &str) -> bool {
        if parts(path).any(|name| is_aside(name) || NEVER.contains(&name)) {
            return true;
        }
        let last = parts(path).last().unwrap_or_default();
        let compose = (last.starts_with("compose") || last.starts_with("docker-compose"))
            && (has_ending(last, "yaml") || has_ending(last, "yml"));
        if compose || last.ends_with('~') || has_ending(last, "swp") || has_ending(last, "md") {
            return true;
        }
        let mut out = false;
        for (keeps, pattern) in &self.0 {
            if pattern.covers(path) {
                out = !keeps;
            }
        }
        out
    }
}

fn has_ending(name: &str, ending: &str) -> bool {
    std::path::Path::new(name)
        .extension()
        .is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter(|part| !part.is_empty() && *part != ".")
}

/// A path without empty parts and dots.
fn tidied(path: &str) -> String {
    parts(path).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(pattern: &str, path: &str) -> bool {
        Pattern::read(pattern).covers(path)
    }

    #[test]
    fn patterns_are_read_as_docker_reads_them() {
        let ignored = Ignored::read("# no\n*.log\n**/*.tmp\n/secrets/\ndocs/**\n!docs/keep.txt\n");
        for path in [
            "a.log",
            "x/y.tmp",
            "secrets/a.txt",
            "docs/a/b.txt",
            ".git/x",
            "target/d",
            "compose.yaml",
            "src/a.rs~",
        ] {
            assert!(ignored.leaves_out(path), "{path}");
        }
        for path in ["src/main.rs", "x/a.log", "docs/keep.txt", "Dockerfile"] {
            assert!(!ignored.leaves_out(path), "{path}");
        }
    }

    #[test]
    fn a_pattern_made_to_take_for_ever_does_not() {
        let pattern = format!("{}b", "*a".repeat(60));
        assert!(!covers(&pattern, &"a".repeat(200)));
        let folders = format!("{}b", "**/".repeat(60));
        assert!(!covers(&folders, &"a/".repeat(100)));
        assert!(!covers("[", "[") && !covers("{a,b}", "a") && covers("{a,*}", "{a,b}"));
    }

    #[test]
    fn what_is_copied_covers_what_lies_below() {
        assert!(covers("src", "src/a/b.rs") && covers("Cargo.*", "Cargo.toml"));
        assert!(!covers("src", "srcs/a") && !covers("a/b", "a"));
    }
}
