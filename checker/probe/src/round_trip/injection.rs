//! SQL and markup typed into the application's forms, each with what it takes to tell whether it was obeyed.

use futures_util::future::join_all;

use super::forms::{FETCHER_FIELDS, Forms};
use super::payload::{Manufacturer, Marked};
use labcheck_core::facts::{Markup, Step, StepAnswer, Typed};

/// SQL typed into the name.
const IN_NAME: [&str; 4] = [
    "' OR '1'='1",
    "\" OR \"1\"=\"1",
    "' OR 1=1 -- x",
    "') OR ('1'='1",
];
/// SQL typed into the number. It begins with 0, as a database may read a bound text up to where it is a number.
const IN_NUMBER: [&str; 2] = ["0 OR 1=1", "0' OR '1'='1"];
/// The same without what makes it SQL, to compare with.
const HARMLESS: [(&str, &str); 2] = [("manufacturer_name", "OR 1 1"), ("manufacturer_id", "0")];

/// SQL in the fetcher's name.
pub(crate) async fn names(forms: &Forms<'_>) -> Vec<Typed> {
    type_in(forms, "manufacturer_name", &IN_NAME).await
}

/// SQL in the fetcher's number.
pub(crate) async fn numbers(forms: &Forms<'_>) -> Vec<Typed> {
    type_in(forms, "manufacturer_id", &IN_NUMBER).await
}

/// SQL in a field of the fetch form, and the harmless twin.
async fn type_in(forms: &Forms<'_>, field: &str, texts: &[&str]) -> Vec<Typed> {
    let session = forms.session.another();
    let harmless = HARMLESS.iter().filter(|(of, _)| *of == field);
    let harmless = harmless.map(|(_, text)| (*text, false));
    let mut all = Vec::new();
    for (text, sql) in texts.iter().map(|text| (*text, true)).chain(harmless) {
        let typed: Vec<(&str, &str)> = FETCHER_FIELDS
            .iter()
            .map(|name| (*name, if *name == field { text } else { "" }))
            .collect();
        let sent = forms.send_fetcher(&session, &forms.fetcher, &typed).await;
        all.push(Typed {
            field: field.to_owned(),
            text: text.to_owned(),
            sql,
            answer: quoted(forms.answer(Step::Inject, sent).0),
        });
    }
    all
}

/// Markup in the inserter's fields. Posts one after the other, as two at once may lock each other out; fetches at once.
pub(crate) async fn markups(forms: &Forms<'_>) -> Vec<Markup> {
    let session = forms.session.another();
    let mut stored = Vec::new();
    for shape in forms.nonce.marked() {
        let posted = forms.insert(&session, Step::Markup, &shape.manufacturer);
        let answer = quoted(posted.await);
        stored.push((shape, answer));
    }
    join_all(stored.into_iter().map(|(shape, stored)| async {
        let refused = stored.answer.as_ref().is_ok_and(|page| page.status >= 400);
        let fetched = if refused {
            None
        } else {
            Some(quoted(fetch_marked(forms, &shape).await))
        };
        let Manufacturer {
            name,
            email,
            website,
            ..
        } = shape.manufacturer;
        Markup {
            text: match shape.field {
                "name" => name,
                "website" => website,
                _ => email,
            },
            field: shape.field.to_owned(),
            stored,
            fetched,
        }
    }))
    .await
}

/// Fetches by the name as it was typed, then by what is left of it without tags.
async fn fetch_marked(forms: &Forms<'_>, shape: &Marked) -> StepAnswer {
    let session = forms.session.another();
    let typed = shape.manufacturer.name.as_str();
    let first = forms.fetch(&session, Step::Markup, typed).await.0;
    if forms.shows_own_hash(&first) || shape.stripped == typed {
        return first;
    }
    let second = forms.fetch(&session, Step::Markup, &shape.stripped).await.0;
    if forms.shows_own_hash(&second) {
        second
    } else {
        first
    }
}

/// An answer of which only the beginning is quoted.
fn quoted(mut step: StepAnswer) -> StepAnswer {
    const MOST: usize = 2000;
    if let Ok(answer) = &mut step.answer {
        answer.body = answer.body.chars().take(MOST).collect();
    }
    step
}
