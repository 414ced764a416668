//! The file: a line that says what it is, and a line with report and facts. The first line holds the digest of the
//! second, by which damage is told; it is no signature.

use serde::{Deserialize, Serialize};
use sha1::{Digest as _, Sha1};
use thiserror::Error;

use crate::error::Explain;
use crate::exit::Exit;
use crate::facts::{self, Facts};
use crate::lab::{CheckEntry, Lab};
use crate::report::Report;
use crate::text;

/// The format's name.
const SCHEMA: &str = "labcheck.bundle/v1";
/// Bytes of a bundle at most; the largest recording of the course takes 160 kB.
pub const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// A bundle that was read.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// What it says of itself.
    pub head: Head,
    /// The report as it was when the bundle was made.
    pub report: Report,
    /// What was seen.
    pub facts: Facts,
}

/// The first line.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Head {
    /// Always `labcheck.bundle/v1`.
    pub schema: String,
    /// The version of labcheck that made it.
    pub made_by: String,
    /// When, RFC 3339.
    pub at: String,
    /// The lab's name.
    pub lab: String,
    /// The version of its lab file: a digest of everything that the lab asks.
    pub lab_version: String,
    /// A running stack was looked at; false where it was made from a recording.
    pub live: bool,
    /// SHA-1 of the second line.
    pub digest: String,
}

#[derive(Serialize, Deserialize)]
struct Body {
    report: Report,
    facts: Facts,
}

/// A file that is no bundle, or none that can be used.
#[derive(Debug, Error)]
#[error("{path}: {}", text::retold(.why))]
pub struct BundleError {
    /// The file.
    pub path: String,
    /// What is wrong with it.
    pub why: String,
    /// What to do about it.
    pub help: &'static str,
}

impl BundleError {
    /// A file that could not be read, and why.
    pub fn unread(path: &str, why: impl Into<String>) -> Self {
        Self {
            path: text::clean(path),
            why: why.into(),
            help: MAKE,
        }
    }
}

impl Explain for BundleError {
    fn exit(&self) -> Exit {
        Exit::Invalid
    }

    fn help(&self) -> Option<String> {
        Some(self.help.into())
    }
}

const MAKE: &str = "make one with `labcheck bundle LAB`";
const AGAIN: &str = "ask for the file again; it was changed or cut on its way";
const NEWER: &str = "use the labcheck that made it, or a newer one";

/// The version of a lab: a digest of everything it asks and what it gives for it. Texts do not count, so that a bundle made in
/// one language is of the same version in another.
pub fn version(lab: &Lab) -> String {
    let asked = |check: &CheckEntry| {
        let CheckEntry {
            id,
            points,
            core,
            after,
            expect,
            ..
        } = check.clone();
        (id, points, core, after, expect)
    };
    let checks: Vec<_> = lab.checks.iter().map(asked).collect();
    let whole = serde_json::to_string(&(&lab.roles, checks)).unwrap_or_default();
    digest(whole.as_bytes())[..12].to_owned()
}

fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in Sha1::digest(bytes) {
        // Writing to a text cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

impl Bundle {
    /// The text of a file.
    pub fn text(lab: &Lab, report: Report, facts: Facts, at: String, live: bool) -> String {
        let body = Body { report, facts };
        let body = serde_json::to_string(&body).unwrap_or_default();
        let head = Head {
            schema: SCHEMA.into(),
            made_by: env!("CARGO_PKG_VERSION").into(),
            at,
            lab: lab.id.to_string(),
            lab_version: version(lab),
            live,
            digest: digest(body.as_bytes()),
        };
        let head = serde_json::to_string(&head).unwrap_or_default();
        format!("{head}\n{body}\n")
    }

    /// Reads what a file holds; `path` names it in errors.
    ///
    /// # Errors
    /// [`BundleError`] for what is damaged, foreign, too new or too large.
    pub fn read(path: &str, bytes: Vec<u8>) -> Result<Self, BundleError> {
        let wrong = |why: String, help| BundleError {
            path: text::clean(path),
            why,
            help,
        };
        if bytes.len() as u64 > MOST_BYTES {
            return Err(wrong(
                "more than 16 MiB is too much for a bundle".into(),
                MAKE,
            ));
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| wrong("not a bundle: it is no text".into(), MAKE))?;
        Self::parse(&text).map_err(|(why, help)| wrong(why, help))
    }

    fn parse(whole: &str) -> Result<Self, (String, &'static str)> {
        let (head, body) = whole.split_once('\n').unwrap_or((whole, ""));
        let head = serde_json::from_str(head).map(text::clean_json);
        let head: Head = head.and_then(serde_json::from_value).map_err(|_| {
            (
                "not a bundle: its first line does not say what it is".to_owned(),
                MAKE,
            )
        })?;
        match head.schema.as_str() {
            SCHEMA => {}
            newer if newer.starts_with("labcheck.bundle/") => {
                let why = format!(
                    "its format is `{}`; this labcheck reads `{SCHEMA}`",
                    printable(newer)
                );
                return Err((why, NEWER));
            }
            facts::SCHEMA => {
                return Err((
                    "a recording, and no bundle".into(),
                    "grade it with `labcheck LAB --replay FILE`",
                ));
            }
            _ => {
                return Err((
                    "not a bundle: it does not say `labcheck.bundle/…`".into(),
                    MAKE,
                ));
            }
        }
        let body = body.trim_end_matches(['\r', '\n']);
        if body.is_empty() {
            return Err(("the bundle is cut short".into(), AGAIN));
        }
        if digest(body.as_bytes()) != head.digest {
            let cut =
                serde_json::from_str::<serde::de::IgnoredAny>(body).is_err_and(|err| err.is_eof());
            let why = if cut {
                "the bundle is cut short"
            } else {
                "the bundle was edited or damaged"
            };
            return Err((why.into(), AGAIN));
        }
        let cleaned = serde_json::from_str(body).map(text::clean_json);
        let body: Body = cleaned.and_then(serde_json::from_value).map_err(|err| {
            let why = format!(
                "what it holds is not understood: {}",
                printable(&err.to_string())
            );
            (why, NEWER)
        })?;
        if body.facts.schema != facts::SCHEMA {
            let why = format!(
                "its facts are `{}`; this labcheck reads `{}`",
                printable(&body.facts.schema),
                facts::SCHEMA
            );
            return Err((why, NEWER));
        }
        Ok(Self {
            head,
            report: body.report,
            facts: body.facts,
        })
    }
}

/// Text from the file, for a sentence.
pub fn printable(text: &str) -> String {
    text::cut(&text::clean(text), 120)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Course;
    use crate::text::{Language, within};

    #[test]
    fn a_lab_has_one_version_in_every_language() {
        let of = |language| {
            within(language, || {
                let course = Course::embedded().expect("the labs of the course");
                let lab = course.lab("v4").expect("a lab");
                (version(&lab), lab)
            })
        };
        let ((english, lab), (german, _)) = (of(Language::English), of(Language::German));
        assert_eq!(english, german);
        let mut dearer = lab.clone();
        dearer.checks[0].points += 1;
        let mut fewer = lab;
        fewer.checks.pop();
        assert!(version(&dearer) != english && version(&fewer) != english);
    }
}
