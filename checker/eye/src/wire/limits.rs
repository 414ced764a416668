//! What is the most of everything. Both sides keep to it, and neither believes that the other one does.

use std::time::Duration;

/// The version of the format. A program of another version is not spoken to.
pub const VERSION: u8 = 1;

/// Bytes of one frame to the program, its header not counted.
pub const MAX_REQUEST: usize = 64 * 1024;
/// Bytes of one frame from the program, its header not counted.
pub const MAX_ANSWER: usize = 2 * 1024 * 1024;
/// Bytes that a look collects before it says that there is more; what is left to [`MAX_ANSWER`] is for the last row.
pub const ENOUGH: usize = MAX_ANSWER - 512 * 1024;
/// Rows of one list.
pub const MAX_ROWS: usize = 65_536;
/// Bytes of a text or of a path.
pub const MAX_TEXT: usize = 4096;

/// Bytes of a stream in one frame.
pub const CHUNK: usize = 16 * 1024;
/// Bytes of a stream that may be under way in one direction before the receiver says that it has passed them on.
pub const WINDOW: u32 = 128 * 1024;
/// Streams that are open at once.
pub const MAX_STREAMS: usize = 16;

/// Requests that are under way at once.
pub const MAX_ACTIVE: usize = 64;
/// Targets of one request to connect.
pub const MAX_TARGETS: usize = 256;
/// Connections that are tried at once, over all requests.
pub const MAX_ATTEMPTS: usize = 64;
/// Addresses that one name may lead to.
pub const MAX_ADDRESSES: usize = 32;
/// Bytes that are sent first on a connection.
pub const MAX_SEND: usize = 4096;
/// Bytes of a greeting.
pub const MAX_GREETING: usize = 64 * 1024;

/// Processes that are looked at.
pub const MAX_PROCESSES: usize = 512;
/// Files that are mapped into one process.
pub const MAX_MAPPED: usize = 512;
/// Bytes of their paths.
pub const MAX_MAPPED_PATHS: usize = 128 * 1024;
/// Open files of one process that are looked at.
pub const MAX_OPEN: usize = 8192;
/// Threads of one process that are looked at.
pub const MAX_THREADS: usize = 1024;
/// Bytes of one of the kernel's texts about a process.
pub const MAX_PROC_TEXT: usize = 1024 * 1024;
/// Bytes of the kernel's table of sockets or of mounts.
pub const MAX_TABLE_TEXT: usize = 8 * 1024 * 1024;

/// Bytes of one file.
pub const MAX_FILE: usize = 1024 * 1024;
/// Entries of one folder.
pub const MAX_ENTRIES: usize = 16_384;
/// Bytes of their names.
pub const MAX_NAMES: usize = 1024 * 1024;
/// Folders that are gone through for one search.
pub const MAX_FOLDERS: usize = 16_384;
/// Folders within folders that a search goes into.
pub const MAX_DEPTH: u8 = 16;
/// Paths, folders or patterns of one request.
pub const MAX_PATHS: usize = 256;

/// The longest that a request may take.
pub const MAX_WITHIN: Duration = Duration::from_mins(1);
/// The program ends by itself after this time, whatever it is doing.
pub const MAX_AGE: Duration = Duration::from_mins(15);
