//! `labcheck images`: which images are there, how large, and where they come from.

use std::fmt::Write as _;

use super::super::error::SetupError;
use super::imported::Imported;
use super::origin::{Origin, origin};
use super::wanted::Wanted;
use crate::setup::progress::size;
use labcheck_core::text::{count, say};
use labcheck_engine::client::Engine;
use labcheck_engine::images::NamedImage;

/// One image of the course, and what the engine has of it.
#[derive(Debug)]
pub struct Row {
    /// The image.
    pub wanted: Wanted,
    /// Its size in bytes and its origin, where it is there.
    pub there: Option<(u64, Origin)>,
}

/// Looks for each image.
///
/// # Errors
/// [`SetupError::Engine`].
pub(crate) async fn rows(
    engine: &Engine,
    wanted: &[Wanted],
    imported: &Imported,
) -> Result<Vec<Row>, SetupError> {
    let ids = imported.ids();
    let mut rows = Vec::with_capacity(wanted.len());
    for wanted in wanted {
        let image = engine.find_image(wanted.name).await?;
        let there = image.map(|image: NamedImage| {
            let from = origin(wanted.name, &image, ids.contains(&image.id));
            (image.size, from)
        });
        rows.push(Row {
            wanted: *wanted,
            there,
        });
    }
    Ok(rows)
}

/// The table that `labcheck images` prints.
pub fn list(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<19} {:>8}  {:<27} {}\n",
        say!("image"),
        say!("size"),
        say!("origin"),
        say!("used by")
    );
    for row in rows {
        let (size, from) = match row.there {
            Some((bytes, from)) => (size(bytes), from.to_string()),
            None => (say!("missing").into(), "-".into()),
        };
        let labs = match row.wanted.labs {
            [] => row.wanted.purpose.said().to_owned(),
            labs => format!("{}: {}", labs.join(" "), row.wanted.purpose.said()),
        };
        let _ = writeln!(text, "{:<19} {size:>8}  {from:<27} {labs}", row.wanted.name);
    }
    let of_labs = rows.iter().filter(|row| !row.wanted.labs.is_empty());
    let missing = of_labs.filter(|row| row.there.is_none()).count();
    if missing > 0 {
        let line = say!(
            "{} missing: `labcheck images build` fetches or makes what the labs use, `labcheck images import FILE` takes it from a stick",
            count(missing as u64, say!("image is"), say!("images are"))
        );
        let _ = writeln!(text, "\n{line}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::wanted::all;
    use super::*;

    #[test]
    fn the_table_says_what_is_missing_and_what_to_do() {
        let rows: Vec<Row> = all()
            .iter()
            .map(|wanted| Row {
                wanted: *wanted,
                there: (wanted.name == "nginx:1.26")
                    .then_some((101_000_000, Origin::DebianPackages)),
            })
            .collect();
        let text = list(&rows);
        assert!(
            text.contains(
                "nginx:1.26            101 MB  built from Debian packages  v6: the proxy\n"
            ),
            "{text}"
        );
        assert!(text.contains("mariadb:11.8         missing  -"), "{text}");
        assert!(text.contains("4 images are missing: "), "{text}");
        assert!(!list(&rows[4..5]).contains("missing"));
    }
}
