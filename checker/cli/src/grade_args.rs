//! What can be typed about a grading: which stack, how it is reached, what is printed.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::course::folder::lab_folder;
use crate::output::{format, out};
use labcheck_core::error::Error;
use labcheck_core::facts::Role;
use labcheck_core::grade::Target;
use labcheck_core::lab::Lab;
use labcheck_core::report::Format;

/// `labcheck LAB`.
#[derive(Debug, Args)]
pub struct GradeArgs {
    /// The lab to grade, such as `v4`; without one, where you stand is shown.
    pub lab: Option<String>,
    /// Grade this compose project (repeatable); by default the lab folder's own.
    #[arg(long, value_name = "NAME")]
    pub project: Vec<String>,
    /// Grade these containers, separated by commas: for stacks made with `docker run`.
    #[arg(
        long,
        value_name = "A,B",
        value_delimiter = ',',
        conflicts_with = "project"
    )]
    pub containers: Vec<String>,
    /// The address of the application's front door, such as `https://localhost:8443`.
    #[arg(long = "entry", value_name = "URL")]
    pub ingress_url: Option<String>,
    /// A host name to ask for, for stacks that route by host (repeatable).
    #[arg(long, value_name = "NAME")]
    pub host: Vec<String>,
    /// Where the application keeps one of the course's pages, such as `inserter=/register` (repeatable).
    #[arg(long, value_name = "PAGE=PATH")]
    pub route: Vec<String>,
    /// Which container plays a role, such as `db=shop-mysql` (repeatable).
    #[arg(long, value_name = "ROLE=CONTAINER")]
    pub role: Vec<String>,
    /// Also run checks that restart something; they run last, one at a time.
    #[arg(long)]
    pub disruptive: bool,
    /// Longest wait for a stack that is still starting, in seconds: 300 where nothing is typed. Typed, it also holds for a
    /// program without a health check, which otherwise has 15 seconds from its start until it listens.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=3600))]
    pub wait: Option<u64>,
    /// What to print.
    #[arg(long, value_parser = format(), default_value = "text")]
    pub format: Format,
    /// Only this check, and everything about it, passed or not.
    #[arg(long, value_name = "CHECK", conflicts_with = "format")]
    pub explain: Option<String>,
    /// Also write the report to a file in a format, such as `html=report.html` (repeatable).
    #[arg(long, value_name = "FORMAT=PATH", value_parser = out)]
    pub out: Vec<(Format, PathBuf)>,
    /// Grade again whenever the stack or the lab's folder changes; on a pipe, one line per change.
    #[arg(long, conflicts_with_all = ["replay", "record", "format", "explain", "out", "disruptive"])]
    pub watch: bool,
    /// With `--watch`: look at files every two seconds, where file events do not arrive.
    #[arg(long, requires = "watch")]
    pub poll: bool,
    /// Grade recorded facts instead of a live stack.
    #[arg(long, value_name = "FILE")]
    pub replay: Option<PathBuf>,
    /// Also write what was seen, normalised, to a file that `--replay` reads.
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    pub record: Option<PathBuf>,
    /// A word from your teacher, which the round trip posts as part of a name: it tells your result from others'.
    #[arg(long, value_name = "WORD", value_parser = labcheck_core::bundle::nonce::word)]
    pub nonce: Option<String>,
    /// The lab's folder; its compose project is what is graded. By default the current folder, where it is a lab's.
    #[arg(long, value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// A course of your own: a folder with one sub-folder a lab, each with a `lab.yaml`.
    #[arg(long, value_name = "DIR")]
    pub course: Option<PathBuf>,
}

/// The longest wait where none is typed, in seconds.
const WAIT: u64 = 300;

impl GradeArgs {
    /// Whether nothing was typed at all: neither a lab nor a word about a stack.
    pub fn is_empty(&self) -> bool {
        let lists = [
            &self.project,
            &self.containers,
            &self.host,
            &self.route,
            &self.role,
        ];
        let files = [&self.replay, &self.record, &self.folder, &self.course];
        self.lab.is_none()
            && self.ingress_url.is_none()
            && self.nonce.is_none()
            && self.explain.is_none()
            && self.out.is_empty()
            && !self.disruptive
            && !self.watch
            && lists.iter().all(|list| list.is_empty())
            && files.iter().all(|file| file.is_none())
    }

    /// Which stack is meant.
    ///
    /// # Errors
    /// [`Error::usage`] when a mapping is not of its form.
    pub fn target(&self) -> Result<Target, Error> {
        let mut target = Target {
            projects: self.project.clone(),
            containers: self.containers.clone(),
            ingress_url: self.ingress_url.as_deref().map(ingress_url).transpose()?,
            hosts: self.host.clone(),
            disruptive: self.disruptive,
            wait: Duration::from_secs(self.wait.unwrap_or(WAIT)),
            wait_given: self.wait.is_some(),
            folder: self.folder()?,
            nonce: self.nonce.clone(),
            ..Target::default()
        };
        for route in &self.route {
            let (page, path) = pair(route, "--route", "inserter=/register")?;
            if !path.starts_with('/') {
                return Err(Error::usage(
                    format!("--route {route}: the path does not begin with a slash"),
                    "type it like `--route inserter=/register`",
                ));
            }
            target
                .routes
                .insert(page.trim_start_matches('/').to_owned(), path.to_owned());
        }
        for role in &self.role {
            let (word, container) = pair(role, "--role", "db=shop-mysql")?;
            let role = Role::from_word(word).ok_or_else(|| {
                Error::usage(
                    format!(
                        "--role: there is no role `{}`",
                        labcheck_core::text::clean(word)
                    ),
                    "roles are app, db, admin and proxy",
                )
            })?;
            target
                .roles
                .entry(role)
                .or_default()
                .push(container.to_owned());
        }
        Ok(target)
    }

    /// Whether every page of `--route` is one that the lab asks for.
    ///
    /// # Errors
    /// [`Error::usage`] with the nearest page, and all there are.
    pub fn routes_of(&self, lab: &Lab) -> Result<(), Error> {
        let pages: Vec<String> = labcheck_core::grade::pages(lab)
            .iter()
            .map(|path| match path.trim_start_matches('/') {
                "" => "/".to_owned(),
                page => page.to_owned(),
            })
            .collect();
        for route in &self.route {
            let page = match route.split('=').next().unwrap_or_default() {
                "/" => "/",
                page => page.trim_start_matches('/'),
            };
            if pages.iter().any(|known| known == page) {
                continue;
            }
            let near = labcheck_core::lab::nearest(page, &pages)
                .map_or_else(String::new, |near| format!("did you mean `{near}`? "));
            let page = labcheck_core::text::cut(&labcheck_core::text::clean(page), 40);
            return Err(Error::usage(
                format!("--route: lab {} has no page `{page}`", lab.id),
                format!(
                    "{near}its pages are {}",
                    labcheck_core::text::ticked(&pages)
                ),
            ));
        }
        Ok(())
    }

    /// The lab's folder: the one given, or the current one or one above it that holds this lab's `lab.yaml`, or
    /// `labs/LAB` below it, or the current one where it holds a compose file.
    fn folder(&self) -> Result<Option<PathBuf>, Error> {
        lab_folder(
            self.lab.as_deref().unwrap_or_default(),
            self.folder.as_deref(),
        )
    }
}

fn pair<'t>(text: &'t str, flag: &str, example: &str) -> Result<(&'t str, &'t str), Error> {
    text.split_once('=')
        .filter(|(left, right)| !left.is_empty() && !right.is_empty())
        .ok_or_else(|| {
            Error::usage(
                format!(
                    "{flag} {}: two words joined by `=` are wanted",
                    labcheck_core::text::clean(text)
                ),
                format!("type it like `{flag} {example}`"),
            )
        })
}

/// An address as browsers take it: with or without the scheme, but then with a port.
fn ingress_url(typed: &str) -> Result<String, Error> {
    let wrong = || {
        Error::usage(
            format!(
                "--entry {}: this is no address of a page",
                labcheck_core::text::cut(&labcheck_core::text::clean(typed), 80)
            ),
            "type it like `--entry https://localhost:8443`",
        )
    };
    let whole = if typed.contains("://") {
        typed.to_owned()
    } else {
        let host = typed.split('/').next().unwrap_or_default();
        let port = host.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
        if !matches!(port, Some(Ok(1..))) {
            return Err(wrong());
        }
        format!("http://{typed}")
    };
    let url = reqwest::Url::parse(&whole).map_err(|_| wrong())?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() {
        Ok(whole)
    } else {
        Err(wrong())
    }
}
