//! The step of a build at which it ended, from what `BuildKit` prints below the log.

/// Words of a line that says why a program ended.
const TELLING: [&str; 7] = [
    "error",
    "not found",
    "denied",
    "cannot",
    "no such",
    "failed",
    "unknown",
];

/// The instruction of the Dockerfile that failed, and the line of its output that tells most; `None` where no program of a
/// `RUN` failed.
///
/// `BuildKit` repeats the step between two lines of dashes: ` > [service stage 2/3] RUN make:`, and below it what was printed
/// last.
pub(super) fn failed<'t>(lines: &[&'t str]) -> Option<(&'t str, &'t str)> {
    let at = lines.iter().rposition(|line| line.starts_with(" > ["))?;
    let (_, instruction) = lines[at].split_once("] ")?;
    let instruction = instruction.trim_end().trim_end_matches(':');
    if !instruction.starts_with("RUN ") {
        return None;
    }
    let printed = lines[at + 1..]
        .iter()
        .take_while(|line| !line.starts_with("------"));
    let printed: Vec<&str> = printed
        .map(|line| line.trim())
        .filter(|line| !line.is_empty())
        .collect();
    let tells = |line: &&&str| {
        let lower = line.to_ascii_lowercase();
        TELLING.iter().any(|word| lower.contains(word))
    };
    let told = printed.iter().rev().find(tells).or(printed.last())?;
    Some((instruction, *told))
}

#[cfg(test)]
mod tests {
    use super::failed;

    #[test]
    fn the_instruction_is_told_with_the_line_that_says_why() {
        let lines = [
            "ERROR: process \"/bin/sh -c make\" did not complete successfully: exit code: 127",
            "------",
            " > [app build 3/5] RUN make --quiet:",
            "/bin/sh: 1: make: not found",
            "that is all",
            "------",
            "failed to solve: process \"/bin/sh -c make\" did not complete successfully: exit code: 127",
        ];
        assert_eq!(
            failed(&lines),
            Some(("RUN make --quiet", "/bin/sh: 1: make: not found"))
        );
    }

    #[test]
    fn what_is_no_program_of_a_step_is_left_to_its_own_words() {
        let lines = [
            "------",
            " > [app internal] load metadata for docker.io/library/x:latest:",
            "------",
            "failed to solve: x: failed to resolve source metadata",
        ];
        assert_eq!(failed(&lines), None);
        assert_eq!(
            failed(&["------", " > [app 2/2] RUN false:", "------"]),
            None
        );
        assert_eq!(failed(&[]), None);
    }
}
