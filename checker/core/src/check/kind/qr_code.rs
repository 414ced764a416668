//! `qr_code`: the fetched page carries a QR code that says the hash.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::course_app;
use crate::check::shared::seen::seen;
use crate::check::{Kind, Look, Scene, Verdict, Want};
use crate::facts::{Role, Step};
use crate::text::{self, say};

pub(super) const EXAMPLE: &str = "qr_code: { through: app }";

/// A QR code on the fetched page decodes to the hash that stands there as text.
///
/// PNG or SVG, inline, as a data URI or at an address of its own (ISO/IEC 18004).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QrCode {
    /// Through whom.
    pub through: Role,
}

impl Kind for QrCode {
    fn wants(&self) -> Vec<Want> {
        vec![
            Want::RoundTrip(Step::Store),
            Want::RoundTrip(Step::Find),
            Want::Database(Look::Rows),
        ]
    }

    fn judge(&self, scene: &Scene<'_>) -> Verdict {
        let Some(app) = scene.one(self.through) else {
            return scene.missing(self.through);
        };
        let expected = say!(
            "the page that /fetch of `{}` shows carries a QR code of the hash",
            app.known_as()
        );
        let round_trip = seen!(scene.round_trip(), expected, say!("the round trip"));
        let Some(step) = &round_trip.found else {
            return Verdict::unknown(
                expected,
                say!("the round trip did not get as far as fetching"),
            );
        };
        let code = seen!(round_trip.qr.as_ref(), expected, say!("the QR code"));
        let Some(hash) = &round_trip.hash else {
            return Verdict::unknown(
                expected,
                say!("there is no hash on the page to compare with"),
            );
        };
        if code.trim().eq_ignore_ascii_case(hash) {
            return Verdict::pass(expected, say!("it decodes to the hash"));
        }
        let found = if code.is_empty() {
            say!("no image on the page holds a QR code").to_owned()
        } else {
            say!(
                "it decodes to \"{}\", and the hash is {}",
                text::cut(code, 40),
                text::cut(hash, 16)
            )
        };
        Verdict::fail(expected, found).seen(course_app::POST_FETCH, step.command())
    }
}
