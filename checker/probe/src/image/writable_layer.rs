//! Whether what was posted lies in the container's own layer, which is lost when the container is made anew.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;

use crate::stack::context::StackContext;
use labcheck_core::facts::Seen;
use labcheck_engine::files::Limit;
use labcheck_engine::model::inspected::Inspected;

/// Folders of what may be lost: logs, sockets, caches.
const PASSING: [&str; 10] = [
    "/tmp",
    "/run",
    "/var/run",
    "/var/tmp",
    "/var/log",
    "/var/cache",
    "/var/lib/nginx",
    "/proc",
    "/sys",
    "/dev",
];
/// Words in a path that say the same of it.
const WORDS: [&str; 6] = ["/log/", "/logs/", ".log", "cache", "/sess", "/tmp/"];

const MOST_FILES: usize = 200;
/// A bigger file is no small database; it is said that it was not looked into.
const MOST_BYTES: u64 = 8 * 1024 * 1024;
const ALL_BYTES: u64 = 32 * 1024 * 1024;
const DEADLINE: Duration = Duration::from_secs(3);

/// Files of the layer that hold one of the words.
pub(crate) async fn look(
    context: &StackContext<'_>,
    inspected: &Inspected,
    posted: &[&str],
) -> Seen<Vec<String>> {
    let id = inspected.container.id.as_str();
    let changed = match context.engine.changes(id).await {
        Ok(changed) => leaves(changed),
        Err(why) => return Seen::Unseen(why),
    };
    let too_many = changed.len() > MOST_FILES;
    let stats = join_all(
        changed
            .iter()
            .take(MOST_FILES)
            .map(|path| context.engine.stat(id, path)),
    )
    .await;
    let mut files = Vec::new();
    let mut left_out = too_many.then(|| "its layer has too many changed files".to_owned());
    let mut bytes = 0;
    for (path, stat) in changed.iter().zip(stats) {
        match stat {
            Ok(Some(stat)) if stat.file && stat.size > 0 => {
                bytes += stat.size;
                if stat.size > MOST_BYTES || bytes > ALL_BYTES {
                    left_out = Some(format!("`{path}` is too big to be looked into"));
                } else {
                    files.push(path);
                }
            }
            Ok(_) => {}
            Err(why) => left_out = Some(why),
        }
    }
    let searches = files.iter().map(|path| async move {
        let found = holds(context, id, path, posted).await;
        (path, found)
    });
    let mut found = Vec::new();
    for (path, holds) in join_all(searches).await {
        match holds {
            Ok(true) => found.push(context.secrets.show(path, 160)),
            Ok(false) => {}
            Err(why) => left_out = Some(why),
        }
    }
    match left_out {
        Some(why) if found.is_empty() => Seen::Unseen(why),
        _ => Seen::Seen(found),
    }
}

/// Paths without those that others lie below, and without what may be lost.
pub(crate) fn leaves(changed: Vec<String>) -> Vec<String> {
    let parents: BTreeSet<String> = changed
        .iter()
        .filter_map(|path| path.rsplit_once('/'))
        .map(|(parent, _)| parent.to_owned())
        .collect();
    let passing = |path: &str| {
        let lower = path.to_ascii_lowercase();
        PASSING
            .iter()
            .any(|top| crate::stack::main_process::below(path, top))
            || WORDS.iter().any(|word| lower.contains(word))
    };
    changed
        .into_iter()
        .filter(|path| !parents.contains(path) && !passing(path))
        .collect()
}

async fn holds(
    context: &StackContext<'_>,
    id: &str,
    path: &str,
    words: &[&str],
) -> Result<bool, String> {
    let longest = words.iter().map(|word| word.len()).max().unwrap_or(0);
    let mut tail: Vec<u8> = Vec::new();
    let mut found = false;
    let most = usize::try_from(MOST_BYTES).unwrap_or(usize::MAX);
    // A little more than the file: the archive has a head.
    let limit = Limit {
        bytes: most + 64 * 1024,
        time: DEADLINE,
    };
    let reading = context.engine.archive(id, path, limit, |bytes| {
        tail.extend_from_slice(bytes);
        found = words
            .iter()
            .any(|word| !word.is_empty() && contains(&tail, word.as_bytes()));
        let keep = tail.len().saturating_sub(longest);
        tail.drain(..keep);
        !found
    });
    if reading.await? {
        Ok(found)
    } else {
        Err(format!("`{path}` could not be read in time"))
    }
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_are_meant_to_last_are_looked_into() {
        let changed = [
            "/app",
            "/app/data",
            "/app/data/shop.db",
            "/app/logs/access.log",
            "/tmp/x",
            "/var/lib/php/sessions/sess_1",
            "/run/secrets/app",
        ];
        let changed = changed.iter().map(|&path| path.to_owned()).collect();
        assert_eq!(leaves(changed), ["/app/data/shop.db"]);
    }
}
