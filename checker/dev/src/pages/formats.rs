//! Exit codes, and the shapes of what labcheck reads and writes.

use std::fmt::Write as _;

use super::markdown::{cell, fenced};
use super::shape::Shapes;
use labcheck_core::exit::Exit;
use labcheck_core::facts::Facts;
use labcheck_core::lab::Manifest;
use labcheck_core::report::Report;

pub(super) fn exit_codes() -> String {
    let mut out = String::from(
        "# Exit codes\n\nA script reads how a grade ended from the program's exit code.\n\n| code | meaning |\n|---:|---|\n",
    );
    for (exit, meaning) in Exit::ALL {
        let _ = writeln!(out, "| {} | {} |", exit.code(), cell(meaning));
    }
    out += "\nSee it in a shell:\n\n";
    out += &fenced("console", "$ labcheck v1; echo $?");
    out
}

pub(super) fn lab_file() -> String {
    let shapes = Shapes::new(&schemars::schema_for!(Manifest), "lab-file.md");
    let head = "# The lab file\n\n\
        A course is a folder with one sub-folder a lab, and a `lab.yaml` in each. `labcheck schema` prints the JSON Schema of this page,\n\
        for editors that complete. What `expect` may be is on a page of its own, [Kinds of check](kinds.md).\n";
    let kind = |name: &str| name == "Expect" || super::kinds::is_one(name);
    head.to_owned() + &shapes.pages(&kind)
}

pub(super) fn report() -> String {
    let shapes = Shapes::new(&schemars::schema_for!(Report), "report.md");
    let head = "# The report as JSON\n\n\
        `labcheck v1 --format json` prints this shape, `labcheck.report/v1`. It only ever grows: what is here stays, under its name and with\n\
        its meaning. The other formats are made from the same report; [Commands and flags](commands.md#labcheck) lists them.\n";
    head.to_owned() + &shapes.pages(&|_| false)
}

pub(super) fn recording() -> String {
    let shapes = Shapes::new(&schemars::schema_for!(Facts), "recording.md");
    let head = "# The recording\n\n\
        `labcheck v1 --record stack.json` writes what was seen, and `labcheck v1 --replay stack.json` judges it again. It is plain JSON,\n\
        without secrets.\n\n\
        ## Looked for {#looked-for}\n\n\
        What could not be looked at is another thing than what is not there. So *looked for: X* is either `{\"seen\": X}`, or\n\
        `{\"unseen\": \"why\"}` with the reason in words.\n\n## The whole\n";
    head.to_owned() + &shapes.pages(&|_| false)
}
