//! The command of a health check, as the engine runs it and as a person would write it.
//!
//! Reference: `HEALTHCHECK`, <https://docs.docker.com/reference/dockerfile/#healthcheck>.

use sha2::{Digest as _, Sha256};

use crate::token;

/// A health check's command, and what the container gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthCommand {
    /// The id of the container's image.
    pub(crate) image: String,
    /// The program and its arguments, a shell where one is asked for.
    pub(crate) cmd: Vec<String>,
    /// `NAME=value`.
    pub(crate) env: Vec<String>,
    /// `Config.User`.
    pub(crate) user: Option<String>,
    /// `Config.WorkingDir`.
    pub(crate) workdir: Option<String>,
    /// The command as a person would write it; neither redacted nor cut.
    pub shown: String,
}

impl HealthCommand {
    /// A digest in hexadecimal of all that decides how the command ends where it is tried (SHA-256).
    pub fn digest(&self) -> String {
        let all = serde_json::json!([self.image, self.cmd, self.env, self.user, self.workdir]);
        token::hex(&Sha256::digest(all.to_string().as_bytes()))
    }
}

/// What the engine runs for `Config.Healthcheck.Test`, and how a person would write it. `shell` is `Config.Shell`.
pub(crate) fn command(test: &[String], shell: &[String]) -> Option<(Vec<String>, String)> {
    let (how, rest) = test.split_first()?;
    let shown = rest.join(" ");
    let cmd = match how.as_str() {
        "CMD" => rest.to_vec(),
        "CMD-SHELL" if shell.is_empty() => {
            let usual = ["/bin/sh", "-c"].map(str::to_owned);
            [&usual, rest].concat()
        }
        "CMD-SHELL" => [shell, rest].concat(),
        _ => return None,
    };
    let said = rest.first().is_some_and(|first| !first.is_empty());
    said.then_some((cmd, shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(test: &[&str], shell: &[&str]) -> Option<String> {
        let owned = |words: &[&str]| -> Vec<String> {
            words.iter().map(|word| (*word).to_owned()).collect()
        };
        command(&owned(test), &owned(shell)).map(|(cmd, _)| cmd.join("|"))
    }

    #[test]
    fn a_command_is_run_as_the_engine_runs_it() {
        let with_shell = of(&["CMD-SHELL", "curl x || exit 1"], &[]);
        assert_eq!(with_shell.as_deref(), Some("/bin/sh|-c|curl x || exit 1"));
        let own = of(&["CMD-SHELL", "curl x"], &["/bin/bash", "-ec"]);
        assert_eq!(own.as_deref(), Some("/bin/bash|-ec|curl x"));
        let plain = of(&["CMD", "/inventory", "healthcheck"], &["/bin/bash", "-c"]);
        assert_eq!(plain.as_deref(), Some("/inventory|healthcheck"));
    }

    #[test]
    fn what_decides_about_a_trial_is_in_its_digest() {
        let command = HealthCommand {
            image: "sha256:1".into(),
            cmd: vec!["curl".into(), "x".into()],
            env: vec!["A=b".into()],
            user: Some("33".into()),
            workdir: None,
            shown: "curl x".into(),
        };
        let changed = |change: fn(&mut HealthCommand)| {
            let mut other = command.clone();
            change(&mut other);
            other.digest() != command.digest()
        };
        assert!(!changed(|_| {}) && command.digest().len() == 64);
        assert!(changed(|other| other.image = "sha256:2".into()));
        assert!(changed(|other| other.cmd = vec!["curl x".into()]));
        assert!(changed(|other| other.env.push("B=c".into())));
        assert!(changed(|other| other.user = None));
        assert!(changed(|other| other.workdir = Some("/".into())));
    }

    #[test]
    fn without_a_command_there_is_nothing_to_run() {
        for test in [&["NONE"][..], &[], &["CMD"], &["CMD-SHELL"], &["CMD", ""]] {
            assert_eq!(of(test, &[]), None, "{test:?}");
        }
    }
}
