//! The course's folder from the program alone: made, compared, put back. No engine is asked.

#[path = "desk/mod.rs"]
mod desk;

use std::fs;
use std::path::{Path, PathBuf};

use desk::{Desk, Said};

impl Desk {
    fn typed(&self, folder: &str, typed: &str) -> Said {
        let data = self.path("data").display().to_string();
        self.types(folder, &[("LABCHECK_DATA", &data)], typed)
    }

    /// Standard output of what has to end well.
    fn says(&self, folder: &str, typed: &str) -> String {
        let said = self.typed(folder, typed);
        assert_eq!(said.code, Some(0), "{typed}: {}{}", said.out, said.err);
        said.out
    }

    /// The first line of what has to be refused.
    fn refused(&self, folder: &str, typed: &str) -> String {
        let said = self.typed(folder, typed);
        assert_eq!(said.code, Some(2), "{typed}: {}{}", said.out, said.err);
        said.err.lines().next().unwrap_or_default().to_owned()
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|err| panic!("{}: {err}", path.display()))
}

#[test]
fn the_course_comes_out_of_the_program_and_work_is_never_written_over() {
    let desk = Desk::new();
    let said = desk.says(".", "init course");
    assert!(said.contains("written: v1, v2, v3, v4, v5, v6"), "{said}");
    assert!(
        said.contains("next: cd course && labcheck doctor"),
        "{said}"
    );
    let own = desk.path("course/labs/v3/compose.yaml");
    fs::write(&own, "# my work\n").expect("written");
    fs::remove_file(desk.path("course/labs/v3/app/Cargo.toml")).expect("removed");
    fs::remove_dir_all(desk.path("course/labs/v5")).expect("removed");
    let again = desk.says("course", "init .");
    assert!(again.contains("written: v5\n"), "{again}");
    assert_eq!(read(&own), "# my work\n");
    assert!(!desk.path("course/labs/v3/app/Cargo.toml").exists());
    assert!(desk.path("course/labs/v5/compose.yaml").is_file());
    let third = desk.says("course", "init .");
    assert!(
        third.contains("left as they are: v1, v2, v3, v4, v5, v6"),
        "{third}"
    );
}

#[test]
fn a_folder_with_other_things_stays_as_it_is() {
    let desk = Desk::new();
    fs::create_dir(desk.path("home")).expect("made");
    fs::write(desk.path("home/letter.txt"), "dear").expect("written");
    fs::write(desk.path("file"), "x").expect("written");
    let said = desk.refused(".", "init home");
    assert_eq!(said, "error: home holds other things, and stays as it is");
    assert_eq!(desk.refused(".", "init file"), "error: file is a file");
    let there: Vec<_> = fs::read_dir(desk.path("home"))
        .expect("listed")
        .flatten()
        .collect();
    assert_eq!(there.len(), 1);
}

#[test]
fn what_was_broken_off_half_way_is_finished() {
    let desk = Desk::new();
    desk.says(".", "init course");
    fs::remove_dir_all(desk.path("course/labs")).expect("removed");
    fs::create_dir_all(desk.path("course/labs/.v2.part/app")).expect("made");
    let said = desk.says(".", "init course");
    assert!(said.contains("written: v1, v2"), "{said}");
    assert!(!desk.path("course/labs/.v2.part").exists());
}

#[test]
fn what_changed_is_shown_and_the_solution_only_once_it_is_earned() {
    let desk = Desk::new();
    desk.says(".", "init course");
    assert_eq!(
        desk.says("course", "diff v1"),
        "v1 is the starter, unchanged\n"
    );
    let compose = desk.path("course/labs/v1/compose.yaml");
    let text = read(&compose).replace("name: v1", "name: mine");
    fs::write(&compose, text).expect("written");
    let diff = desk.says("course/labs/v1/app", "diff v1");
    assert!(diff.contains("-name: v1\n+name: mine\n"), "{diff}");
    assert!(diff.ends_with("1 file changed, 0 new, 0 gone\n"), "{diff}");
    let said = desk.refused("course", "diff v1 --solution");
    assert_eq!(
        said,
        "error: lab v1 is not passed yet, and its solution would spoil it"
    );
    let solution = desk.says("course", "diff v1 --solution --force");
    assert!(
        solution.contains("-      - 127.0.0.1:5000:5000\n"),
        "{solution}"
    );
    assert!(!solution.contains("region v1"), "{solution}");
    let given = desk.says(".", "diff v1 --folder course/labs/v1");
    assert_eq!(given, diff);
    let sibling = desk.says("course/labs/v2", "diff v1");
    assert_eq!(sibling, diff, "another lab's folder is beside it");
    let far = desk.refused(".", "diff v1");
    assert_eq!(far, "error: no folder of lab v1 is here");
}

#[test]
fn a_passed_lab_shows_its_solution() {
    use labcheck::progress::{Kept, Store};
    let desk = Desk::new();
    desk.says(".", "init course");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(&desk.path("data/progress.sqlite"))
            .await
            .expect("made");
        let passed = Kept {
            outcome: labcheck_core::grade::Outcome::Passed,
            ..Kept::default()
        };
        store.keep("v1", &passed).await.expect("kept");
    });
    assert!(
        desk.says("course", "diff v1 --solution")
            .contains("beside the solution")
    );
    desk.refused("course", "diff v2 --solution");
}

#[test]
fn a_solution_takes_every_todo_of_its_lab_away() {
    let desk = Desk::new();
    desk.says(".", "init course");
    for lab in ["v1", "v2", "v3", "v4", "v5", "v6"] {
        let diff = desk.says("course", &format!("diff {lab} --solution --force"));
        let todo = format!("TODO({lab}");
        let gone = diff
            .lines()
            .filter(|line| line.starts_with('+') && line.contains(&todo));
        assert!(
            gone.count() > 0,
            "{lab}: what the student has is on the `+` side"
        );
        let left = diff
            .lines()
            .filter(|line| !line.starts_with('+') && line.contains(&todo));
        assert_eq!(left.count(), 0, "{lab}");
    }
}

#[test]
fn a_reset_asks_and_keeps_the_work() {
    let desk = Desk::new();
    desk.says(".", "init course");
    let compose = desk.path("course/labs/v4/compose.yaml");
    let starter = read(&compose);
    assert!(desk.says("course", "reset v4").contains("nothing to do"));
    fs::write(&compose, "services: {}\n").expect("written");
    let said = desk.refused("course", "reset v4");
    assert!(
        said.ends_with("1 file differs from the starter, and nobody can be asked"),
        "{said}"
    );
    assert_eq!(read(&compose), "services: {}\n");
    let done = desk.says("course", "reset v4 --yes");
    assert!(done.contains("Volumes were not touched"), "{done}");
    assert_eq!(read(&compose), starter);
    let kept = done.lines().find_map(|line| line.strip_prefix("kept:  "));
    let kept = PathBuf::from(kept.expect("it says where"));
    assert_eq!(read(&kept.join("compose.yaml")), "services: {}\n");
    assert!(
        kept.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("v4-kept-20"))
    );
    let given = desk.says(".", "reset v4 --folder course/labs/v4");
    assert!(given.contains("nothing to do"), "{given}");
    // A folder that is none of the lab's is not made one.
    fs::create_dir(desk.path("other")).expect("made");
    fs::write(desk.path("other/compose.yaml"), "services: {}\n").expect("written");
    let other = desk.refused("other", "reset v4 --yes");
    assert!(
        other.ends_with("no lab.yaml in it says that it is lab v4"),
        "{other}"
    );
    assert_eq!(read(&desk.path("other/compose.yaml")), "services: {}\n");
}
