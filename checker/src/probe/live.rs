//! A live engine: one look at a running stack, everything at once, undone afterwards.
//!
//! This file only says in which order things happen; how each is looked at is its neighbours' business.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use futures_util::future::{join, join_all};

use super::choose::{Choice, choose};
use super::database::{Inquiry, undo_afresh, wants_sources};
use super::doors::{Door, Street};
use super::drive::{Driver, Nonce};
use super::engine::Engine;
use super::engine_address::{Address, Surroundings};
use super::http::Browser;
use super::look::{self, Processes};
use super::looked::{Looked, Stack, learn, shown};
use super::redact::{Secrets, secret_name};
use super::source::{self, Text};
use super::sql_login::{Server, secret_files};
use super::sql_secrets::Places;
use super::{Observer, Plan, ProbeError, Progress, sockets};
use crate::check::{Look, Want};
use crate::facts::{self, Drive, Facts, Page, Process, Role, Seen, Sql, Status, Step, Taken};
use crate::grade;

/// A live engine.
#[derive(Debug)]
pub struct Live {
    engine: Engine,
}

impl Live {
    /// Connects to the engine that the Docker CLI would use.
    ///
    /// # Errors
    /// [`ProbeError::NoEngine`] with what to do about it, [`ProbeError::TooOld`].
    pub async fn connect() -> Result<Self, ProbeError> {
        let address = Surroundings::of_process()
            .address()
            .map_err(|why| ProbeError::NoEngine {
                at: "the address that Docker's command line would use".into(),
                help: why.clone(),
                why,
            })?;
        Ok(Self {
            engine: Engine::connect(&address).await?,
        })
    }

    /// Connects to the engine at an address such as `unix:///var/run/docker.sock`.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub async fn at(url: &str) -> Result<Self, ProbeError> {
        let address = Address {
            url: url.to_owned(),
            from: "given".into(),
        };
        Ok(Self {
            engine: Engine::connect(&address).await?,
        })
    }
}

impl Observer for Live {
    async fn observe(&self, plan: &Plan, progress: &dyn Progress) -> Result<Facts, ProbeError> {
        let Choice {
            ids,
            choice,
            neighbours,
        } = choose(&self.engine.list().await?, &plan.target, plan.lab.as_str())?;
        let (mut stack, processes) = look::settled(&self.engine, &ids, plan, progress).await?;
        let roles = roles(&stack, &processes, plan)?;
        let mut secrets = Secrets::default();
        let ground = Ground::survey(&self.engine, &mut stack, &roles, plan, &mut secrets).await?;
        let seen = look_inside(
            &self.engine,
            &stack,
            &processes,
            &roles,
            &ground,
            plan,
            &secrets,
            progress,
        )
        .await?;
        look::again(&self.engine, &mut stack).await?;
        look::last_words(&self.engine, &mut stack, &secrets).await;
        Ok(Facts {
            schema: facts::SCHEMA.into(),
            lab: plan.lab.to_string(),
            engine: self.engine.about.clone(),
            stack: choice,
            roles,
            neighbours,
            pages: seen.pages,
            listening: seen.listening,
            drive: seen.drive,
            sql: seen.sql,
            processes: processes
                .into_iter()
                .map(|(name, list)| (name, list.map(|list| shown_processes(list, &secrets))))
                .collect(),
            containers: stack
                .containers
                .into_iter()
                .map(|looked| shown_container(looked, &secrets))
                .collect(),
            images: stack.images,
            networks: stack.networks,
            volumes: stack.volumes,
            course: facts::Course {
                hosts: plan.target.hosts.clone(),
                routes: plan.target.routes.clone(),
                disruptive: plan.target.disruptive,
            },
        })
    }
}

type Roles = BTreeMap<Role, Vec<Taken>>;

/// Roles by evidence; a name given with `--role` must be there.
fn roles(stack: &Stack, processes: &Processes, plan: &Plan) -> Result<Roles, ProbeError> {
    let containers: Vec<_> = stack
        .containers
        .iter()
        .map(|looked| looked.container.clone())
        .collect();
    for name in plan.target.roles.values().flatten() {
        if !containers
            .iter()
            .any(|container| container.name == *name || container.service.as_deref() == Some(name))
        {
            let there = containers
                .iter()
                .map(|container| container.name.clone())
                .collect();
            return Err(ProbeError::NoSuch {
                kind: "container",
                name: name.clone(),
                there,
            });
        }
    }
    Ok(grade::assign(
        &containers,
        processes,
        &plan.roles,
        &plan.target.roles,
    ))
}

fn playing<'s>(stack: &'s Stack, roles: &Roles, role: Role) -> Vec<&'s Looked> {
    let taken = roles.get(&role).map(Vec::as_slice).unwrap_or_default();
    taken
        .iter()
        .filter_map(|taken| {
            stack
                .containers
                .iter()
                .find(|looked| looked.container.name == taken.container)
        })
        .collect()
}

/// What is read before anything is asked for: every secret there is, so that none slips into a fact.
struct Ground {
    app_files: Vec<(String, String)>,
    db_files: Vec<(String, String)>,
    /// Raw texts of images (environment, build steps), with the name of a container that runs each.
    image_texts: Vec<(String, Vec<String>)>,
    sources: Vec<Text>,
    /// Names that a password may happen to equal.
    names: BTreeSet<String>,
}

impl Ground {
    async fn survey(
        engine: &Engine,
        stack: &mut Stack,
        roles: &Roles,
        plan: &Plan,
        secrets: &mut Secrets,
    ) -> Result<Self, ProbeError> {
        let wants_sql = plan.wants.iter().any(|want| matches!(want, Want::Sql(_)));
        let names = names(stack);
        for name in &names {
            secrets.spare(name);
        }
        for looked in &stack.containers {
            learn(&looked.env, secrets);
        }
        let files = |role: Role| {
            let looked = playing(stack, roles, role);
            async move {
                if !wants_sql {
                    return Vec::new();
                }
                join_all(
                    looked
                        .into_iter()
                        .map(|looked| secret_files(engine, looked)),
                )
                .await
                .into_iter()
                .flatten()
                .collect()
            }
        };
        let (app_files, db_files): (Vec<_>, Vec<_>) = join(files(Role::App), files(Role::Db)).await;
        for (_, value) in app_files.iter().chain(&db_files) {
            secrets.learn(value);
        }
        let mut raw = look::images(engine, stack, secrets).await?;
        if plan.wants.contains(&Want::Sql(Look::PasswordSeen)) {
            let histories = join_all(raw.iter().map(|(id, _)| engine.history(id))).await;
            for ((_, texts), history) in raw.iter_mut().zip(histories) {
                texts.extend(history?);
            }
        }
        let runs = |id: &str| {
            stack
                .containers
                .iter()
                .find(|looked| looked.container.image_id == id)
                .map_or_else(String::new, |looked| looked.container.known_as().to_owned())
        };
        let image_texts = raw
            .into_iter()
            .map(|(id, texts)| (runs(&id), texts))
            .collect();
        let sources = if wants_sources(&plan.wants) {
            sources(stack, roles, plan)
        } else {
            Vec::new()
        };
        Ok(Self {
            app_files,
            db_files,
            image_texts,
            sources,
            names,
        })
    }
}

/// Names of services, projects, users and schemas: what a check must be able to quote.
fn names(stack: &Stack) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for looked in &stack.containers {
        let container = &looked.container;
        names.extend(
            [
                Some(container.name.clone()),
                container.service.clone(),
                container.project.clone(),
            ]
            .into_iter()
            .flatten(),
        );
        let named = looked.env.iter().filter(|(name, _)| {
            let name = name.to_ascii_uppercase();
            !secret_name(&name)
                && ["USER", "NAME", "DATABASE", "DB", "HOST", "SCHEMA"]
                    .iter()
                    .any(|word| name.ends_with(word))
        });
        names.extend(named.map(|(_, value)| value.clone()));
    }
    names
}

/// Text files of the lab's folder and of what the application has mounted from this machine, without secret files.
fn sources(stack: &Stack, roles: &Roles, plan: &Plan) -> Vec<Text> {
    let mut folders: Vec<(PathBuf, String)> = plan
        .target
        .folder
        .iter()
        .map(|folder| (folder.clone(), String::new()))
        .collect();
    let mut except = BTreeSet::new();
    for looked in &stack.containers {
        let named: Vec<&String> = looked
            .env
            .iter()
            .filter(|(name, _)| name.ends_with("_FILE"))
            .map(|(_, path)| path)
            .collect();
        for (host, inside) in &looked.binds {
            if inside.starts_with("/run/secrets") || named.contains(&inside) {
                except.extend(PathBuf::from(host).canonicalize());
            }
        }
    }
    for looked in playing(stack, roles, Role::App) {
        let label = format!("(of {}) ", looked.container.known_as());
        let folder = |(host, inside): &(String, String)| {
            (!inside.starts_with("/run/")).then(|| (PathBuf::from(host), label.clone()))
        };
        folders.extend(
            looked
                .binds
                .iter()
                .filter_map(folder)
                .filter(|(folder, _)| folder.is_dir()),
        );
    }
    source::texts(&folders, &except)
}

/// What looking inside showed.
#[derive(Default)]
struct Inside {
    pages: Vec<Page>,
    listening: BTreeMap<String, Seen<Vec<facts::Listener>>>,
    drive: Option<Seen<Drive>>,
    sql: Option<Seen<Sql>>,
}

#[expect(
    clippy::too_many_arguments,
    reason = "the one place where everything that was seen comes together"
)]
async fn look_inside(
    engine: &Engine,
    stack: &Stack,
    processes: &Processes,
    roles: &Roles,
    ground: &Ground,
    plan: &Plan,
    secrets: &Secrets,
    progress: &dyn Progress,
) -> Result<Inside, ProbeError> {
    let steps: BTreeSet<Step> = plan
        .wants
        .iter()
        .filter_map(|want| {
            if let Want::Drive(step) = want {
                Some(*step)
            } else {
                None
            }
        })
        .collect();
    let steps: BTreeSet<Step> = steps
        .into_iter()
        .filter(|step| *step != Step::Restart || plan.target.disruptive)
        .collect();
    let street = Street {
        target: &plan.target,
        containers: &stack.containers,
        roles,
        engine_host: engine.host.as_deref(),
    };
    let browser = || {
        Browser::new(&street.names()).map_err(|why| {
            ProbeError::Nothing(
                format!("no request can be made: {why}"),
                "grade again".into(),
            )
        })
    };
    let nonce = Nonce::fresh()?;
    let word = nonce.name.clone();
    let posted = Cell::new(false);
    let places = Places {
        stack: &stack.containers,
        processes,
        images: &ground.image_texts,
        sources: &ground.sources,
        names: &ground.names,
    };
    let inquiry = inquiry(
        engine, stack, processes, roles, ground, plan, secrets, places,
    );
    let app_there = !playing(stack, roles, Role::App).is_empty();
    let (pages_browser, drive_browser) = (browser()?, browser()?);
    let work = async {
        let entering = async {
            match &inquiry {
                Ok(inquiry) => inquiry.enter().await,
                Err(why) => Err(why.clone()),
            }
        };
        let wants_database = plan.wants.iter().any(|want| matches!(want, Want::Sql(_)));
        let entering = async {
            if wants_database {
                Some(entering.await)
            } else {
                None
            }
        };
        let outside = async {
            let doors = doors(
                &street,
                &pages_browser,
                plan,
                !steps.is_empty() && app_there,
                progress,
            )
            .await;
            let mut drive = Drive::default();
            let driver = async {
                if steps.is_empty() {
                    return None;
                }
                Some(
                    start(
                        &doors,
                        &drive_browser,
                        plan,
                        &steps,
                        nonce,
                        secrets,
                        &posted,
                        &mut drive,
                    )
                    .await,
                )
            };
            let pages = join_all(doors.iter().map(|(role, door)| {
                let paths = paths(plan, *role);
                let browser = &pages_browser;
                async move {
                    door.pages(browser, *role, &paths, &plan.target, secrets)
                        .await
                }
            }));
            let deaf: Vec<Role> = doors
                .iter()
                .filter(|(_, door)| !door.answers())
                .map(|(role, _)| *role)
                .collect();
            let (pages, driver, listening) =
                futures_util::join!(pages, driver, listening(engine, stack, roles, &deaf));
            (
                pages.into_iter().flatten().collect::<Vec<_>>(),
                driver,
                drive,
                listening,
            )
        };
        let (entered, (pages, driver, mut drive, listening)) = join(entering, outside).await;
        let driving = driver.as_ref().and_then(|driver| driver.as_ref().ok());
        let sql = match (entered, &inquiry) {
            (Some(Ok(mut entered)), Ok(inquiry)) => Some(Seen::Seen(
                inquiry.ask(&mut entered, driving, &mut drive).await,
            )),
            (Some(Err(why)), _) => {
                unasked(&mut drive, &why, &steps);
                Some(Seen::Unseen(why))
            }
            _ => None,
        };
        let drive = driver.map(|driver| match driver {
            Ok(_) => Seen::Seen(drive),
            Err(why) => Seen::Unseen(why),
        });
        Inside {
            pages,
            listening,
            drive,
            sql,
        }
    };
    tokio::select! {
        inside = work => Ok(inside),
        _ = tokio::signal::ctrl_c() => {
            if posted.get() && let Ok(inquiry) = &inquiry {
                progress.now("interrupted: taking back what was posted");
                if let Seen::Unseen(why) = undo_afresh(inquiry, &word).await {
                    return Err(ProbeError::Interrupted { stayed: Some(format!("rows named `{word}` may stay in the database: {why}")) });
                }
            }
            Err(ProbeError::Interrupted { stayed: None })
        }
    }
}

/// Without the database nobody can look for what was posted, nor take it back.
fn unasked(drive: &mut Drive, why: &str, steps: &BTreeSet<Step>) {
    if drive.stored.is_some() {
        drive.rows = Some(Seen::Unseen(why.to_owned()));
        drive.undone = Some(Seen::Unseen(format!(
            "rows named `{}` may stay: {why}",
            drive.name
        )));
    }
    if steps.contains(&Step::Restart) {
        drive.restarted = Some(Seen::Unseen(why.to_owned()));
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "gathers what the database's part needs to know"
)]
fn inquiry<'a>(
    engine: &'a Engine,
    stack: &'a Stack,
    processes: &Processes,
    roles: &Roles,
    ground: &'a Ground,
    plan: &'a Plan,
    secrets: &'a Secrets,
    places: Places<'a>,
) -> Result<Inquiry<'a>, String> {
    let looked = playing(stack, roles, Role::Db)
        .into_iter()
        .next()
        .ok_or("no container of this stack could be taken for the database")?;
    if looked.container.state.status != Status::Running {
        return Err(format!(
            "the database `{}` is {}",
            looked.container.known_as(),
            looked.container.state.status.word()
        ));
    }
    let runs = |names: &[&str]| {
        processes
            .get(&looked.container.name)
            .and_then(Seen::get)
            .into_iter()
            .flatten()
            .any(|process: &Process| names.contains(&process.program()))
    };
    let image = looked.container.image.to_ascii_lowercase();
    let postgres = runs(&["postgres", "postmaster"])
        || (!runs(&["mariadbd", "mysqld"]) && image.contains("postgres"));
    let server = Server {
        engine,
        looked,
        postgres,
    };
    let keys = server.administrator_passwords(&ground.db_files);
    Ok(Inquiry {
        server,
        wants: &plan.wants,
        stack,
        apps: playing(stack, roles, Role::App),
        secrets,
        keys,
        app_files: &ground.app_files,
        db_files: &ground.db_files,
        places,
        disruptive: plan.target.disruptive,
    })
}

fn paths(plan: &Plan, of: Role) -> Vec<String> {
    plan.wants
        .iter()
        .filter_map(|want| {
            if let Want::Page { role, path } = want {
                (*role == of).then(|| path.clone())
            } else {
                None
            }
        })
        .collect()
}

/// The doors of every role that a page is wanted of, and the application's when it is driven.
async fn doors(
    street: &Street<'_>,
    browser: &Browser,
    plan: &Plan,
    drives: bool,
    progress: &dyn Progress,
) -> Vec<(Role, Door)> {
    let wanted: Vec<(Role, String)> = Role::ALL
        .into_iter()
        .filter(|role| street.roles.contains_key(role))
        .filter_map(|role| {
            let paths = paths(plan, role);
            let first = if paths.iter().any(|path| path == "/") {
                Some("/".to_owned())
            } else {
                paths.into_iter().next()
            };
            first
                .or_else(|| (drives && role == Role::App).then(|| "/".to_owned()))
                .map(|path| (role, path))
        })
        .collect();
    let opened = join_all(
        wanted
            .iter()
            .map(|(role, path)| street.open(browser, *role, path, progress)),
    )
    .await;
    wanted
        .into_iter()
        .map(|(role, _)| role)
        .zip(opened)
        .collect()
}

/// Starts the round trip and takes its first half.
#[expect(
    clippy::too_many_arguments,
    reason = "hands the drive everything it needs at once"
)]
async fn start<'a>(
    doors: &[(Role, Door)],
    browser: &Browser,
    plan: &Plan,
    steps: &'a BTreeSet<Step>,
    nonce: Nonce,
    secrets: &'a Secrets,
    posted: &'a Cell<bool>,
    drive: &mut Drive,
) -> Result<Driver<'a>, String> {
    let door = doors
        .iter()
        .find(|(role, _)| *role == Role::App)
        .map(|(_, door)| door)
        .ok_or("no container of this stack could be taken for the application")?;
    if let Some(trouble) = door.trouble() {
        return Err(format!(
            "the application gives no answer: the request {}",
            trouble.phrase()
        ));
    }
    let base = door.base.as_ref().ok_or("the application has no address")?;
    let driver = Driver::start(
        browser.clone(),
        base,
        &plan.target,
        steps,
        nonce,
        secrets,
        posted,
    )
    .await
    .map_err(|trouble| format!("the request {}", trouble.phrase()))?;
    driver.first(drive).await;
    Ok(driver)
}

/// Listening sockets, only of containers whose page gave no answer.
async fn listening(
    engine: &Engine,
    stack: &Stack,
    roles: &Roles,
    deaf: &[Role],
) -> BTreeMap<String, Seen<Vec<facts::Listener>>> {
    let looked: Vec<&Looked> = deaf
        .iter()
        .flat_map(|role| playing(stack, roles, *role))
        .filter(|looked| looked.container.state.status == Status::Running)
        .collect();
    let found = join_all(
        looked
            .iter()
            .map(|looked| sockets::listening(engine, &looked.container.id)),
    )
    .await;
    looked
        .into_iter()
        .map(|looked| looked.container.name.clone())
        .zip(found)
        .collect()
}

fn shown_processes(list: Vec<Process>, secrets: &Secrets) -> Vec<Process> {
    let shown = |process: Process| Process {
        command: secrets.show(&process.command, 300),
        ..process
    };
    list.into_iter().map(shown).collect()
}

fn shown_container(looked: Looked, secrets: &Secrets) -> facts::Container {
    let mut container = looked.container;
    container.env = shown(&looked.env, secrets);
    container.command = container
        .command
        .iter()
        .map(|word| secrets.show(word, 300))
        .collect();
    container.state.error = secrets.hide(&container.state.error);
    if let facts::Health::Unhealthy(said) = &mut container.health {
        *said = secrets.hide(said);
    }
    container
}
