//! The round trip against small servers that behave as applications do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Url;
use sha1::{Digest as _, Sha1};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::html::qr::tests::svg;
use crate::http::allowed::Allowed;
use crate::http::browser::Browser;
use labcheck_core::facts::Seen;
use labcheck_core::grade::Target;
use labcheck_core::redact::known::Secrets;
use labcheck_engine::token::hex;

/// How the little application differs from a plain one.
#[derive(Debug, Clone, Default)]
struct Ways {
    /// Tokens in a session, each good for one post; posts without `Origin` are refused.
    tokens: bool,
    /// Stands in front of every answer to a fetch, and behind it.
    around: (String, String),
    /// The fetch page lists every name.
    lists: bool,
    /// Pictures in front of each hit's text.
    pictures: String,
    /// A hit shows its QR code from the second time on.
    late_code: bool,
}

#[derive(Debug, Default)]
struct App {
    ways: Ways,
    stored: Vec<String>,
    tokens: BTreeMap<String, String>,
    turns: usize,
    hits: usize,
}

fn hash_of(name: &str) -> String {
    let half = hex(&Sha1::digest(name.as_bytes()));
    format!("{half}{}", &half[..24])
}

fn decoded(text: &str) -> String {
    let url = Url::parse(&format!("http://h/?x={text}")).expect("an address");
    let (_, value) = url.query_pairs().next().expect("a value");
    value.into_owned()
}

impl App {
    fn answer(&mut self, request: &str) -> (u16, String, String) {
        let (head, body) = request.split_once("\r\n\r\n").unwrap_or((request, ""));
        let mut words = head.split(' ');
        let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let header = |name: &str| {
            head.lines().find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix(name)
                    .map(str::to_owned)
            })
        };
        let fields: BTreeMap<String, String> = body
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), decoded(value)))
            .collect();
        self.turns += 1;
        let session = header("cookie: s=").unwrap_or_else(|| format!("{}", self.turns));
        if self.ways.tokens && method == "POST" {
            let token = self.tokens.remove(&session);
            if token.is_none()
                || token.as_ref() != fields.get("token")
                || header("origin: ").is_none()
                || header("referer: ").is_none()
            {
                return (403, session, "no token".into());
            }
        }
        let token = format!("made-up-token-{}", self.turns);
        if self.ways.tokens && method == "GET" {
            self.tokens.insert(session.clone(), token.clone());
        }
        let hidden = if self.ways.tokens {
            format!("<input type=hidden name=token value={token}>")
        } else {
            String::new()
        };
        let list = if self.ways.lists && path == "/fetch" {
            self.stored.join(" ")
        } else {
            String::new()
        };
        let form = format!(
            "<form method=post>{hidden}<input name=name><input name=manufacturer_name></form>{list}"
        );
        let text = match (method, path) {
            ("POST", "/inserter") => {
                self.stored.push(fields["name"].clone());
                "stored".to_owned()
            }
            ("POST", "/fetch") => {
                let name = &fields["manufacturer_name"];
                let hit = if self.stored.contains(name) {
                    self.hits += 1;
                    let safe = name.replace('<', "&lt;");
                    let late = self.ways.late_code && self.hits > 1;
                    let code = if late {
                        String::from_utf8_lossy(&svg(&hash_of(name), "<svg", 4)).into_owned()
                    } else {
                        String::new()
                    };
                    format!(
                        "{}<p>{safe} {}</p>{code}",
                        self.ways.pictures,
                        hash_of(name)
                    )
                } else {
                    "nothing".into()
                };
                format!("{}{hit}{}", self.ways.around.0, self.ways.around.1)
            }
            ("GET", "/stream") => return (1, session, String::new()),
            _ => self.ways.around.1.clone(),
        };
        (200, session, format!("{form}{text}"))
    }
}

async fn serve(mut stream: TcpStream, app: Arc<Mutex<App>>) {
    let mut bytes = Vec::new();
    let mut part = vec![0; 8192];
    loop {
        let got = stream.read(&mut part).await.unwrap_or(0);
        bytes.extend_from_slice(&part[..got]);
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        let whole = text
            .split_once("\r\n\r\n")
            .is_some_and(|(_, body)| body.len() >= length.unwrap_or(0));
        if whole || got == 0 {
            break;
        }
    }
    let request = String::from_utf8_lossy(&bytes).into_owned();
    let (status, session, body) = app.lock().expect("a lock").answer(&request);
    if status == 1 {
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n\r\n")
            .await;
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: text/html\r\nset-cookie: s={session}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
}

async fn app(ways: Ways) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let app = Arc::new(Mutex::new(App {
        ways,
        ..App::default()
    }));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, app.clone()));
        }
    });
    Url::parse(&url).expect("an address")
}

async fn driven(ways: Ways) -> RoundTrip {
    let base = app(ways).await;
    let browser = Browser::new(Allowed::default()).expect("a client");
    let nonce = Nonce::from_bytes([7; 11]);
    let steps = BTreeSet::from([
        Step::Store,
        Step::Find,
        Step::Miss,
        Step::Inject,
        Step::Markup,
        Step::Again,
    ]);
    let (target, secrets, posted) = (Target::default(), Secrets::default(), Cell::new(false));
    let plan = RoundTripPlan {
        browser: &browser,
        target: &target,
        steps: &steps,
        nonce: &nonce,
        secrets: &secrets,
        posted: &posted,
    };
    let driver = Driver::start(plan, &base).await.expect("addresses");
    let mut round_trip = RoundTrip::default();
    driver.first(&mut round_trip).await;
    round_trip.again = driver.again().await;
    round_trip
}

fn statuses(round_trip: &mut RoundTrip) -> BTreeSet<u16> {
    let steps = crate::round_trip::steps::steps(round_trip);
    steps
        .filter_map(|step| step.answer.as_ref().ok().map(|answer| answer.status))
        .collect()
}

#[tokio::test]
async fn tokens_of_a_session_are_read_before_each_post_and_not_kept() {
    let mut round_trip = driven(Ways {
        tokens: true,
        ..Ways::default()
    })
    .await;
    assert_eq!(statuses(&mut round_trip), BTreeSet::from([200]));
    assert_eq!(round_trip.hash, Some(hash_of("gerber-textil-0460551")));
    let stored = round_trip.stored.expect("a step");
    assert!(stored.repeat.contains("token=…") && !stored.repeat.contains("made-up-token"));
    assert_eq!(round_trip.typed.len(), 8);
    assert!(round_trip.markups.iter().all(|markup| {
        markup
            .fetched
            .as_ref()
            .is_some_and(|page| !page.hashes().is_empty())
    }));
    assert!(round_trip.markups.iter().all(|markup| {
        markup.fetched.as_ref().is_some_and(|page| {
            page.page_search
                .as_ref()
                .is_some_and(|search| !search.marked)
        })
    }));
}

#[tokio::test]
async fn what_stands_far_down_a_page_is_seen() {
    let round_trip = driven(Ways {
        around: ("far ".repeat(25_000), String::new()),
        ..Ways::default()
    })
    .await;
    let found = round_trip.found.expect("a step");
    assert!(
        found.shows_name(&round_trip.name)
            && !found
                .answer
                .expect("an answer")
                .body
                .contains(&round_trip.name)
    );
    assert_eq!(round_trip.hash, Some(hash_of(&round_trip.name)));
}

#[tokio::test]
async fn words_of_every_page_are_no_hash() {
    let footer = format!("<footer>{} {}</footer>", "ab".repeat(20), "cd".repeat(60));
    let round_trip = driven(Ways {
        around: (String::new(), footer),
        lists: true,
        ..Ways::default()
    })
    .await;
    assert_eq!(round_trip.hash, Some(hash_of(&round_trip.name)));
    // The list shows the name on every page, and that is no hit.
    assert!(
        round_trip
            .missing
            .is_some_and(|miss| miss.shows_name(&round_trip.name)
                && !miss.shows_hash(&hash_of(&round_trip.name)))
    );
}

#[tokio::test]
async fn pictures_that_never_end_share_one_deadline() {
    let base = app(Ways::default()).await;
    let html = "<img src='/stream'>".repeat(12);
    let page = Fetched {
        bytes: html.into_bytes(),
        url: Some(base),
        ..Fetched::default()
    };
    let browser = Browser::new(Allowed::default()).expect("a client");
    let longest = Duration::from_millis(400);
    let codes = Codes::of(&browser, &page, &[], longest);
    let codes = tokio::time::timeout(longest * 6, codes)
        .await
        .expect("one deadline for all");
    assert!(matches!(codes.fact(None), Seen::Unseen(why) if why.contains("could not be read")));
}

#[tokio::test]
async fn a_code_that_is_there_when_the_page_is_loaded_again_counts() {
    let late = Ways {
        late_code: true,
        ..Ways::default()
    };
    let round_trip = driven(late).await;
    assert_eq!(round_trip.qr, round_trip.hash.map(Seen::Seen));
    let never = driven(Ways::default()).await;
    assert_eq!(never.qr, Some(Seen::Seen(String::new())));
}
