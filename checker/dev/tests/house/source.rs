//! Sources of a crate as modules: which file each is, which paths stand in its `use` lines and elsewhere, what it exports.
//!
//! Tests, comments and texts are left out. What cannot be followed is found by tests of its own: paths that macros make, files
//! that are read as another module's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::lexer::{tokens, without_tests};

/// A module: its path from the crate's root, such as `["probe", "tls", "handshake"]`.
pub(crate) type Module = Vec<String>;

/// One file of a crate.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// The file, from the repository's root.
    pub(crate) file: PathBuf,
    /// Paths that it names, from the crate's root.
    pub(crate) names: Vec<Vec<String>>,
    /// What `pub use` gives on under a name of this module.
    exports: BTreeMap<String, Vec<String>>,
    /// Modules of which `pub use MODULE::*` gives on everything.
    globs: Vec<Vec<String>>,
    /// Names of its own public items.
    items: BTreeSet<String>,
}

/// The sources of a crate by their module.
#[derive(Debug, Default)]
pub(crate) struct Sources(pub(crate) BTreeMap<Module, Source>);

impl Sources {
    /// Every source below a folder, without tests; `root` is the repository's.
    pub(crate) fn read(root: &Path, folder: &str) -> Self {
        let mut files = Vec::new();
        list(&root.join(folder), &mut files);
        let of = |file: &PathBuf| {
            let inside = file.strip_prefix(root.join(folder)).expect("it is below");
            let text = std::fs::read_to_string(file).expect("a source");
            (module(inside), inside.to_path_buf(), text)
        };
        let texts: Vec<_> = files.iter().map(of).collect();
        Self::of(&texts)
    }

    /// From texts, each with its module and file.
    pub(crate) fn of(texts: &[(Module, PathBuf, String)]) -> Self {
        let modules: Vec<&Module> = texts.iter().map(|(module, ..)| module).collect();
        let each = texts.iter().map(|(module, file, text)| {
            let children: Vec<&str> = modules
                .iter()
                .filter(|other| other.len() == module.len() + 1 && other.starts_with(module))
                .filter_map(|other| other.last().map(String::as_str))
                .collect();
            let mut source = Source {
                file: file.clone(),
                ..Source::default()
            };
            let tokens = without_tests(&tokens(text));
            let mut names = Names {
                module,
                children,
                modules: &modules,
                aliases: BTreeMap::new(),
                globs: Vec::new(),
            };
            names.learn(&tokens);
            names.read(&tokens, &mut source);
            (module.clone(), source)
        });
        Self(each.collect())
    }

    /// The module that a path leads to, by way of what other modules give on.
    pub(crate) fn target(&self, path: &[String]) -> Option<&Module> {
        let mut path = path.to_vec();
        for _ in 0..10 {
            let (module, source) = (0..=path.len())
                .rev()
                .find_map(|end| self.0.get_key_value(&path[..end]))?;
            let next = path.get(module.len());
            let Some(on) = next.and_then(|next| self.given_on(source, next)) else {
                return Some(module);
            };
            path = [on, path[module.len() + 1..].to_vec()].concat();
        }
        None
    }

    /// Where a module's name comes from, if another one's is given on under it.
    fn given_on(&self, source: &Source, name: &String) -> Option<Vec<String>> {
        if let Some(on) = source.exports.get(name) {
            return Some(on.clone());
        }
        let has = |glob: &&Vec<String>| {
            let from = self.0.get(*glob);
            from.is_some_and(|from| from.items.contains(name) || from.exports.contains_key(name))
        };
        let glob = source.globs.iter().find(has)?;
        Some([glob.clone(), vec![name.clone()]].concat())
    }
}

/// The paths of a source's `use` items, wherever they lead, one for each name in a group; without those of its tests.
pub(crate) fn used(text: &str) -> Vec<Vec<String>> {
    let imported = imported(&without_tests(&tokens(text)));
    imported.into_iter().map(|(path, _)| path).collect()
}

/// As [`used`], each with the name that it has here.
pub(crate) fn imported(tokens: &[String]) -> Vec<(Vec<String>, String)> {
    let mut leaves = Vec::new();
    for (at, word) in tokens.iter().enumerate() {
        if word == "use" {
            leaf(tokens, at + 1, &[], &mut leaves);
        }
    }
    leaves
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            list(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs")
            && !name.ends_with("tests.rs")
            && name != "main.rs"
        {
            files.push(path);
        }
    }
}

fn module(inside: &Path) -> Module {
    let whole = inside.with_extension("");
    let mut parts: Module = whole
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    if matches!(parts.last().map(String::as_str), Some("mod" | "lib")) {
        parts.pop();
    }
    parts
}

/// What words at the beginning of a path mean in one file.
struct Names<'a> {
    module: &'a [String],
    /// Modules of its own.
    children: Vec<&'a str>,
    /// All modules of the crate.
    modules: &'a [&'a Module],
    /// Names that `use` gives to something of the crate.
    aliases: BTreeMap<String, Vec<String>>,
    /// Modules of which `use MODULE::*` brings everything.
    globs: Vec<Vec<String>>,
}

impl Names<'_> {
    /// Learns what `use` names.
    fn learn(&mut self, tokens: &[String]) {
        let imported = imported(tokens);
        // A name may be made from one that stands below.
        for _ in 0..2 {
            for (path, name) in &imported {
                let Some(path) = self.absolute(path) else {
                    continue;
                };
                if name == "*" {
                    self.globs.push(path[..path.len() - 1].to_vec());
                } else if name != "_" {
                    self.aliases.insert(name.clone(), path);
                }
            }
        }
    }

    fn read(&self, tokens: &[String], source: &mut Source) {
        let mut at = 0;
        while at < tokens.len() {
            let word = tokens[at].as_str();
            let before = at.checked_sub(1).map_or(";", |at| tokens[at].as_str());
            if word == "use" && matches!(before, ";" | "}" | "{" | ")" | "]" | "pub") {
                let mut leaves = Vec::new();
                let end = leaf(tokens, at + 1, &[], &mut leaves);
                let given = matches!(before, "pub" | ")");
                for (path, name) in leaves {
                    self.import(&path, name, given, source);
                }
                at = end;
                continue;
            }
            if word == "pub" {
                source.items.extend(item(&tokens[at + 1..]));
            }
            let mut end = at + 1;
            let mut path = vec![word.to_owned()];
            while tokens.get(end).is_some_and(|next| next == "::") {
                let Some(next) = tokens.get(end + 1).filter(|next| is_word(next)) else {
                    break;
                };
                path.push(next.clone());
                end += 2;
            }
            if path.len() > 1 && before != "::" {
                source.names.extend(self.absolute(&path));
            }
            at = end;
        }
    }

    /// One name of a `use` item.
    fn import(&self, path: &[String], name: String, given: bool, source: &mut Source) {
        let Some(path) = self.absolute(path) else {
            return;
        };
        // What a folder gives on of its own is no use of it.
        if !given || !path.starts_with(self.module) {
            source.names.push(path.clone());
        }
        if given && name == "*" {
            source.globs.push(path[..path.len() - 1].to_vec());
        } else if given {
            source.exports.insert(name, path);
        }
    }

    /// A path from the crate's root; `None` where it leads to another crate or to a name of this file.
    fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let module = self.module;
        let first = path.first()?.as_str();
        match first {
            "crate" => Some(path[1..].to_vec()),
            "self" => Some([module, &path[1..]].concat()),
            "super" => {
                let ups = path.iter().take_while(|word| *word == "super").count();
                let above = module.get(..module.len().checked_sub(ups)?)?;
                Some([above, &path[ups..]].concat())
            }
            child if self.children.contains(&child) => Some([module, path].concat()),
            alias if self.aliases.contains_key(alias) => {
                Some([self.aliases[alias].as_slice(), &path[1..]].concat())
            }
            other => {
                let glob = self.globs.iter().find(|glob| {
                    let inside = [glob.as_slice(), &[other.to_owned()]].concat();
                    self.modules.contains(&&inside)
                })?;
                Some([glob.as_slice(), path].concat())
            }
        }
    }
}

/// The name of the item that stands behind `pub`.
fn item(after: &[String]) -> Option<String> {
    const KINDS: [&str; 9] = [
        "fn", "struct", "enum", "const", "static", "type", "trait", "union", "mod",
    ];
    /// `pub(in crate::…) const unsafe extern "C" fn name` is about the longest.
    const MOST: usize = 12;
    let after = &after[..after.len().min(MOST)];
    let is_kind = |word: &String| KINDS.contains(&word.as_str());
    let mut at = after.iter().position(is_kind)?;
    // No sign stands between `pub` and the item's kind, but those of `pub(…)`.
    let plain = |word: &String| {
        is_word(word) || word.starts_with('"') || matches!(word.as_str(), "(" | ")" | "::")
    };
    if !after[..at].iter().all(plain) {
        return None;
    }
    // `const fn`.
    while after.get(at + 1).is_some_and(is_kind) {
        at += 1;
    }
    after.get(at + 1).filter(|name| is_word(name)).cloned()
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The leaves of a `use` tree, each with the name that it has here; where it ends.
fn leaf(
    tokens: &[String],
    mut at: usize,
    before: &[String],
    leaves: &mut Vec<(Vec<String>, String)>,
) -> usize {
    let mut path = before.to_vec();
    while let Some(word) = tokens.get(at) {
        match word.as_str() {
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|word| word != "}") {
                    at = leaf(tokens, at, &path, leaves);
                    if tokens.get(at).is_some_and(|word| word == ",") {
                        at += 1;
                    }
                }
                return at + 1;
            }
            "::" => at += 1,
            word if is_word(word) || word == "*" => {
                if word != "self" || path.is_empty() {
                    path.push(word.to_owned());
                }
                at += 1;
                let next = tokens.get(at).map_or("", String::as_str);
                if next == "::" {
                    continue;
                }
                let mut name = path.last().cloned().unwrap_or_default();
                if next == "as" {
                    name = tokens.get(at + 1).cloned().unwrap_or_default();
                    at += 2;
                }
                leaves.push((path, name));
                return at;
            }
            _ => return at + 1,
        }
    }
    at
}
