//! Reads plain files out of a tar archive (POSIX ustar) as the engine sends it. Long names are left out.

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path in the archive.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

const BLOCK: usize = 512;

/// The files of an archive; what is cut off is dropped.
pub fn files(archive: &[u8]) -> Vec<File> {
    entries(archive)
        .filter(|(kind, ..)| matches!(kind, b'0' | 0))
        .map(|(_, name, _, bytes)| File {
            name,
            bytes: bytes.to_vec(),
        })
        .collect()
}

/// The symbolic links of an archive: name, and where it leads.
pub fn links(archive: &[u8]) -> Vec<(String, String)> {
    entries(archive)
        .filter(|(kind, ..)| *kind == b'2')
        .map(|(_, name, to, _)| (name, to))
        .collect()
}

type Entry<'a> = (u8, String, String, &'a [u8]);

/// Kind, name, where it leads, and bytes of every entry.
fn entries(archive: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    let mut rest = archive;
    std::iter::from_fn(move || {
        let (head, after) = rest.split_at_checked(BLOCK)?;
        let size = octal(&head[124..136])?;
        let (bytes, _) = after.split_at_checked(size)?;
        let name = word(&head[..100]);
        let padded = size.div_ceil(BLOCK) * BLOCK;
        rest = after.get(padded..).unwrap_or_default();
        (!name.is_empty()).then(|| (head[156], name, word(&head[157..257]), bytes))
    })
}

/// The names in an archive that comes in pieces; what files hold is passed over.
#[derive(Debug, Default)]
pub struct Names {
    head: Vec<u8>,
    /// Bytes of the file at hand that are still to come.
    skip: usize,
    /// What is no archive is read no further.
    lost: bool,
}

impl Names {
    /// The names of the files whose heads end in this piece.
    pub fn read(&mut self, mut bytes: &[u8]) -> Vec<String> {
        let mut names = Vec::new();
        while !bytes.is_empty() && !self.lost {
            let passed = self.skip.min(bytes.len());
            self.skip -= passed;
            bytes = &bytes[passed..];
            let (taken, rest) = bytes.split_at((BLOCK - self.head.len()).min(bytes.len()));
            self.head.extend_from_slice(taken);
            bytes = rest;
            if self.head.len() < BLOCK {
                continue;
            }
            let head = std::mem::take(&mut self.head);
            let name = word(&head[..100]);
            match octal(&head[124..136]) {
                Some(size) if !name.is_empty() => {
                    self.skip = size.div_ceil(BLOCK) * BLOCK;
                    if matches!(head[156], b'0' | 0) {
                        let before = word(&head[345..500]);
                        let between = if before.is_empty() { "" } else { "/" };
                        names.push(format!("{before}{between}{name}"));
                    }
                }
                _ => self.lost = true,
            }
        }
        names
    }
}

fn word(field: &[u8]) -> String {
    let end = field
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).into_owned()
}

fn octal(field: &[u8]) -> Option<usize> {
    let text = word(field);
    let digits = text.trim();
    if digits.is_empty() {
        Some(0)
    } else {
        usize::from_str_radix(digits, 8).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(name: &str, kind: u8, bytes: &[u8]) -> Vec<u8> {
        let mut block = vec![0; BLOCK];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
        block[156] = kind;
        block.extend_from_slice(bytes);
        block.resize(block.len().div_ceil(BLOCK) * BLOCK, 0);
        block
    }

    #[test]
    fn files_are_found_and_folders_passed_over() {
        let mut archive = entry("secrets/", b'5', b"");
        archive.extend(entry("secrets/app", b'0', b"made-up\n"));
        archive.extend(vec![0; 2 * BLOCK]);
        assert_eq!(
            files(&archive),
            [File {
                name: "secrets/app".into(),
                bytes: b"made-up\n".to_vec()
            }]
        );
    }

    #[test]
    fn names_come_out_of_pieces_of_any_size() {
        let mut archive = entry("src/", b'5', b"");
        archive.extend(entry("src/main.rs", b'0', &[b'x'; 700]));
        archive.extend(entry("b.txt", b'0', b""));
        archive.extend(vec![0; 2 * BLOCK]);
        for size in [1, 7, 512, 4096] {
            let mut names = Names::default();
            let found: Vec<String> = archive
                .chunks(size)
                .flat_map(|piece| names.read(piece))
                .collect();
            assert_eq!(found, ["src/main.rs", "b.txt"], "{size}");
        }
    }

    #[test]
    fn a_cut_or_senseless_archive_is_survived() {
        let whole = entry("a", b'0', &[7; 600]);
        for end in [0, 1, 511, 512, 700, 1024] {
            files(&whole[..end]);
        }
        assert!(files(&[0xff; 2048]).is_empty());
        let mut huge = entry("a", b'0', b"x");
        huge[124..135].copy_from_slice(b"77777777777");
        assert!(files(&huge).is_empty());
    }

    proptest! {
        #[test]
        fn any_archive_is_read_to_its_end(
            size in r"[0-9 +-]{0,12}|\PC{0,6}",
            bytes in proptest::collection::vec(any::<u8>(), 0..700),
            cut in 1_usize..600,
        ) {
            let mut head = entry("a", b'0', b"");
            head[124..136].fill(0);
            let size = &size.as_bytes()[..size.len().min(12)];
            head[124..124 + size.len()].copy_from_slice(size);
            let archive = [head, bytes].concat();
            for file in files(&archive) {
                prop_assert!(file.bytes.len() <= archive.len());
            }
            let mut names = Names::default();
            let found: usize = archive.chunks(cut).map(|piece| names.read(piece).len()).sum();
            prop_assert!(found <= archive.len() / BLOCK);
        }
    }
}
