//! HTML forms as a browser fills them in: what stays as it is, and what is typed.

use scraper::{ElementRef, Html, Selector};

/// A form's fields, in order.
pub(crate) type Fields = Vec<(String, String)>;

/// A form of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Form {
    /// Where it is sent; `None` means the page's own address.
    pub action: Option<String>,
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
    best.map(|(_, form)| read(form))
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
    Form {
        hidden,
        action: form
            .value()
            .attr("action")
            .map(str::to_owned)
            .filter(|action| !action.is_empty()),
        fields,
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
    fn a_page_without_such_a_form_has_none() {
        assert_eq!(find("<form><input name=q></form>", &["name"]), None);
        assert_eq!(find("not <html", &["name"]), None);
    }
}
