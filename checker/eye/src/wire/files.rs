//! Files below a process's root folder.

use super::primitives::{Bytes, Listed};
use super::unread::Field;

record! {
    /// What lies at paths.
    pub struct Stats {
        /// The process below whose root the paths are.
        pub pid: u32,
        /// The paths; links are followed within the root, the last one too where [`Self::follow`] says so.
        pub paths: Vec<Bytes>,
        /// Whether a link at the end of a path is followed.
        pub follow: bool,
    }

    /// What lies at the paths, in their order.
    pub struct StatFiles {
        /// One for each path.
        pub files: Vec<Field<Stat>>,
    }

    /// What lies at a path.
    pub struct Stat {
        /// What kind of file it is.
        pub kind: FileKind,
        /// The bits of its mode.
        pub mode: u32,
        /// Its user.
        pub uid: u32,
        /// Its group.
        pub gid: u32,
        /// Its size in bytes, as it says itself.
        pub size: u64,
        /// Names that it has.
        pub links: u64,
        /// The device.
        pub device: u64,
        /// The inode.
        pub inode: u64,
        /// When its content was changed, in seconds since 1970, 0 for earlier times.
        pub modified: u64,
        /// The mount that it lies on, by its number in the table of mounts.
        pub mount: Field<u64>,
        /// Where a link leads, as it is written.
        pub target: Option<Bytes>,
    }
}

variants! {
    /// What kind of file it is.
    pub enum FileKind {
        /// A regular file.
        1 => File,
        /// A folder.
        2 => Folder,
        /// A link.
        3 => Link,
        /// A socket.
        4 => Socket,
        /// A pipe with a name.
        5 => Fifo,
        /// A device that is read in characters.
        6 => CharacterDevice,
        /// A device that is read in blocks.
        7 => BlockDevice,
        /// Something else.
        8 => Other,
    }
}

record! {
    /// What a folder holds.
    pub struct List {
        /// The process below whose root it is.
        pub pid: u32,
        /// The folder.
        pub folder: Bytes,
        /// How many entries at most.
        pub most: u32,
    }

    /// What a folder holds.
    pub struct Entries {
        /// Its entries, by name.
        pub entries: Field<Listed<Entry>>,
    }

    /// An entry of a folder.
    pub struct Entry {
        /// Its name.
        pub name: Bytes,
        /// What kind of file it is.
        pub kind: FileKind,
    }

    /// The content of a regular file.
    pub struct ReadFile {
        /// The process below whose root it is.
        pub pid: u32,
        /// The file.
        pub path: Bytes,
        /// How many bytes at most.
        pub most: u32,
    }

    /// The content of a file.
    pub struct Read {
        /// Its beginning, and whether that is all.
        pub content: Field<Content>,
    }

    /// The content of a file.
    pub struct Content {
        /// The bytes.
        pub bytes: Bytes,
        /// Whether the file ends there.
        pub complete: bool,
    }

    /// Files by their names, in folders and what is below them.
    pub struct Find {
        /// The process below whose root they are.
        pub pid: u32,
        /// Where to look.
        pub folders: Vec<Bytes>,
        /// Names in which `*` stands for any bytes.
        pub names: Vec<Bytes>,
        /// How many folders deep: 0 is the folder itself.
        pub depth: u8,
        /// How many files at most.
        pub most: u32,
    }

    /// What was found.
    pub struct Found {
        /// The files, in the order of the folders.
        pub files: Listed<FoundFile>,
        /// Folders that could not be gone through.
        pub unread: Vec<UnreadFolder>,
    }

    /// A file of that name.
    pub struct FoundFile {
        /// Its path.
        pub path: Bytes,
        /// What the path leads to, links followed.
        pub stat: Field<Stat>,
    }

    /// A folder that could not be gone through.
    pub struct UnreadFolder {
        /// The folder.
        pub path: Bytes,
        /// Why.
        pub why: super::unread::Unread,
    }
}
