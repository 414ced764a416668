//! The admin page of a stack whose admin container publishes nothing: behind the proxy, under a path or a name of its own.
//! A page counts that says what it is, or one that asks for a password where the proxy's words lead to it.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Url;

use super::host_names;
use super::other_admins::says_so;
use super::pages::{Endpoint, at};
use super::role::EndpointFinder;
use crate::http::answer::Fetched;
use crate::http::browser::Browser;
use labcheck_core::facts::{Role, Status};

/// Paths that are tried whatever is written.
const USUAL: [&str; 8] = [
    "/",
    "/phpmyadmin/",
    "/pma/",
    "/adminer/",
    "/admin/",
    "/pgadmin/",
    "/dbadmin/",
    "/db/",
];
/// Paths and addresses that are tried at most.
const PATHS: usize = 24;
const ADDRESSES: usize = 6;
/// Longest look at all of them.
const LONGEST: Duration = Duration::from_secs(8);

impl EndpointFinder<'_> {
    /// The admin page behind the proxy; [`Endpoint::nowhere`] where there is none.
    pub(crate) async fn admin_behind(&self, browser: &Browser) -> Endpoint {
        let mut addresses = self.addresses(Role::Proxy);
        let named = self.named(&addresses);
        addresses.extend(named);
        addresses.truncate(ADDRESSES);
        if addresses.is_empty() {
            return Endpoint::nowhere();
        }
        let paths = self.paths_written().await;
        let search = async {
            for address in &addresses {
                let each = paths.iter().filter_map(|path| address.join(path).ok());
                let each = each.map(|base| async move {
                    let endpoint = at(browser, &base, "/").await;
                    let page = endpoint.first.as_ref().ok();
                    let found = page.is_some_and(|page| says_so(page) || guarded(&base, page));
                    found.then_some(endpoint)
                });
                if let Some(endpoint) = join_all(each).await.into_iter().flatten().next() {
                    return endpoint;
                }
            }
            Endpoint::nowhere()
        };
        let found = tokio::time::timeout(LONGEST, search).await;
        found.unwrap_or_else(|_| Endpoint::nowhere())
    }

    /// Paths that the proxy's configuration, the labels of the stack or the admin page's own settings name, then the usual.
    async fn paths_written(&self) -> Vec<String> {
        let mut found = BTreeSet::new();
        for inspected in self.containers {
            let texts = inspected.texts.iter().map(|text| text.text.as_str());
            found.extend(texts.flat_map(paths));
        }
        for inspected in self.of(Role::Admin) {
            let address = inspected.var("PMA_ABSOLUTE_URI").unwrap_or_default();
            let path = Url::parse(address).map(|url| url.path().to_owned());
            found.extend(path.into_iter().flat_map(|path| paths(&path)));
        }
        let up = self.of(Role::Proxy).into_iter();
        let up = up.filter(|inspected| inspected.container.state.status == Status::Running);
        let texts = up.map(|inspected| host_names::configuration(self.engine, inspected));
        for text in join_all(texts).await.into_iter().flatten() {
            found.extend(paths(&text));
        }
        let usual = USUAL.map(str::to_owned);
        let mut seen = BTreeSet::new();
        // What is written and sounds like it comes first.
        let (like, other): (Vec<_>, Vec<_>) = found.into_iter().partition(|path| sounds(path));
        let all = like.into_iter().chain(usual).chain(other);
        all.filter(|path| seen.insert(path.clone()))
            .take(PATHS)
            .collect()
    }
}

/// Whether a path sounds like an admin page's.
fn sounds(path: &str) -> bool {
    let words = ["admin", "pma", "db", "sql", "desk"];
    words
        .iter()
        .any(|word| path.to_ascii_lowercase().contains(word))
}

/// A page that asks for a name and password before it shows anything, at a path that sounds like an admin page's.
fn guarded(base: &Url, page: &Fetched) -> bool {
    let asks = page.answer.headers.contains_key("www-authenticate");
    page.answer.status == 401 && asks && sounds(base.path())
}

/// Words of a text that are paths of pages, with a slash at the end; paths of files are left out.
fn paths(text: &str) -> Vec<String> {
    const OF_FILES: [&str; 14] = [
        "/etc", "/usr", "/var", "/tmp", "/dev", "/run", "/srv", "/proc", "/root", "/home", "/keys",
        "/bin", "/opt", "/lib",
    ];
    let marks = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '"' | '\'' | '`' | '(' | ')' | '{' | '}' | ';' | ',' | '*' | '^' | '~'
            )
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_');
    text.split(marks)
        .filter(|word| word.starts_with('/') && (2..=40).contains(&word.len()))
        .filter(|word| word.chars().all(plain) && !word.contains("//"))
        .filter(|word| {
            !OF_FILES
                .iter()
                .any(|top| crate::stack::main_process::below(word, top))
        })
        .map(|word| format!("{}/", word.trim_end_matches('/')))
        .take(60)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_pages_are_told_from_paths_of_files() {
        let nginx = "location /desk/ { proxy_pass http://desk/; } ssl_certificate /etc/nginx/x.crt; include /keys/a;";
        assert_eq!(paths(nginx), ["/desk/"]);
        assert_eq!(
            paths("Host(`a.test`) && PathPrefix(`/pma`)"),
            ["/pma/".to_owned()]
        );
        assert_eq!(
            paths("handle_path /tools/*\npath_beg /db"),
            ["/tools/", "/db/"]
        );
        assert!(sounds("/phpMyAdmin/") && !sounds("/shop/"));
    }
}
