//! What compose files declare, however it is written.

use super::*;

#[test]
fn included_files_declare_as_if_they_were_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    write(
        "data/compose.yaml",
        "include: [more.yaml]\nservices: { db: { networks: [back] } }\nnetworks: { back: {} }\n",
    );
    write("data/more.yaml", "networks: { idle: {} }\n");
    write("round.yaml", "include: [round.yaml]\n");
    let of = |text: &str| {
        let mut all = Networks::below(ProjectFiles::of(folder.path()));
        all.add(text, folder.path())?;
        let each = all.done().into_iter();
        Ok::<_, String>(
            each.map(|one| (one.key, one.named_by_service))
                .collect::<Vec<_>>(),
        )
    };
    let found = Ok(vec![("back".to_owned(), true), ("idle".to_owned(), false)]);
    assert_eq!(of("include: [data/compose.yaml]\n"), found);
    assert_eq!(of("include: [{ path: data/compose.yaml }]\n"), found);
    assert_eq!(
        of("include: [{ path: [data/compose.yaml, data/more.yaml] }]\n"),
        found
    );
    for wrong in [
        "include: [round.yaml]\n",
        "include: [missing.yaml]\n",
        "include: ['${WHERE}.yaml']\n",
        "include: ['oci://example.org/x']\n",
        "include: { a: b }\n",
    ] {
        assert!(of(wrong).is_err(), "{wrong}");
    }
}

fn of(files: &[&str]) -> Result<Vec<(String, bool)>, String> {
    let mut all = Networks::default();
    for file in files {
        all.add(file, Path::new("/no/such/folder"))?;
    }
    let each = all.done().into_iter();
    Ok(each.map(|one| (one.key, one.named_by_service)).collect())
}

#[test]
fn whom_a_service_waits_for_is_read() {
    let mut all = Networks::default();
    let file = "services:\n  proxy: { depends_on: { app: { condition: service_healthy }, x: { condition: service_started } } }\n  app: { depends_on: [db] }\n";
    all.add(file, Path::new("")).expect("read");
    let app = BTreeSet::from(["app".to_owned()]);
    assert_eq!(all.waits, BTreeMap::from([("proxy".to_owned(), app)]));
}

#[test]
fn a_network_is_named_by_lists_mappings_merges_and_other_files() {
    let one = "x-base: &base { networks: { edge: { aliases: [a] } } }\nservices:\n  a: { <<: *base, image: x }\n  b: { networks: [inner, 'Büro 1'] }\nnetworks: { edge: , inner: { internal: true }, spare: {}, 'Büro 1': }\n";
    let found = of(&[one]).expect("read");
    let idle: Vec<&str> = found
        .iter()
        .filter(|(_, named)| !named)
        .map(|(key, _)| key.as_str())
        .collect();
    assert_eq!((found.len(), idle), (4, vec!["spare"]));
    let two = "services: { c: { networks: [spare] } }\n";
    assert!(
        of(&[one, two])
            .expect("read")
            .iter()
            .all(|(_, named)| *named)
    );
}

#[test]
fn a_service_without_networks_is_on_the_default_one() {
    let found = of(&["services: { a: { image: x } }\nnetworks: { default: { name: shop } }\n"]);
    assert_eq!(found, Ok(vec![("default".to_owned(), true)]));
    let found = of(&["services: { a: { network_mode: host } }\nnetworks: { default: }\n"]);
    assert_eq!(found, Ok(vec![("default".to_owned(), false)]));
}

#[test]
fn what_a_service_takes_over_from_another_file_counts() {
    let folder = tempfile::tempdir().expect("folder");
    let base = "services:\n  base: { extends: { service: root }, networks: [inner] }\n  root: { networks: [root] }\n  far: { extends: { file: more/far.yaml, service: far } }\n";
    std::fs::write(folder.path().join("base.yaml"), base).expect("written");
    std::fs::create_dir(folder.path().join("more")).expect("made");
    let far = "services: { far: { network_mode: none, depends_on: { db: { condition: service_healthy } } } }\n";
    std::fs::write(folder.path().join("more/far.yaml"), far).expect("written");
    let file = "services:\n  a: { extends: { file: base.yaml, service: base } }\n  b: { extends: { file: base.yaml, service: far } }\nnetworks: { default: , inner: , root: , spare: }\n";
    let mut all = Networks::below(ProjectFiles::of(folder.path()));
    all.add(file, folder.path()).expect("read");
    let named = all.done().into_iter().filter(|one| one.named_by_service);
    let named: Vec<String> = named.map(|one| one.key).collect();
    assert_eq!(named, ["inner", "root"]);
    assert!(all.waits.contains_key("b"));
    let round = "services: { a: { extends: { file: round.yaml, service: a } } }\n";
    std::fs::write(folder.path().join("round.yaml"), round).expect("written");
    assert!(all.add(round, folder.path()).is_err());
}

#[test]
fn names_and_externals_are_kept_unless_a_variable_stands_there() {
    let mut all = Networks::default();
    all.add("networks:\n  a: { external: true, name: shared }\n  b: { name: 'x-${Y}' }\n  c: { external: { name: old } }\n", Path::new(""))
        .expect("read");
    let found: Vec<(Option<String>, bool)> = all
        .done()
        .into_iter()
        .map(|one| (one.name, one.external))
        .collect();
    assert_eq!(
        found,
        [
            (Some("shared".into()), true),
            (None, false),
            (Some("old".into()), true)
        ]
    );
}

#[test]
fn what_cannot_be_read_is_said_and_bombs_do_not_go_off() {
    assert!(of(&["include: [other.yaml]\n"]).is_err());
    assert!(of(&["services: { a: { extends: { file: x.yaml, service: b } } }\n"]).is_err());
    assert!(of(&["a: [\n"]).is_err());
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = vec![format!("*a{}", level - 1); 9].join(", ");
        let line = format!("a{level}: &a{level} [{before}]\n");
        bomb.push_str(&line);
    }
    assert!(of(&[&bomb]).is_err());
    let read = |path: &str| {
        let files = BTreeSet::from([PathBuf::from(path)]);
        networks(ProjectFiles::of(Path::new("/no/such")), &files).map(|_| ())
    };
    assert!(read("/dev/zero").is_err_and(|why| why.contains("outside")));
    let missing = read("/no/such/compose.yaml");
    assert!(missing.is_err_and(|why| why.contains("not on this machine")));
    let out = of(&["include: [../../far.yaml]\n"]);
    assert!(out.is_err_and(|why| why.contains("outside")));
}
