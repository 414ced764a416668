//! No circle: at every level of a crate, the entries of a folder (files and folders) name each other in one direction only.
//! A folder's own file (`mod.rs`) is one of them, unless it only gives on what its entries have.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::source::{Module, Sources};
use super::{CRATES, root};

/// A folder's own file, as an entry of the folder.
const OWN: &str = "mod.rs";

/// Which entries of a folder name which, with a place where they do: folder, entry, entry.
type Arrows = BTreeMap<Module, BTreeMap<(String, String), String>>;

fn arrows(sources: &Sources) -> Arrows {
    let mut all = Arrows::new();
    for (from, source) in &sources.0 {
        for name in &source.names {
            let Some(to) = sources.target(name) else {
                continue;
            };
            if from == to {
                continue;
            }
            let shared = from.iter().zip(to).take_while(|(a, b)| a == b).count();
            let entry = |of: &Module| of.get(shared).map_or(OWN, String::as_str).to_owned();
            let place = format!("{} names {}", source.file.display(), name.join("::"));
            all.entry(from[..shared].to_vec())
                .or_default()
                .entry((entry(from), entry(to)))
                .or_insert(place);
        }
    }
    all
}

/// A circle among entries, as the places where each names the next; empty where there is none.
fn circle(arrows: &BTreeMap<(String, String), String>) -> Vec<String> {
    let entries: BTreeSet<&String> = arrows.keys().flat_map(|(a, b)| [a, b]).collect();
    for start in &entries {
        // The shortest way back to where it began.
        let mut ways: Vec<Vec<&String>> = vec![vec![start]];
        let mut seen: BTreeSet<&String> = BTreeSet::new();
        while !ways.is_empty() {
            let mut next = Vec::new();
            for way in ways {
                let Some(last) = way.last() else { continue };
                for (from, to) in arrows.keys().filter(|(from, _)| from == *last) {
                    if to == *start {
                        let whole = way.iter().copied().chain([to]).collect::<Vec<_>>();
                        let steps = whole
                            .windows(2)
                            .map(|pair| arrows[&(pair[0].clone(), pair[1].clone())].clone());
                        return steps.collect();
                    }
                    if seen.insert(to) {
                        next.push([way.as_slice(), &[to]].concat());
                    }
                    let _ = from;
                }
            }
            ways = next;
        }
    }
    Vec::new()
}

#[test]
fn rooms_and_files_form_no_circle() {
    let mut found = Vec::new();
    for (name, _) in CRATES {
        let sources = Sources::read(&root(), &format!("checker/{name}/src"));
        // The crate that carries the eye's program is one file.
        assert!(sources.0.len() > 10 || name == "eye/embed", "{name}");
        for (folder, arrows) in arrows(&sources) {
            let circle = circle(&arrows);
            if !circle.is_empty() {
                let folder = folder.join("/");
                found.push(format!("{name}/src/{folder}: {circle:#?}"));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

fn crate_of(files: &[(&str, &str)]) -> Sources {
    let texts: Vec<(Module, PathBuf, String)> = files
        .iter()
        .map(|(path, text)| {
            let module = path.split('/').filter(|part| !part.is_empty());
            let module = module.map(str::to_owned).collect();
            (module, PathBuf::from(path), (*text).to_owned())
        })
        .collect();
    Sources::of(&texts)
}

fn circles(files: &[(&str, &str)]) -> usize {
    let arrows = arrows(&crate_of(files));
    arrows
        .values()
        .filter(|one| !circle(one).is_empty())
        .count()
}

#[test]
fn a_circle_is_found_between_files_folders_and_through_what_is_given_on() {
    let two = [("a", "use crate::b::B;"), ("b", "use super::a::A;")];
    assert_eq!(circles(&two), 1);
    let inline = [("a", "fn f() { crate::b::f() }"), ("b", "use crate::a;")];
    assert_eq!(circles(&inline), 1);
    let folders = [
        ("x/one", "use crate::y::two::T;"),
        ("y/two", ""),
        ("y/three", "use crate::x::one;"),
    ];
    assert_eq!(circles(&folders), 1);
    let given = [
        ("x", "pub use deep::Deep;"),
        ("x/deep", "use crate::y::Y;"),
        ("y", "use crate::x::Deep;"),
    ];
    assert_eq!(circles(&given), 1);
    let all = [
        ("x", "pub use deep::*;"),
        (
            "x/deep",
            "pub fn deep() { crate::y::y() }\npub(crate) const MOST: usize = 1;",
        ),
        ("y", "use crate::x::MOST;"),
    ];
    assert_eq!(circles(&all), 1);
    let other = [
        ("x", "pub(crate) use crate::y::two::T;"),
        ("y/two", "use crate::x::one;"),
        ("x/one", ""),
    ];
    assert_eq!(circles(&other), 1);
    let group = [
        ("a", "use crate::{b::{B, C}, c};"),
        ("b", ""),
        ("c", "use crate::a::A;"),
    ];
    assert_eq!(circles(&group), 1);
}

#[test]
fn a_circle_is_found_behind_other_names() {
    for way in [
        "use crate as me;\nfn f() { me::x::b::B }",
        "use super as up;\nfn f() { up::b::B }",
        "use crate::x;\nfn f() { x::b::B }",
        "use crate::x as one;\nuse one::b as two;\nfn f() { two::B }",
        "use super::*;\nfn f() { b::B }",
        "#[cfg(not(test))]\nuse super::b::B;",
        "struct X { #[cfg(test)] a: u8 }\nfn f() { super::b::B }",
        "/* \" */ use super::b::B; /* \" */",
        "const X: &str = r\"\\\"; use super::b::B; const Y: &str = \"\";",
    ] {
        let files = [("x", ""), ("x/a", way), ("x/b", "use super::a::A;")];
        assert_eq!(circles(&files), 1, "{way}");
    }
}

#[test]
fn a_folders_own_file_is_one_of_its_files() {
    let own = [
        ("x", "mod deep;\nuse deep::Deep;"),
        ("x/deep", "use super::X;"),
    ];
    assert_eq!(circles(&own), 1);
}

#[test]
fn what_goes_one_way_stands_in_a_test_a_text_or_a_comment_is_none() {
    let down = [("a", "use crate::b::B;"), ("b", "use crate::c;"), ("c", "")];
    assert_eq!(circles(&down), 0);
    let test = [
        ("a", "use crate::b::B;"),
        (
            "b",
            "// use crate::a::A;\nconst T: &str = \"crate::a::A\";\n#[cfg(test)]\nmod tests { use crate::a::A; }",
        ),
    ];
    assert_eq!(circles(&test), 0);
    let own = [
        ("x", "mod deep;\npub use deep::Deep;"),
        ("x/deep", "use super::X;"),
    ];
    assert_eq!(circles(&own), 0);
}
