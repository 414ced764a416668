//! Reads of a Dockerfile what checks ask for: what its stages begin with, what it copies from the build's folder, and what
//! it declares. It builds nothing and follows no condition.
//!
//! Reference: <https://docs.docker.com/reference/dockerfile/>.

use std::collections::{BTreeMap, BTreeSet};

use labcheck_core::facts::Base;

/// What a Dockerfile says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// `FROM`, other stages and `scratch` left out.
    pub bases: Vec<Base>,
    /// `EXPOSE`, with the protocol.
    pub exposes: Vec<String>,
    /// What `COPY`, `ADD` and bind mounts of `RUN` take from the build's folder; `None` in it means all.
    pub copies: BTreeSet<Option<String>>,
}

/// An instruction: its line from 1, its word in capitals, the rest.
struct Instruction {
    line: usize,
    word: String,
    rest: String,
}

/// Reads a Dockerfile; `contexts` are further names that a build gives to images and folders.
pub(crate) fn read(text: &str, contexts: &[String]) -> Said {
    let mut said = Said::default();
    let mut stages: BTreeSet<String> = contexts
        .iter()
        .map(|name| name.to_ascii_lowercase())
        .collect();
    let mut args: BTreeMap<String, String> = BTreeMap::new();
    let mut began = false;
    for Instruction { line, word, rest } in instructions(text) {
        match word.as_str() {
            "ARG" if !began => {
                for arg in rest.split_whitespace() {
                    if let Some((name, value)) = arg.split_once('=') {
                        let value = value.trim_matches(['"', '\'']);
                        args.insert(name.to_owned(), put_in(value, &args));
                    }
                }
            }
            "FROM" => {
                began = true;
                let mut words = rest
                    .split_whitespace()
                    .filter(|word| !word.starts_with("--"));
                let Some(image) = words.next() else { continue };
                let image = put_in(image, &args);
                let own = stages.contains(&image.to_ascii_lowercase());
                if words
                    .next()
                    .is_some_and(|word| word.eq_ignore_ascii_case("as"))
                    && let Some(name) = words.next()
                {
                    stages.insert(name.to_ascii_lowercase());
                }
                if !own && image != "scratch" {
                    said.bases.push(Base { line, image });
                }
            }
            "EXPOSE" => {
                let ports = rest.split_whitespace().map(|port| {
                    if port.contains('/') {
                        port.to_ascii_lowercase()
                    } else {
                        format!("{port}/tcp")
                    }
                });
                said.exposes.extend(ports);
            }
            "COPY" | "ADD" => copied(&rest, &mut said.copies),
            "RUN" if rest.contains("type=bind") && !rest.contains("from=") => {
                said.copies.insert(None);
            }
            _ => {}
        }
    }
    said
}

/// The sources of a `COPY` or `ADD` that lie in the build's folder.
fn copied(rest: &str, copies: &mut BTreeSet<Option<String>>) {
    let (flags, words): (Vec<&str>, Vec<&str>) = rest
        .split_whitespace()
        .partition(|word| word.starts_with("--"));
    if flags.iter().any(|flag| flag.starts_with("--from=")) {
        return;
    }
    let list = words.join(" ");
    let sources: Vec<String> = if list.starts_with('[') {
        serde_json::from_str(&list).unwrap_or_default()
    } else {
        words.iter().map(|&word| word.to_owned()).collect()
    };
    let Some((_, sources)) = sources.split_last() else {
        return;
    };
    for source in sources {
        let plain = source.trim_start_matches("./").trim_matches('/');
        let all = plain.is_empty() || plain == "." || plain.contains('$');
        if !source.contains("://") && !source.starts_with("<<") {
            copies.insert((!all).then(|| plain.to_owned()));
        }
    }
}

/// Instructions with their continued lines put together; comments and the texts of here-documents left out.
fn instructions(text: &str) -> Vec<Instruction> {
    let mut all: Vec<Instruction> = Vec::new();
    let mut open: Option<(usize, String)> = None;
    let mut until: Vec<String> = Vec::new();
    for (line, row) in (1..).zip(text.lines()) {
        if let Some(end) = until.first() {
            if row.trim() == end {
                until.remove(0);
            }
            continue;
        }
        let row = row.trim();
        if row.starts_with('#') || (row.is_empty() && open.is_none()) {
            continue;
        }
        let (begun, mut whole) = open.take().unwrap_or((line, String::new()));
        let goes_on = row.ends_with('\\');
        whole.push_str(row.trim_end_matches('\\'));
        if goes_on {
            whole.push(' ');
            open = Some((begun, whole));
            continue;
        }
        let (word, rest) = whole
            .split_once(char::is_whitespace)
            .unwrap_or((whole.as_str(), ""));
        let word = word.to_ascii_uppercase();
        if matches!(word.as_str(), "RUN" | "COPY" | "ADD") {
            until = here_documents(rest);
        }
        all.push(Instruction {
            line: begun,
            word,
            rest: rest.trim().to_owned(),
        });
    }
    all
}

/// The words that end here-documents: `<<EOF`, `<<-"EOF"`.
fn here_documents(rest: &str) -> Vec<String> {
    let words = rest.split_whitespace().filter_map(|word| {
        let name = word.strip_prefix("<<")?.trim_start_matches('-');
        let name = name.trim_matches(['"', '\'']);
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        (!name.is_empty() && name.chars().all(plain)).then(|| name.to_owned())
    });
    words.collect()
}

/// `$NAME`, `${NAME}` and `${NAME:-default}` with the defaults of `ARG`; what is not known stays.
fn put_in(text: &str, args: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let plain = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
        let braced = after.strip_prefix('{');
        let braced = braced.and_then(|inside| inside.split_once('}'));
        let (name, default, tail) = if let Some((inside, tail)) = braced {
            let (name, default) = inside.split_once(":-").unwrap_or((inside, ""));
            (name, default, tail)
        } else {
            let (name, tail) = after.split_at(after.find(plain).unwrap_or(after.len()));
            (name, "", tail)
        };
        match args.get(name).map(String::as_str) {
            Some(value) => out.push_str(value),
            None if !default.is_empty() => out.push_str(default),
            None => out.extend(["$", name]),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bases(text: &str) -> Vec<(usize, String)> {
        let said = read(text, &["shared".to_owned()]);
        let rows = said.bases.into_iter().map(|base| (base.line, base.image));
        rows.collect()
    }

    #[test]
    fn stages_scratch_and_named_contexts_are_no_bases() {
        let text = "# syntax=docker/dockerfile:1\nARG RUST=1.95-slim\nFROM --platform=$BUILDPLATFORM rust:${RUST} AS build\n\
                    RUN cargo build \\\n  --release\nFROM Build AS test\nFROM scratch\nCOPY --from=build /x /x\nFROM shared\nFROM debian\n";
        assert_eq!(
            bases(text),
            [(3, "rust:1.95-slim".to_owned()), (10, "debian".to_owned())]
        );
    }

    #[test]
    fn what_stands_in_here_documents_and_comments_is_no_instruction() {
        let text = "FROM a:1\nRUN <<EOF\nFROM b\nEOF\n# FROM c\nRUN x \\\n# FROM d\n  y\n";
        assert_eq!(bases(text), [(1, "a:1".to_owned())]);
    }

    #[test]
    fn arguments_without_a_default_stay() {
        assert_eq!(
            bases("ARG TAG\nFROM a:$TAG\nFROM b:${V:-2}\n"),
            [(2, "a:$TAG".to_owned()), (3, "b:2".to_owned())]
        );
    }

    #[test]
    fn copies_and_ports_are_read() {
        let said = read(
            "FROM a:1\nCOPY --chown=1:1 src Cargo.* ./\nCOPY [\"static\", \"/s\"]\nADD https://x/y /y\nCOPY . .\nEXPOSE 5000 53/udp\n",
            &[],
        );
        let copies: Vec<_> = said.copies.iter().map(Option::as_deref).collect();
        assert_eq!(copies, [None, Some("Cargo.*"), Some("src"), Some("static")]);
        assert_eq!(said.exposes, ["5000/tcp", "53/udp"]);
    }

    #[test]
    fn anything_is_survived() {
        for text in [
            "",
            "FROM",
            "FROM \\",
            "COPY",
            "COPY [",
            "ARG =",
            "FROM ${",
            "RUN <<EOF\nx",
        ] {
            read(text, &[]);
        }
    }
}
