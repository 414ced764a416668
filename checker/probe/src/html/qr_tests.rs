//! QR codes as applications draw them.

use std::fmt::Write as _;

use image::{DynamicImage, Rgba, RgbaImage};
use qrcode::{Color, QrCode};

use super::*;

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn modules(text: &str) -> (usize, Vec<bool>) {
    let code = QrCode::new(text).expect("a code");
    (
        code.width(),
        code.to_colors()
            .into_iter()
            .map(|color| color == Color::Dark)
            .collect(),
    )
}

fn png(scale: usize, quiet: usize, dark: [u8; 4], light: [u8; 4]) -> Vec<u8> {
    let (width, dots) = modules(HASH);
    let side = (width + 2 * quiet) * scale;
    let picture = RgbaImage::from_fn(
        u32::try_from(side).expect("small"),
        u32::try_from(side).expect("small"),
        |x, y| {
            let (x, y) = (
                (x as usize / scale).wrapping_sub(quiet),
                (y as usize / scale).wrapping_sub(quiet),
            );
            Rgba(if x < width && y < width && dots[y * width + x] {
                dark
            } else {
                light
            })
        },
    );
    let mut bytes = std::io::Cursor::new(Vec::new());
    DynamicImage::ImageRgba8(picture)
        .write_to(&mut bytes, ImageFormat::Png)
        .expect("encoded");
    bytes.into_inner()
}

/// A code as a drawing; `head` is its tag up to the `viewBox`, `quiet` the modules of its frame.
pub(crate) fn svg(text: &str, head: &str, quiet: usize) -> Vec<u8> {
    let (width, dots) = modules(text);
    let side = width + 2 * quiet;
    let mut path = String::new();
    for (at, _) in dots.iter().enumerate().filter(|(_, dark)| **dark) {
        write!(
            path,
            "M{} {}h1v1h-1z",
            at % width + quiet,
            at / width + quiet
        )
        .expect("written");
    }
    format!("{head} viewBox=\"0 0 {side} {side}\"><path d=\"{path}\"/></svg>").into_bytes()
}

const BLACK: [u8; 4] = [0, 0, 0, 255];
const WHITE: [u8; 4] = [255, 255, 255, 255];

#[test]
fn png_codes_decode_in_every_size_and_colour() {
    let shapes = [
        ("usual", png(4, 4, BLACK, WHITE)),
        ("large", png(20, 4, BLACK, WHITE)),
        ("one pixel a module", png(1, 4, BLACK, WHITE)),
        ("no quiet zone", png(5, 0, BLACK, WHITE)),
        ("transparent ground", png(4, 4, BLACK, [0, 0, 0, 0])),
        (
            "coloured",
            png(4, 4, [20, 40, 120, 255], [250, 240, 200, 255]),
        ),
        ("inverted", png(4, 4, WHITE, BLACK)),
    ];
    for (what, bytes) in shapes {
        assert_eq!(decode(&bytes), Ok(Some(HASH.to_owned())), "{what}");
    }
}

#[test]
fn svg_codes_decode_with_and_without_a_name_space() {
    let file = "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"45\" height=\"45\"";
    for (what, bytes) in [
        ("a file", svg(HASH, file, 4)),
        ("inline", svg(HASH, "<svg width=\"200\" height=\"200\"", 0)),
        ("no size", svg(HASH, "<svg", 4)),
    ] {
        assert_eq!(decode(&bytes), Ok(Some(HASH.to_owned())), "{what}");
    }
}

#[test]
fn a_picture_without_a_code_holds_none() {
    assert_eq!(decode(&png(4, 4, WHITE, WHITE)), Ok(None));
    assert_eq!(
        decode(b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><circle r='3'/></svg>"),
        Ok(None)
    );
}

#[test]
fn hostile_pictures_are_refused_not_suffered() {
    let whole = png(4, 4, BLACK, WHITE);
    assert!(decode(&whole[..whole.len() / 2]).is_err());
    assert!(decode(b"").is_err());
    assert!(decode(b"GIF89a\x01\x00\x01\x00").is_err_and(|why| why.contains("Gif")));
    assert!(decode(b"<svg><broken").is_err());
    // The header of a PNG that claims to be 60000 pixels wide.
    let mut vast = whole.clone();
    vast[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    assert!(decode(&vast).is_err());
    let laughs = b"<!DOCTYPE svg [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;'>]><svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><text>&d;&d;&d;&d;</text></svg>";
    let _ = decode(laughs);
}
