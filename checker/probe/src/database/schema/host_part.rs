//! The host part of an account of MariaDB and MySQL, and which account applies to a session from an address.

use super::types::Credential;

/// The account that applies to a user's session from an address: the one with the most specific host part that matches.
pub(crate) fn account_for<'c>(
    credentials: &'c [Credential],
    user: &str,
    from: &str,
) -> Option<&'c Credential> {
    let fits = credentials
        .iter()
        .filter(|credential| credential.user == user && host_matches(&credential.host, from));
    // Servers sort host parts by what stands before the first wildcard (MariaDB: "CREATE USER", host name component).
    fits.max_by_key(|credential| credential.host.find(['%', '_', '/']).unwrap_or(usize::MAX))
}

/// Whether a host part such as `%`, `172.18.%`, `10.0.0.0/255.0.0.0` or a name covers an address.
pub(crate) fn host_matches(pattern: &str, from: &str) -> bool {
    if pattern == "%" || pattern.is_empty() || pattern.eq_ignore_ascii_case(from) {
        return true;
    }
    if let Some((net, mask)) = pattern.split_once('/') {
        let number = |text: &str| text.parse::<std::net::Ipv4Addr>().map(u32::from).ok();
        return match (number(net), number(mask), number(from)) {
            (Some(net), Some(mask), Some(from)) => from & mask == net,
            _ => false,
        };
    }
    like(
        pattern.to_ascii_lowercase().as_bytes(),
        from.to_ascii_lowercase().as_bytes(),
    )
}

/// SQL's LIKE without escapes; linear in both lengths by remembering the last `%`.
fn like(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'%') => {
                back = Some((p + 1, t));
                p += 1;
            }
            Some(c) if *c == b'_' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match back {
                Some((after, from)) => {
                    back = Some((after, from + 1));
                    p = after;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == b'%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_account_applies() {
        let all = [
            Credential::new("app", "%"),
            Credential::new("app", "172.18.%"),
            Credential::new("app", "172.18.0.3"),
            Credential::new("other", "172.18.0.3"),
        ];
        let host = |from: &str| account_for(&all, "app", from).map(|found| found.host.as_str());
        assert_eq!(host("172.18.0.3"), Some("172.18.0.3"));
        assert_eq!(host("172.18.0.4"), Some("172.18.%"));
        assert_eq!(host("10.0.0.1"), Some("%"));
        assert!(
            host_matches("10.0.0.0/255.0.0.0", "10.9.9.9")
                && !host_matches("10.0.0.0/255.0.0.0", "11.0.0.1")
        );
        assert!(
            host_matches("%.v4\u{5f}default", "v4-app-1.v4_default")
                && !host_matches("172.1_.%", "172.180.1.1")
        );
    }
}
