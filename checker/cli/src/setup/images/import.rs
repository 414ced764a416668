//! `labcheck images import`: loads a file that `images export` or `docker save` wrote.

use std::path::Path;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use tokio::io::AsyncReadExt as _;
use tokio::sync::mpsc;

use super::super::archive;
use super::super::error::{SetupError, words};
use super::imported::Imported;
use super::origin;
use crate::setup::progress::Say;
use labcheck_engine::client::Engine;
use labcheck_engine::error::{EngineError, means_disk_full};

/// Bytes read at a time.
const CHUNK: usize = 256 * 1024;

/// Loads a file and says which images are there now.
///
/// # Errors
/// [`SetupError::Archive`] when the file is cut or something else, [`SetupError::File`], [`SetupError::DiskFull`],
/// [`SetupError::Engine`].
pub(crate) async fn import(
    engine: &Engine,
    file: &Path,
    imported: &Imported,
    say: Say,
) -> Result<(), SetupError> {
    let inside = archive::images(file)?;
    let total = std::fs::metadata(file).map(|meta| meta.len()).ok();
    let loaded = load(engine, file, total, say).await?;
    let names = if inside.is_empty() { loaded } else { inside };
    let mut ids = Vec::new();
    for name in &names {
        let image = engine
            .find_image(name)
            .await?
            .ok_or_else(|| EngineError::Refused {
                doing: format!("loading {}", file.display()),
                why: format!("it ended well, and {} is not there", words(name)),
            })?;
        say.line(&format!(
            "{} is there: {}",
            words(name),
            origin::origin(name, &image, true)
        ));
        ids.push(image.id);
    }
    imported.remember(ids);
    Ok(())
}

/// Sends the file; gives the names that the engine says it loaded.
async fn load(
    engine: &Engine,
    file: &Path,
    total: Option<u64>,
    say: Say,
) -> Result<Vec<String>, SetupError> {
    let source = tokio::fs::File::open(file)
        .await
        .map_err(|err| SetupError::file(file, "read", &err))?;
    let mut step = say.bytes(&format!("importing {}", file.display()), total);
    let (sent, mut moved) = mpsc::unbounded_channel();
    let mut answers = engine.load_images(chunks(source, sent));
    let mut names = Vec::new();
    loop {
        tokio::select! {
            Some(bytes) = moved.recv() => step.moved(bytes),
            answer = answers.next() => match answer {
                None => break,
                Some(Ok(word)) => names.extend(word.trim().strip_prefix("Loaded image: ").map(str::to_owned)),
                Some(Err(why)) if means_disk_full(&why) => return Err(SetupError::DiskFull {
                    doing: format!("importing {}", file.display()),
                    place: engine.root_folder().await,
                    help: "make room there (`docker system df` shows what uses it), then run the command again".into(),
                }),
                Some(Err(why)) => return Err(SetupError::Archive {
                    path: file.display().to_string(),
                    why: format!("the engine refuses it: {why}"),
                }),
            },
        }
    }
    step.done("done");
    Ok(names)
}

/// The file in pieces; tells how many bytes each had.
fn chunks(
    file: tokio::fs::File,
    sent: mpsc::UnboundedSender<u64>,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    stream::try_unfold((file, sent), |(mut file, sent)| async move {
        let mut buffer = vec![0; CHUNK];
        let read = file.read(&mut buffer).await?;
        if read == 0 {
            return Ok(None);
        }
        buffer.truncate(read);
        let _ = sent.send(read as u64);
        Ok(Some((Bytes::from(buffer), (file, sent))))
    })
}
