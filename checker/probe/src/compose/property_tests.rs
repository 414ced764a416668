//! Whatever the files of a student's folder hold: reading them ends, and names no file that they do not.

use proptest::prelude::*;

use super::{dockerfile, dockerignore, host_paths, networks};
use crate::property_tests::words;

const INSTRUCTIONS: [&str; 24] = [
    "FROM",
    "debian:trixie",
    "scratch",
    "AS build",
    "ARG V=",
    "${V:-",
    "}",
    "$V",
    "COPY",
    "--from=build",
    "ADD",
    "[\"a\",",
    "\"b\"]",
    "RUN --mount=type=bind,source=",
    "<<EOF",
    "EOF",
    "EXPOSE",
    "8080/tcp",
    "\\",
    "\n",
    "\n",
    "# escape=`\n",
    " ",
    "é",
];
const LINES: [&str; 26] = [
    "services:",
    "app:",
    "db:",
    "networks:",
    "volumes:",
    "include:",
    "secrets:",
    "build:",
    "extends:",
    "file: ../x.yaml",
    "<<: *a",
    "&a",
    "*a",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "!reset",
    "./data:/var/lib",
    "external: true",
    ": ",
    "\n",
    "\n  ",
    "\n    ",
    "$HOME",
];

fn text(of: &'static [&'static str]) -> impl Strategy<Value = String> {
    words(of).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn any_dockerfile_can_be_read(text in text(&INSTRUCTIONS)) {
        let said = dockerfile::read(&text, &["build".to_owned()]);
        let lines = text.lines().count();
        prop_assert!(said.bases.len() <= lines && said.exposes.len() <= text.len());
    }

    #[test]
    fn any_pattern_can_be_asked(
        pattern in r"(\*|\*\*/|\?|\[|\]|\{|\}|,|!|\\|/|[a-cé]){0,40}",
        path in "[a-cé/.]{0,60}",
    ) {
        let _ = dockerignore::Pattern::read(&pattern).covers(&path);
        let ignored = dockerignore::Ignored::read(&pattern);
        let _ = ignored.leaves_out(&path);
    }

    #[test]
    fn a_pattern_that_is_a_path_covers_itself(path in "[a-c]{1,3}(/[a-c]{1,3}){0,3}") {
        let below = format!("{path}/x");
        let pattern = dockerignore::Pattern::read(&path);
        prop_assert!(pattern.covers(&path) && pattern.covers(&below));
        let sibling = format!("{path}x");
        prop_assert!(!pattern.covers(&sibling));
    }

    #[test]
    fn any_compose_file_can_be_read(text in text(&LINES)) {
        for document in serde_yaml::Deserializer::from_str(&text).take(4) {
            let Ok(whole) = networks::merged(document) else { break };
            let _ = host_paths::taken_back(&whole);
            let _ = host_paths::wanted(&whole);
            let _ = networks::included(&whole, std::path::Path::new("/course/v6"));
            let _ = networks::service_of(&whole, "app");
        }
    }
}
