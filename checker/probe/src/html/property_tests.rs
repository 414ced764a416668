//! Whatever a page, a style sheet or a picture holds: reading it ends, and what is kept of it has a bound.

use proptest::prelude::*;
use reqwest::Url;
use scraper::Html;

use super::{accessible_names, content, css, form, links, qr, tokenizer, uikit};
use crate::property_tests::words;

/// What pages are made of, and what only begins like it.
const WORDS: [&str; 44] = [
    "<",
    ">",
    "</",
    "/>",
    "<!--",
    "-->",
    "<!doctype html>",
    "<?",
    "<form method=post action='",
    "</form>",
    "<input name=",
    "<input type=hidden value=\"",
    "manufacturer_name",
    "<button>",
    "<select name=a><option>",
    "<textarea>",
    "</textarea>",
    "<svg viewBox='0 0 9 9'>",
    "</svg>",
    "<img src=",
    "data:image/png;base64,",
    "<object data='",
    "<script>",
    "</script>",
    "<style>@import url(",
    "</style>",
    "<template>",
    "</template>",
    "<title>",
    "</title>",
    "<nav>",
    "<a href=\"//",
    "</a>",
    "<base href='http:",
    "<link rel=stylesheet href=",
    "aria-label=",
    "\"",
    "'",
    "=",
    "&#x110000;",
    "&amp;",
    " ",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "\u{130}\u{0}é",
];

fn page() -> impl Strategy<Value = String> {
    words(&WORDS).prop_map(|words| words.concat())
}

fn png() -> Vec<u8> {
    let picture = image::DynamicImage::new_luma8(24, 24);
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .expect("encoded");
    bytes.into_inner()
}

proptest! {
    #[test]
    fn any_page_is_gone_through_once(html in page()) {
        let mut pieces = 0;
        for piece in tokenizer::pieces(&html) {
            pieces += 1;
            if let tokenizer::Piece::Open(from, name, _) = piece {
                prop_assert!(html.is_char_boundary(from) && !name.is_empty());
            }
        }
        prop_assert!(pieces <= 2 * html.len() + 1);
        prop_assert!(tokenizer::decoded(&html).len() <= html.len());
    }

    #[test]
    fn what_is_kept_of_a_page_is_bounded(html in page()) {
        for hash in content::hashes(&html) {
            prop_assert!((32..=1024).contains(&hash.len()) && html.contains(&hash));
        }
        let (pictures, _) = content::pictures(&html);
        prop_assert!(pictures.len() <= 96);
        if let Some(title) = content::title(&html) {
            prop_assert!(title.chars().count() <= 201, "{title}");
        }
        prop_assert!(content::without_hidden(&html).len() <= 3 * html.len());
        let _ = content::marked(&html);
    }

    #[test]
    fn any_form_can_be_filled_in(html in page()) {
        if let Some(found) = form::find(&html, &["manufacturer_name", "a"]) {
            let filled = found.filled(&[("manufacturer_name", "x")]);
            prop_assert!(filled.iter().any(|(name, value)| name == "manufacturer_name" && value == "x"));
        }
    }

    #[test]
    fn what_a_page_loads_is_on_the_network(html in page()) {
        let at = Url::parse("http://127.0.0.1:8080/fetch").expect("an address");
        let tree = Html::parse_document(&html);
        let base = links::base(&tree, &at);
        for load in links::loads(&tree, &base) {
            prop_assert!(matches!(load.url.scheme(), "http" | "https"), "{}", load.url);
        }
        let _ = links::navs(&tree, &base);
        let _ = accessible_names::nameless(&tree);
    }

    #[test]
    fn any_style_sheet_can_be_read(text in r#"(@import|url\(|/\*|\*/|["'(); \\]|[a-zé.]){0,60}"#) {
        prop_assert!(css::references(&text).len() <= 200);
        let _ = uikit::parts(&text);
    }

    #[test]
    fn a_damaged_picture_is_no_code(at in 0_usize..200, byte in any::<u8>(), end in 0_usize..200) {
        let mut bytes = png();
        let last = bytes.len();
        bytes[at % last] = byte;
        bytes.truncate(last - end % last);
        prop_assert!(!matches!(qr::decode(&bytes), Ok(Some(_))));
    }
}

proptest! {
    // Each is drawn at 800 pixels and gone through three times.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_drawing_can_be_read(inside in page()) {
        let _ = qr::decode(format!("<svg viewBox='0 0 9 9'>{inside}</svg>").as_bytes());
    }
}
