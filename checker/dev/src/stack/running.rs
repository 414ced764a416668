//! A stack that is up, until it is dropped.

use std::path::Path;
use std::time::Duration;

use super::compose::{OverrideFor, Written};
use super::docker::StackPaths;
use super::{Case, CaseKind, Docker, LABEL, keep, rows, uikit};
use crate::{DevError, Root, root};
use labcheck::start::Contexts;

/// A started stack. Dropping it takes it down, also after a panic.
#[derive(Debug)]
pub struct Stack {
    pub(super) case: Case,
    pub(super) run: String,
    pub(super) paths: StackPaths,
    /// The volume that keeps what its application was built to.
    built: String,
    pub(super) written: Vec<Written>,
    /// Where its compose file published the port that it was told, where it asks for one.
    pub(super) told: Option<Written>,
    /// Images that its compose file builds and names, and what they are called in this run.
    images: Vec<(String, String)>,
    /// What builds on this machine need.
    pub(super) site: Contexts,
    up: bool,
}

/// The variable by which a compose file asks on which port of this machine its entry listens, as a redirect has to name it.
pub(super) const TELLS_PORT: &str = "HTTPS_PORT";

/// Longest wait for Compose or a script; an image may have to be built first.
const STARTING: Duration = Duration::from_mins(10);
/// Longest wait where nothing has to be built: a database that never becomes healthy must not hold up the tests.
const PLAIN_STARTING: Duration = Duration::from_mins(2);
const STOPPING: Duration = Duration::from_mins(2);

impl Stack {
    /// Builds a lab's application ahead of its stacks, of which there are at most so many up at the same time.
    ///
    /// # Errors
    /// When its files cannot be written or it does not build.
    pub fn warm(root: &Root, lab: u32, lanes: usize) -> Result<(), DevError> {
        let solution = Case {
            lab,
            kind: CaseKind::Solution,
        };
        let paths = StackPaths::new(root, &solution.run());
        write(root, &solution, &paths)?;
        keep::warm(root, &paths.folder, lanes)
    }

    /// Writes a stack's files and starts it. That starting it fails is no error: a student's stack may do so too, and
    /// what there is of it is graded. Two that are up at the same time are in different lanes.
    ///
    /// # Errors
    /// When its files cannot be written, or `docker` cannot be run at all.
    pub fn start(root: &Root, case: &Case, lane: usize) -> Result<Self, DevError> {
        let run = case.run();
        let mut stack = Self {
            case: case.clone(),
            paths: StackPaths::new(root, &run),
            run,
            built: String::new(),
            written: Vec::new(),
            told: None,
            images: Vec::new(),
            site: Contexts::make(&root.join("target"), Docker::command)?,
            up: true,
        };
        Docker::sweep(Some(&stack.run))?;
        write(root, case, &stack.paths)?;
        stack.built = keep::built(root, &stack.paths.folder, lane);
        keep::settle(root, &stack.paths.folder, &stack.built)?;
        keep::make_volumes(&stack.paths.folder, &stack.built)?;
        if let CaseKind::Mistake(_, mistake) = &case.kind {
            for args in &mistake.before {
                let words: Vec<&str> = args.iter().map(String::as_str).collect();
                Docker::ask(&labelled(&words, &format!("{LABEL}={}", stack.run)))?;
            }
        }
        let started = match case.compose_file() {
            Some(_) => stack.compose_up()?,
            None => stack.script("up.sh", STARTING)?,
        };
        for (path, bytes) in case.later(root)? {
            let path = stack.paths.folder.join(path);
            std::fs::write(&path, bytes).map_err(|err| DevError::file(&path, &err))?;
        }
        if let CaseKind::Mistake(_, mistake) = &case.kind {
            stack.then(&mistake.then)?;
        }
        // A correct stack has to start; a broken one may refuse to.
        if !started && !matches!(case.kind, CaseKind::Mistake(..)) {
            return Err(DevError::wrong(format!(
                "`{}` did not start; see {}",
                stack.run,
                stack.paths.log.display()
            )));
        }
        Ok(stack)
    }

    /// The flags that a grader is told, as on the command line.
    pub fn flags(&self) -> Vec<String> {
        let flags = match &self.case.kind {
            CaseKind::Foreign(_, foreign) => foreign.flags(&self.run),
            _ => Vec::new(),
        };
        if flags
            .iter()
            .any(|flag| flag == "--containers" || flag == "--project")
        {
            return flags;
        }
        let folder = vec!["--folder".to_owned(), self.inside().display().to_string()];
        [folder, flags].concat()
    }

    /// What grading must leave as it is: every container's name, id and start time. Containers that the engine starts
    /// again and again are left out.
    pub fn containers(&self) -> Result<Vec<String>, DevError> {
        let filter = format!("label={LABEL}={}", self.run);
        let ids = Docker::ask(&["ps", "--all", "--quiet", "--no-trunc", "--filter", &filter])?;
        let ids: Vec<&str> = ids.lines().collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let format =
            "{{.RestartCount}} {{.State.Restarting}} {{.Name}} {{.Id}} {{.State.StartedAt}}";
        let rows = Docker::ask(&[&["inspect", "--format", format], ids.as_slice()].concat())?;
        let mut rows: Vec<String> = rows
            .lines()
            .filter_map(|row| row.strip_prefix("0 false "))
            .map(str::to_owned)
            .collect();
        rows.sort();
        Ok(rows)
    }

    /// How many rows its databases have: see `rows`.
    ///
    /// # Errors
    /// When `docker` cannot be run.
    pub fn rows(&self) -> Result<Option<String>, DevError> {
        rows::count(&self.run)
    }

    /// The ports that its compose file publishes, as they are written there; the engine was left to choose others.
    pub fn written_ports(&self) -> &[Written] {
        &self.written
    }

    /// The port of this machine that the compose file was told, and the one that it names by itself.
    pub fn told_port(&self) -> Option<(u16, u16)> {
        let told = self.told.as_ref()?;
        let same =
            |port: &&Written| (&port.service, port.container) == (&told.service, told.container);
        Some((told.host?, self.written.iter().find(same)?.host?))
    }

    /// What a recording says instead of the names that only this run has.
    pub fn plain_names(&self) -> Vec<(String, String)> {
        let lab = self.case.lab_name();
        let inside = self.inside().display().to_string();
        let mut names = vec![(inside, format!("/home/student/labs/{lab}"))];
        names.extend(
            self.images
                .iter()
                .map(|(written, own)| (own.clone(), written.clone())),
        );
        names.push((self.run.clone(), lab));
        names.extend(keep::names(self.case.lab, &self.built));
        names
    }

    /// Takes it down: containers, networks and volumes, whatever it takes.
    ///
    /// # Errors
    /// When something of it could not be cleared away.
    pub fn stop(mut self) -> Result<(), DevError> {
        self.down()
    }

    fn down(&mut self) -> Result<(), DevError> {
        if !std::mem::take(&mut self.up) {
            return Ok(());
        }
        let tried = match self.case.compose_file() {
            Some(_) => self.compose(
                &[
                    "down",
                    "--volumes",
                    "--timeout",
                    "0",
                    "--remove-orphans",
                    "--rmi",
                    "local",
                ],
                STOPPING,
            ),
            None => self.script("down.sh", STOPPING),
        };
        let cleared = Docker::sweep(Some(&self.run));
        for (_, own) in &self.images {
            // One that could not be built is not there; what it was built of stays with the builder for the next run.
            let _ = Docker::ask(&["image", "rm", own]);
        }
        if let CaseKind::Mistake(_, mistake) = &self.case.kind {
            for args in &mistake.after {
                // A container is gone already, by its label.
                let _ = Docker::ask(&args.iter().map(String::as_str).collect::<Vec<_>>());
            }
        }
        cleared?;
        if tried? {
            Ok(())
        } else {
            Err(DevError::wrong(format!(
                "taking `{}` down failed; see {}",
                self.run,
                self.paths.log.display()
            )))
        }
    }

    fn compose_up(&mut self) -> Result<bool, DevError> {
        let mut config = self.config(None)?;
        self.written = config.written();
        let path = self.compose_file();
        let text =
            std::fs::read_to_string(&path).map_err(|err| DevError::file(Path::new(&path), &err))?;
        if text.contains(TELLS_PORT) {
            let port = free_port()?;
            config = self.config(Some(port))?;
            let told = |written: &Written| written.host == Some(port);
            self.told = config.written().into_iter().find(told);
        }
        self.images = config.built_images(&self.run);
        let how = OverrideFor {
            run: &self.run,
            built: &self.built,
            // A mistake that starts something beside the stack may be about the very port.
            free_ports: !matches!(&self.case.kind, CaseKind::Mistake(_, mistake) if !mistake.before.is_empty()),
            told: self.told.as_ref().and_then(|told| told.host),
            site: &self.site,
        };
        std::fs::write(&self.paths.override_file, config.override_text(&how))
            .map_err(|err| DevError::file(&self.paths.override_file, &err))?;
        let limit = if config.builds() {
            STARTING
        } else {
            PLAIN_STARTING
        };
        self.compose(&["up", "--detach", "--quiet-pull"], limit)
    }

    /// What a mistake does once its stack is up.
    fn then(&self, all: &[Vec<String>]) -> Result<(), DevError> {
        for args in all {
            let words: Vec<String> = args.iter().map(|word| self.own_name(word)).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            match words.split_first() {
                Some((&"compose", words)) if self.compose(words, PLAIN_STARTING)? => {}
                Some((&"compose", _)) => {
                    return Err(DevError::wrong(format!(
                        "`docker {}` failed; see {}",
                        args.join(" "),
                        self.paths.log.display()
                    )));
                }
                _ => {
                    let label = format!("{LABEL}={}", self.run);
                    // In the stack's own folder: what is copied out of a container lies there.
                    let mut docker = Docker::command();
                    docker.args(labelled(&words, &label));
                    root::run(docker.current_dir(self.inside()))?;
                }
            }
        }
        Ok(())
    }

    /// What an image of the compose file, a service's container (`{service}`, `{service}:/path`) or a network
    /// (`{network:edge}`) is called in this run.
    fn own_name(&self, word: &str) -> String {
        if let Some((service, path)) = word.split_once("}:") {
            return format!("{}:{path}", self.own_name(&format!("{service}}}")));
        }
        let service = word
            .strip_prefix('{')
            .and_then(|word| word.strip_suffix('}'));
        if let Some(network) = service.and_then(|word| word.strip_prefix("network:")) {
            return format!("{}_{network}", self.run);
        }
        if let Some(service) = service {
            return format!("{}-{service}-1", self.run);
        }
        let mut images = self.images.iter();
        let own = images.find(|(written, _)| written == word);
        own.map_or_else(|| word.to_owned(), |(_, own)| own.clone())
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let _ = self.down();
    }
}

/// A port that nothing listens on just now.
fn free_port() -> Result<u16, DevError> {
    let listener = std::net::TcpListener::bind(("0.0.0.0", 0));
    listener
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|err| DevError::wrong(format!("no free port: {err}")))
}

fn write(root: &Root, case: &Case, paths: &StackPaths) -> Result<(), DevError> {
    let wrong = |path: &Path, err: std::io::Error| DevError::file(path, &err);
    if paths.folder.exists() {
        std::fs::remove_dir_all(&paths.folder).map_err(|err| wrong(&paths.folder, err))?;
    }
    std::fs::create_dir_all(&paths.folder).map_err(|err| wrong(&paths.folder, err))?;
    let _ = std::fs::remove_file(&paths.log);
    let mut tree = case.tree(root)?;
    uikit::add(root, case, &mut tree)?;
    Ok(tree.write(&paths.folder)?)
}

/// Arguments of `docker run` get the label of the run; others stay as they are.
fn labelled<'a>(args: &[&'a str], label: &'a str) -> Vec<&'a str> {
    let mut words = args.to_vec();
    if words.first() == Some(&"run") {
        words.splice(1..1, ["--label", label]);
    }
    words
}
