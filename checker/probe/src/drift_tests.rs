//! What counts as older than its files.

use super::*;
use labcheck_core::facts::Container;

#[test]
fn what_a_program_is_made_from_counts_and_what_it_makes_does_not() {
    let dir = tempfile::tempdir().expect("a folder");
    let app = dir.path().join("app");
    for path in [
        "src/main.rs",
        "target/debug/x.rs",
        "static/a.css",
        "static/uikit.min.js",
        "README.md",
    ] {
        let path = app.join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, "x").expect("a file");
    }
    let (_, file) = newest(&app).expect("a file");
    assert_eq!(file, "app/src/main.rs");
    let single = dir.path().join("password.txt");
    std::fs::write(&single, "made-up").expect("a file");
    assert!(newest(&single).is_some_and(|(_, file)| file == "password.txt"));
    assert_eq!(newest(Path::new("/dev/null")), None);
}

#[test]
fn files_are_called_as_from_the_labs_folder() {
    let inspected = Inspected {
        folder: Some("/srv/lab".into()),
        ..Inspected::default()
    };
    let of = |context: &str, file: &str| {
        let build = Build {
            context: context.into(),
            label: "proxy/Dockerfile".into(),
            ..Build::default()
        };
        from_lab(&inspected, &build, file.into())
    };
    assert_eq!(of("/srv/lab/proxy", "site.conf"), "proxy/site.conf");
    assert_eq!(of("/srv/lab/proxy", "proxy/Dockerfile"), "proxy/Dockerfile");
    assert_eq!(of("/srv/lab", "word.txt"), "word.txt");
    assert_eq!(of("/srv/app", "src/main.rs"), "src/main.rs");
}

#[test]
fn services_are_told_by_their_containers() {
    let inspected = Inspected {
        container: Container {
            name: "my-database".into(),
            service: Some("db".into()),
            ..Container::default()
        },
        ..Inspected::default()
    };
    let of = |name: &str| {
        service_of(name, "shop", std::slice::from_ref(&inspected), |own| {
            own == "db"
        })
    };
    assert_eq!(of("my-database").as_deref(), Some("db"));
    assert_eq!(of("shop-cache-1").as_deref(), Some("cache"));
    assert_eq!(of("shop-db-2"), None, "one more of the same");
}
