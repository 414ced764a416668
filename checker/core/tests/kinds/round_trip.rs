//! Cases of the kinds that judge the round trip.

use serde_json::{Value, json};

use super::{Case, UNSEEN, case, ok, unseen};

#[expect(clippy::too_many_lines, reason = "a table of cases")]
pub(super) fn cases() -> Vec<Case> {
    let at =
        |step: &str| -> &'static str { Box::leak(format!("/drive/seen/{step}").into_boxed_str()) };
    let name = "labcheck-0000000000";
    let hash = "0123456789abcdef0123456789abcdef";
    let other = "fedcba9876543210fedcba9876543210";
    let page = |status: u16, name: bool, hashes: &[&str], marked: bool| json!({ "step": "find", "repeat": "curl", "answer": { "Ok": { "status": status } }, "shown": { "name": name, "hashes": hashes, "marked": marked } });
    let typed = |field: &str, answer: Value| {
        let twin = |field: &str| json!({ "field": field, "text": "OR 1 1", "sql": false, "answer": page(200, false, &[], false) });
        let sql = json!({ "field": field, "text": "' OR '1'='1", "sql": true, "answer": answer });
        json!([sql, twin("manufacturer_name"), twin("manufacturer_id")])
    };
    let markups = |stored: u16, fetched: Value| json!([{ "field": "name", "text": "<b>", "stored": page(stored, false, &[], false), "fetched": fetched }]);
    let row = |value: &str| json!({ "spot": { "schema": "inventory", "table": "manufacturers", "column": value }, "value": value, "count": 1 });
    let mut cases = vec![
        case(
            "stores",
            "fail",
            "neither the number nor",
            vec![(at("rows"), json!({ "seen": [row("name"), row("hash")] }))],
        ),
        case(
            "stores",
            "pass",
            "found in table",
            vec![(at("rows"), json!({ "seen": [row("name"), row("email")] }))],
        ),
        case(
            "finds",
            "fail",
            "nowhere in the database",
            vec![(at("rows"), json!({ "seen": [row("name"), row("number")] }))],
        ),
        case(
            "finds",
            "pass",
            "on the page",
            vec![(at("found"), page(200, true, &[hash], false))],
        ),
        case(
            "finds",
            "fail",
            "comes back with a hash too",
            vec![
                (at("found"), page(200, true, &[hash], false)),
                (at("missing"), page(200, false, &[other], false)),
            ],
        ),
        case(
            "finds",
            "pass",
            "on the page",
            vec![
                (
                    at("found"),
                    page(
                        200,
                        true,
                        &[hash, "00000000000000000000000000000001"],
                        false,
                    ),
                ),
                (at("missing"), page(200, true, &[other], false)),
                (at("furniture"), json!(["00000000000000000000000000000002"])),
            ],
        ),
        case(
            "injection",
            "pass",
            "no more than any other text",
            vec![(
                at("typed"),
                typed("manufacturer_name", page(200, false, &[], false)),
            )],
        ),
        case(
            "injection",
            "fail",
            "became part of the statement",
            vec![(
                at("typed"),
                typed("manufacturer_name", page(200, false, &[other], false)),
            )],
        ),
        case(
            "injection",
            "fail",
            "in manufacturer_id",
            vec![(
                at("typed"),
                typed("manufacturer_id", page(200, true, &[], false)),
            )],
        ),
        case(
            "injection",
            "fail",
            "server error",
            vec![(
                at("typed"),
                typed("manufacturer_name", page(500, false, &[], false)),
            )],
        ),
        case(
            "injection",
            "pass",
            "no more than any other text",
            vec![(
                at("typed"),
                typed("manufacturer_id", page(500, false, &[], false)),
            )],
        ),
        case(
            "injection",
            "pass",
            "no more than any other text",
            vec![
                (
                    at("typed"),
                    typed("manufacturer_name", page(200, true, &[other], false)),
                ),
                (at("missing"), page(200, true, &[other], false)),
            ],
        ),
        case(
            "injection",
            "pass",
            "",
            vec![
                (at("injection"), ok(200, name)),
                (at("missing"), ok(200, name)),
            ],
        ),
        case(
            "injection",
            "unknown",
            "no answer within",
            vec![(
                at("typed"),
                typed(
                    "manufacturer_name",
                    json!({ "step": "inject", "repeat": "curl", "answer": { "Err": { "timed_out": 10000 } } }),
                ),
            )],
        ),
        case(
            "escapes",
            "fail",
            "in the field name comes back as it was typed",
            vec![(at("markups"), markups(200, page(200, true, &[other], true)))],
        ),
        case(
            "escapes",
            "pass",
            "comes back as text",
            vec![(
                at("markups"),
                markups(200, page(200, true, &[other], false)),
            )],
        ),
        case(
            "escapes",
            "pass",
            "refused in each of 1",
            vec![(at("markups"), markups(422, Value::Null))],
        ),
        case(
            "escapes",
            "unknown",
            "without a hit",
            vec![(at("markups"), markups(200, page(200, false, &[], false)))],
        ),
        case(
            "escapes",
            "unknown",
            "answered 500",
            vec![(at("markups"), markups(500, Value::Null))],
        ),
        case(
            "stores",
            "fail",
            "status 500: \"access denied\"",
            vec![(at("stored"), ok(500, "<p>access denied</p>"))],
        ),
        case(
            "stores",
            "fail",
            "no text column",
            vec![(at("rows"), json!({ "seen": [] }))],
        ),
        case("stores", "unknown", UNSEEN, vec![(at("rows"), unseen())]),
        case(
            "finds",
            "fail",
            "does not hold the name",
            vec![(at("found"), ok(200, "nothing"))],
        ),
        case("finds", "fail", "no hash", vec![(at("hash"), Value::Null)]),
        case(
            "finds",
            "fail",
            "never stored",
            vec![(at("missing"), ok(200, hash))],
        ),
        case(
            "qr_code",
            "fail",
            "decodes to",
            vec![(at("qr"), json!({ "seen": name }))],
        ),
        case(
            "qr_code",
            "fail",
            "no image",
            vec![(at("qr"), json!({ "seen": "" }))],
        ),
        case("qr_code", "unknown", UNSEEN, vec![(at("qr"), unseen())]),
        case(
            "updates",
            "fail",
            "status 409",
            vec![(at("again"), ok(409, ""))],
        ),
        case(
            "updates",
            "fail",
            "two manufacturers",
            vec![("/drive/seen/rows_again/seen/0/count", json!(2))],
        ),
        case(
            "updates",
            "fail",
            "nowhere",
            vec![("/drive/seen/rows_again/seen/1/count", json!(0))],
        ),
        case(
            "updates",
            "unknown",
            UNSEEN,
            vec![(at("rows_again"), unseen())],
        ),
        case(
            "bad_form",
            "fail",
            "/fetch: answered 500",
            vec![(at("empty_fetch"), ok(500, ""))],
        ),
        case(
            "bad_form",
            "fail",
            "/inserter: answered 200",
            vec![(at("empty_insert"), ok(200, ""))],
        ),
        case(
            "bad_form",
            "unknown",
            "was not sent",
            vec![(at("empty_insert"), Value::Null)],
        ),
        case(
            "injection",
            "fail",
            "became part of the statement",
            vec![(at("injection"), ok(200, name))],
        ),
        case(
            "injection",
            "fail",
            "server error",
            vec![(at("injection"), ok(500, ""))],
        ),
        case(
            "injection",
            "unknown",
            "did not get as far",
            vec![(at("injection"), Value::Null)],
        ),
        case(
            "escapes",
            "fail",
            "a browser would run it",
            vec![(at("markup"), ok(200, "<script>labcheck(1)</script>"))],
        ),
        case(
            "escapes",
            "pass",
            "refused with 422",
            vec![(at("markup_stored"), ok(422, ""))],
        ),
        case(
            "escapes",
            "unknown",
            "did not get as far",
            vec![(at("markup_stored"), Value::Null)],
        ),
        case(
            "survives_restart",
            "fail",
            "did not come back",
            vec![(
                at("restarted"),
                json!({ "seen": { "database_ready_ms": 900, "last": "status 500" } }),
            )],
        ),
        case(
            "survives_restart",
            "unknown",
            "itself was not ready",
            vec![(at("restarted"), json!({ "seen": {} }))],
        ),
        case(
            "survives_restart",
            "unknown",
            "only with --disruptive",
            vec![("/course/disruptive", json!(false))],
        ),
    ];
    cases.extend(
        ["stores", "finds", "related_tables"]
            .map(|kind| case(kind, "unknown", UNSEEN, vec![("/drive", unseen())])),
    );
    cases
}
