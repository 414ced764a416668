//! Bodies that came compressed, opened as far as a page may be long: a small one may hold gigabytes.

use std::io::Read as _;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// The body in a coding (`Content-Encoding`), at most so many bytes; `None` where the coding is not known or the body is not
/// in it.
pub(crate) fn open(coding: &str, bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    match coding.trim().to_ascii_lowercase().as_str() {
        "gzip" | "x-gzip" => all(MultiGzDecoder::new(bytes), most),
        // Some leave the frame away that belongs around it.
        "deflate" => {
            all(ZlibDecoder::new(bytes), most).or_else(|| all(DeflateDecoder::new(bytes), most))
        }
        _ => None,
    }
}

/// What can be read before it breaks or the end is reached.
fn all(from: impl std::io::Read, most: usize) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    let read = from.take(most).read_to_end(&mut out);
    (read.is_ok() || !out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    #[test]
    fn what_servers_send_unasked_is_opened() {
        let page = b"<title>Registry</title>";
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(page).expect("memory");
        let gzip = gzip.finish().expect("memory");
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(page).expect("memory");
        let zlib = zlib.finish().expect("memory");
        let mut bare = DeflateEncoder::new(Vec::new(), Compression::default());
        bare.write_all(page).expect("memory");
        let bare = bare.finish().expect("memory");
        for (coding, bytes) in [
            ("gzip", &gzip),
            (" GZip ", &gzip),
            ("deflate", &zlib),
            ("deflate", &bare),
        ] {
            assert_eq!(
                open(coding, bytes, 1000).as_deref(),
                Some(&page[..]),
                "{coding}"
            );
        }
        assert_eq!(open("gzip", &gzip, 3).as_deref(), Some(&page[..3]));
        assert_eq!(open("br", &gzip, 1000), None);
        assert_eq!(open("gzip", page, 1000), None);
    }

    #[test]
    fn a_bomb_is_opened_no_further_than_a_page_goes() {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        for _ in 0..64 {
            gzip.write_all(&vec![b'x'; 1024 * 1024]).expect("memory");
        }
        let bomb = gzip.finish().expect("memory");
        assert!(bomb.len() < 128 * 1024);
        assert_eq!(open("gzip", &bomb, 2000).map(|out| out.len()), Some(2000));
    }
}
