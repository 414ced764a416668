//! What becomes of the stacks of other labs that run, before one is started: by a flag, or by the student's answer.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use super::others::Other;
use labcheck_core::error::Error;
use labcheck_core::text::{list, say};

/// What becomes of the stacks of other labs before one is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OthersFirst {
    /// They are taken down first.
    Stop,
    /// They go on running.
    Leave,
}

/// Decides by the flags, then by the answer at the keyboard.
///
/// # Errors
/// [`Error::usage`] where other stacks run and neither a flag nor an answer says what to do: nothing is started then.
pub(crate) fn others_first(
    running: &[Other],
    typed: Option<OthersFirst>,
    asked: impl FnOnce() -> Option<bool>,
) -> Result<OthersFirst, Error> {
    if running.is_empty() {
        return Ok(OthersFirst::Leave);
    }
    if let Some(typed) = typed {
        return Ok(typed);
    }
    match asked() {
        Some(true) => Ok(OthersFirst::Stop),
        Some(false) => Ok(OthersFirst::Leave),
        None => {
            let by_hand = list(&running.iter().map(Other::clear).collect::<Vec<_>>());
            Err(Error::usage(
                say!("{} here already", are_running(running)),
                if running.len() == 1 {
                    say!(
                        "add --yes to stop it first, or --keep to leave it; by hand: {by_hand}",
                        by_hand
                    )
                } else {
                    say!(
                        "add --yes to stop them first, or --keep to leave them; by hand: {by_hand}",
                        by_hand
                    )
                },
            ))
        }
    }
}

/// "the stack `v3` of lab v3 is running".
pub(crate) fn are_running(running: &[Other]) -> String {
    let names: Vec<String> = running.iter().map(Other::phrase).collect();
    if names.len() == 1 {
        say!("{} is running", list(&names))
    } else {
        say!("{} are running", list(&names))
    }
}

/// Asks the student at the keyboard; `None` where the input or the error output is no terminal.
pub(crate) fn asked(running: &[Other]) -> impl FnOnce() -> Option<bool> {
    // A stack that another student may have started is stopped by a typed yes alone.
    let offered = running.iter().all(|other| other.elsewhere.is_none());
    let choice = if offered {
        say!("[Y/n]")
    } else {
        say!("[y/N]")
    };
    let question = if running.len() == 1 {
        say!(
            "{}. Stop it first? Volumes stay. {choice} ",
            are_running(running),
            choice
        )
    } else {
        say!(
            "{}. Stop them first? Volumes stay. {choice} ",
            are_running(running),
            choice
        )
    };
    move || {
        let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        if !terminal {
            return None;
        }
        for _ in 0..3 {
            let mut err = std::io::stderr();
            let _ = write!(err, "{question}").and_then(|()| err.flush());
            let mut line = String::new();
            if std::io::stdin().lock().read_line(&mut line).ok()? == 0 {
                return None;
            }
            if let Some(said) = understood(&line, offered) {
                return Some(said);
            }
        }
        None
    }
}

/// An answer in English or German; nothing typed is the one that is offered. `None` for any other word.
fn understood(line: &str, offered: bool) -> Option<bool> {
    match line.trim().to_lowercase().as_str() {
        "" => Some(offered),
        "y" | "yes" | "j" | "ja" => Some(true),
        "n" | "no" | "nein" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v3() -> Vec<Other> {
        vec![Other {
            lab: "v3".into(),
            project: Some("v3".into()),
            containers: vec!["v3-app-1".into()],
            elsewhere: None,
        }]
    }

    #[test]
    fn only_a_yes_is_one() {
        let all = ["\n", "Y\n", "ja\n", "no\n", "N\n", "maybe\n", "abbrechen\n"];
        let (yes, no) = (Some(true), Some(false));
        let said = all.map(|line| understood(line, true));
        assert_eq!(said, [yes, yes, yes, no, no, None, None]);
        let said = all.map(|line| understood(line, false));
        assert_eq!(said, [no, yes, yes, no, no, None, None]);
    }

    #[test]
    fn no_stack_is_stopped_unasked() {
        let never = || panic!("the student is asked");
        let (stop, leave) = (Some(OthersFirst::Stop), Some(OthersFirst::Leave));
        assert_eq!(others_first(&[], None, never).ok(), leave);
        for typed in [stop, leave] {
            assert_eq!(others_first(&v3(), typed, never).ok(), typed);
        }
        let answered = |answer| others_first(&v3(), None, || answer);
        assert_eq!(answered(Some(true)).ok(), stop);
        assert_eq!(answered(Some(false)).ok(), leave);
        let err = answered(None).expect_err("there is no terminal");
        assert_eq!(
            err.to_string(),
            "the stack `v3` of lab v3 is running here already"
        );
        let help = err.help().unwrap_or_default();
        assert!(
            help.contains("--yes") && help.contains("docker compose -p v3 down"),
            "{help}"
        );
    }
}
