//! The region parser on made-up files: every view, every error, and what holds for any file.

use proptest::prelude::*;

use super::*;

const FILE: &str = "\
fn main() {
    // region v3-modules
    // starter:     // TODO(v3-modules): merge them.
    // starter:
    merge();
    // endregion v3-modules
    // region v5-health
    // starter:     // TODO(v5-health): add it.
    health();
    // endregion v5-health
}
";

fn starter(lab: u32) -> String {
    view("main.rs", FILE, View::Starter(lab)).expect("the regions are right")
}

fn solution(lab: u32) -> String {
    view("main.rs", FILE, View::Solution(lab)).expect("the regions are right")
}

fn what(file: &str, text: &str) -> String {
    regions(file, text)
        .expect_err("something is wrong with it")
        .to_string()
}

#[test]
fn an_earlier_lab_knows_nothing_of_a_later_one() {
    assert_eq!(starter(1), "fn main() {\n}\n");
    assert_eq!(solution(2), "fn main() {\n}\n");
}

#[test]
fn a_lab_starts_from_its_starter_lines() {
    assert_eq!(
        starter(3),
        "fn main() {\n    // TODO(v3-modules): merge them.\n\n}\n"
    );
    assert_eq!(solution(3), "fn main() {\n    merge();\n}\n");
}

#[test]
fn a_later_lab_finds_the_earlier_ones_solved() {
    assert_eq!(starter(4), "fn main() {\n    merge();\n}\n");
    assert_eq!(
        starter(5),
        "fn main() {\n    merge();\n    // TODO(v5-health): add it.\n}\n"
    );
    assert_eq!(solution(5), "fn main() {\n    merge();\n    health();\n}\n");
}

#[test]
fn comments_follow_the_type_of_file() {
    let cases = [
        (
            "compose.yaml",
            "# region v1-x",
            "# starter: # TODO",
            "# endregion v1-x",
        ),
        (
            "Dockerfile",
            "# region v1-x",
            "# starter: # TODO",
            "# endregion v1-x",
        ),
        (
            ".dockerignore",
            "# region v1-x",
            "# starter: # TODO",
            "# endregion v1-x",
        ),
        (
            "a.sql",
            "-- region v1-x",
            "-- starter: # TODO",
            "-- endregion v1-x",
        ),
        (
            "a.css",
            "/* region v1-x */",
            "/* starter: # TODO */",
            "/* endregion v1-x */",
        ),
        (
            "a.html",
            "<!-- region v1-x -->",
            "<!-- starter: # TODO -->",
            "<!-- endregion v1-x -->",
        ),
        (
            "a.html",
            "{# region v1-x #}",
            "{# starter: # TODO #}",
            "{# endregion v1-x #}",
        ),
    ];
    for (file, begin, starter, end) in cases {
        let text = format!("a\n{begin}\n{starter}\nb\n{end}\nc\n");
        assert_eq!(
            view(file, &text, View::Starter(1)).as_deref(),
            Ok("a\n# TODO\nc\n"),
            "{file}"
        );
        assert_eq!(
            view(file, &text, View::Solution(1)).as_deref(),
            Ok("a\nb\nc\n"),
            "{file}"
        );
    }
    let other = "// region v1-x\n";
    assert_eq!(
        view("notes.txt", other, View::Starter(1)).as_deref(),
        Ok(other)
    );
    assert_eq!(
        view("compose.yaml", other, View::Starter(1)).as_deref(),
        Ok(other)
    );
}

#[test]
fn a_sentence_about_a_region_is_no_marker() {
    let text = "// region of the world\n// endregion is a word\n// region\n";
    assert_eq!(regions("a.rs", text), Ok(Vec::new()));
}

#[test]
fn line_ends_stay_as_they_are() {
    let text = "a\r\n// region v1-x\r\n// starter: todo\r\nb\r\n// endregion v1-x\r\nlast";
    assert_eq!(
        view("a.rs", text, View::Starter(1)).as_deref(),
        Ok("a\r\ntodo\r\nlast")
    );
}

#[test]
fn a_region_says_what_it_is() {
    let found = regions("main.rs", FILE).expect("the regions are right");
    assert_eq!(found.len(), 2);
    assert_eq!(
        (found[0].id.as_str(), found[0].lab, found[0].line),
        ("v3-modules", 3, 2)
    );
    assert_eq!(
        found[0].starter,
        ["    // TODO(v3-modules): merge them.", ""]
    );
}

#[test]
fn errors_name_file_and_line() {
    assert_eq!(
        what("a.rs", "x\n// region v1-a\nb\n"),
        "a.rs:2: region `v1-a` begins here and never ends"
    );
    assert_eq!(
        what("a.rs", "// endregion v1-a\n"),
        "a.rs:1: `v1-a` ends here, but does not begin above"
    );
    assert_eq!(
        what("a.rs", "// region v1-a\n// region v1-b\n"),
        "a.rs:2: region `v1-b` begins inside `v1-a`, which began on line 1"
    );
    assert_eq!(
        what("a.rs", "// region v1-a\nx\n// endregion v1-b\n"),
        "a.rs:3: `v1-b` ends here, but `v1-a` is what began on line 1"
    );
    let twice = "// region v1-a\nx\n// endregion v1-a\n// region v1-a\nx\n// endregion v1-a\n";
    assert_eq!(
        what("a.rs", twice),
        "a.rs:4: region `v1-a` was there before, on line 1"
    );
    assert_eq!(
        what("a.rs", "// starter: x\n"),
        "a.rs:1: a starter line outside of a region"
    );
    assert_eq!(
        what("a.rs", "// region v1-a\n// endregion v1-a\n"),
        "a.rs:2: region `v1-a` holds no line of the solution"
    );
    for id in ["extra", "v-a", "vx-a", "v1-", "v1-A", "1-a", "v1--a"] {
        let error = what("a.rs", &format!("// region {id}\n"));
        assert!(
            error.starts_with(&format!("a.rs:1: `{id}` is no task")),
            "{error}"
        );
    }
}

/// A file of plain lines and well-formed regions, and the lab of each region.
fn file() -> impl Strategy<Value = String> {
    let plain = "[ a-z(){};]{0,12}";
    let region = (
        1_u32..7,
        prop::collection::vec(plain, 1..4),
        prop::collection::vec(plain, 0..4),
    );
    let part = prop_oneof![
        plain.prop_map(|line| (None, line)),
        region.prop_map(|(lab, solved, starter)| {
            let starter = starter.iter().map(|line| format!("  // starter: {line}"));
            (
                Some(lab),
                starter.chain(solved).collect::<Vec<_>>().join("\n"),
            )
        }),
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| {
        let lines = parts
            .into_iter()
            .enumerate()
            .map(|(number, (lab, body))| match lab {
                None => body + "\n",
                Some(lab) => {
                    let id = format!("v{lab}-t{number}");
                    format!("  // region {id}\n{body}\n  // endregion {id}\n")
                }
            });
        lines.collect()
    })
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}", lab in 0_u32..9) {
        let _ = view("a.rs", &text, View::Starter(lab));
    }

    #[test]
    fn no_line_soup_makes_it_panic(lines in prop::collection::vec(prop_oneof![
        Just("// region v1-a"), Just("// endregion v1-a"), Just("// starter: x"), Just("// region v2-b"),
        Just("// endregion v2-b"), Just("code"), Just("")], 0..20)) {
        let text = lines.join("\n");
        let read = regions("a.rs", &text);
        prop_assert_eq!(read.is_ok(), view("a.rs", &text, View::Solution(1)).is_ok());
    }

    #[test]
    fn no_marker_is_left_in_any_view(text in file(), lab in 1_u32..8) {
        for form in [View::Starter(lab), View::Solution(lab)] {
            let out = view("a.rs", &text, form).expect("made to be right");
            prop_assert!(!out.contains("region v"), "{}", out);
            prop_assert!(!out.contains("// starter:"), "{}", out);
            prop_assert_eq!(view("a.rs", &out, form).expect("plain text"), out);
        }
    }

    #[test]
    fn a_starter_after_a_lab_is_its_solution(text in file(), lab in 1_u32..7) {
        // Between two labs nothing is added: what lab N leaves, a lab that has no region of its own starts from.
        let has_next = regions("a.rs", &text).expect("made to be right").iter().any(|region| region.lab == lab + 1);
        prop_assume!(!has_next);
        let left = view("a.rs", &text, View::Solution(lab)).expect("made to be right");
        prop_assert_eq!(view("a.rs", &text, View::Starter(lab + 1)).expect("made to be right"), left);
    }

    #[test]
    fn text_without_markers_is_left_alone(text in "[a-z \n]{0,80}", lab in 1_u32..7) {
        prop_assert_eq!(view("a.rs", &text, View::Starter(lab)).expect("no regions"), text);
    }
}

const LATER: &str = "use a;\n\n// since v3\nuse b;\n// endsince v3\n\nfn f() {\n    // since v5\n    g();\n    // endsince v5\n}\n";

#[test]
fn what_enters_later_is_left_out_before_with_one_blank_line_in_its_place() {
    let of = |wanted| view("a.rs", LATER, wanted).expect("well formed");
    assert_eq!(of(View::Solution(2)), "use a;\n\nfn f() {\n}\n");
    assert_eq!(
        of(View::Starter(3)),
        "use a;\n\nuse b;\n\nfn f() {\n}\n",
        "it is no task: the starter of its own lab has it"
    );
    assert!(of(View::Solution(5)).contains("    g();\n"));
}

#[test]
fn a_file_that_enters_later_is_empty_before() {
    let file = "-- since v3\nCREATE TABLE t;\n";
    assert_eq!(view("a.sql", file, View::Solution(2)).as_deref(), Ok(""));
    assert_eq!(
        view("a.sql", file, View::Starter(3)).as_deref(),
        Ok("CREATE TABLE t;\n")
    );
}

#[test]
fn a_block_out_of_place_is_named_with_its_line() {
    for (text, line, what) in [
        ("x\n// since v3\n", 2, "never ends"),
        ("x\n// endsince v3\n", 2, "not what began"),
        ("x\n// since v3\n// endsince v4\n", 3, "not what began"),
        ("x\n// since v3\n// since v4\n", 3, "inside of another"),
        ("// since v3\n// since v4\n", 2, "inside of another"),
        ("x\n// since three\n", 2, "no lab"),
        ("x\n// since v3\n// region v3-a\n", 3, "inside of what"),
        ("// since v3\n// region v2-a\n", 2, "enters with v3"),
        ("// region v3-a\n// since v3\n", 2, "inside region"),
    ] {
        let err = regions("a.rs", text).expect_err(text);
        assert!(
            err.line == line && err.what.contains(what),
            "{text:?}: {err}"
        );
    }
}

#[test]
fn a_sentence_about_since_is_text() {
    let text = "// since v3 there is a database\n";
    assert_eq!(view("a.rs", text, View::Solution(1)).as_deref(), Ok(text));
}
