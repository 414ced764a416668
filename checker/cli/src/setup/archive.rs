//! Reads the table of contents of an image archive, so that a cut or foreign file is known before it is sent anywhere.
//!
//! The format is tar (POSIX ustar with pax headers, see pax(1)) holding `manifest.json` (Docker image specification,
//! "combined image JSON + filesystem changeset format"). Contents of layers are not looked at.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use serde::Deserialize;

use super::error::{SetupError, words};

const BLOCK: usize = 512;
/// A table of contents is a few kilobytes.
const MOST_MANIFEST: u64 = 4 * 1024 * 1024;
/// First bytes of gzip, xz, zstd and bzip2 files: the engine unpacks those itself.
const COMPRESSED: [&[u8]; 4] = [b"\x1f\x8b", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"BZh"];

/// The names of the images in an archive; none where it is compressed, and only the engine will know.
///
/// # Errors
/// [`SetupError::Archive`] when the file is no image archive or ends early, [`SetupError::File`] when it cannot be read.
pub(crate) fn images(path: &Path) -> Result<Vec<String>, SetupError> {
    let unreadable = |err: &std::io::Error| SetupError::file(path, "read", err);
    let file = File::open(path).map_err(|err| unreadable(&err))?;
    let length = file.metadata().map_err(|err| unreadable(&err))?.len();
    match table(BufReader::new(file), length) {
        Ok(names) => Ok(names),
        Err(Bad::Io(err)) => Err(unreadable(&err)),
        Err(Bad::Cut) => Err(bad(path, "the file ends in the middle: it was cut short")),
        Err(Bad::Foreign) => Err(bad(path, "this is no archive of images")),
        Err(Bad::Damaged(what)) => Err(bad(path, &format!("the file is damaged: {what}"))),
    }
}

fn bad(path: &Path, why: &str) -> SetupError {
    SetupError::Archive {
        path: path.display().to_string(),
        why: why.to_owned(),
    }
}

#[derive(Debug)]
enum Bad {
    Io(std::io::Error),
    Cut,
    Foreign,
    Damaged(String),
}

impl From<std::io::Error> for Bad {
    fn from(err: std::io::Error) -> Self {
        match err.kind() {
            std::io::ErrorKind::UnexpectedEof => Self::Cut,
            _ => Self::Io(err),
        }
    }
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "Config")]
    config: String,
    #[serde(rename = "RepoTags")]
    tags: Option<Vec<String>>,
    #[serde(rename = "Layers")]
    layers: Option<Vec<String>>,
}

fn table(mut source: impl Read + Seek, length: u64) -> Result<Vec<String>, Bad> {
    let mut start = Vec::new();
    source.by_ref().take(6).read_to_end(&mut start)?;
    if COMPRESSED.iter().any(|magic| start.starts_with(magic)) {
        return Ok(Vec::new());
    }
    source.seek(SeekFrom::Start(0))?;
    let mut names = BTreeSet::new();
    let mut manifest = None;
    let mut at = 0;
    let mut pax_size = None;
    loop {
        if length < at + BLOCK as u64 {
            return Err(if at == 0 { Bad::Foreign } else { Bad::Cut });
        }
        let mut header = [0; BLOCK];
        source.read_exact(&mut header)?;
        if header.iter().all(|byte| *byte == 0) {
            break;
        }
        let Some(member) = Member::read(&header) else {
            return Err(if at == 0 {
                Bad::Foreign
            } else {
                Bad::Damaged(format!("nothing readable at byte {at}"))
            });
        };
        let size = pax_size.take().unwrap_or(member.size);
        let end = size
            .checked_next_multiple_of(BLOCK as u64)
            .and_then(|padded| padded.checked_add(at + BLOCK as u64))
            .ok_or_else(|| Bad::Damaged(format!("a size out of reason at byte {at}")))?;
        if end > length {
            return Err(Bad::Cut);
        }
        let wanted = member.kind == b'x' || member.name == "manifest.json";
        if wanted && size <= MOST_MANIFEST {
            let mut content = Vec::new();
            source.by_ref().take(size).read_to_end(&mut content)?;
            if member.kind == b'x' {
                pax_size = size_of_next(&content);
            } else {
                manifest = Some(content);
            }
        }
        names.insert(member.name);
        source.seek(SeekFrom::Start(end))?;
        at = end;
    }
    let manifest = manifest.ok_or(Bad::Foreign)?;
    let entries: Vec<Entry> = serde_json::from_slice(&manifest)
        .map_err(|_| Bad::Damaged("its list of images cannot be read".into()))?;
    for part in entries
        .iter()
        .flat_map(|entry| entry.layers.iter().flatten().chain([&entry.config]))
    {
        if !names.contains(part) {
            return Err(Bad::Damaged(format!("{} is not in it", words(part))));
        }
    }
    Ok(entries
        .into_iter()
        .flat_map(|entry| entry.tags.unwrap_or_default())
        .collect())
}

/// What a ustar header says.
struct Member {
    name: String,
    size: u64,
    kind: u8,
}

impl Member {
    /// `None` when the header's checksum is wrong: then it is no header.
    fn read(header: &[u8; BLOCK]) -> Option<Self> {
        let sum: u64 = header
            .iter()
            .enumerate()
            .map(|(at, byte)| {
                if (148..156).contains(&at) {
                    32
                } else {
                    u64::from(*byte)
                }
            })
            .sum();
        if number(&header[148..156])? != sum {
            return None;
        }
        let name = text(&header[0..100]);
        let prefix = if &header[257..262] == b"ustar" {
            text(&header[345..500])
        } else {
            String::new()
        };
        Some(Self {
            name: if prefix.is_empty() {
                name
            } else {
                format!("{prefix}/{name}")
            },
            size: number(&header[124..136])?,
            kind: header[156],
        })
    }
}

fn text(field: &[u8]) -> String {
    let end = field
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).into_owned()
}

/// Octal digits, or binary where the first bit is set (for members of 8 GiB and more).
fn number(field: &[u8]) -> Option<u64> {
    let (first, rest) = field.split_first()?;
    if first & 0x80 != 0 {
        let mut value = u64::from(first & 0x7f);
        for byte in rest {
            value = value.checked_mul(256)?.checked_add(u64::from(*byte))?;
        }
        return Some(value);
    }
    let digits = std::str::from_utf8(field).ok()?.trim_matches(['\0', ' ']);
    if digits.is_empty() {
        Some(0)
    } else {
        u64::from_str_radix(digits, 8).ok()
    }
}

/// `size` among the records `LENGTH KEY=VALUE\n` of a pax header.
fn size_of_next(records: &[u8]) -> Option<u64> {
    let text = String::from_utf8_lossy(records);
    text.lines()
        .find_map(|line| line.split_once(' ')?.1.strip_prefix("size=")?.parse().ok())
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Cursor;

    use super::*;

    /// A tar archive of these members, ended as tar ends them.
    pub(crate) fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        for (name, content) in members {
            let mut header = [0_u8; BLOCK];
            header[..name.len()].copy_from_slice(name.as_bytes());
            header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
            header[156] = b'0';
            header[148..156].fill(b' ');
            let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
            header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
            out.extend(header);
            out.extend(*content);
            out.resize(out.len().next_multiple_of(BLOCK), 0);
        }
        out.resize(out.len() + 2 * BLOCK, 0);
        out
    }

    fn read(bytes: &[u8]) -> Result<Vec<String>, Bad> {
        table(Cursor::new(bytes), bytes.len() as u64)
    }

    const MANIFEST: &[u8] = br#"[{"Config":"c.json","RepoTags":["mariadb:11.8"],"Layers":["l.tar"]},{"Config":"c.json","RepoTags":null,"Layers":[]}]"#;

    fn whole() -> Vec<u8> {
        tar(&[
            ("c.json", b"{}"),
            ("l.tar", &[7; 3000]),
            ("manifest.json", MANIFEST),
        ])
    }

    #[test]
    fn a_whole_archive_tells_its_images() {
        assert_eq!(read(&whole()).expect("whole"), ["mariadb:11.8"]);
    }

    #[test]
    fn every_cut_is_noticed() {
        let whole = whole();
        // Only the second of the two closing blocks may be missing.
        for length in 0..=whole.len() - 2 * BLOCK {
            let cut = read(&whole[..length]);
            assert!(
                matches!(cut, Err(Bad::Cut | Bad::Foreign)),
                "{length}: {cut:?}"
            );
        }
    }

    #[test]
    fn other_files_are_foreign() {
        for bytes in [
            &b""[..],
            b"not a tar",
            &[b'x'; 5000],
            &[0; 2048],
            &tar(&[("a.txt", b"hello")]),
        ] {
            assert!(matches!(read(bytes), Err(Bad::Foreign)));
        }
    }

    #[test]
    fn an_archive_with_a_hole_is_damaged() {
        let holed = tar(&[("c.json", b"{}"), ("manifest.json", MANIFEST)]);
        assert!(matches!(read(&holed), Err(Bad::Damaged(what)) if what.contains("l.tar")));
        let unreadable = tar(&[("manifest.json", b"[{")]);
        assert!(matches!(read(&unreadable), Err(Bad::Damaged(_))));
        let mut scribbled = whole();
        scribbled[2 * BLOCK] ^= 1;
        assert!(matches!(read(&scribbled), Err(Bad::Damaged(_))));
    }

    #[test]
    fn compressed_archives_are_the_engines_to_read() {
        assert!(
            read(b"\x1f\x8b\x08\x00 and so on")
                .expect("accepted")
                .is_empty()
        );
    }

    #[test]
    fn large_members_have_binary_or_pax_sizes() {
        let mut field = [0_u8; 12];
        field[0] = 0x80;
        field[7] = 2;
        assert_eq!(number(&field), Some(2 << 32));
        assert_eq!(number(b"00000000017\0"), Some(15));
        assert_eq!(number(&[0xff; 12]), None);
        assert_eq!(size_of_next(b"20 size=8589934592\n"), Some(8_589_934_592));
    }
}
