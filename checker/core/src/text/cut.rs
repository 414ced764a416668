//! Texts of bounded length.

/// At most `most` characters, with an ellipsis where something was cut.
pub fn cut(text: &str, most: usize) -> String {
    let mut chars = text.char_indices();
    match chars.nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_fall_between_characters() {
        assert_eq!(cut("öäü", 2), "öä…");
        assert_eq!(cut("öäü", 3), "öäü");
    }
}
