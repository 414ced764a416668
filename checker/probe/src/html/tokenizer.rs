//! Goes through HTML once, from front to back: tags and texts as a browser's tokenizer tells them apart.
//!
//! No tree is built, so the time is linear in the page's length whatever stands in it (HTML standard, section 13.2.5).

/// A piece of a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'t> {
    /// Text between tags, character references not decoded.
    Text(&'t str),
    /// An opening tag: where it begins, its name in lower case, its attributes with undecoded values.
    Open(usize, String, Vec<(&'t str, &'t str)>),
    /// A closing tag's name in lower case, and where the tag ends.
    Close(String, usize),
}

/// Elements whose content is text up to their closing tag.
const RAW: [&str; 4] = ["script", "style", "title", "textarea"];

/// See the module.
pub(crate) struct Pieces<'t> {
    html: &'t str,
    lower: String,
    at: usize,
    /// The element whose raw text comes next.
    raw: Option<String>,
}

/// The pieces of a page, comments left out.
pub(crate) fn pieces(html: &str) -> Pieces<'_> {
    Pieces {
        html,
        lower: html.to_ascii_lowercase(),
        at: 0,
        raw: None,
    }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        if let Some(name) = self.raw.take() {
            let end = self.position_of(&format!("</{name}"));
            let text = &self.html[self.at..end];
            self.at = end;
            return Some(Piece::Text(text));
        }
        loop {
            let rest = &self.html[self.at..];
            let mut after = rest.strip_prefix('<').unwrap_or_default().chars();
            match after.next() {
                None if rest.is_empty() => return None,
                Some('!') if rest.starts_with("<!--") => {
                    self.at += 4;
                    self.at = (self.position_of("-->") + 3).min(self.html.len());
                }
                Some('!' | '?') => self.at = (self.position_of(">") + 1).min(self.html.len()),
                Some('/') if after.next().is_some_and(|c| c.is_ascii_alphabetic()) => {
                    let name = self.name(2);
                    self.attributes();
                    return Some(Piece::Close(name, self.at));
                }
                Some(c) if c.is_ascii_alphabetic() => {
                    let begin = self.at;
                    let name = self.name(1);
                    let attributes = self.attributes();
                    self.raw = RAW.contains(&name.as_str()).then(|| name.clone());
                    return Some(Piece::Open(begin, name, attributes));
                }
                _ => {
                    // A `<` that begins no tag is text.
                    let skip = rest.chars().next().map_or(0, char::len_utf8);
                    let end = rest[skip..].find('<').map_or(rest.len(), |end| end + skip);
                    self.at += end;
                    return Some(Piece::Text(&rest[..end]));
                }
            }
        }
    }
}

impl<'t> Pieces<'t> {
    /// Where a word next stands, or the end.
    fn position_of(&self, word: &str) -> usize {
        self.lower[self.at..]
            .find(word)
            .map_or(self.html.len(), |found| self.at + found)
    }

    fn name(&mut self, skip: usize) -> String {
        let begin = self.at + skip;
        let rest = &self.lower[begin..];
        let end = rest
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'))
            .unwrap_or(rest.len());
        self.at = begin + end;
        rest[..end].to_owned()
    }

    /// Goes past the tag's end. Quotation marks count only after an equals sign, as in browsers.
    fn attributes(&mut self) -> Vec<(&'t str, &'t str)> {
        let html = self.html;
        let mut all = Vec::new();
        let until = |from: usize, stop: fn(char) -> bool| {
            html[from..].find(stop).map_or(html.len(), |end| from + end)
        };
        loop {
            self.at = until(self.at, |c| !c.is_ascii_whitespace() && c != '/');
            if self.at >= html.len() {
                return all;
            }
            if html[self.at..].starts_with('>') {
                self.at += 1;
                return all;
            }
            let begin = self.at;
            // An equals sign in front belongs to the name.
            let first = html[begin..].chars().next().map_or(1, char::len_utf8);
            let end = until(begin + first, |c| {
                c.is_ascii_whitespace() || matches!(c, '/' | '>' | '=')
            });
            let name = &html[begin..end];
            self.at = end;
            let equals = until(end, |c| !c.is_ascii_whitespace());
            let mut value = "";
            if html[equals..].starts_with('=') {
                let from = until(equals + 1, |c| !c.is_ascii_whitespace());
                let quote = html[from..]
                    .chars()
                    .next()
                    .filter(|c| matches!(c, '"' | '\''));
                if let Some(quote) = quote {
                    let inner = from + 1;
                    let end = html[inner..]
                        .find(quote)
                        .map_or(html.len(), |end| inner + end);
                    value = &html[inner..end];
                    self.at = (end + 1).min(html.len());
                } else {
                    let end = until(from, |c| c.is_ascii_whitespace() || c == '>');
                    value = &html[from..end];
                    self.at = end;
                }
            }
            all.push((name, value));
        }
    }
}

/// A value with its character references decoded: the five of XML and numbers.
pub(crate) fn decoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let reference = after
            .find(';')
            .filter(|end| *end <= 8)
            .map(|end| &after[..end]);
        let known = reference.and_then(|word| match word {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => {
                let number = word.strip_prefix('#')?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(digits) => u32::from_str_radix(digits, 16),
                    None => number.parse(),
                };
                char::from_u32(code.ok()?)
            }
        });
        if let (Some(c), Some(word)) = (known, reference) {
            out.push(c);
            rest = &after[word.len() + 1..];
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(html: &str) -> Vec<String> {
        let open = |piece| match piece {
            Piece::Open(_, name, _) => Some(name),
            _ => None,
        };
        pieces(html).filter_map(open).collect()
    }

    #[test]
    fn tags_are_told_from_what_only_looks_like_them() {
        assert_eq!(
            names("<P a='<b>' b=<i>x</p><!-- <u> --> 1 < 2 <!doctype html><br/>"),
            ["p", "br"]
        );
        assert_eq!(
            names("<textarea><b></textarea><title><i></title><script>'<u>'</script>"),
            ["textarea", "title", "script"]
        );
        // A value that breaks out of its attribute becomes a tag, and what is escaped does not.
        assert_eq!(names("<input value=\"\"'><b data-x>\">"), ["input", "b"]);
        assert_eq!(names("<input value=\"&quot;'><b data-x>\">"), ["input"]);
    }

    #[test]
    fn broken_pages_end() {
        for html in [
            "<",
            "<a",
            "<a b",
            "<a b=",
            "<a b='",
            "<!--",
            "</",
            "</a",
            "<script>",
            "<?",
            "<=>",
            "ö<ö ö=ö>ö",
        ] {
            assert!(pieces(html).count() < 5, "{html}");
        }
    }

    #[test]
    fn references_are_decoded() {
        assert_eq!(decoded("a&amp;b&#43;c&#x2B;&quot;&x;&"), "a&b+c+\"&x;&");
    }
}
