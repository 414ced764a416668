//! A watch on a real stack with a database: its screen follows what happens to the stack, and gives the terminal back.

use labcheck_core::facts::labels;
use labcheck_core::lab::Lab;
use labcheck_dev::stack::{Case, CaseKind, Docker, LABEL, Stack};

use crate::terminal::Terminal;

/// The lab whose solution is watched, and a check that goes with its database.
const WATCHED: (u32, &str) = (4, "v3-db-healthy");

/// Stops the database under a watch and starts it again; what is wrong with what the screen shows.
pub(crate) fn on_screen(case: &Case, lab: &Lab, stack: &Stack) -> Result<Vec<String>, String> {
    if case.lab != WATCHED.0 || !matches!(case.kind, CaseKind::Solution) {
        return Ok(Vec::new());
    }
    let check = lab
        .checks
        .iter()
        .find(|check| check.id.as_str() == WATCHED.1);
    let title = &check
        .ok_or_else(|| format!("{} has no check {}", lab.id, WATCHED.1))?
        .title;
    // Rows are cut at the screen's width.
    let title: String = title.chars().take(40).collect();
    let folder = tempfile::tempdir().map_err(|err| err.to_string())?;
    let data = folder.path().join("data").display().to_string();
    let mut words = vec![lab.id.to_string(), "--watch".to_owned()];
    words.extend(stack.flags());
    let mut terminal = Terminal::start(
        &words,
        folder.path(),
        (100, 60),
        &[("LABCHECK_DATA", &data), ("LC_ALL", "C.UTF-8")],
    );
    let seen = follow(&terminal, &case.run(), &title);
    terminal.press("q");
    let ended = terminal.wait("ended with 0", |screen| {
        screen.contents().contains("ended with 0") && !screen.alternate_screen()
    });
    let wrong = [seen, ended].into_iter().filter_map(Result::err);
    Ok(wrong.map(|said| format!("--watch: {said}")).collect())
}

fn follow(terminal: &Terminal, run: &str, title: &str) -> Result<(), String> {
    let row = |word: &str| format!("{word} {title}");
    let (pass, fail) = (row("✓ pass   "), row("✗ FAIL   "));
    terminal.wait(&pass, |screen| screen.contents().contains(&pass))?;
    let docker = |words: &[&str]| Docker::ask(words).map_err(|err| err.to_string());
    let run = format!("label={LABEL}={run}");
    let of = &format!("label={}=db", labels::SERVICE);
    let id = docker(&["ps", "--quiet", "--filter", &run, "--filter", of])?;
    let id = id.trim();
    docker(&["stop", id])?;
    let stopped = terminal.wait(&fail, |screen| screen.contents().contains(&fail));
    docker(&["start", id])?;
    stopped?;
    terminal.wait(&pass, |screen| screen.contents().contains(&pass))
}
