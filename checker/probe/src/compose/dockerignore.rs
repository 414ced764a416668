//! What a build does not take along: the patterns of `.dockerignore`, and what no edit of the application changes.
//!
//! Reference: <https://docs.docker.com/build/concepts/context/#dockerignore-files>.

use super::tool_files::is_aside;

/// More folders and files that change without an edit of the application, whatever is ignored.
const NEVER: [&str; 3] = [".gitignore", ".dockerignore", ".env"];

/// Patterns of a `.dockerignore`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ignored(Vec<(bool, Vec<String>)>);

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
            (keeps, parts(pattern))
        });
        Self(patterns.collect())
    }

    /// Whether a path, from the build's folder, is left out: the last pattern that fits it or a folder above decides.
    pub(crate) fn leaves_out(&self, path: &str) -> bool {
        let names = parts(path);
        if names
            .iter()
            .any(|name| is_aside(name) || NEVER.contains(&name.as_str()))
        {
            return true;
        }
        let last = names.last().map_or("", String::as_str);
        let compose = (last.starts_with("compose") || last.starts_with("docker-compose"))
            && (has_ending(last, "yaml") || has_ending(last, "yml"));
        if compose || last.ends_with('~') || has_ending(last, "swp") || has_ending(last, "md") {
            return true;
        }
        let mut out = false;
        for (keeps, pattern) in &self.0 {
            if (1..=names.len()).any(|end| fits(pattern, &names[..end])) {
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

fn parts(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .map(str::to_owned)
        .collect()
}

/// Whether a pattern fits a path of the build's folder or one of the folders above it.
pub(crate) fn covers(pattern: &str, path: &str) -> bool {
    let (pattern, names) = (parts(pattern), parts(path));
    (1..=names.len()).any(|end| fits(&pattern, &names[..end]))
}

/// Part by part; `**` stands for any number of parts.
fn fits(pattern: &[String], names: &[String]) -> bool {
    match pattern.split_first() {
        None => names.is_empty(),
        Some((any, rest)) if any == "**" => {
            (0..=names.len()).any(|from| fits(rest, &names[from..]))
        }
        Some((first, rest)) => names.split_first().is_some_and(|(name, others)| {
            alike(first.as_bytes(), name.as_bytes()) && fits(rest, others)
        }),
    }
}

/// `*` and `?` inside one part.
fn alike(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            alike(rest, name)
                || name
                    .split_first()
                    .is_some_and(|(_, later)| alike(pattern, later))
        }
        (Some((b'?', rest)), Some((_, later))) => alike(rest, later),
        (Some((one, rest)), Some((other, later))) => one == other && alike(rest, later),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn what_is_copied_covers_what_lies_below() {
        assert!(covers("src", "src/a/b.rs") && covers("Cargo.*", "Cargo.toml"));
        assert!(!covers("src", "srcs/a") && !covers("a/b", "a"));
    }
}
