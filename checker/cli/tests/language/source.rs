//! The sources of the program: their texts, and what `say!` is given in them.

use std::path::{Path, PathBuf};

pub(super) fn sources() -> Vec<(PathBuf, String)> {
    fn below(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                below(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source");
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    for name in ["core", "engine", "probe", "cli"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../{name}/src"));
        if folder.is_dir() {
            below(&folder, &mut found);
        }
    }
    found
}

/// A source without its tests, which stand last, and without comments on lines of their own.
pub(super) fn code(text: &str) -> String {
    let tests = [
        "#[cfg(test)]\nmod ",
        "#[cfg(test)]\n#[path",
        "\n    #[cfg(test)]\n    mod ",
        "#[cfg(all(test",
    ];
    let end = tests.iter().filter_map(|tests| text.find(tests)).min();
    let text = &text[..end.unwrap_or(text.len())];
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// A text literal that begins here, as the program has it, and what follows it.
fn literal(text: &str) -> Option<(String, &str)> {
    let mut rest = text.trim_start().strip_prefix('"')?.chars();
    let mut out = String::new();
    loop {
        match rest.next()? {
            '"' => return Some((out, rest.as_str())),
            '\\' => match rest.next()? {
                'n' => out.push('\n'),
                '\n' => rest = rest.as_str().trim_start().chars(),
                other => out.push(other),
            },
            other => out.push(other),
        }
    }
}

/// Every text literal of a source.
pub(super) fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['"', '\'']) {
        let here = &rest[at..];
        // A quotation mark as a character is none, and a lifetime ends nowhere.
        rest = if here.starts_with("'\"'") || here.starts_with("'\\\"'") {
            here[2..].split_once('\'').map_or("", |(_, after)| after)
        } else if let Some(after) = here.strip_prefix('\'') {
            after
        } else if let Some((text, after)) = literal(here) {
            found.push(text);
            after
        } else {
            ""
        };
    }
    found
}

/// What `say!` is given, with the file it stands in.
pub(super) fn said() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (path, text) in sources() {
        if !path.ends_with("text/say.rs") {
            let file = path.display().to_string();
            found.extend(
                said_in(&path, &text)
                    .into_iter()
                    .map(|said| (file.clone(), said)),
            );
        }
    }
    found
}

pub(super) fn said_in(path: &Path, text: &str) -> Vec<String> {
    let text = code(text);
    let calls = text.match_indices("say!(");
    let templates = calls.map(|(at, call)| {
        let (template, _) = literal(&text[at + call.len()..])
            .unwrap_or_else(|| panic!("{}: say! without a literal", path.display()));
        template
    });
    templates.collect()
}

/// Places as the source has them may be named or not, and formatted; a form has them without that.
pub(super) fn plain(template: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        out.push_str("{}");
        rest = after.split_once('}').map_or("", |(_, behind)| behind);
    }
    out + rest
}
