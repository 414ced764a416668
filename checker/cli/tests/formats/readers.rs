//! Every format as those read it that it is made for: by their schema, or by the program itself.

use std::path::{Path, PathBuf};
use std::process::Command;

use labcheck::setup::{Say, xmllint};
use labcheck_core::report::{self, Report, ReportVerdict, Submission};
use serde_json::Value;

use super::{hostile, recorded, submission};

/// One of each kind: passed, failed, open; every lab; and text that would like to be something else.
fn reports() -> Vec<(String, Report)> {
    let names = [
        ("v1", "leftover-stack"),
        ("v4", "app-still-root"),
        ("v6", "certificate-expired"),
    ];
    let labs =
        ["v1", "v2", "v3", "v4", "v5", "v6"].map(|lab| [(lab, "solution"), (lab, "starter")]);
    let all = names.into_iter().chain(labs.into_iter().flatten());
    let mut all: Vec<(String, Report)> = all
        .map(|(lab, name)| (format!("{lab}-{name}"), recorded(lab, name)))
        .collect();
    all.push(("hostile".into(), hostile()));
    all
}

fn fails(report: &Report) -> usize {
    let checks = report.checks.iter();
    checks
        .filter(|check| check.verdict == ReportVerdict::Fail)
        .count()
}

fn format_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/formats")
        .join(name)
}

/// What a schema says against a document.
fn against(schema: &str, text: &str) -> Vec<String> {
    let schema = std::fs::read_to_string(format_file(schema)).expect("a schema");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let document: Value = serde_json::from_str(text).expect("JSON was written");
    schema
        .iter_errors(&document)
        .map(|err| format!("{}: {err}", err.instance_path()))
        .collect()
}

#[test]
fn json_formats_are_as_their_schemas_say() {
    for (name, report) in reports() {
        for (schema, text) in [
            ("gradescope.schema.json", report::gradescope(&report)),
            ("gitlab.schema.json", report::gitlab(&report)),
            (
                "classroom50.schema.json",
                report::classroom50(&report, &submission()),
            ),
        ] {
            assert_eq!(against(schema, &text), [""; 0], "{name}: {schema}");
        }
    }
}

#[test]
fn each_finding_has_a_fingerprint_of_its_own() {
    for (name, report) in reports() {
        let findings: Vec<Value> = serde_json::from_str(&report::gitlab(&report)).expect("a list");
        let mut marks: Vec<&str> = findings
            .iter()
            .filter_map(|finding| finding["fingerprint"].as_str())
            .collect();
        marks.sort_unstable();
        marks.dedup();
        assert_eq!(marks.len(), fails(&report), "{name}");
    }
}

#[test]
fn a_runner_that_names_no_review_gets_the_commit() {
    let lookup = |name: &str| (name != "REVIEW_URL").then(|| format!("made-up {name}"));
    let submission = Submission::from_lookup(lookup, "2026-11-21T12:00:00Z".into());
    let text = report::classroom50(&recorded("v1", "solution"), &submission);
    assert_eq!(against("classroom50.schema.json", &text), [""; 0]);
    // The schema does refuse what is empty.
    let nothing = report::classroom50(&recorded("v1", "solution"), &Submission::default());
    assert_eq!(against("classroom50.schema.json", &nothing).len(), 7);
}

#[tokio::test]
async fn build_servers_can_read_the_xml() {
    let xmllint = xmllint(Say::new()).await.expect("xmllint is there");
    let folder = tempfile::tempdir().expect("a folder");
    let lint = |name: &str, xml: &str| {
        let file = folder.path().join(format!("{name}.xml"));
        std::fs::write(&file, xml).expect("written");
        let out = Command::new(&xmllint)
            .args(["--nonet", "--noout", "--schema"])
            .arg(format_file("junit.xsd"))
            .arg(&file)
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        (out.status.success(), said)
    };
    for (name, report) in reports() {
        let xml = report::junit(&report);
        let (well, said) = lint(&name, &xml);
        assert!(well, "{said}");
        let (all, failed) = (report.checks.len(), fails(&report));
        let passed = report
            .checks
            .iter()
            .filter(|check| check.verdict == ReportVerdict::Pass);
        let skipped = all - failed - passed.count();
        let suite =
            format!("tests=\"{all}\" failures=\"{failed}\" errors=\"0\" skipped=\"{skipped}\">");
        assert!(xml.contains(&suite), "{name}: {suite}");
        for (tag, count) in [
            ("<testcase", all),
            ("<failure", failed),
            ("<skipped", skipped),
        ] {
            assert_eq!(xml.matches(tag).count(), count, "{name}: {tag}");
        }
        let refused = lint("refused", &xml.replace(" skipped=\"", " disabled=\""));
        assert!(!refused.0, "an attribute that Jenkins does not know");
    }
}

/// A workflow command, taken apart as the runner of GitHub Actions does (its second form, `::name key=value::text`).
struct Annotation {
    name: String,
    properties: Vec<(String, String)>,
    message: String,
}

impl Annotation {
    fn read(line: &str) -> Option<Self> {
        let (head, message) = line.strip_prefix("::")?.split_once("::")?;
        let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
        let data = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n");
        let percent = |text: String| text.replace("%25", "%");
        let properties = properties.split(',').filter(|one| !one.is_empty());
        let properties = properties.map(|one| {
            let (key, value) = one.split_once('=')?;
            let value = data(value).replace("%3A", ":").replace("%2C", ",");
            Some((key.trim().to_owned(), percent(value)))
        });
        Some(Self {
            name: name.to_owned(),
            properties: properties.collect::<Option<_>>()?,
            message: percent(data(message)),
        })
    }
}

#[test]
fn the_runner_of_github_actions_reads_what_was_meant() {
    for (name, report) in reports() {
        let text = report::github(&report);
        let commands: Vec<_> = text
            .lines()
            .map(|line| {
                Annotation::read(line).unwrap_or_else(|| panic!("{name}: no command: {line}"))
            })
            .collect();
        let (last, annotations) = commands.split_last().expect("a line at least");
        assert_eq!(last.name, "notice", "{name}");
        let shown = report.checks.iter().filter(|check| {
            check.verdict == ReportVerdict::Fail || check.verdict == ReportVerdict::Unknown
        });
        let shown: Vec<_> = shown.collect();
        assert_eq!(shown.len(), annotations.len(), "{name}");
        for (check, told) in shown.iter().zip(annotations) {
            assert!(["error", "warning"].contains(&told.name.as_str()), "{name}");
            let title = labcheck_core::text::clean(&format!("{}: {}", check.id, check.title));
            assert_eq!(told.properties, [("title".to_owned(), title)], "{name}");
            let found = labcheck_core::text::clean(&check.found);
            assert!(told.message.contains(&found), "{name}: {}", told.message);
        }
    }
}

/// Perl's own reader of the protocol.
#[cfg(unix)]
#[test]
fn a_reader_of_the_protocol_counts_as_we_do() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, report) in reports() {
        let fails = fails(&report);
        let file = folder.path().join("report.tap");
        std::fs::write(&file, report::tap(&report)).expect("written");
        let read = Command::new("prove")
            .args(["--exec", "cat"])
            .arg(&file)
            .output()
            .expect("`prove` comes with Perl, which git brings along");
        let said = String::from_utf8_lossy(&read.stdout).into_owned();
        let well = if fails == 0 {
            "Result: PASS"
        } else {
            "Result: FAIL"
        };
        assert!(
            said.contains(well) && !said.contains("Parse errors"),
            "{name}: {said}"
        );
        assert!(
            said.contains(&format!("Tests={}", report.checks.len())),
            "{said}"
        );
        assert_eq!(
            said.contains(&format!("Failed: {fails})")),
            fails > 0,
            "{said}"
        );
    }
}
