//! What a compiler said first: the errors after it are often its consequences, and cargo's last line names none at all.

/// Cargo's last line about a crate that does not build.
const GAVE_UP: &str = "error: could not compile";
/// What cargo says when a build went well, and when it starts what it built.
const WENT_WELL: [&str; 2] = ["Finished `", "Running `"];
/// How many lines below an error its position stands at most.
const LINES_TO_POSITION: usize = 6;

/// Of a log, the first error of the last build, and the line with its position (`--> src/main.rs:3:5`), where there is one. What
/// stands before a build that went well is of the past.
pub fn first_error<T: AsRef<str>>(lines: &[T]) -> Option<(&str, Option<&str>)> {
    let well = |line: &T| {
        let said = line.as_ref().trim_start();
        WENT_WELL.iter().any(|sign| said.starts_with(sign))
    };
    let lines = &lines[lines.iter().rposition(well).map_or(0, |at| at + 1)..];
    let line = |at: usize| lines[at].as_ref();
    let gave_up = |at: &usize| line(*at).starts_with(GAVE_UP);
    let is_error = |at: &usize| {
        ["error:", "error["]
            .iter()
            .any(|sign| line(*at).starts_with(sign))
    };
    let first = match (0..lines.len()).rev().find(gave_up) {
        Some(end) => {
            // A container that is started again builds again.
            let before = (0..end).rev().find(gave_up).map_or(0, |at| at + 1);
            (before..=end).find(is_error)?
        }
        None => (0..lines.len()).rev().find(is_error)?,
    };
    let below = (first + 1..lines.len()).take(LINES_TO_POSITION);
    let position = below.take_while(|at| !is_error(at)).find_map(|at| {
        line(at)
            .trim_start()
            .starts_with("--> ")
            .then(|| line(at).trim())
    });
    Some((line(first), position))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_error_of_the_last_build_is_told_with_its_position() {
        let log = [
            "error[E0425]: an old one",
            "error: could not compile `inventory` (bin \"inventory\") due to 1 previous error",
            "   Compiling inventory v0.1.0 (/app)",
            "warning: unused import",
            "  --> src/lib.rs:1:5",
            "error[E0433]: cannot find `routes` in `inserter`",
            "  --> src/lib.rs:61:38",
            "   |",
            "error: aborting due to 2 previous errors",
            "error: could not compile `inventory` (lib) due to 2 previous errors",
        ];
        assert_eq!(
            first_error(&log),
            Some((
                "error[E0433]: cannot find `routes` in `inserter`",
                Some("--> src/lib.rs:61:38")
            ))
        );
        assert_eq!(first_error(&log[..2]), Some((log[0], None)));
    }

    #[test]
    fn other_errors_of_cargo_count_and_those_of_programs_do_not() {
        let manifest = [
            "error: failed to parse manifest at `/app/Cargo.toml`",
            "",
            "Caused by:",
        ];
        assert_eq!(first_error(&manifest), Some((manifest[0], None)));
        let own = [
            "inventory: error: no database",
            "[ERROR] mariadbd: x",
            "an error: y",
        ];
        assert_eq!(first_error(&own), None);
        assert_eq!(first_error::<&str>(&[]), None);
    }

    #[test]
    fn an_error_before_a_build_that_went_well_is_of_the_past() {
        let old = "error: expected item after attributes";
        let log = [
            old,
            "  --> src/main.rs:12:1",
            "error: could not compile `inventory` (bin \"inventory\") due to 1 previous error",
            "   Compiling inventory v0.1.0 (/app)",
            "    Finished `dev` profile [unoptimized] target(s) in 1.20s",
            "     Running `target/debug/inventory`",
            "Error: no address to listen on: 0.0.0.0.0:5000",
        ];
        assert_eq!(first_error(&log), None);
        assert_eq!(first_error(&log[..3]).map(|(error, _)| error), Some(old));
    }
}
