//! What is known of the database before it is asked: its server, the application's containers, passwords, and what
//! checks want to know. Asks nothing.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use super::administrator;
use super::password;
use super::session_sources::Sources;
use crate::database::client::own_way::OwnWay;
use crate::database::client::server::{Candidate, Server};
use crate::database::dialect::sign_in::SignIn as _;
use crate::database::schema::snapshot::{Owed, Snapshot};
use crate::stack::context::StackContext;
use crate::stack::secret_files::SecretFile;
use crate::stack::settle::Processes;
use labcheck_core::check::{Look, Want};
use labcheck_core::facts::{Dialect, Role, Seen, Statement, Status};
use labcheck_core::grade;
use labcheck_core::redact::known::Secrets;
use labcheck_engine::model::inspected::{Inspected, Stack};

/// What is known before the database is asked.
pub(crate) struct Inquiry<'a> {
    pub server: Server<'a>,
    pub stack: &'a Stack,
    /// The application's containers.
    pub apps: Vec<&'a Inspected>,
    /// What must be hidden in everything that becomes a fact.
    pub secrets: &'a Secrets,
    /// Passwords of the administrator, the likeliest first.
    pub administrator_passwords: Vec<Candidate>,
    /// Secret files of the application.
    pub app_files: &'a [SecretFile],
    /// Those of the database.
    pub db_files: &'a [SecretFile],
    /// Names that a password may happen to equal.
    pub names: &'a BTreeSet<String>,
    pub processes: &'a Processes,
    /// What checks want to know.
    pub wants: &'a BTreeSet<Want>,
    /// `--disruptive` was given: the database may be restarted.
    pub disruptive: bool,
    /// Where the application's sessions come from.
    pub sources: Sources,
    /// What lay in the database before anything was posted; `None` until it was looked at.
    pub before: RefCell<Option<Rc<Snapshot>>>,
    /// What an earlier look of this grading posted and may not have taken back.
    pub owed: Option<&'a Owed>,
}

impl<'a> Inquiry<'a> {
    /// Finds the database's container, and the passwords with which the grader may sign in.
    ///
    /// # Errors
    /// Why there is nothing to ask, as a sentence fragment.
    pub(crate) fn plan(parts: &StackContext<'a>) -> Result<Self, String> {
        let inspected = parts
            .playing(Role::Db)
            .into_iter()
            .next()
            .ok_or("no container of this stack could be taken for the database")?;
        let state = &inspected.container.state;
        if state.status != Status::Running {
            return Err(format!(
                "the database `{}` is {}",
                inspected.container.known_as(),
                state.status.word()
            ));
        }
        let processes = parts
            .processes
            .get(&inspected.container.name)
            .and_then(Seen::get);
        let runs = |program: &str| {
            let mut all = processes.into_iter().flatten();
            all.any(|process| process.program() == program)
        };
        let dialect = Dialect::of_container(runs, &inspected.container.image);
        let server = Server {
            engine: parts.engine,
            way: OwnWay::new(parts.sidecars),
            inspected,
            secrets: parts.secrets,
            dialect,
        };
        let stack_secrets = parts.stack_secrets;
        // A container that is neither the database nor a page to manage it with works for the application.
        let clients = parts.stack.containers.iter().filter(|other| {
            let plays = |role| {
                parts
                    .playing(role)
                    .iter()
                    .any(|inspected| inspected.container.name == other.container.name)
            };
            // Neither does a second such page, which may sign in as any account.
            let manages = parts.plan.roles.get(&Role::Admin);
            let manages =
                manages.is_some_and(|signs| grade::has_image_named(&other.container, signs));
            !plays(Role::Db) && !plays(Role::Admin) && (plays(Role::App) || !manages)
        });
        let clients: Vec<&Inspected> = clients.collect();
        let apps = parts.playing(Role::App);
        let administrator_passwords = administrator::passwords(&server, &apps, stack_secrets);
        Ok(Self {
            sources: Sources::of(&clients, inspected, parts.stack).with_roles(
                &apps,
                &clients,
                inspected,
                parts.stack,
            ),
            before: RefCell::default(),
            owed: None,
            server,
            stack: parts.stack,
            apps,
            secrets: parts.secrets,
            administrator_passwords,
            app_files: &stack_secrets.app_files,
            db_files: &stack_secrets.db_files,
            names: &stack_secrets.names,
            processes: parts.processes,
            wants: &parts.plan.wants,
            disruptive: parts.plan.target.disruptive,
        })
    }

    /// Whether a check wants this look.
    pub(crate) fn wants(&self, look: Look) -> bool {
        self.wants.contains(&Want::Database(look))
    }

    /// The statements to attempt.
    pub(crate) fn statements(&self) -> Vec<Statement> {
        let statement = |want: &Want| match want {
            Want::Database(Look::Attempt(statement)) => Some(*statement),
            _ => None,
        };
        self.wants.iter().filter_map(statement).collect()
    }

    /// Whether a check needs the application's account to be known.
    pub(crate) fn needs_account(&self) -> bool {
        self.signs_in() || self.wants(Look::Sessions)
    }

    /// Whether a check needs the grader to sign in as the application, or to try its password on other accounts.
    pub(crate) fn signs_in(&self) -> bool {
        let looks = [Look::PasswordSeen, Look::RootSignIn];
        !self.statements().is_empty() || looks.iter().any(|look| self.wants(*look))
    }

    /// What may be a user's password, the likeliest first.
    pub(crate) fn candidates(&self, user: &str) -> Vec<Candidate> {
        password::candidates(
            user,
            &self.apps,
            self.server.inspected,
            self.app_files,
            self.db_files,
        )
    }

    /// The database's own address on one of its networks.
    pub(crate) fn own_address(&self) -> Option<&str> {
        let networks = &self.server.inspected.container.networks;
        networks
            .iter()
            .map(|end| end.ip.as_str())
            .find(|ip| !ip.is_empty())
    }

    /// What lay in this database before anything was posted, if that is known.
    pub(crate) fn before(&self, database: &str) -> Option<Rc<Snapshot>> {
        let before = self.before.borrow().clone();
        before.filter(|before| before.is_of(database))
    }
}

/// A result as a fact.
pub(crate) fn seen<T>(result: Result<T, String>) -> Seen<T> {
    match result {
        Ok(value) => Seen::Seen(value),
        Err(why) => Seen::Unseen(why),
    }
}
