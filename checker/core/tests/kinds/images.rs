//! Cases of the kinds that judge an image: whose it is, how it was made, what it says of itself.

use labcheck_core::facts::labels::STANDS_FOR;
use serde_json::{Value, json};

use super::files::image_fact;
use super::{Case, UNSEEN, case, unseen};

pub(super) fn cases() -> Vec<Case> {
    [own(), said(), fresh(), built()]
        .into_iter()
        .flatten()
        .collect()
}

fn own() -> Vec<Case> {
    let with = |change| vec![("/images/sha256:app", image(change))];
    let python = json!({ "tags": ["python:3.12", "mine:1"], "digests": ["python@sha256:00"] });
    let stand_in =
        json!({ "tags": ["rust:1.95-slim"], "labels": { STANDS_FOR: "rust:1.95-slim" } });
    let own = json!({ "tags": ["localhost:5000/python:1"], "digests": ["localhost:5000/python@sha256:00"] });
    let last = |layer: Value| vec![(image_fact("last_layer"), json!({ "seen": layer }))];
    vec![
        case(
            "own_image",
            "fail",
            "`python:3.12`, running as `inventory:v5`",
            with(python),
        ),
        case("own_image", "fail", "`rust:1.95-slim`", with(stand_in)),
        case("own_image", "pass", "inventory:v5", with(own)),
        case(
            "own_image",
            "fail",
            "`mirror.example/library/php`",
            with(json!({ "digests": ["mirror.example/library/php@sha256:00"] })),
        ),
        case(
            "own_image",
            "fail",
            "`bitnami/nginx`",
            with(json!({ "digests": ["bitnami/nginx@sha256:00"] })),
        ),
        case(
            "own_image",
            "pass",
            "inventory:v5",
            with(json!({ "digests": ["somebody/inventory@sha256:00"] })),
        ),
        case(
            "own_image",
            "unknown",
            "not on the engine any more",
            vec![("/images", json!({}))],
        ),
        case("own_image", "pass", "inventory:v5", last(json!("built"))),
        // Facts of an earlier version.
        case(
            "own_image",
            "pass",
            "inventory:v5",
            vec![(image_fact("last_layer"), json!("REMOVE"))],
        ),
        case(
            "own_image",
            "fail",
            "`inventory:v5` was taken from a container (`docker commit`), not built: its last layer was written by `bash`",
            last(json!({ "committed": "bash" })),
        ),
        case(
            "own_image",
            "fail",
            "its last layer has no words about how it was made",
            last(json!({ "committed": "" })),
        ),
        case(
            "own_image",
            "unknown",
            "whether `inventory:v5` was built is not certain",
            last(json!({ "unclear": "bazel build ..." })),
        ),
        case(
            "own_image",
            "unknown",
            UNSEEN,
            vec![(image_fact("last_layer"), unseen())],
        ),
    ]
}

fn said() -> Vec<Case> {
    let with = |change| vec![("/images/sha256:app", image(change))];
    vec![
        case(
            "image_size",
            "fail",
            "has 251 MB",
            with(json!({ "size": 251_000_000 })),
        ),
        case(
            "image_size",
            "unknown",
            "does not say",
            with(json!({ "size": 0 })),
        ),
        case(
            "image_labels",
            "fail",
            "`org.opencontainers.image.version` missing",
            with(
                json!({ "labels": { "org.opencontainers.image.title": "x", "org.opencontainers.image.version": " " } }),
            ),
        ),
        case(
            "image_labels",
            "fail",
            "inherited from the image it is built on",
            with(
                json!({ "labels": { "org.opencontainers.image.title": "debian trixie-slim, made by labcheck", "org.opencontainers.image.version": "trixie" } }),
            ),
        ),
        case(
            "image_labels",
            "unknown",
            "not on the engine any more",
            vec![("/images", json!({}))],
        ),
    ]
}

fn fresh() -> Vec<Case> {
    let fresh = |superseded: Value, newer: Value| {
        vec![(
            image_fact("current"),
            json!({ "superseded": superseded, "newer": newer }),
        )]
    };
    let seen = |value: Value| json!({ "seen": value });
    vec![
        case(
            "fresh_image",
            "fail",
            "built anew",
            fresh(seen(json!(true)), unseen()),
        ),
        case(
            "fresh_image",
            "fail",
            "`src/main.rs` was changed after",
            fresh(seen(json!(false)), seen(json!(["src/main.rs"]))),
        ),
        case(
            "fresh_image",
            "fail",
            "`a` and `b` were changed",
            fresh(unseen(), seen(json!(["a", "b"]))),
        ),
        case(
            "fresh_image",
            "unknown",
            UNSEEN,
            fresh(seen(json!(false)), unseen()),
        ),
        case(
            "fresh_image",
            "unknown",
            UNSEEN,
            fresh(unseen(), seen(json!([]))),
        ),
    ]
}

fn built() -> Vec<Case> {
    let seen = |value: Value| json!({ "seen": value });
    vec![
        case(
            "bases_pinned",
            "fail",
            "line 4 of `Dockerfile` is `FROM rust:latest`",
            vec![(
                image_fact("dockerfile"),
                seen(
                    json!({ "path": "Dockerfile", "bases": [{ "line": 4, "image": "rust:latest" }] }),
                ),
            )],
        ),
        case(
            "bases_pinned",
            "fail",
            "`FROM localhost:5000/rust`",
            vec![(
                image_fact("dockerfile"),
                seen(
                    json!({ "path": "Dockerfile", "bases": [{ "line": 1, "image": "localhost:5000/rust" }] }),
                ),
            )],
        ),
        case(
            "bases_pinned",
            "pass",
            "built on nothing",
            vec![(
                image_fact("dockerfile"),
                seen(json!({ "path": "Dockerfile" })),
            )],
        ),
        case(
            "bases_pinned",
            "unknown",
            UNSEEN,
            vec![(image_fact("dockerfile"), unseen())],
        ),
        case(
            "no_secret_in_image",
            "fail",
            "environment variable DB_PASSWORD",
            vec![(
                image_fact("secrets"),
                seen(json!(["environment variable DB_PASSWORD"])),
            )],
        ),
        case(
            "no_secret_in_image",
            "unknown",
            UNSEEN,
            vec![(image_fact("secrets"), unseen())],
        ),
    ]
}

fn image(change: Value) -> Value {
    let mut image = json!({ "id": "sha256:app", "size": 1, "exposed": ["5000/tcp"] });
    if let (Value::Object(image), Value::Object(change)) = (&mut image, change) {
        image.extend(change);
    }
    image
}
