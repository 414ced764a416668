//! Reads a QR code as a camera would: from what the picture shows.

use percent_encoding::percent_decode_str;

/// The text in the QR code of a data URI that [`inventory::qr::data_uri`] made.
pub(crate) fn decode(data_uri: &str) -> String {
    let svg = data_uri
        .strip_prefix("data:image/svg+xml,")
        .expect("an SVG in a data URI");
    let svg = percent_decode_str(svg).decode_utf8().expect("UTF-8");
    let path = between(&svg, " d=\"", "\"");
    let size: usize = between(&svg, "viewBox=\"0 0 ", " ")
        .parse()
        .expect("a size");
    let mut dark = vec![false; size * size];
    // Each dark module is drawn as `M x y h w v h H x V y`.
    for module in path.split('M').filter(|module| !module.is_empty()) {
        let numbers: Vec<usize> = module
            .split(|c: char| !c.is_ascii_digit())
            .filter(|number| !number.is_empty())
            .map(|number| number.parse().expect("a number"))
            .collect();
        let [left, top, width, height, ..] = numbers[..] else {
            panic!("another way of drawing: {module}")
        };
        for y in top..top + height {
            dark[y * size + left..y * size + left + width].fill(true);
        }
    }
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(size, size, |x, y| {
        if dark[y * size + x] { 0 } else { 255 }
    });
    let codes = picture.detect_grids();
    let [code] = &codes[..] else {
        panic!("{} codes in the picture", codes.len())
    };
    code.decode().expect("a readable code").1
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).expect(start);
    rest.split_once(end).expect(end).0
}
