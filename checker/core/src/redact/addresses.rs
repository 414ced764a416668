//! Passwords in addresses such as `mysql://user:password@host/schema`.

use super::shapes::HIDDEN;

/// User and password of an address such as `mysql://user:password@host/schema`, percent signs decoded.
pub fn address_login(text: &str) -> Option<(String, String)> {
    let (user, password) = written_login(text)?;
    Some((percent_decoded(user), percent_decoded(password)))
}

/// The same as it is written.
pub(super) fn written_login(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#', ' ', '"', '\'']).next()?;
    let (login, _) = authority.rsplit_once('@')?;
    let (user, password) = login.split_once(':')?;
    (!password.is_empty()).then_some((user, password))
}

/// Every `scheme://user:password@` loses the password.
pub(super) fn hide_addresses(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        out.push_str(before);
        out.push_str("://");
        let end = after
            .find(|c: char| {
                c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '<' | '>')
            })
            .unwrap_or(after.len());
        let (authority, tail) = after.split_at(end);
        let parts = authority.rsplit_once('@').and_then(|(login, host)| {
            let (user, password) = login.split_once(':')?;
            (!password.is_empty()).then_some((user, host))
        });
        match parts {
            Some((user, host)) => out.extend([user, ":", HIDDEN, "@", host]),
            None => out.push_str(authority),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// `%41` becomes `A` (RFC 3986, section 2.1); anything else stays.
fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes
            .get(at + 1..at + 3)
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (bytes[at], pair) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
