//! The command line as a student types it, on recordings: both streams and the exit code, the environment scrubbed.
//!
//! No engine is asked: `DOCKER_HOST` names a socket that is not there.

macro_rules! assert_shown {
    ($name:literal, $shown:expr) => {
        insta::with_settings!({ snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli"), prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!($name, $shown);
        })
    };
}

#[path = "desk/mod.rs"]
mod desk;
#[path = "cli_commands/flags.rs"]
mod flags;
#[path = "cli_commands/no_engine.rs"]
mod no_engine;
#[path = "cli_commands/own_course.rs"]
mod own_course;
#[path = "cli_commands/progress.rs"]
mod progress;
#[path = "cli_commands/recordings.rs"]
mod recordings;
#[path = "cli_commands/report.rs"]
mod report;

use std::path::Path;

use desk::Desk;

impl Desk {
    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("inside")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// A copy of a recording.
    fn with_recording(self, lab: &str, name: &str) -> Self {
        self.write(&format!("{name}.json"), &recording(lab, name));
        self
    }

    /// What typing this shows, ready for a snapshot.
    fn shows(&self, typed: &str) -> String {
        self.shows_with(&[], typed)
    }

    fn shows_with(&self, env: &[(&str, &str)], typed: &str) -> String {
        let said = self.types(".", env, typed);
        let here = self.path(".");
        let set = env
            .iter()
            .map(|(name, value)| {
                let here = here.display().to_string();
                format!(
                    "{name}={} ",
                    value.replace(here.trim_end_matches("/."), "[DIR]")
                )
            })
            .collect::<Vec<_>>()
            .concat();
        let real = here.canonicalize().expect("it is there");
        let shown = |text: &str| {
            let text = text.replace(&real.display().to_string(), "[DIR]");
            text.replace('\u{1b}', "␛")
        };
        format!(
            "$ {set}labcheck {}\nexit code: {}\n----- standard output -----\n{}----- standard error -----\n{}",
            typed.escape_debug(),
            said.code
                .map_or_else(|| "none".into(), |code| code.to_string()),
            shown(&said.out),
            shown(&said.err)
        )
    }
}

fn recording(lab: &str, name: &str) -> String {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../recordings/{lab}/{name}.json"));
    std::fs::read_to_string(&path).unwrap_or_else(|err| panic!("{}: {err}", path.display()))
}
