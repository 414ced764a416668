//! Recordings: graded like the stack they are of, or refused in one line.

use super::desk::Desk;
use super::recording;

#[test]
fn a_recording_is_graded_like_the_stack_it_is_of() {
    let desk = Desk::new()
        .with_recording("v4", "solution")
        .with_recording("v4", "app-still-root");
    assert_shown!("replay-passed", desk.shows("v4 --replay solution.json"));
    assert_shown!(
        "replay-failed",
        desk.shows("v4 --replay app-still-root.json")
    );
    assert_shown!(
        "replay-json",
        desk.shows("v4 --replay app-still-root.json --format json")
    );
}

#[test]
fn what_could_not_be_looked_at_ends_with_a_code_of_its_own() {
    let desk = Desk::new();
    let mut facts: serde_json::Value =
        serde_json::from_str(&recording("v4", "solution")).expect("JSON");
    facts["drive"] = serde_json::json!({ "unseen": "the page did not answer within 5 s" });
    desk.write("blind.json", &facts.to_string());
    assert_shown!("replay-unknown", desk.shows("v4 --replay blind.json"));
}

#[test]
fn a_recording_that_cannot_be_used_is_refused_in_one_line() {
    let desk = Desk::new().with_recording("v4", "solution");
    let good = recording("v4", "solution");
    desk.write("cut.json", &good[..good.len() / 2]);
    desk.write(
        "newer.json",
        &good.replacen("labcheck.facts/v1", "labcheck.facts/v9", 1),
    );
    desk.write(
        "edited.json",
        &good.replacen("\"restart_policy\"", "\"restart_polity\"", 1),
    );
    desk.write("other.json", "{ \"schema\": \"something else\" }");
    desk.write("empty.json", "");
    desk.write("text.json", "not a recording");
    std::fs::write(desk.path("bytes.json"), [0xff, 0xfe, 0x00]).expect("a file");
    assert_shown!("recording-cut", desk.shows("v4 --replay cut.json"));
    assert_shown!("recording-newer", desk.shows("v4 --replay newer.json"));
    assert_shown!("recording-edited", desk.shows("v4 --replay edited.json"));
    assert_shown!("recording-other", desk.shows("v4 --replay other.json"));
    assert_shown!("recording-empty", desk.shows("v4 --replay empty.json"));
    assert_shown!("recording-text", desk.shows("v4 --replay text.json"));
    assert_shown!("recording-bytes", desk.shows("v4 --replay bytes.json"));
    assert_shown!("recording-missing", desk.shows("v4 --replay nowhere.json"));
    assert_shown!("recording-folder", desk.shows("v4 --replay ."));
    assert_shown!(
        "recording-of-another-lab",
        desk.shows("v1 --replay solution.json")
    );
}
