//! What was put into a container after it was made, as `docker cp` does: the program that runs, or source. What a container
//! writes by itself (logs, caches, settings of its start) is none of that, and is told from it by place, content and time.

use std::collections::BTreeSet;
use std::time::Duration;

use super::mounts::{Endings, is_source};
use super::writable_layer::leaves;
use crate::stack::context::StackContext;
use crate::stack::main_process::{self, below};
use labcheck_core::facts::{CopiedIn, Process, Seen};
use labcheck_engine::files::{self, Limit};
use labcheck_engine::model::inspected::Inspected;
use labcheck_engine::model::time;

/// Files that are looked at.
const MOST: usize = 40;
/// A bigger file is compared by its size alone.
const LIMIT: Limit = Limit {
    bytes: 32 * 1024 * 1024,
    time: Duration::from_secs(5),
};

/// Times of a container and its image, in milliseconds since 1970.
#[derive(Debug, Clone, Copy)]
struct Times {
    /// The image was made.
    image: u64,
    /// The container was made.
    created: u64,
    /// It was started the last time.
    started: u64,
}

/// The container that is looked at, and one of the same image that was never started.
struct Pair<'a> {
    /// The id of the container.
    own: &'a str,
    /// The id of the one that was never started.
    unstarted: &'a str,
    times: Times,
}

/// What lies at the same path of the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Image {
    Same,
    Other,
    Nothing,
}

/// Programs and source files of the container's own layer that did not get there by themselves, or may not have.
pub(crate) async fn look(
    context: &StackContext<'_>,
    inspected: &Inspected,
    runs: &[String],
    processes: &[Process],
) -> Seen<Vec<CopiedIn>> {
    match found(context, inspected, runs, processes).await {
        Ok(found) => Seen::Seen(found),
        Err(why) => Seen::Unseen(why),
    }
}

async fn found(
    context: &StackContext<'_>,
    inspected: &Inspected,
    runs: &[String],
    processes: &[Process],
) -> Result<Vec<CopiedIn>, String> {
    let id = inspected.container.id.as_str();
    let changed = context.engine.changes(id).await?;
    let mut programs: BTreeSet<String> = runs.iter().cloned().collect();
    programs.extend(main_process::modules(inspected, processes));
    let candidates = candidates(changed, &programs);
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let image = inspected.container.image_id.as_str();
    let times = Times {
        image: context.engine.image_times(image).await?.created,
        created: inspected.created_ms.unwrap_or(0),
        started: time::millis(&inspected.started_at).unwrap_or(0),
    };
    let still = context.sidecars.still(image).await?;
    let pair = Pair {
        own: id,
        unstarted: &still.0,
        times,
    };
    let mut found = Vec::new();
    for path in candidates {
        let of_program = programs.contains(&path);
        match copied_in(context, &pair, &path, of_program).await {
            Ok(None) => {}
            Ok(Some(certain)) => found.push(CopiedIn {
                path: context.secrets.show(&path, 160),
                program: of_program,
                certain,
            }),
            Err(why) => {
                context.sidecars.remove(still).await;
                return Err(why);
            }
        }
    }
    context.sidecars.remove(still).await;
    Ok(found)
}

/// The program first, then source; neither what may be lost nor what a program makes of source by itself.
fn candidates(changed: Vec<String>, programs: &BTreeSet<String>) -> Vec<String> {
    const OF_SYSTEM: [&str; 4] = ["/etc", "/usr/local/etc", "/usr/lib", "/root"];
    let source = |path: &String| {
        let system = OF_SYSTEM.iter().any(|top| below(path, top));
        !system && !path.contains("/__pycache__/") && is_source(path, Endings::SourceWithJavaScript)
    };
    let own: Vec<String> = changed
        .iter()
        .filter(|path| programs.contains(*path))
        .cloned()
        .collect();
    let others = leaves(changed).into_iter().filter(source);
    let others = others.filter(|path| !programs.contains(path));
    own.iter().cloned().chain(others).take(MOST).collect()
}

/// Whether a file was put in: `None` where it was not or that does not matter, else whether it is certain.
async fn copied_in(
    context: &StackContext<'_>,
    pair: &Pair<'_>,
    path: &str,
    program: bool,
) -> Result<Option<bool>, String> {
    let engine = context.engine;
    // An empty one brings nothing. The engine makes such a file where it mounts its own init.
    let brings = |stat: &files::Stat| stat.file && stat.size > 0;
    let Some(stat) = engine.stat(pair.own, path).await?.filter(brings) else {
        return Ok(None);
    };
    let image = match engine
        .stat(pair.unstarted, path)
        .await?
        .filter(|stat| stat.file)
    {
        None => Image::Nothing,
        Some(there) if there.size != stat.size => Image::Other,
        Some(_) => {
            let now = content(context, pair.own, path);
            let before = content(context, pair.unstarted, path);
            match futures_util::join!(now, before) {
                (Some(now), Some(before)) if now != before => Image::Other,
                _ => Image::Same,
            }
        }
    };
    Ok(judged(
        image,
        stat.changed.unwrap_or(0),
        program,
        pair.times,
    ))
}

/// What image and time tell. A copy from this machine keeps the time of its original, and what a container writes by itself
/// is as old as that.
fn judged(image: Image, changed: u64, program: bool, times: Times) -> Option<bool> {
    let before_made = changed < times.created;
    match image {
        // Its owner or its rights were changed, as many a start does.
        Image::Same => None,
        Image::Other if program => Some(changed < times.started),
        Image::Other => before_made.then_some(true),
        // No file of the image is younger than the image.
        Image::Nothing if before_made && changed > times.image => Some(true),
        Image::Nothing => program.then_some(false),
    }
}

async fn content(context: &StackContext<'_>, id: &str, path: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let all = context.engine.archive(id, path, LIMIT, |part| {
        bytes.extend_from_slice(part);
        true
    });
    let whole = all.await.ok()?;
    let files = labcheck_engine::tar::files(&bytes);
    files
        .into_iter()
        .next()
        .filter(|_| whole)
        .map(|file| file.bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: Times = Times {
        image: 100,
        created: 200,
        started: 300,
    };

    #[test]
    fn a_copy_from_this_machine_is_told_from_what_a_container_writes() {
        let judged = |image, changed, program| judged(image, changed, program, TIMES);
        assert_eq!(judged(Image::Other, 250, true), Some(true), "docker cp");
        assert_eq!(judged(Image::Nothing, 150, true), Some(true), "docker cp");
        assert_eq!(judged(Image::Same, 90, true), None, "chown");
        assert_eq!(
            judged(Image::Other, 310, true),
            Some(false),
            "its own start"
        );
        assert_eq!(judged(Image::Nothing, 50, true), Some(false), "cp -a");
        assert_eq!(judged(Image::Other, 150, false), Some(true), "docker cp");
        assert_eq!(judged(Image::Other, 301, false), None, "sed at the start");
        assert_eq!(judged(Image::Nothing, 90, false), None, "tar x");
    }

    #[test]
    fn what_a_program_leaves_by_itself_does_not_matter() {
        let programs = BTreeSet::from(["/inventory".to_owned()]);
        let changed = [
            "/app",
            "/app/__pycache__/x.py",
            "/app/views/page.html",
            "/inventory",
            "/run/app.pid",
            "/tmp/x.py",
            "/var/log/app.log",
            "/etc/app/settings.py",
            "/app/var/cache/page.php",
        ];
        let changed = changed.map(str::to_owned).to_vec();
        assert_eq!(
            candidates(changed, &programs),
            ["/inventory", "/app/views/page.html"]
        );
    }
}
