//! Cases of the kinds that judge what the database says.

use serde_json::json;

use super::{Case, UNSEEN, case, unseen};

#[expect(clippy::too_many_lines, reason = "a table of cases")]
pub(super) fn cases() -> Vec<Case> {
    let grants = "/sql/seen/accounts/seen/1/grants";
    let grant = |on: &str, right: &str, grantable: bool| json!([{ "on": on, "rights": [right], "grantable": grantable }]);
    let mut cases = vec![
        case(
            "related_tables",
            "fail",
            "the manufacturer lies in",
            vec![
                (
                    "/drive/seen/rows/seen",
                    json!([
                        { "spot": { "schema": "inventory", "table": "manufacturers", "column": "name" }, "value": "name", "count": 1 },
                        { "spot": { "schema": "inventory", "table": "qrcode", "column": "hash" }, "value": "hash", "count": 1 }
                    ]),
                ),
                (
                    "/sql/seen/foreign_keys/seen/0/from/table",
                    json!("manufacturers"),
                ),
                ("/sql/seen/foreign_keys/seen/0/to/table", json!("country")),
            ],
        ),
        case(
            "own_schema_only",
            "fail",
            "`mysql`",
            vec![
                (grants, grant("mysql.global_priv", "UPDATE", false)),
                ("/sql/seen/sessions/seen/0/schema", json!("mysql")),
            ],
        ),
        case(
            "own_schema_only",
            "fail",
            "`inventory.secret`",
            vec![
                (grants, grant("inventory.secret", "SELECT", false)),
                (
                    "/sql/seen/schemas",
                    json!(["inventory", "inventory.secret"]),
                ),
            ],
        ),
        case(
            "own_schema_only",
            "pass",
            "`shop.v1`",
            vec![
                (grants, grant("shop.v1.makers", "SELECT", false)),
                ("/sql/seen/schemas", json!(["shop.v1"])),
                ("/sql/seen/sessions/seen/0/schema", json!("shop.v1")),
                ("/drive/seen/rows/seen/0/spot/schema", json!("shop.v1")),
            ],
        ),
        case(
            "related_tables",
            "fail",
            "there is no foreign key",
            vec![("/sql/seen/foreign_keys", json!({ "seen": [] }))],
        ),
        case(
            "related_tables",
            "fail",
            "the manufacturer lies in `manufacturers`",
            vec![("/sql/seen/foreign_keys/seen/0/to/table", json!("colours"))],
        ),
        case(
            "sessions_of",
            "fail",
            "`inventory@%`, who may do everything",
            vec![("/sql/seen/accounts/seen/1/superuser", json!(true))],
        ),
        case(
            "sessions_of",
            "fail",
            "`root@localhost`",
            vec![(
                "/sql/seen/sessions/seen/0",
                json!({ "user": "root", "account": "root@localhost", "from": "v4-app-1" }),
            )],
        ),
        case(
            "sessions_of",
            "unknown",
            "a session of `root` from 172.18.0.9 was used",
            vec![(
                "/sql/seen/unattributed",
                json!([{ "session": { "user": "root", "from": "172.18.0.9" } }]),
            )],
        ),
        case(
            "no_global_rights",
            "fail",
            "the event `inventory.inbox` runs with the rights of `root@localhost`",
            vec![(
                "/sql/seen/definers",
                json!({ "seen": [{ "kind": "event", "schema": "inventory", "name": "inbox", "account": "root@localhost", "commands": true }] }),
            )],
        ),
        case(
            "own_schema_only",
            "fail",
            "the view `inventory.pay` runs with the rights of `root@localhost` and uses `payroll`",
            vec![(
                "/sql/seen/definers",
                json!({ "seen": [{ "kind": "view", "schema": "inventory", "name": "pay", "account": "root@localhost", "schemas": ["payroll"] }] }),
            )],
        ),
        case(
            "own_schema_only",
            "pass",
            "",
            vec![(
                "/sql/seen/definers",
                json!({ "seen": [{ "kind": "procedure", "schema": "inventory", "name": "pay", "account": "root@localhost", "schemas": ["payroll"] }] }),
            )],
        ),
        case(
            "sessions_of",
            "unknown",
            "`desk` worked in `db` as `keeper`",
            vec![(
                "/sql/seen/unattributed",
                json!([{ "bystander": { "user": "keeper", "container": "desk" } }]),
            )],
        ),
        case(
            "no_global_rights",
            "unknown",
            "`relay` is in the network of `db`",
            vec![(
                "/sql/seen/unattributed",
                json!([{ "shares_network": { "container": "relay" } }]),
            )],
        ),
        case(
            "sessions_of",
            "unknown",
            "no session of `app` was seen in 3 looks",
            vec![("/sql/seen/sessions", json!({ "seen": [] }))],
        ),
        case(
            "no_global_rights",
            "fail",
            "SELECT on *.*",
            vec![(grants, grant("*", "SELECT", false))],
        ),
        case(
            "no_global_rights",
            "fail",
            "GRANT OPTION",
            vec![(grants, grant("inventory", "SELECT", true))],
        ),
        case(
            "own_schema_only",
            "fail",
            "`payroll`",
            vec![(grants, grant("payroll.people", "SELECT", false))],
        ),
        case(
            "verbs",
            "fail",
            "DELETE",
            vec![(grants, grant("inventory", "DELETE", false))],
        ),
        case(
            "refused",
            "fail",
            "may drop a table",
            vec![("/sql/seen/attempts/seen/0/outcome", json!("allowed"))],
        ),
        case(
            "refused",
            "unknown",
            "ERROR 1142",
            vec![("/sql/seen/attempts/seen/0/outcome", json!("unclear"))],
        ),
        case(
            "refused",
            "unknown",
            "was not attempted",
            vec![("/sql/seen/attempts", json!({ "seen": [] }))],
        ),
        case(
            "root_password",
            "fail",
            "without a password",
            vec![("/sql/seen/root/seen/empty", json!(true))],
        ),
        case(
            "root_password",
            "fail",
            "boss gets in without a password",
            vec![
                ("/sql/seen/root/seen/empty", json!(true)),
                ("/sql/seen/root/seen/name", json!("boss")),
            ],
        ),
        case(
            "root_password",
            "fail",
            "`second@localhost`, which may do everything too, gets in",
            vec![
                ("/sql/seen/root/seen/empty", json!(true)),
                ("/sql/seen/root/seen/opened", json!("second@localhost")),
            ],
        ),
        case(
            "root_password",
            "fail",
            "with the password that `app` uses",
            vec![("/sql/seen/root/seen/as_app", json!({ "seen": true }))],
        ),
        case(
            "root_password",
            "unknown",
            UNSEEN,
            vec![("/sql/seen/root/seen/as_app", unseen())],
        ),
        case(
            "root_stays_home",
            "fail",
            "`root@%`",
            vec![("/sql/seen/accounts/seen/0/host", json!("%"))],
        ),
        case(
            "root_stays_home",
            "pass",
            "",
            vec![
                ("/sql/seen/accounts/seen/0/host", json!("%")),
                ("/sql/seen/accounts/seen/0/locked", json!(true)),
            ],
        ),
        case(
            "root_stays_home",
            "unknown",
            "pg_hba.conf",
            vec![("/sql/seen/dialect", json!("postgres"))],
        ),
        case(
            "secret_hidden",
            "fail",
            "environment variable DB_PASSWORD",
            vec![(
                "/sql/seen/password_seen",
                json!({ "seen": ["environment variable DB_PASSWORD of `app`"] }),
            )],
        ),
        case(
            "secret_hidden",
            "unknown",
            UNSEEN,
            vec![("/sql/seen/password_seen", unseen())],
        ),
    ];
    let accounts = [
        "sessions_of",
        "no_global_rights",
        "own_schema_only",
        "verbs",
        "root_stays_home",
    ];
    cases.extend(accounts.map(|kind| {
        case(
            kind,
            "unknown",
            UNSEEN,
            vec![("/sql/seen/accounts", unseen())],
        )
    }));
    cases
}
