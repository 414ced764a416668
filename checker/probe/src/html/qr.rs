//! Reads a QR code (ISO/IEC 18004) out of a PNG or an SVG. Pictures from outside are hostile: sizes are bounded, and
//! nothing they refer to is opened.

use image::{GrayImage, ImageFormat, ImageReader, Limits, Luma, imageops};
use resvg::{tiny_skia, usvg};

/// Pixels of a side that are looked at.
const LARGEST: u32 = 4096;
/// Bytes of an SVG that are looked at.
const LONGEST: usize = 1024 * 1024;

/// What a picture says: `Ok(None)` when it is a picture without a QR code.
///
/// # Errors
/// A format that is not read, or a picture that is damaged or too large, as a sentence fragment.
pub(crate) fn decode(bytes: &[u8]) -> Result<Option<String>, String> {
    let picture = if looks_like_svg(bytes) {
        drawn(bytes)?
    } else {
        pixels(bytes)?
    };
    Ok(read(&picture))
}

fn looks_like_svg(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    let head = head.trim_start_matches('\u{feff}').trim_start();
    head.starts_with("<svg") || (head.starts_with('<') && head.contains("<svg"))
}

fn pixels(bytes: &[u8]) -> Result<GrayImage, String> {
    let format =
        image::guess_format(bytes).map_err(|_| "a picture of an unknown format".to_owned())?;
    if format != ImageFormat::Png {
        return Err(format!(
            "a picture of the format {format:?}, which is not read here (PNG and SVG are)"
        ));
    }
    let mut reader = ImageReader::with_format(std::io::Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST);
    limits.max_image_height = Some(LARGEST);
    limits.max_alloc = Some(128 * 1024 * 1024);
    reader.limits(limits);
    let picture = reader.decode().map_err(|err| {
        format!(
            "a damaged picture ({})",
            labcheck_core::text::cut(&labcheck_core::text::clean(&err.to_string()), 80)
        )
    })?;
    // What is transparent shows the page behind it, which is taken for white.
    let picture = picture.to_luma_alpha8();
    Ok(GrayImage::from_fn(
        picture.width(),
        picture.height(),
        |x, y| {
            let [luma, alpha] = picture.get_pixel(x, y).0;
            let mixed = (u16::from(luma) * u16::from(alpha) + 255 * (255 - u16::from(alpha))) / 255;
            Luma([u8::try_from(mixed).unwrap_or(255)])
        },
    ))
}

fn drawn(bytes: &[u8]) -> Result<GrayImage, String> {
    const SIDE: f32 = 800.0;
    if bytes.len() > LONGEST {
        return Err("an SVG of more than 1 MiB".into());
    }
    let damaged = |err: usvg::Error| {
        format!(
            "a damaged SVG ({})",
            labcheck_core::text::cut(&labcheck_core::text::clean(&err.to_string()), 80)
        )
    };
    let text = String::from_utf8_lossy(bytes);
    // A page may leave the name space out; an SVG file may not.
    let text = if text.contains("xmlns=") {
        text.into_owned()
    } else {
        text.replacen("<svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"", 1)
    };
    let options = usvg::Options {
        image_href_resolver: usvg::ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(&text, &options).map_err(damaged)?;
    let size = tree.size();
    let scale = SIDE / size.width().max(size.height());
    let pixels_of = |length: f32| bounded(length * scale);
    let (width, height) = (pixels_of(size.width()), pixels_of(size.height()));
    let mut canvas = tiny_skia::Pixmap::new(width, height).ok_or("an SVG without a size")?;
    canvas.fill(tiny_skia::Color::WHITE);
    resvg::render(
        &tree,
        tiny_skia::Transform::from_scale(scale, scale),
        &mut canvas.as_mut(),
    );
    let row = width as usize;
    let pixels = canvas.pixels();
    Ok(GrayImage::from_fn(width, height, |x, y| {
        let pixel = pixels[y as usize * row + x as usize];
        let sum = u16::from(pixel.red()) + u16::from(pixel.green()) + u16::from(pixel.blue());
        Luma([u8::try_from(sum / 3).unwrap_or(255)])
    }))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 1..=1000 before the cast"
)]
fn bounded(length: f32) -> u32 {
    if length.is_finite() {
        length.round().clamp(1.0, 1000.0) as u32
    } else {
        1
    }
}

/// Looks as it is first, then with what most often is missing: a quiet zone and pixels enough.
fn read(picture: &GrayImage) -> Option<String> {
    let framed = framed(picture);
    grids(picture).or_else(|| grids(&framed)).or_else(|| {
        let mut inverted = framed;
        imageops::invert(&mut inverted);
        grids(&inverted)
    })
}

/// The picture enlarged to at least 600 pixels, without smoothing, in a white frame of a tenth of its side.
fn framed(picture: &GrayImage) -> GrayImage {
    const WANTED: u32 = 600;
    let (width, height) = picture.dimensions();
    let times = WANTED.div_ceil(width.max(height).max(1)).clamp(1, 40);
    let large = if times > 1 {
        imageops::resize(
            picture,
            width * times,
            height * times,
            imageops::FilterType::Nearest,
        )
    } else {
        picture.clone()
    };
    let frame = large.width().max(large.height()) / 10 + 8;
    let mut page = GrayImage::from_pixel(
        large.width() + 2 * frame,
        large.height() + 2 * frame,
        Luma([255]),
    );
    imageops::overlay(&mut page, &large, i64::from(frame), i64::from(frame));
    page
}

fn grids(picture: &GrayImage) -> Option<String> {
    let mut prepared = rqrr::PreparedImage::prepare(picture.clone());
    prepared
        .detect_grids()
        .into_iter()
        .find_map(|grid| grid.decode().ok())
        .map(|(_, content)| content)
}

#[cfg(test)]
#[path = "qr_tests.rs"]
pub(crate) mod tests;
