//! A role's home page: what it loads, how that is answered, and how the page is built.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Url;
use scraper::Html;

use super::{fetch, path_traversal};
use crate::deadline::bounded;
use crate::endpoint::pages::Endpoint;
use crate::html::accessible_names::nameless;
use crate::html::content::title;
use crate::html::links;
use crate::http::address::below;
use crate::http::answer::Fetched;
use crate::http::browser::Browser;
use crate::http::visitor::made_up;
use labcheck_core::facts::{Asset, AssetKind, Assets, Seen, Trouble, Way, WayAnswer};
use labcheck_core::grade::Target;
use labcheck_core::redact::known::Secrets;
use labcheck_core::text;

/// Longest wait for a page.
const DEADLINE: Duration = Duration::from_secs(5);
/// Longest time for reading a page: one can be made so that it takes for ever.
const READING: Duration = Duration::from_secs(3);
/// Longest wait for all attempts to get out of the folder.
const ATTEMPTS: Duration = Duration::from_secs(10);

/// What is needed to look.
pub(crate) struct Visit<'a> {
    pub browser: &'a Browser,
    /// Names that lead to an address of the stack.
    pub names: &'a [(String, SocketAddr)],
    pub target: &'a Target,
    pub secrets: &'a Secrets,
}

/// What one reading of the page shows.
struct Read {
    facts: Assets,
    loads: Vec<links::Load>,
}

impl Visit<'_> {
    /// Looks at the home page at an address.
    pub(crate) async fn look(&self, endpoint: &Endpoint) -> Seen<Assets> {
        let home = match self.home(endpoint).await {
            Ok(home) => home,
            Err(trouble) => {
                return Seen::Unseen(format!(
                    "the home page gives no answer: the request {}",
                    trouble.phrase()
                ));
            }
        };
        let Some(url) = home.url.clone() else {
            return Seen::Unseen("the home page has no address".into());
        };
        let (html, at) = (home.text(), url.clone());
        let Some(Read { mut facts, loads }) = bounded(READING, move || read(&html, &at)).await
        else {
            return Seen::Unseen(format!(
                "the home page could not be read within {} s",
                READING.as_secs()
            ));
        };
        let found = fetch::all(self.browser, &url, loads).await;
        (facts.loaded, facts.more) = (found.assets, found.more);
        if let Some(folder) = folder(&facts.loaded) {
            let missing = self.missing(&folder);
            let ways = self.ways_out(&folder);
            (facts.missing, facts.ways_out) = futures_util::join!(missing, ways);
            facts.folder = Some(folder.to_string());
        } else {
            facts.ways_out = Seen::Unseen("the page loads nothing of its own".into());
        }
        hide(&mut facts, self.secrets);
        Seen::Seen(facts)
    }

    async fn home(&self, endpoint: &Endpoint) -> Result<Fetched, Trouble> {
        let path = self.target.route("/");
        if let Some(first) = endpoint.first(path) {
            return Ok(first.clone());
        }
        let base = endpoint.base.as_ref().ok_or(Trouble::NoAddress)?;
        let url = below(base, path).ok_or(Trouble::NoAddress)?;
        self.browser.get(&url, DEADLINE).await
    }

    async fn missing(&self, folder: &Url) -> Option<Way> {
        let url = folder.join(&format!("{}.css", made_up())).ok()?;
        let answer = self.browser.get(&url, DEADLINE).await;
        let answer = answer.map(|came| WayAnswer {
            status: came.answer.status,
            media_type: came.answer.media_type(),
            file: None,
        });
        Some(Way {
            target: url.path().to_owned(),
            answer,
        })
    }

    async fn ways_out(&self, folder: &Url) -> Seen<Vec<Way>> {
        if folder.scheme() != "http" {
            return Seen::Unseen("requests with unusual paths are made over plain HTTP only, and the assets come over TLS".into());
        }
        let (Some(host), Some(port)) = (folder.host_str(), folder.port_or_known_default()) else {
            return Seen::Unseen("the assets have no address".into());
        };
        let called = format!("{host}:{port}");
        let named = self.names.iter().find(|(name, _)| name == host);
        let address = named.map_or_else(
            || format!("{host}:{port}"),
            |(_, at)| SocketAddr::new(at.ip(), port).to_string(),
        );
        let all = path_traversal::attempts(&address, &called, folder);
        match tokio::time::timeout(ATTEMPTS, all).await {
            Ok(all) => Seen::Seen(all),
            Err(_) => Seen::Unseen(format!(
                "the attempts took longer than {} s",
                ATTEMPTS.as_secs()
            )),
        }
    }
}

/// What the page itself shows.
fn read(html: &str, url: &Url) -> Read {
    let page = Html::parse_document(html);
    let base = links::base(&page, url);
    let lang = page
        .root_element()
        .attr("lang")
        .map(|lang| text::cut(&text::clean(lang), 40));
    let facts = Assets {
        page: text::cut(&text::clean(url.as_str()), 300),
        lang,
        title: title(html),
        nameless: nameless(&page),
        navs: links::navs(&page, &base),
        ..Assets::default()
    };
    Read {
        facts,
        loads: links::loads(&page, &base),
    }
}

/// Hides secrets in everything that was read.
pub(crate) fn hide(assets: &mut Assets, secrets: &Secrets) {
    let links = assets.navs.iter_mut().flat_map(|nav| &mut nav.links);
    let texts = links
        .flat_map(|link| [&mut link.name, &mut link.path])
        .chain(&mut assets.nameless)
        .chain(&mut assets.lang)
        .chain(&mut assets.title)
        .chain(&mut assets.folder)
        .chain(assets.loaded.iter_mut().map(|asset| &mut asset.url))
        .chain([&mut assets.page]);
    for text in texts {
        *text = secrets.hide(text);
    }
}

/// The folder of the page's own assets: of the first that arrived, else of the first.
fn folder(loaded: &[Asset]) -> Option<Url> {
    let own = || {
        loaded
            .iter()
            .filter(|asset| !asset.elsewhere && asset.kind != AssetKind::Other)
    };
    let first = own()
        .find(|asset| asset.arrived())
        .or_else(|| own().next())?;
    let mut folder = Url::parse(&first.url).ok()?.join(".").ok()?;
    folder.set_query(None);
    Some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(url: &str, elsewhere: bool) -> Asset {
        let answer = Seen::Unseen("not asked for".into());
        Asset {
            kind: AssetKind::Script,
            url: url.into(),
            elsewhere,
            answer,
        }
    }

    #[test]
    fn the_folder_is_that_of_the_first_asset_of_the_stack() {
        let all = [
            asset("https://cdn.example/x/y.js", true),
            asset("http://h:1/static/js/a.js?v=1", false),
        ];
        assert_eq!(
            folder(&all).map(String::from).as_deref(),
            Some("http://h:1/static/js/")
        );
        assert_eq!(folder(&all[..1]), None);
    }
}
