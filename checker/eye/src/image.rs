//! The image that the program is brought to the engine in: one file, made in memory, the same bytes each time, so that
//! the engine's id of it is known beforehand.
//!
//! The archive is for `POST /images/load` (an import gets the time of day into its configuration, so its id cannot be
//! known). It has both lists of contents: `manifest.json` for engines with a store of their own, whose id of an image is
//! the digest of its configuration, and `index.json` (OCI) for engines with containerd's, whose id is the manifest's.

use sha2::{Digest, Sha256};

/// The file in the image.
pub const PROGRAM: &str = "/labcheck-eye";
/// The name of the image; containers are made by its id, not by this.
pub const REPOSITORY: &str = "labcheck-eye";

/// It may be run and not be read: the kernel keeps the memory and the open files of such a process from other processes of
/// its user too, so that the stack's programs with this user cannot change what it answers.
const MODE: u32 = 0o111;
/// Bytes of a block of an archive.
const BLOCK: usize = 512;
/// Characters of the digest in the tag.
const TAG: usize = 12;

/// An image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// What is loaded into the engine.
    pub archive: Vec<u8>,
    /// The name that it gets there.
    pub name: String,
    /// The digest of its configuration, with `sha256:`.
    pub config: String,
    /// The digest of its manifest, with `sha256:`.
    pub manifest: String,
}

/// The architecture as images name it, from a name of the engine's or the compiler's.
pub fn architecture(name: &str) -> Option<&'static str> {
    match name {
        "x86_64" | "amd64" => Some("amd64"),
        "aarch64" | "arm64" => Some("arm64"),
        _ => None,
    }
}

impl Image {
    /// The image of a program for an architecture that [`architecture`] gave.
    pub fn new(program: &[u8], architecture: &str) -> Self {
        let mut layer = Archive::default();
        layer.file(PROGRAM.trim_start_matches('/'), MODE, program);
        let layer = layer.end();
        let diff = digest(&layer);
        let config = format!(
            r#"{{"architecture":"{architecture}","config":{{"Entrypoint":["{PROGRAM}"],"User":"0:0","WorkingDir":"/"}},"created":"1970-01-01T00:00:00Z","os":"linux","rootfs":{{"diff_ids":["{diff}"],"type":"layers"}}}}"#
        );
        let config_digest = digest(config.as_bytes());
        let manifest = format!(
            r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{config_digest}","size":{}}},"layers":[{{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{diff}","size":{}}}]}}"#,
            config.len(),
            layer.len()
        );
        let manifest_digest = digest(manifest.as_bytes());
        let tag = hex(&config_digest).get(..TAG).unwrap_or_default();
        let name = format!("{REPOSITORY}:{tag}");
        let index = format!(
            r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{manifest_digest}","size":{},"annotations":{{"io.containerd.image.name":"docker.io/library/{name}","org.opencontainers.image.ref.name":"{tag}"}},"platform":{{"architecture":"{architecture}","os":"linux"}}}}]}}"#,
            manifest.len()
        );
        let list = format!(
            r#"[{{"Config":"{}","RepoTags":["{name}"],"Layers":["{}"]}}]"#,
            blob(&config_digest),
            blob(&diff)
        );
        let mut archive = Archive::default();
        archive.file(&blob(&config_digest), 0o444, config.as_bytes());
        archive.file(&blob(&diff), 0o444, &layer);
        archive.file(&blob(&manifest_digest), 0o444, manifest.as_bytes());
        archive.file("index.json", 0o444, index.as_bytes());
        archive.file("manifest.json", 0o444, list.as_bytes());
        archive.file("oci-layout", 0o444, br#"{"imageLayoutVersion":"1.0.0"}"#);
        Self {
            archive: archive.end(),
            name,
            config: config_digest,
            manifest: manifest_digest,
        }
    }

    /// Whether an id of the engine's is this image's.
    pub fn is(&self, id: &str) -> bool {
        id == self.config || id == self.manifest
    }
}

fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    let mut out = "sha256:".to_owned();
    for byte in Sha256::digest(bytes) {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// A digest without the name of its kind.
fn hex(digest: &str) -> &str {
    digest.strip_prefix("sha256:").unwrap_or(digest)
}

/// Where a piece lies in the archive.
fn blob(digest: &str) -> String {
    format!("blobs/sha256/{}", hex(digest))
}

/// An archive in the form of POSIX (`ustar`), with nothing of this machine or moment in it.
#[derive(Debug, Default)]
struct Archive {
    bytes: Vec<u8>,
}

impl Archive {
    fn file(&mut self, name: &str, mode: u32, content: &[u8]) {
        let mut header = [0; BLOCK];
        let mut put = |at: usize, text: &str| {
            let text = text.as_bytes();
            if let Some(place) = header.get_mut(at..at + text.len()) {
                place.copy_from_slice(text);
            }
        };
        put(0, name);
        put(100, &format!("{mode:07o}"));
        put(108, "0000000");
        put(116, "0000000");
        put(124, &format!("{:011o}", content.len()));
        put(136, "00000000000");
        // The sum is made as if its own place held spaces.
        put(148, "        ");
        put(156, "0");
        put(257, "ustar\u{0}00");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        let sum = format!("{sum:06o}\u{0} ");
        if let Some(place) = header.get_mut(148..156) {
            place.copy_from_slice(sum.as_bytes());
        }
        self.bytes.extend(header);
        self.bytes.extend(content);
        let whole = self.bytes.len().next_multiple_of(BLOCK);
        self.bytes.resize(whole, 0);
    }

    /// The archive, with the two empty blocks that end it.
    fn end(mut self) -> Vec<u8> {
        self.bytes.resize(self.bytes.len() + 2 * BLOCK, 0);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_program_is_the_same_image() {
        let image = Image::new(b"program", "amd64");
        assert_eq!(image, Image::new(b"program", "amd64"));
        assert_ne!(image.config, Image::new(b"Program", "amd64").config);
        assert_ne!(image.config, Image::new(b"program", "arm64").config);
        assert!(image.is(&image.config) && image.is(&image.manifest) && !image.is(&image.name));
        // Changing what an image is made of changes the id that engines hold: it should be meant.
        assert_eq!(
            image.config,
            "sha256:8cb976f9a02b65ce8140a92f5e1c5a12742fcfec3ba9c47e3a2b608a2455da8d"
        );
    }

    #[test]
    fn an_archive_is_one() {
        let image = Image::new(b"program", "amd64");
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("image.tar");
        std::fs::write(&file, &image.archive).expect("a file");
        let tar = |arguments: &[&str]| {
            let mut command = std::process::Command::new("tar");
            let out = command.args(arguments).current_dir(dir.path()).output();
            let out = out.expect("tar is here");
            assert!(out.status.success(), "{out:?}");
            String::from_utf8(out.stdout).expect("text")
        };
        let names = tar(&["-tf", "image.tar"]);
        assert_eq!(names.lines().count(), 6);
        tar(&["-xf", "image.tar"]);
        let list = std::fs::read_to_string(dir.path().join("manifest.json")).expect("it is there");
        assert!(list.contains(hex(&image.config)) && list.contains(&image.name));
        // Each piece lies under its own digest.
        for entry in std::fs::read_dir(dir.path().join("blobs/sha256")).expect("it is there") {
            let entry = entry.expect("an entry");
            let bytes = std::fs::read(entry.path()).expect("a file");
            assert_eq!(entry.file_name().to_str(), Some(hex(&digest(&bytes))));
        }
    }

    #[test]
    fn architectures_have_one_name() {
        assert_eq!(architecture("x86_64"), Some("amd64"));
        assert_eq!(architecture("arm64"), Some("arm64"));
        assert_eq!(architecture("riscv64"), None);
    }
}
