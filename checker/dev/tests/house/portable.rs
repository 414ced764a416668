//! Nothing that only Unix has stands outside a `cfg`, so that Windows can build the program. Reads sources as rustfmt
//! leaves them; `cargo windows` asks the compiler, where its target is there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::tracked;

/// What is not there on Windows.
const UNIX: [&str; 14] = [
    "os::unix",
    "os::linux",
    "os::{unix",
    "os::{linux",
    "{unix::",
    "nix::",
    "std::os::unix",
    "std::os::linux",
    "std::os::fd",
    "UnixStream",
    "UnixListener",
    "signal::unix",
    "libc::",
    "rustix::",
];

/// Whether an attribute keeps what it stands before from other systems' builds. Tests are no part of a build.
fn guards(attribute: &str) -> bool {
    let Some(inside) = attribute.strip_prefix("#[cfg(") else {
        return false;
    };
    let inside = inside.trim_end_matches(")]");
    matches!(inside, "unix" | "test" | "target_os = \"linux\"")
        || ["all(", "any("].iter().any(|word| {
            let parts = inside
                .strip_prefix(word)
                .map(|parts| parts.trim_end_matches(')'));
            parts.is_some_and(|parts| {
                parts
                    .split(", ")
                    .all(|part| matches!(part, "unix" | "test"))
            })
        })
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The lines outside of what a `cfg` keeps for Unix, and the modules that one keeps for it: a name or a path.
fn outside(text: &str) -> (Vec<(usize, &str)>, Vec<String>) {
    let (mut open, mut modules) = (Vec::new(), Vec::new());
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        if !guards(line.trim()) {
            open.push((at + 1, line));
            continue;
        }
        // The item ends with its own line, or with the bracket that stands below its beginning.
        let (depth, mut path, mut begun) = (indent(line), None, false);
        for (_, line) in lines.by_ref() {
            let word = line.trim();
            if word.starts_with("#[") && !begun {
                path = word.strip_prefix("#[path = \"").or(path);
                continue;
            }
            if !begun && word.ends_with(';') {
                if let Some((_, name)) = word.trim_end_matches(';').split_once("mod ") {
                    let path = path.map(|path| path.trim_end_matches("\"]").to_owned());
                    modules.push(path.unwrap_or_else(|| format!("{name}.rs")));
                }
                break;
            }
            let closes = indent(line) == depth && word.ends_with(['}', ';', ',']);
            if closes
                && (begun && word.starts_with(['}', ')', ']']) || !begun && !word.ends_with('{'))
            {
                break;
            }
            begun = true;
        }
    }
    (open, modules)
}

/// Where a file's modules are.
fn below(path: &str) -> PathBuf {
    let path = Path::new(path);
    match path.file_stem().and_then(|stem| stem.to_str()) {
        Some("mod" | "lib" | "main") => path.with_file_name(""),
        _ => path.with_extension(""),
    }
}

fn offences(files: &[(String, String)]) -> Vec<String> {
    let kept: BTreeSet<PathBuf> = files
        .iter()
        .flat_map(|(path, text)| {
            let modules = outside(text).1.into_iter();
            let folder = Path::new(path).with_file_name("");
            modules.flat_map(move |module| [below(path).join(&module), folder.join(module)])
        })
        .collect();
    let open = files
        .iter()
        .filter(|(path, _)| !kept.contains(Path::new(path)));
    open.flat_map(|(path, text)| {
        let lines = outside(text).0.into_iter();
        lines
            .filter(|(_, line)| UNIX.iter().any(|word| line.contains(word)))
            .map(move |(at, line)| format!("{path}:{at}: {}", line.trim()))
    })
    .collect()
}

#[test]
fn nothing_that_only_unix_has_stands_outside_a_cfg() {
    let mut files = Vec::new();
    for folder in ["core", "engine", "probe", "cli"] {
        files.extend(tracked(&format!("checker/{folder}/src/*.rs")));
    }
    let found = offences(&files);
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn what_stands_outside_a_cfg_is_found() {
    let mod_rs = "#[cfg(unix)]\nmod between;\n#[cfg(test)]\n#[path = \"far_tests.rs\"]\nmod tests;\nmod open;\n";
    let open = "\
#[cfg(unix)]
fn one() {
    if true {
        std::os::unix::fs::symlink(a, b)
    }
}

#[cfg(not(unix))]
fn two() {
    tokio::net::UnixStream::connect(x)
}

struct Stop {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
    other: tokio::signal::unix::Signal,
}

#[cfg(unix)]
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::fs::PermissionsExt as _;
";
    let file = |name: &str, text: &str| (format!("checker/cli/src/{name}"), text.to_owned());
    let files = [
        file("mod.rs", mod_rs),
        file("between.rs", "use tokio::net::UnixListener;\n"),
        file("far_tests.rs", "libc::kill();\n"),
        file("open.rs", open),
    ];
    let found = offences(&files);
    let lines: Vec<&str> = found
        .iter()
        .filter_map(|line| line.split(':').nth(1))
        .collect();
    assert_eq!(lines, ["10", "16", "21"], "{found:#?}");
}
