//! The walk against everything that could lead it out of the root.

use std::os::unix::fs::{DirBuilderExt, symlink};
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;
use tempfile::TempDir;

use super::super::bounded::limited;
use super::super::open::{fd_path, reopen};
use super::*;

/// A root with a file `in/file` ("inside"), beside a file `secret` ("outside").
fn tree() -> (TempDir, Root) {
    let dir = tempfile::tempdir().expect("a folder");
    let root = dir.path().join("root");
    std::fs::create_dir_all(root.join("in/deep")).expect("a folder");
    std::fs::write(root.join("in/file"), "inside").expect("a file");
    std::fs::write(dir.path().join("secret"), "outside").expect("a file");
    let walked = Root::through(&root).expect("it is there");
    (dir, walked)
}

/// What a path leads to: the text of a file, or why not.
fn text(root: &Root, path: &str) -> Field<String> {
    let pointed = root.open_path(path.as_bytes(), FinalLink::Follow)?.file;
    if !pointed.metadata().expect("known").is_file() {
        return Err(Unread::NotAFile);
    }
    let (bytes, _) = limited(reopen(&pointed).expect("it opens"), 100).expect("it reads");
    Ok(String::from_utf8(bytes).expect("text"))
}

#[test]
fn paths_are_walked_within_the_root() {
    let (_dir, root) = tree();
    for path in [
        "in/file",
        "/in/file",
        "//in/./deep/../file",
        "/../../in/file",
        "../in/file",
    ] {
        assert_eq!(text(&root, path).as_deref(), Ok("inside"), "{path}");
    }
    assert_eq!(text(&root, "/../secret"), Err(Unread::Missing));
    assert_eq!(text(&root, "in/deep/../../../secret"), Err(Unread::Missing));
    assert_eq!(text(&root, "in/file/x"), Err(Unread::NotAFolder));
    assert_eq!(text(&root, "in/file/"), Err(Unread::NotAFolder));
    assert_eq!(text(&root, "in/file/.."), Err(Unread::NotAFolder));
    assert_eq!(text(&root, "in"), Err(Unread::NotAFile));
    for path in ["/", ".", "..", "/in/.."] {
        assert!(
            root.open_path(path.as_bytes(), FinalLink::NoFollow).is_ok(),
            "{path}"
        );
    }
}

#[test]
fn links_stay_within_the_root() {
    let (dir, root) = tree();
    let at = dir.path().join("root");
    symlink("/in/file", at.join("absolute")).expect("a link");
    symlink("/in", at.join("folder")).expect("a link");
    symlink("../../../../secret", at.join("in/up")).expect("a link");
    symlink(dir.path().join("secret"), at.join("out")).expect("a link");
    symlink("/", at.join("top")).expect("a link");
    assert_eq!(text(&root, "absolute").as_deref(), Ok("inside"));
    assert_eq!(text(&root, "folder/file").as_deref(), Ok("inside"));
    assert_eq!(text(&root, "folder/deep/../file").as_deref(), Ok("inside"));
    assert_eq!(text(&root, "top/top/in/file").as_deref(), Ok("inside"));
    assert_eq!(text(&root, "in/up"), Err(Unread::Missing));
    assert_eq!(text(&root, "out"), Err(Unread::Missing));
    assert_eq!(text(&root, "top/../secret"), Err(Unread::Missing));
    let kind = |path: &str, last| {
        let pointed = root.open_path(path.as_bytes(), last).expect("it is there");
        pointed.file.metadata().expect("known").is_symlink()
    };
    let link = root
        .open_path(b"folder", FinalLink::NoFollow)
        .expect("it is there");
    assert_eq!(link.leads.as_deref(), Some(&b"/in"[..]));
    assert!(kind("absolute", FinalLink::NoFollow) && !kind("absolute", FinalLink::Follow));
    assert!(kind("folder", FinalLink::NoFollow) && !kind("folder/", FinalLink::NoFollow));
}

#[test]
fn links_in_a_circle_end() {
    let (dir, root) = tree();
    let at = dir.path().join("root");
    symlink("round", at.join("round")).expect("a link");
    symlink("b/x", at.join("a")).expect("a link");
    symlink("a/x", at.join("b")).expect("a link");
    symlink("x/".repeat(1000), at.join("long")).expect("a link");
    symlink("doubled/doubled", at.join("doubled")).expect("a link");
    for path in ["round", "a", "b", "doubled"] {
        assert_eq!(text(&root, path), Err(Unread::Links), "{path}");
    }
    assert_eq!(text(&root, "long"), Err(Unread::Missing));
}

#[test]
fn links_that_only_the_kernel_can_make_are_read_as_text() {
    let (dir, root) = tree();
    let at = dir.path().join("root");
    std::fs::create_dir(at.join("proc")).expect("a folder");
    // Below the real `/`, `/proc/1/root` and `/proc/self/cwd` would lead anywhere.
    let machine = Root::through(Path::new("/")).expect("it is there");
    let root_of_self = machine.open_path(b"/proc/self/root", FinalLink::Follow);
    let pointed = root_of_self.expect("it leads to the root that is walked");
    assert!(pointed.file.metadata().expect("known").is_dir());
    // A handle of this very process, by its magic link: its text is no path.
    let file = File::open(dir.path().join("secret")).expect("it opens");
    drop(std::fs::remove_file(dir.path().join("secret")));
    let path = fd_path(&file);
    let found = machine.open_path(path.to_str().expect("text").as_bytes(), FinalLink::Follow);
    assert_eq!(found.map(drop), Err(Unread::Missing));
    assert_eq!(
        text(&root, "proc/self/root/etc/passwd"),
        Err(Unread::Missing)
    );
}

#[test]
fn nothing_but_files_and_folders_is_opened() {
    let (dir, root) = tree();
    let at = dir.path().join("root");
    let made = Command::new("mkfifo").arg(at.join("fifo")).status();
    assert!(made.expect("mkfifo is here").success());
    let _socket = UnixListener::bind(at.join("socket")).expect("a socket");
    for path in ["fifo", "socket"] {
        // To open a FIFO waits for a writer: this would hang.
        assert_eq!(text(&root, path), Err(Unread::NotAFile), "{path}");
        let pointed = root
            .open_path(path.as_bytes(), FinalLink::Follow)
            .expect("it is there");
        assert!(
            limited(&pointed.file, 1).is_err(),
            "a pointer reads nothing"
        );
    }
    let machine = Root::through(Path::new("/")).expect("it is there");
    assert_eq!(text(&machine, "/dev/zero"), Err(Unread::NotAFile));
}

#[test]
fn odd_paths_are_refused() {
    let (_dir, root) = tree();
    for path in [
        &b""[..],
        b"in/\0file",
        &vec![b'a'; 5000],
        &b"a/".repeat(2048),
    ] {
        assert!(root.open_path(path, FinalLink::Follow).is_err());
    }
    assert_eq!(text(&root, &"x".repeat(300)), Err(Unread::Error(36)));
    assert!(text(&root, &format!("in{}", "/.".repeat(1500))).is_err());
    assert_eq!(
        text(&root, &format!("{}in/file", "../".repeat(300))).as_deref(),
        Ok("inside")
    );
}

#[test]
fn a_folder_deeper_than_what_is_kept_ends_the_walk() {
    let (dir, root) = tree();
    let deep = "d/".repeat(MAX_KEPT + 10);
    let mut folder = std::fs::DirBuilder::new();
    folder.recursive(true).mode(0o755);
    folder
        .create(dir.path().join("root").join(&deep))
        .expect("folders");
    assert_eq!(text(&root, &deep), Err(Unread::Path));
}

/// A program of the student's swaps a folder for a link that leads out, as fast as it can.
#[test]
fn a_race_leads_nowhere_else() {
    let (dir, root) = tree();
    let at = dir.path().join("root");
    std::fs::create_dir(dir.path().join("outer")).expect("a folder");
    std::fs::write(dir.path().join("outer/file"), "outside").expect("a file");
    std::fs::create_dir(at.join("swap")).expect("a folder");
    std::fs::write(at.join("swap/file"), "inside").expect("a file");
    symlink(dir.path().join("outer"), at.join("link")).expect("a link");
    let done = Arc::new(AtomicBool::new(false));
    let (stop, place) = (Arc::clone(&done), at.clone());
    let swapping = std::thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            for (from, to) in [
                ("swap", "kept"),
                ("link", "swap"),
                ("swap", "link"),
                ("kept", "swap"),
            ] {
                std::fs::rename(place.join(from), place.join(to)).expect("it moves");
            }
        }
    });
    let mut inside = 0;
    for _ in 0..20_000 {
        match text(&root, "swap/file") {
            Ok(found) => {
                assert_eq!(found, "inside");
                inside += 1;
            }
            Err(err) => assert!(matches!(err, Unread::Missing | Unread::Error(_)), "{err:?}"),
        }
    }
    done.store(true, Ordering::Relaxed);
    swapping.join().expect("it ends");
    assert!(inside > 0, "the race was never run");
}

proptest! {
    /// Whatever the path: the walk ends, and what it finds is not outside.
    #[test]
    fn no_path_leads_out(parts in proptest::collection::vec("(\\.\\.|\\.|in|deep|file|top|up|/|secret|proc|[a-z\\x00]{0,3})", 0..40)) {
        let (dir, root) = tree();
        symlink("/", dir.path().join("root/top")).expect("a link");
        symlink("../../..", dir.path().join("root/in/up")).expect("a link");
        if let Ok(found) = text(&root, &parts.join("/")) {
            prop_assert_eq!(found, "inside");
        }
    }
}
