//! A text as a QR code that a page can show without a second request.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use qrcode::QrCode;
use qrcode::render::svg;
use qrcode::types::QrError;

/// What may not stand as it is in a data URI inside an attribute.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'\'')
    .add(b'<')
    .add(b'>');

/// The QR code of `text` as the source of an `img` (SVG in a data URI).
///
/// Fails when the text is too long for a QR code.
pub fn data_uri(text: &str) -> Result<String, QrError> {
    let svg = QrCode::new(text)?
        .render::<svg::Color<'_>>()
        .min_dimensions(200, 200)
        .build();
    Ok(format!(
        "data:image/svg+xml,{}",
        utf8_percent_encode(&svg, ESCAPED)
    ))
}
