//! Rust sources as tokens: words, signs and texts, without comments; and without what is built for tests alone.

/// Words of a source, `::`, single signs, and texts; a text begins with its quotation mark and has no other one at its end.
pub(crate) fn tokens(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let word: String = rest
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
        } else if let Some(after) = rest.strip_prefix("/*") {
            rest = after_comment(after);
        } else if let Some((text, after)) = raw_text(&word, &rest[word.len()..]) {
            // As it would be written in quotation marks.
            let text = text.replace('\\', "\\\\").replace('"', "\\\"");
            found.push(format!("\"{text}"));
            rest = after;
        } else if first == '"' {
            let (text, after) = text(&rest[1..]);
            found.push(format!("\"{text}"));
            rest = after;
        } else if first == '\'' {
            rest = after_char(&rest[1..]);
        } else if word == "r" && rest.starts_with("r#") {
            // A word that is spelled raw, such as `r#type`.
            rest = &rest[2..];
        } else if !word.is_empty() {
            rest = &rest[word.len()..];
            found.push(word);
        } else if let Some(after) = rest.strip_prefix("::") {
            found.push("::".into());
            rest = after;
        } else {
            if !first.is_whitespace() {
                found.push(first.to_string());
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    found
}

/// A source's own code in one form, whatever its layout: no comments, no tests, a space only between two words.
pub(crate) fn own(source: &str) -> String {
    joined(&without_tests(&tokens(source)))
}

/// As [`own`], but with empty texts.
pub(crate) fn own_code(source: &str) -> String {
    let mut tokens = without_tests(&tokens(source));
    let texts = tokens.iter_mut().filter(|token| token.starts_with('"'));
    texts.for_each(|text| text.truncate(1));
    joined(&tokens)
}

/// Tokens in one form: a space only between two words.
pub(crate) fn joined(tokens: &[String]) -> String {
    let mut found = String::new();
    let mut after_word = false;
    for token in tokens {
        if after_word && is_word(token) {
            found.push(' ');
        }
        after_word = is_word(token);
        found.push_str(token);
        if token.starts_with('"') {
            found.push('"');
        }
    }
    found
}

/// The texts of a source's own code.
pub(crate) fn own_texts(source: &str) -> Vec<String> {
    let tokens = without_tests(&tokens(source)).into_iter();
    tokens
        .filter_map(|token| token.strip_prefix('"').map(str::to_owned))
        .collect()
}

pub(crate) fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// Comments may stand in each other.
fn after_comment(rest: &str) -> &str {
    let mut depth = 1;
    let mut rest = rest;
    while depth > 0 {
        let Some(at) = rest.find(['/', '*']) else {
            return "";
        };
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("*/") {
            (rest, depth) = (after, depth - 1);
        } else if let Some(after) = rest.strip_prefix("/*") {
            (rest, depth) = (after, depth + 1);
        } else {
            rest = &rest[1..];
        }
    }
    rest
}

/// The text of `r"…"`, `br#"…"#` and the like, with what follows it.
fn raw_text<'a>(word: &str, rest: &'a str) -> Option<(&'a str, &'a str)> {
    if !matches!(word, "r" | "br" | "cr") {
        return None;
    }
    let inside = rest.trim_start_matches('#');
    let signs = &rest[..rest.len() - inside.len()];
    let inside = inside.strip_prefix('"')?;
    let end = format!("\"{signs}");
    Some(inside.split_once(end.as_str()).unwrap_or((inside, "")))
}

/// A text as it is written, with what follows it.
fn text(rest: &str) -> (&str, &str) {
    let mut chars = rest.char_indices();
    while let Some((at, letter)) = chars.next() {
        match letter {
            '\\' => drop(chars.next()),
            '"' => return (&rest[..at], &rest[at + 1..]),
            _ => {}
        }
    }
    (rest, "")
}

/// A lifetime ends nowhere; a character ends with the next quotation mark.
fn after_char(rest: &str) -> &str {
    let escaped = rest.strip_prefix('\\');
    let second = rest.char_indices().nth(1);
    match (escaped, second) {
        (Some(after), _) => {
            let skip = after.chars().next().map_or(0, char::len_utf8);
            after[skip..].split_once('\'').map_or("", |(_, rest)| rest)
        }
        (None, Some((at, '\''))) => &rest[at + 1..],
        _ => rest,
    }
}

/// Without what stands behind `#[cfg(test)]`, `#[test]` and the like: an item, a field, a statement.
pub(crate) fn without_tests(tokens: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let end = attribute(tokens, at);
        let inside = &tokens[at..end];
        let says = |word: &str| inside.iter().any(|token| token == word);
        if says("test") && !says("not") {
            at = after_item(tokens, end);
        } else {
            let end = end.max(at + 1);
            found.extend_from_slice(&tokens[at..end]);
            at = end;
        }
    }
    found
}

/// Where the attribute that begins here ends; here, where none does.
fn attribute(tokens: &[String], at: usize) -> usize {
    let begins = tokens[at] == "#" && tokens.get(at + 1).is_some_and(|next| next == "[");
    if begins {
        closing(tokens, at + 1) + 1
    } else {
        at
    }
}

/// Where what begins here ends: an item with its bracket or semicolon, a field or an arm with its comma.
fn after_item(tokens: &[String], mut at: usize) -> usize {
    const ITEMS: [&str; 14] = [
        "async",
        "const",
        "enum",
        "extern",
        "fn",
        "impl",
        "let",
        "macro_rules",
        "mod",
        "static",
        "struct",
        "trait",
        "type",
        "use",
    ];
    while at < tokens.len() && attribute(tokens, at) > at {
        at = attribute(tokens, at);
    }
    let mut first = at;
    if tokens.get(first).is_some_and(|word| word == "pub") {
        first += 1;
        if tokens.get(first).is_some_and(|word| word == "(") {
            first = closing(tokens, first) + 1;
        }
    }
    let item = tokens
        .get(first)
        .is_some_and(|word| ITEMS.contains(&word.as_str()));
    while let Some(word) = tokens.get(at) {
        match word.as_str() {
            "{" => return closing(tokens, at) + 1,
            "(" | "[" => at = closing(tokens, at) + 1,
            ";" => return at + 1,
            "," if !item => return at + 1,
            // The field was the last one.
            ")" | "]" | "}" => return at,
            _ => at += 1,
        }
    }
    at
}

/// Where the bracket that opens here closes.
pub(crate) fn closing(tokens: &[String], open: usize) -> usize {
    let mut depth = 0_i32;
    for (at, word) in tokens.iter().enumerate().skip(open) {
        match word.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len() - 1
}

#[test]
fn texts_and_comments_hide_no_code() {
    assert_eq!(own("/* \" /* */ */ a // b\n/* \" */ ."), "a.");
    assert_eq!(
        own(r###"x(r##"a"#b"##, r"\", br#"c"#, '"', '\'', "d\"")"###),
        r##"x("a\"#b","\\","c",,,"d\"")"##
    );
    assert_eq!(own("fn f<'a>(x: &'a r#type) {}"), "fn f<a>(x:&a type){}");
}

#[test]
fn only_what_is_built_for_tests_is_left_out() {
    assert_eq!(own("#[cfg(test)]\nmod tests;\na"), "a");
    assert_eq!(
        own("#[cfg(test)] fn x<A, B>() -> [A; 2] where A: B, B: A {} a"),
        "a"
    );
    assert_eq!(
        own("struct X { #[cfg(test)] a: u8, b: u8 }"),
        "struct X{b:u8}"
    );
    assert_eq!(
        own("struct X { b: u8, #[cfg(test)] a: u8 } c"),
        "struct X{b:u8,}c"
    );
    assert_eq!(
        own("#[cfg(test)] #[path = \"x\"] pub(crate) use x::{a, b}; c"),
        ";c"
    );
    assert_eq!(own("#[cfg(not(test))] a"), "#[cfg(not(test))]a");
    assert_eq!(own("#[cfg(all(test, unix))] fn x() {} b"), "b");
    assert_eq!(own_texts("#[a(\"b\")] x(\"c\")"), ["b", "c"]);
}
