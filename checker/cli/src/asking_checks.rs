//! Health checks that were tried and ask their program, kept between gradings, so that a container is started for each of them
//! once. Trouble with the file costs that start, nothing else.

use std::io::Read as _;
use std::path::PathBuf;

use crate::progress::Store;
use labcheck_probe::{AskingChecks, Live, ProbeError};

/// Most bytes of the file.
const MOST: u64 = 64 * 1024;

/// Connects to the engine, with the health checks that earlier gradings tried.
///
/// # Errors
/// As [`Live::connect`].
pub(crate) async fn connect() -> Result<Live, ProbeError> {
    let mut live = Live::connect().await?;
    live.asking_checks = AskingChecks::read(&read());
    Ok(live)
}

/// Keeps what is known now, where that is more than before.
pub(crate) fn keep(live: &Live) {
    let text = live.asking_checks.text();
    let path = path();
    if text == read() {
        return;
    }
    if let Some(folder) = path.parent() {
        // Without the folder the file is not written either.
        let _ = std::fs::create_dir_all(folder);
    }
    let _ = crate::file::write_whole(&path, &text);
}

fn path() -> PathBuf {
    Store::path().with_file_name("health-checks-that-ask")
}

fn read() -> String {
    let mut text = String::new();
    if let Ok(file) = std::fs::File::open(path()) {
        // Half a file is as good as none: what is no digest is left out.
        let _ = file.take(MOST).read_to_string(&mut text);
    }
    text
}
