//! Listing, exporting and importing against the real engine, with a tiny image of the test's own.

use std::path::PathBuf;

use super::super::archive::tests::tar;
use super::super::error::SetupError;
use super::{Imported, Origin, Wanted, export, import, rows};
use crate::setup::progress::Say;
use labcheck_core::facts::labels;
use labcheck_engine::client::Engine;

/// A tiny image and a scratch folder, with the engine they are tried on.
struct Bench {
    engine: Engine,
    wanted: Wanted,
    folder: PathBuf,
    imported: Imported,
}

impl Bench {
    /// `None` where no engine can be had; `cargo verify` makes sure that there is one.
    async fn set_up(test: &str) -> Option<Self> {
        let engine = Engine::find().await.ok()?;
        let name = format!("labcheck-test-{test}-{}:latest", std::process::id());
        let wanted = Wanted {
            name: Box::leak(name.into_boxed_str()),
            target: None,
            labs: &[],
            purpose: super::wanted::Purpose::Tests,
        };
        let folder = std::env::temp_dir().join(format!("labcheck-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        let root = tar(&[("hello", &[b'x'; 2000])]);
        engine
            .import_image(wanted.name, root, &format!("LABEL {}=images", labels::TEST))
            .await
            .expect("the engine takes the image");
        let imported = Imported::at(folder.join("imported"));
        Some(Self {
            engine,
            wanted,
            folder,
            imported,
        })
    }

    async fn origin(&self) -> Option<Origin> {
        let rows = rows(&self.engine, &[self.wanted], &self.imported)
            .await
            .expect("listed");
        rows[0].there.map(|(_, origin)| origin)
    }

    async fn export(&self, name: &str) -> Result<PathBuf, SetupError> {
        let file = self.folder.join(name);
        export(&self.engine, &file, &[self.wanted], false, Say::new())
            .await
            .map(|()| file)
    }

    async fn import(&self, file: &std::path::Path) -> Result<(), SetupError> {
        import(&self.engine, file, &self.imported, Say::new()).await
    }

    async fn take_down(self) {
        if self.origin().await.is_some() {
            self.engine
                .remove_image(self.wanted.name)
                .await
                .expect("the image is removed");
        }
        std::fs::remove_dir_all(&self.folder).expect("the folder is removed");
    }
}

#[tokio::test]
async fn what_is_exported_can_be_imported_and_is_listed_so() {
    let Some(bench) = Bench::set_up("round-trip").await else {
        return;
    };
    assert_eq!(bench.origin().await, Some(Origin::OtherBuild));
    let file = bench.export("set.tar").await.expect("exported");
    assert!(matches!(
        bench.export("set.tar").await,
        Err(SetupError::Exists(_))
    ));

    bench
        .engine
        .remove_image(bench.wanted.name)
        .await
        .expect("the image is removed");
    assert_eq!(bench.origin().await, None);
    let gone = bench.export("other.tar").await;
    assert!(matches!(gone, Err(SetupError::NotThere(names)) if names == [bench.wanted.name]));
    assert!(!bench.folder.join("other.tar.part").exists());

    bench.import(&file).await.expect("imported");
    assert_eq!(bench.origin().await, Some(Origin::Imported));
    bench.take_down().await;
}

#[tokio::test]
async fn cut_and_foreign_files_are_refused_and_change_nothing() {
    let Some(bench) = Bench::set_up("refused").await else {
        return;
    };
    let file = bench.export("set.tar").await.expect("exported");
    bench
        .engine
        .remove_image(bench.wanted.name)
        .await
        .expect("the image is removed");
    let whole = std::fs::read(&file).expect("read");

    let cut = bench.folder.join("cut.tar");
    std::fs::write(&cut, &whole[..whole.len() / 2]).expect("written");
    let said = bench.import(&cut).await.expect_err("refused");
    assert!(said.to_string().ends_with("it was cut short"), "{said}");

    // It looks like gzip, so only the engine can tell.
    let foreign = bench.folder.join("foreign.tar.gz");
    std::fs::write(&foreign, b"\x1f\x8b\x08 and then something else").expect("written");
    let said = bench.import(&foreign).await.expect_err("refused");
    assert!(
        matches!(&said, SetupError::Archive { why, .. } if why.contains("engine refuses")),
        "{said}"
    );

    assert_eq!(bench.origin().await, None);
    bench.take_down().await;
}
