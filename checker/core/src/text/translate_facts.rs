//! Sentences inside facts, such as why something could not be looked at. Facts speak English, in whichever language the grader was run, so that a
//! recording is the same everywhere; when they are shown, the sentence is found in the catalogue by its form and told
//! again. What is not found stays as it is.

use std::borrow::Cow;
use std::fmt::Display;
use std::sync::LazyLock;

use super::catalogue::{Part, entries};
use super::say::{fill, split};
use super::{Language, spoken};

/// A form that sentences have.
struct Form {
    /// The words between the places.
    words: Vec<String>,
    /// The places.
    names: Vec<String>,
    german: String,
}

/// Sentences within sentences are told again too, this deep.
const DEEP: u8 = 4;

/// All forms, the ones with most words of their own first: they say more exactly what a sentence is.
static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let parts = Part::ALL.into_iter();
    let retold = parts.filter(|part| matches!(part, Part::Retold(..)));
    let mut forms: Vec<Form> = retold
        .flat_map(entries)
        .map(|entry| {
            let (words, names) = split(&entry.en);
            Form {
                words,
                names,
                german: entry.de,
            }
        })
        .collect();
    let length = |form: &Form| form.words.iter().map(String::len).sum::<usize>();
    forms.sort_by_key(|form| std::cmp::Reverse(length(form)));
    forms
});

/// An English sentence out of facts in the language that is spoken.
pub fn retold(sentence: &str) -> Cow<'_, str> {
    match spoken() {
        Language::English => sentence.into(),
        Language::German => told(sentence, DEEP),
    }
}

fn told(sentence: &str, deep: u8) -> Cow<'_, str> {
    let found = FORMS
        .iter()
        .find_map(|form| Some((form, values(sentence, &form.words)?)));
    let Some((form, values)) = found.filter(|_| deep > 0) else {
        return sentence.into();
    };
    let values: Vec<Cow<'_, str>> = values
        .into_iter()
        // One word is a name of the student's, whatever it says.
        .map(|value| {
            if value.contains(' ') {
                told(value, deep - 1)
            } else {
                value.into()
            }
        })
        .collect();
    let named: Vec<(&str, &dyn Display)> = form
        .names
        .iter()
        .zip(&values)
        .map(|(name, value)| (name.as_str(), value as &dyn Display))
        .collect();
    fill(&form.german, &named).into()
}

/// What stands in the places, if the sentence is of this form.
fn values<'s>(sentence: &'s str, words: &[String]) -> Option<Vec<&'s str>> {
    let (first, others) = words.split_first()?;
    let mut rest = sentence.strip_prefix(first.as_str())?;
    let Some((last, between)) = others.split_last() else {
        return rest.is_empty().then(Vec::new);
    };
    let mut found = Vec::new();
    for word in between {
        // Of two places side by side, the first has no space in it.
        let (value, after) = match word.as_str() {
            "" => rest.split_at(rest.find(' ').unwrap_or(rest.len())),
            word => rest.split_once(word)?,
        };
        found.push(value);
        rest = after;
    }
    found.push(rest.strip_suffix(last.as_str())?);
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(template: &str) -> Vec<String> {
        split(template).0
    }

    #[test]
    fn a_sentence_gives_back_what_was_filled_in() {
        let form = words("`{}` said: {why}");
        assert_eq!(
            values("`a` said: no: never", &form),
            Some(vec!["a", "no: never"])
        );
        assert_eq!(values("`a` says: no", &form), None);
        assert_eq!(values("`a` said: ", &form), Some(vec!["a", ""]));
        assert_eq!(
            values("to 20 or so", &words("to {}{}")),
            Some(vec!["20", " or so"])
        );
        assert_eq!(values("plain", &words("plain")), Some(vec![]));
        assert_eq!(values("plainly", &words("plain")), None);
    }

    #[test]
    fn english_is_left_alone_and_so_is_what_nobody_knows() {
        assert_eq!(retold("runs mariadbd"), "runs mariadbd");
        let german =
            |text: &str| super::super::within(Language::German, || retold(text).into_owned());
        assert_eq!(german("runs mariadbd"), "mariadbd läuft darin");
        assert_eq!(german("zzz"), "zzz");
        let nested = "service name `open`; runs mariadbd, which speaks mysql on 3306";
        let told = "Name `open` (service); mariadbd läuft darin und spricht mysql auf 3306";
        assert_eq!(german(nested), told);
    }
}
