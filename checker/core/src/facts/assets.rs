//! What a home page loads, how that was answered, and how the page is built.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Seen, Trouble};

/// A home page and everything it loads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Assets {
    /// The page's address, redirects followed.
    pub page: String,
    /// The language its `html` element names; `None` where it names none.
    pub lang: Option<String>,
    /// Its title, cleaned; `None` where there is none.
    pub title: Option<String>,
    /// Controls, pictures, links and buttons without a name, as short pieces of markup, at most a dozen.
    pub nameless: Vec<String>,
    /// Parts of the page that are a navigation by their element, role, attribute or class.
    pub navs: Vec<Nav>,
    /// What the page loads, in its order, at most 40; what a style sheet loads in turn stands behind it.
    pub loaded: Vec<Asset>,
    /// How many more it loads.
    pub more: u64,
    /// The folder that its own assets come from, as an address; `None` where it loads none.
    pub folder: Option<String>,
    /// The answer to a name in that folder that no file has; `None` without a folder.
    pub missing: Option<Way>,
    /// Attempts to get out of that folder.
    pub ways_out: Seen<Vec<Way>>,
}

/// A navigation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nav {
    /// Whether it, or what stands in it, is marked as `UIkit`'s navbar.
    pub uikit: bool,
    /// Its links.
    pub links: Vec<Link>,
}

/// A link of a navigation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Its name: the text, or the label.
    pub name: String,
    /// The path on the page's own host; empty where it leads elsewhere.
    pub path: String,
}

/// Something that a page loads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// What the page uses it as.
    pub kind: AssetKind,
    /// Its absolute address.
    pub url: String,
    /// Whether it comes from another host than the stack's own.
    pub elsewhere: bool,
    /// What came back; only style sheets and scripts of the stack's own hosts are asked for.
    pub answer: Seen<Result<Delivered, Trouble>>,
}

/// What a page uses an asset as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssetKind {
    /// `link rel=stylesheet`, or `@import` in a style sheet.
    Stylesheet,
    /// `script src`.
    Script,
    /// A picture, font, frame, icon or medium.
    Other,
}

/// A delivered asset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Delivered {
    /// Status code, redirects followed.
    pub status: u16,
    /// Media type without parameters, in lower case; empty when not named.
    pub media_type: String,
    /// The body's length in bytes, at most 4 MiB.
    pub bytes: u64,
    /// Whether the body is an HTML page, whatever its type says.
    pub html: bool,
    /// Header `ETag`; empty when not sent.
    pub etag: String,
    /// Header `Last-Modified`; empty when not sent.
    pub last_modified: String,
    /// Header `Cache-Control`; empty when not sent.
    pub cache_control: String,
    /// Header `Content-Encoding` when a browser's encodings are offered; empty when not sent.
    pub encoding: String,
    /// Parts of `UIkit` whose content is in the body; unseen where the body could not be read.
    pub uikit: Option<BTreeSet<Part>>,
}

/// A part of `UIkit`, told by content.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Its style sheet.
    Styles,
    /// Its components.
    Scripts,
    /// Its icons.
    Icons,
}

/// A request for something that should not be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// The request's target, as it was sent.
    pub target: String,
    /// What came back.
    pub answer: Result<WayAnswer, Trouble>,
}

/// What such a request was answered with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WayAnswer {
    /// Status code.
    pub status: u16,
    /// Media type without parameters, in lower case; empty when not named.
    pub media_type: String,
    /// The file outside of the folder that the body is, told by content; `None` where it is none.
    pub file: Option<String>,
}

impl Default for Seen<Vec<Way>> {
    fn default() -> Self {
        Self::Unseen("it was not tried".into())
    }
}

impl Assets {
    /// The page's path on its host.
    pub fn page_path(&self) -> &str {
        path(&self.page)
    }

    /// Style sheets or scripts of the stack's own hosts.
    pub fn own(&self, kind: AssetKind) -> impl Iterator<Item = &Asset> {
        self.loaded
            .iter()
            .filter(move |asset| asset.kind == kind && !asset.elsewhere)
    }
}

impl Asset {
    /// Its path on its host, for sentences.
    pub fn path(&self) -> &str {
        path(&self.url)
    }

    /// What was delivered, if anything.
    pub fn delivered(&self) -> Option<&Delivered> {
        self.answer.get().and_then(|answer| answer.as_ref().ok())
    }

    /// Whether it came with status 200.
    pub fn arrived(&self) -> bool {
        self.delivered().is_some_and(|came| came.status == 200)
    }
}

/// The path of an absolute address, with what follows it.
fn path(url: &str) -> &str {
    let after = url.split_once("://").map_or(url, |(_, rest)| rest);
    after.find('/').map_or("/", |at| &after[at..])
}

impl AssetKind {
    /// The word for it in a sentence.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stylesheet => "style sheet",
            Self::Script => "script",
            Self::Other => "file",
        }
    }

    /// Whether a media type is one that browsers take for it (WHATWG MIME Sniffing, "JavaScript MIME type"; CSSOM).
    pub fn is_type(self, media_type: &str) -> bool {
        match self {
            Self::Stylesheet => media_type == "text/css",
            Self::Script => matches!(
                media_type,
                "text/javascript"
                    | "application/javascript"
                    | "application/x-javascript"
                    | "text/x-javascript"
                    | "text/ecmascript"
                    | "application/ecmascript"
            ),
            Self::Other => true,
        }
    }
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 3] = [Self::Styles, Self::Scripts, Self::Icons];

    /// The words for it in a sentence.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Styles => "its styles",
            Self::Scripts => "its components",
            Self::Icons => "its icons",
        }
    }
}
