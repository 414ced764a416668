//! Bundles as they are typed, on recordings: made, graded again, told apart, and refused when they are not what they
//! should be. No engine is asked.

#[path = "desk/mod.rs"]
mod desk;

use std::fs;
use std::path::Path;

use desk::Desk;

impl Desk {
    /// Exit code, standard output, standard error.
    fn typed(&self, typed: &str) -> (i32, String, String) {
        let said = self.types(".", &[], typed);
        (said.code.unwrap_or(-1), said.out, said.err)
    }

    /// A bundle of a recording, with a nonce in its facts where one is given.
    fn bundle(&self, lab: &str, name: &str, nonce: Option<&str>) -> String {
        let from =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../recordings/{lab}/{name}.json"));
        let mut text = fs::read_to_string(from).expect("a recording of ours");
        if let Some(nonce) = nonce {
            text = text.replace(
                "labcheck-0000000000",
                &format!("labcheck-0000000000-{nonce}"),
            );
            let mut facts: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            facts["course"]["nonce"] = nonce.into();
            text = facts.to_string();
        }
        fs::write(self.path("facts.json"), text).expect("written");
        let file = format!("{lab}-{name}.labcheck");
        let (code, _, err) = self.typed(&format!("bundle {lab} --replay facts.json -o {file}"));
        assert!(matches!(code, 0 | 10), "{err}");
        assert_eq!(err.lines().last(), Some(format!("bundle: {file}").as_str()));
        file
    }

    /// The one line that says why a file is refused.
    fn refused(&self, file: &str) -> String {
        let (code, out, err) = self.typed(&format!("grade --from {file}"));
        assert_eq!((code, out.as_str()), (3, ""), "{err}");
        let lines: Vec<&str> = err.lines().collect();
        assert_eq!(lines.len(), 2, "{err}");
        assert!(lines[1].starts_with("help: "), "{err}");
        lines[0].to_owned()
    }
}

#[test]
fn a_bundle_gives_the_grade_that_the_stack_gave() {
    let desk = Desk::new();
    for (lab, name, code) in [
        ("v1", "solution", 0),
        ("v4", "app-still-root", 10),
        ("v6", "solution", 0),
    ] {
        let file = desk.bundle(lab, name, None);
        let json = |typed: &str| -> serde_json::Value {
            let (ended, out, _) = desk.typed(typed);
            assert_eq!(ended, code);
            serde_json::from_str(&out).expect("JSON alone on standard output")
        };
        let live = json(&format!("{lab} --replay facts.json --format json"));
        assert_eq!(
            json(&format!("grade --from {file} --format json")),
            live,
            "{lab} {name}"
        );
        let (_, text, _) = desk.typed(&format!("grade --from {file}"));
        assert!(text.contains(", as in the bundle"), "{text}");
        assert!(
            text.contains("made from a recording") && !text.contains("changed"),
            "{text}"
        );
    }
}

#[test]
fn a_newer_lab_file_says_who_gains_and_who_loses() {
    let desk = Desk::new();
    let file = desk.bundle("v1", "published-to-everyone", None);
    let labs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../labs/v1/lab.yaml");
    let text = fs::read_to_string(labs).expect("the lab file");
    // The star that it failed is asked no more; another is worth more.
    let blocks: Vec<&str> = text.split("\n  - id: ").collect();
    let kept: Vec<&str> = blocks
        .iter()
        .copied()
        .filter(|block| !block.starts_with("v1-loopback-only"))
        .collect();
    assert_eq!(kept.len() + 1, blocks.len());
    let text = kept
        .join("\n  - id: ")
        .replacen("points: 3", "points: 5", 1);
    fs::create_dir_all(desk.path("course/v1")).expect("made");
    fs::write(desk.path("course/v1/lab.yaml"), text).expect("written");
    let (_, out, err) = desk.typed(&format!("grade --from {file} --course course"));
    assert!(
        out.contains(" then, ") && out.contains(" in the bundle, "),
        "{out}{err}"
    );
    assert!(out.contains("not asked any more"), "{out}");
    assert!(out.contains("3/3 then, pass 5/5 today"), "{out}");
}

#[test]
fn a_nonce_tells_a_copied_bundle_apart() {
    let desk = Desk::new();
    let file = desk.bundle("v4", "solution", Some("spring26"));
    let (code, out, err) = desk.typed(&format!("grade --from {file} --nonce Spring26"));
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("spring26; the file says that it was found in the database and came back"),
        "{out}"
    );
    let (code, out, err) = desk.typed(&format!("grade --from {file} --nonce autumn26"));
    assert_eq!((code, out.as_str()), (3, ""));
    assert!(
        err.contains("it does not carry the nonce `autumn26`"),
        "{err}"
    );
    let plain = desk.bundle("v1", "solution", Some("spring26"));
    let (_, out, _) = desk.typed(&format!("grade --from {plain}"));
    assert!(out.contains("no round trip shows it"), "{out}");
}

#[test]
fn what_is_no_sound_bundle_is_refused_in_one_line() {
    let desk = Desk::new();
    let file = desk.bundle("v1", "solution", None);
    let good = fs::read_to_string(desk.path(&file)).expect("it was made");
    let write = |name: &str, text: &str| fs::write(desk.path(name), text).expect("written");
    write("cut", &good[..good.len() / 2]);
    assert_eq!(desk.refused("cut"), "error: cut: the bundle is cut short");
    write("head", good.lines().next().expect("a line"));
    assert_eq!(desk.refused("head"), "error: head: the bundle is cut short");
    write("edited", &good.replacen("\"earned\":3", "\"earned\":9", 1));
    assert_eq!(
        desk.refused("edited"),
        "error: edited: the bundle was edited or damaged"
    );
    write("newer", &good.replacen("bundle/v1", "bundle/v9", 1));
    assert!(
        desk.refused("newer")
            .contains("`labcheck.bundle/v9`; this labcheck reads `labcheck.bundle/v1`")
    );
    write("foreign", "{\"schema\":\"something else\"}\n{}\n");
    assert!(
        desk.refused("foreign")
            .contains("does not say `labcheck.bundle/")
    );
    write("letter", "dear teacher\n");
    assert!(desk.refused("letter").contains("not a bundle"));
    write("empty", "");
    assert!(desk.refused("empty").contains("not a bundle"));
    write("deep", &"[".repeat(100_000));
    assert!(desk.refused("deep").contains("not a bundle"));
    fs::write(desk.path("bytes"), [0xff, 0xfe, 0x00]).expect("written");
    assert!(desk.refused("bytes").contains("it is no text"));
    let huge = fs::File::create(desk.path("huge")).expect("made");
    huge.set_len(10 * 1024 * 1024 * 1024)
        .expect("a file with a hole");
    assert!(desk.refused("huge").contains("more than 16 MiB"));
    assert!(desk.refused(".").contains("not a file"));
    assert!(desk.refused("nowhere").contains("nowhere: "));
    #[cfg(unix)]
    assert!(desk.refused("/dev/zero").contains("not a file"));
    fs::copy(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../recordings/v1/solution.json"),
        desk.path("recording"),
    )
    .expect("copied");
    let said = desk.refused("recording");
    assert!(said.contains("not a bundle"), "{said}");
}

#[test]
fn several_at_once_are_a_table_and_a_bad_one_does_not_stop_it() {
    let desk = Desk::new();
    let good = desk.bundle("v1", "solution", Some("spring26"));
    let other = desk.bundle("v4", "app-still-root", None);
    fs::write(desk.path("bad"), "x").expect("written");
    let (code, out, _) = desk.typed(&format!("grade --from bad {good} {other} --nonce spring26"));
    assert_eq!(code, 3);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 4, "{out}");
    assert!(lines[1].contains("bad: not a bundle"), "{out}");
    assert!(
        lines[2].contains("v1   passed   15/15   spring26, as asked"),
        "{out}"
    );
    assert!(
        lines[3].contains("failed") && lines[3].ends_with("none, ANOTHER"),
        "{out}"
    );
}

#[test]
fn flags_of_grading_are_those_of_a_bundle() {
    let desk = Desk::new();
    let file = desk.bundle("v4", "solution", None);
    let (_, plain, _) = desk.typed(&format!("grade --from {file} --format json"));
    let typed = "bundle v4 --replay facts.json --project shop --entry localhost:5000 --host shop.test --route fetch=/find \
                 --role db=shop-db --disruptive --wait 5 --nonce spring26 --folder . --format json --out tap=r.tap -o b";
    let (code, out, err) = desk.typed(typed);
    assert_eq!((code, err.as_str()), (0, "bundle: b\n"));
    assert_eq!(out, plain);
    assert!(fs::read_to_string(desk.path("r.tap")).is_ok_and(|tap| tap.contains("ok 1 ")));
    let (code, out, _) =
        desk.typed("bundle v4 --replay facts.json --containers a,b --explain v3-db-healthy");
    assert_eq!(code, 0);
    assert!(
        out.contains("up and healthy") && desk.path("v4.labcheck").is_file(),
        "{out}"
    );
    fs::create_dir_all(desk.path("course/v1")).expect("made");
    fs::copy(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../labs/v1/lab.yaml"),
        desk.path("course/v1/lab.yaml"),
    )
    .expect("copied");
    let (code, _, err) = desk.typed("bundle v4 --replay facts.json --course course -o other");
    assert_eq!(code, 2, "its labs are v1 alone: {err}");
    assert!(!desk.path("other").exists());
}

#[test]
fn a_bundle_is_of_one_grading_that_came_to_its_end() {
    let desk = Desk::new();
    for (typed, expected) in [
        ("bundle v4 --watch --poll", 2),
        ("bundle v4 --record facts.json", 4),
    ] {
        let (code, out, err) = desk.typed(typed);
        assert_eq!((code, out.as_str()), (expected, ""), "{typed}: {err}");
    }
    let (_, _, err) = desk.typed("bundle v4 --watch");
    assert!(
        err.starts_with("error: a bundle is of one grading"),
        "{err}"
    );
    let left = fs::read_dir(desk.path(".")).expect("listed").count();
    assert_eq!(left, 0, "nothing is written");
}
