//! A JSON Schema as tables for people.

use std::fmt::Write as _;

use schemars::Schema;
use serde_json::{Map, Value};

use super::markdown::{cell, doc};

/// The shapes of one schema, and the page on which each has a heading.
pub(super) struct Shapes {
    root: Value,
    page: &'static str,
}

impl Shapes {
    pub(super) fn new(schema: &Schema, page: &'static str) -> Self {
        Self {
            root: schema.as_value().clone(),
            page,
        }
    }

    fn named(&self, name: &str) -> Option<&Value> {
        self.root.get("$defs")?.get(name)
    }

    /// What a shape is for.
    pub(super) fn about(&self, name: &str) -> String {
        self.named(name).map(about).unwrap_or_default()
    }

    /// The whole, then each shape it is made of under a heading of its own.
    pub(super) fn pages(&self, left_out: &dyn Fn(&str) -> bool) -> String {
        let mut out = format!("\n{}\n\n{}", about(&self.root), self.rows(&self.root));
        let shapes = self.root.get("$defs").and_then(Value::as_object);
        for (name, shape) in shapes.into_iter().flatten() {
            if left_out(name) || seen(shape).is_some() {
                continue;
            }
            let anchor = name.to_lowercase();
            let _ = write!(out, "\n## {} {{#{anchor}}}\n\n", heading(name));
            let about = about(shape);
            if !about.is_empty() {
                let _ = write!(out, "{about}\n\n");
            }
            out += &self.rows(shape);
        }
        out
    }

    /// The parameters of a shape; nothing where it has none.
    pub(super) fn table(&self, name: &str) -> String {
        let rows = self.named(name).map(|shape| self.rows(shape));
        rows.filter(|rows| !rows.is_empty())
            .map_or_else(String::new, |rows| rows + "\n")
    }

    fn rows(&self, shape: &Value) -> String {
        if let Some(fields) = shape.get("properties").and_then(Value::as_object) {
            return self.fields(fields, shape.get("required"));
        }
        for forms in ["oneOf", "anyOf"] {
            if let Some(forms) = shape.get(forms).and_then(Value::as_array) {
                return self.forms(forms);
            }
        }
        match shape.get("enum").and_then(Value::as_array) {
            Some(words) => format!("One of {}.\n", ticked(words)),
            None => format!("Written as {}.\n", self.kind(shape)),
        }
    }

    fn fields(&self, fields: &Map<String, Value>, required: Option<&Value>) -> String {
        let needed = |name: &str| {
            let names = required.and_then(Value::as_array);
            names.is_some_and(|names| names.iter().any(|known| known == name))
        };
        let mut out = String::from("| key | holds | meaning |\n|---|---|---|\n");
        for (name, field) in fields {
            let optional = if needed(name) { "" } else { ", optional" };
            let (kind, about) = (self.kind(field), cell(&about(field)));
            let _ = writeln!(out, "| `{name}` | {kind}{optional} | {about} |");
        }
        out
    }

    fn forms(&self, forms: &[Value]) -> String {
        let mut out = String::from("| one of | meaning |\n|---|---|\n");
        for form in forms {
            let words = form.get("enum").and_then(Value::as_array);
            let kind = words.map_or_else(|| self.kind(form), |words| ticked(words));
            let _ = writeln!(out, "| {kind} | {} |", cell(&about(form)));
        }
        out
    }

    /// What a value is, in a few words.
    fn kind(&self, value: &Value) -> String {
        if let Some(word) = value.get("const") {
            return format!("`{}`", bare(word));
        }
        if let Some(name) = value.get("$ref").and_then(Value::as_str) {
            let name = name.rsplit('/').next().unwrap_or(name);
            return self.link(name);
        }
        if let Some(words) = value.get("enum").and_then(Value::as_array) {
            return ticked(words);
        }
        for forms in ["anyOf", "oneOf"] {
            if let Some(forms) = value.get(forms).and_then(Value::as_array) {
                let forms = forms.iter().map(|form| self.kind(form));
                return forms.collect::<Vec<_>>().join(" or ");
            }
        }
        match value.get("type") {
            Some(Value::String(kind)) => self.simple(kind, value),
            Some(Value::Array(kinds)) => {
                let kinds = kinds.iter().filter_map(Value::as_str);
                let kinds = kinds.map(|kind| self.simple(kind, value));
                kinds.collect::<Vec<_>>().join(" or ")
            }
            _ => "anything".into(),
        }
    }

    fn simple(&self, kind: &str, value: &Value) -> String {
        let of = |key: &str| value.get(key).filter(|inner| inner.is_object());
        match kind {
            "array" => {
                let inner = of("items").map_or_else(|| "anything".into(), |inner| self.kind(inner));
                format!("list of {inner}")
            }
            "object" => match (of("additionalProperties"), of("properties")) {
                (Some(inner), _) => format!("by name: {}", self.kind(inner)),
                (None, Some(fields)) => {
                    let keys = fields.as_object().into_iter().flatten();
                    let keys = keys.map(|(key, inner)| format!("`{key}:` {}", self.kind(inner)));
                    keys.collect::<Vec<_>>().join(", ")
                }
                _ => "keys and values".into(),
            },
            "string" => "text".into(),
            "integer" | "number" => "number".into(),
            "boolean" => "`true` or `false`".into(),
            "null" => "nothing".into(),
            other => other.to_owned(),
        }
    }

    fn link(&self, name: &str) -> String {
        let (page, anchor) = (self.page, name.to_lowercase());
        if let Some(inner) = self.named(name).and_then(seen) {
            return format!("[looked for]({page}#looked-for): {}", self.kind(inner));
        }
        match name {
            "Expect" => "[one kind of check](kinds.md)".into(),
            _ => format!("[{}]({page}#{anchor})", heading(name)),
        }
    }
}

/// What is inside of [`labcheck_core::facts::Seen`], which is one shape for each thing that can be seen.
fn seen(shape: &Value) -> Option<&Value> {
    let forms = shape.get("oneOf")?.as_array()?;
    let key = |key: &str| {
        forms
            .iter()
            .find_map(|form| form.get("properties")?.get(key))
    };
    key("unseen")?;
    key("seen")
}

/// `CheckEntry` is "Check entry" to people.
fn heading(name: &str) -> String {
    let mut out = String::new();
    for (at, letter) in name.replace('_', " ").char_indices() {
        if at > 0 && letter.is_ascii_uppercase() && !out.ends_with(' ') {
            out.push(' ');
        }
        out.push(if at > 0 {
            letter.to_ascii_lowercase()
        } else {
            letter
        });
    }
    out
}

fn about(value: &Value) -> String {
    let text = value.get("description").and_then(Value::as_str);
    doc(text.unwrap_or_default())
}

fn ticked(words: &[Value]) -> String {
    let words = words.iter().map(|word| format!("`{}`", bare(word)));
    words.collect::<Vec<_>>().join(", ")
}

fn bare(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(schemars::JsonSchema)]
    #[expect(dead_code, reason = "only its shape is looked at")]
    struct Sample {
        /// How often.
        count: u32,
        /// Where `a|b` is meant.
        place: Option<Inner>,
    }

    #[derive(schemars::JsonSchema)]
    #[expect(dead_code, reason = "only its shape is looked at")]
    struct Inner {
        names: Vec<String>,
    }

    #[test]
    fn every_field_is_a_row_and_every_shape_a_heading() {
        let shapes = Shapes::new(&schemars::schema_for!(Sample), "sample.md");
        let told = shapes.pages(&|_| false);
        assert!(told.contains("| `count` | number | How often. |"), "{told}");
        assert!(
            told.contains("| `place` | [Inner](sample.md#inner) or nothing, optional | Where `a\\|b` is meant. |"),
            "{told}"
        );
        assert!(told.contains("\n## Inner {#inner}\n"), "{told}");
        assert!(told.contains("| `names` | list of text |"), "{told}");
    }
}
