//! HTML forms as a browser fills them in: what stays as it is, and what is typed.

use scraper::{ElementRef, Html, Selector};

/// A form's fields, in order.
pub(crate) type Fields = Vec<(String, String)>;

/// How a form is sent (its `method` and `enctype`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Sending {
    /// In the address, with `GET`: what HTML says where a form names no method.
    Query,
    /// `POST` as `application/x-www-form-urlencoded`: HTML's own encoding, and what is sent where a page shows no form.
    #[default]
    Urlencoded,
    /// `POST` as `multipart/form-data`.
    Multipart,
    /// `POST` as `text/plain`.
    Plain,
}

impl Sending {
    /// Of the two attributes; what HTML does not know means its default.
    fn of(method: Option<&str>, encoding: Option<&str>) -> Self {
        let is = |given: Option<&str>, word: &str| {
            given.is_some_and(|given| given.eq_ignore_ascii_case(word))
        };
        if !is(method, "post") {
            Self::Query
        } else if is(encoding, "multipart/form-data") {
            Self::Multipart
        } else if is(encoding, "text/plain") {
            Self::Plain
        } else {
            Self::Urlencoded
        }
    }
}

/// A form of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Form {
    /// Where it is sent; `None` means the page's own address.
    pub action: Option<String>,
    pub sending: Sending,
    /// What a browser sends when nothing is typed: hidden fields, defaults, the first named button.
    pub fields: Fields,
    /// Names of the fields that are hidden and hold something: tokens, perhaps, that are good for one sending.
    pub hidden: Vec<String>,
}

impl Form {
    /// The fields with values typed in; a field the form does not have is added.
    pub(crate) fn filled(&self, typed: &[(&str, &str)]) -> Fields {
        let mut fields = self.fields.clone();
        for (name, value) in typed {
            match fields.iter_mut().find(|(known, _)| known == name) {
                Some((_, old)) => (*value).clone_into(old),
                None => fields.push(((*name).to_owned(), (*value).to_owned())),
            }
        }
        fields
    }
}

/// The form of a page that has most of the fields wanted; `None` when no form has any of them.
pub(crate) fn find(html: &str, wanted: &[&str]) -> Option<Form> {
    /// A page has a handful; more is no page to be filled in by hand.
    const MOST: usize = 50;
    let page = Html::parse_document(html);
    let all = Selector::parse("form").ok()?;
    let count = |form: &ElementRef<'_>| {
        controls(*form)
            .iter()
            .filter(|control| {
                control
                    .value()
                    .attr("name")
                    .is_some_and(|name| wanted.contains(&name))
            })
            .count()
    };
    // The first of those with most.
    let mut best: Option<(usize, ElementRef<'_>)> = None;
    for form in page.select(&all).take(MOST) {
        let has = count(&form);
        if has > best.as_ref().map_or(0, |(most, _)| *most) {
            best = Some((has, form));
        }
    }
    let mut form = best.map(|(_, form)| (form, read(form)))?;
    if form.1.sending == Sending::Query && method(form.0).is_none() && a_script_sends(&page) {
        // What the script sends cannot be seen without running it.
        form.1.sending = Sending::Urlencoded;
    }
    Some(form.1)
}

/// What the form, or the button that is pressed, says of how it is sent.
fn method(form: ElementRef<'_>) -> Option<&str> {
    let button = controls(form).into_iter().find(presses);
    let of_button = button.and_then(|button| button.value().attr("formmethod"));
    of_button.or_else(|| form.value().attr("method"))
}

/// Whether a script in the page itself sends something: a form without a method is then not what a browser sends.
fn a_script_sends(page: &Html) -> bool {
    const SENDS: [&str; 3] = ["fetch(", "XMLHttpRequest", "sendBeacon("];
    let Ok(scripts) = Selector::parse("script") else {
        return false;
    };
    page.select(&scripts).any(|script| {
        let text: String = script.text().collect();
        SENDS.iter().any(|word| text.contains(word))
    })
}

fn controls(form: ElementRef<'_>) -> Vec<ElementRef<'_>> {
    let Ok(selector) = Selector::parse("input, select, textarea, button") else {
        return Vec::new();
    };
    form.select(&selector)
        .filter(|control| control.value().attr("disabled").is_none())
        .collect()
}

fn read(form: ElementRef<'_>) -> Form {
    let mut fields = Fields::new();
    let mut hidden = Vec::new();
    let mut pressed = false;
    for control in controls(form) {
        let Some(name) = control.value().attr("name").filter(|name| !name.is_empty()) else {
            continue;
        };
        let attr = |key: &str| control.value().attr(key);
        let kind = attr("type").unwrap_or_default().to_ascii_lowercase();
        let value = match (control.value().name(), kind.as_str()) {
            ("input", "checkbox" | "radio") => match attr("checked") {
                Some(_) => attr("value").unwrap_or("on").to_owned(),
                None => continue,
            },
            ("input", "submit") | ("button", "" | "submit") => {
                if pressed {
                    continue;
                }
                pressed = true;
                attr("value").unwrap_or_default().to_owned()
            }
            ("input", "button" | "reset" | "image" | "file") | ("button", _) => continue,
            ("input", _) => attr("value").unwrap_or_default().to_owned(),
            ("select", _) => chosen(control),
            _ => control.text().collect(),
        };
        if kind == "hidden" && !value.is_empty() {
            hidden.push(name.to_owned());
        }
        fields.push((name.to_owned(), value));
    }
    // The first button is pressed, and may say otherwise than the form (`formaction` and its kin).
    let button = controls(form).into_iter().find(presses);
    let said = |own: &str, of_button: &str| {
        let button = button.and_then(|button| button.value().attr(of_button));
        button.or_else(|| form.value().attr(own))
    };
    Form {
        hidden,
        action: said("action", "formaction")
            .map(|action| action.trim().to_owned())
            .filter(|action| !action.is_empty()),
        sending: Sending::of(said("method", "formmethod"), said("enctype", "formenctype")),
        fields,
    }
}

/// Whether a control is a button that sends its form.
fn presses(control: &ElementRef<'_>) -> bool {
    let kind = control.value().attr("type").unwrap_or_default();
    let kind = kind.to_ascii_lowercase();
    match control.value().name() {
        "button" => matches!(kind.as_str(), "" | "submit"),
        "input" => matches!(kind.as_str(), "submit" | "image"),
        _ => false,
    }
}

/// The value of a list's option that is selected, or of its first.
fn chosen(select: ElementRef<'_>) -> String {
    let Ok(options) = Selector::parse("option") else {
        return String::new();
    };
    let option = select
        .select(&options)
        .find(|option| option.value().attr("selected").is_some())
        .or_else(|| select.select(&options).next());
    option.map_or_else(String::new, |option| {
        option
            .value()
            .attr("value")
            .map_or_else(|| option.text().collect(), str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_fields_and_the_button_come_along() {
        let html = r#"<form action="/search"><input name="q"></form>
            <form method="post" action="/inserter"><input type="hidden" name="csrf" value="abc"><input name="name" value="old">
            <input name="email"><input type="checkbox" name="news"><select name="land"><option value="ch">CH</option></select>
            <textarea name="note">x</textarea><input name="off" disabled><button name="go" value="1">Go</button><button name="no">No</button></form>"#;
        let form = find(html, &["name", "email"]).expect("a form");
        assert_eq!(form.action.as_deref(), Some("/inserter"));
        assert_eq!(form.hidden, ["csrf"]);
        let filled = form.filled(&[("name", "new"), ("number", "5")]);
        let flat: Vec<(&str, &str)> = filled
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            flat,
            [
                ("csrf", "abc"),
                ("name", "new"),
                ("email", ""),
                ("land", "ch"),
                ("note", "x"),
                ("go", "1"),
                ("number", "5")
            ]
        );
    }

    #[test]
    fn a_form_is_sent_as_it_says() {
        let sending = |attributes: &str, button: &str| {
            let html =
                format!("<form {attributes}><input name=name><button {button}>Go</button></form>");
            find(&html, &["name"]).expect("a form").sending
        };
        assert_eq!(sending("", ""), Sending::Query);
        assert_eq!(
            sending("method=get enctype=multipart/form-data", ""),
            Sending::Query
        );
        assert_eq!(sending("method=POST", ""), Sending::Urlencoded);
        assert_eq!(
            sending("method=post enctype=nonsense", ""),
            Sending::Urlencoded
        );
        assert_eq!(
            sending("method=post enctype=Multipart/Form-Data", ""),
            Sending::Multipart
        );
        assert_eq!(
            sending("method=post enctype=text/plain", ""),
            Sending::Plain
        );
        let scripted = |method: &str| {
            let html = format!(
                "<form {method}><input name=name></form><script>fetch('/x', {{ method: 'POST' }})</script>"
            );
            find(&html, &["name"]).expect("a form").sending
        };
        assert_eq!(scripted(""), Sending::Urlencoded);
        assert_eq!(scripted("method=get"), Sending::Query);
        assert_eq!(sending("", "formmethod=post"), Sending::Urlencoded);
        assert_eq!(
            sending("method=post", "type=button formmethod=get"),
            Sending::Urlencoded
        );
    }

    #[test]
    fn a_page_without_such_a_form_has_none() {
        assert_eq!(find("<form><input name=q></form>", &["name"]), None);
        assert_eq!(find("not <html", &["name"]), None);
    }
}
