//! Host names that a proxy routes by, from what is written about it: labels of containers and their environment. Pure.

use std::collections::BTreeSet;

use super::looked::Looked;

/// Names at most.
const MOST: usize = 6;

/// The names that labels (Traefik, Caddy) and variables (`VIRTUAL_HOST`) of the stack give to its pages.
pub(super) fn known(containers: &[Looked]) -> Vec<String> {
    let mut found = BTreeSet::new();
    for looked in containers {
        for (what, value) in &looked.inspected {
            let Some(label) = what.strip_prefix("label ") else {
                continue;
            };
            if label.starts_with("traefik.") && label.ends_with(".rule") {
                found.extend(in_rule(value));
            }
            let caddy = label == "caddy"
                || label
                    .strip_prefix("caddy_")
                    .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()));
            if caddy {
                found.extend(words(value));
            }
        }
        for name in ["VIRTUAL_HOST", "LETSENCRYPT_HOST"] {
            found.extend(looked.var(name).into_iter().flat_map(words));
        }
    }
    found.into_iter().take(MOST).collect()
}

/// The names of a Traefik rule: ``Host(`a.test`, `b.test`) && PathPrefix(`/x`)``.
fn in_rule(rule: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = rule;
    while let Some(at) = rest.find("Host(") {
        let whole = !rest[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
        rest = &rest[at + "Host(".len()..];
        let inside = rest.split(')').next().unwrap_or_default();
        if whole {
            all.extend(inside.split(['`', '"', ',', ' ']).filter_map(name));
        }
    }
    all
}

/// Names in a list, with or without scheme and port.
fn words(list: &str) -> Vec<String> {
    list.split([',', ' ', ';'])
        .filter_map(|word| {
            let bare = word.split("://").last().unwrap_or(word);
            name(bare.split([':', '/']).next().unwrap_or(bare))
        })
        .collect()
}

/// A word that is a host name: no address, no pattern, nothing that a name cannot hold.
fn name(word: &str) -> Option<String> {
    let word = word.trim().to_ascii_lowercase();
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let good = (1..=253).contains(&word.len())
        && word.chars().all(letters)
        && !word.starts_with(['-', '.'])
        && word.chars().any(|c| c.is_ascii_alphabetic());
    good.then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(label: &str, value: &str, env: &[(&str, &str)]) -> Looked {
        Looked {
            inspected: vec![(format!("label {label}"), value.into())],
            env: env
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            ..Looked::default()
        }
    }

    #[test]
    fn names_come_from_labels_and_variables() {
        let traefik = with(
            "traefik.http.routers.shop.rule",
            "Host(`shop.test`, `www.shop.test`) && PathPrefix(`/x`) || Host(`b.test`)",
            &[],
        );
        let caddy = with(
            "caddy_0",
            "https://c.test:8443, d.test",
            &[("VIRTUAL_HOST", "e.test")],
        );
        assert_eq!(
            known(&[traefik, caddy]),
            [
                "b.test",
                "c.test",
                "d.test",
                "e.test",
                "shop.test",
                "www.shop.test"
            ]
        );
    }

    #[test]
    fn patterns_addresses_and_oddities_are_no_names() {
        let odd = with(
            "traefik.http.routers.x.rule",
            "HostRegexp(`{x:.+}`) || HostSNI(`*`)",
            &[],
        );
        let env = with(
            "other",
            "f.test",
            &[("VIRTUAL_HOST", "*.test 127.0.0.1 -x é.test")],
        );
        assert_eq!(known(&[odd, env]), Vec::<String>::new());
    }
}
