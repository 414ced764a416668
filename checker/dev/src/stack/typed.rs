//! Command lines and addresses of the book, as a student in a stack's folder types them.

use std::process::{Command, Stdio};

use super::Stack;
use crate::{DevError, root};

impl Stack {
    /// Types a command line in the stack's folder as a reader of the book does, where `docker compose` means this stack and
    /// a port that its file names means the one that the engine chose. Gives whether it ended well, and what it said.
    ///
    /// # Errors
    /// When it could not be run at all.
    pub fn type_in(&self, typed: &str) -> Result<(bool, String), DevError> {
        let told = self.told.as_ref().and_then(|told| told.host);
        let compose = self.of_compose(told);
        let words = compose.get_args().map(|word| word.to_string_lossy());
        let words: Vec<String> = words.map(|word| format!("'{word}'")).collect();
        let (words, file) = (words.join(" "), self.paths.override_file.display());
        let line = format!(
            "docker() {{ if [ \"$1\" = compose ]; then shift; command docker {words} -f '{file}' \"$@\"; \
             else command docker \"$@\"; fi; }}\n{}",
            self.here(typed)?
        );
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &line])
            .current_dir(self.inside())
            .stdin(Stdio::null());
        for (name, value) in compose.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let out = shell
            .output()
            .map_err(|err| DevError::wrong(format!("`{typed}` could not be run: {err}")))?;
        let said = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
        Ok((out.status.success(), said))
    }

    /// A command line or address with the ports of this machine in place of those that the compose file names.
    ///
    /// # Errors
    /// When a port cannot be asked for.
    pub fn here(&self, typed: &str) -> Result<String, DevError> {
        let mut here = typed.to_owned();
        for written in &self.written {
            let Some(host) = written
                .host
                .filter(|host| here.contains(&format!(":{host}")))
            else {
                continue;
            };
            let mut compose = self.of_compose(None);
            let port = written.container.to_string();
            let asked = root::run(compose.arg("-f").arg(&self.paths.override_file).args([
                "port",
                &written.service,
                &port,
            ]))?;
            let chosen = asked
                .trim()
                .rsplit(':')
                .next()
                .unwrap_or_default()
                .to_owned();
            here = here.replace(&format!(":{host}"), &format!(":{chosen}"));
        }
        Ok(here)
    }
}
