//! What is read before anything is asked for: every secret there is, so that none slips into a fact, and the texts in
//! which the application's password may lie open.

use std::collections::BTreeSet;

use futures_util::future::join3;
use tokio::sync::OnceCell;

use super::images::ImageEnvs;
use super::roles::{Roles, playing};
use super::secret_files::{SecretFile, has_secret_files, of_all};
use labcheck_core::check::Want;
use labcheck_core::facts::Role;
use labcheck_core::grade::Plan;
use labcheck_core::redact::known::{Secrets, secret_name};
use labcheck_engine::client::Engine;
use labcheck_engine::model::inspected::{Inspected, Stack, learn};

/// Secret files, environments of images, and names that must be quoted although a password may equal them.
#[derive(Debug, Default)]
pub(crate) struct StackSecrets {
    /// Secret files of the application's containers; none where no check asks for the database.
    pub app_files: Vec<SecretFile>,
    /// Those of the database's.
    pub db_files: Vec<SecretFile>,
    /// Environments of the stack's images as they are.
    pub images: ImageEnvs,
    /// Names that a password may happen to equal.
    pub names: BTreeSet<String>,
    /// The administrator's password, where the database made one up and wrote it to its log.
    pub made_up_password: Option<String>,
    /// The names in the proxy's configuration: see [`crate::endpoint::host_names`].
    pub configured: OnceCell<Vec<String>>,
}

/// Where secrets of the stack are looked for.
#[derive(Clone, Copy)]
pub(crate) struct SecretSources<'a> {
    pub engine: &'a Engine,
    pub stack: &'a Stack,
    pub roles: &'a Roles,
    pub plan: &'a Plan,
}

impl SecretSources<'_> {
    /// Learns every secret of the stack; those of its images' environments are known already.
    pub(crate) async fn learn(self, images: ImageEnvs, secrets: &mut Secrets) -> StackSecrets {
        let Self {
            engine,
            stack,
            roles,
            plan,
        } = self;
        let names = names(stack);
        for name in &names {
            secrets.spare(name);
        }
        for inspected in &stack.containers {
            learn(&inspected.env, secrets);
        }
        let wanted = plan
            .wants
            .iter()
            .any(|want| matches!(want, Want::Database(_)));
        let files = |role: Role| {
            let containers = if wanted {
                playing(stack, roles, role)
            } else {
                Vec::new()
            };
            async move { of_all(engine, &containers).await }
        };
        let made_up = async {
            let inspected = playing(stack, roles, Role::Db).into_iter().next();
            made_up_password(engine, inspected.filter(|_| wanted)?).await
        };
        let (app_files, db_files, made_up_password) =
            join3(files(Role::App), files(Role::Db), made_up).await;
        let others = if wanted {
            other_files(engine, stack, roles).await
        } else {
            Vec::new()
        };
        for file in app_files.iter().chain(&db_files).chain(&others) {
            file.learn(secrets);
        }
        if let Some(password) = &made_up_password {
            secrets.learn(password);
        }
        StackSecrets {
            app_files,
            db_files,
            images,
            names,
            made_up_password,
            configured: OnceCell::new(),
        }
    }
}

impl StackSecrets {
    /// The environment of an image as it is, as rows of `NAME=value`.
    pub(crate) fn image_env(&self, id: &str) -> &[String] {
        self.images.get(id).map_or(&[], Vec::as_slice)
    }
}

/// What the entry points of MariaDB's and MySQL's images write when they are told to make a password up.
const MADE_UP: &str = "GENERATED ROOT PASSWORD: ";

/// The password that a database's first start made up for root: the log is where its administrator finds it.
async fn made_up_password(engine: &Engine, inspected: &Inspected) -> Option<String> {
    let told = ["MARIADB_RANDOM_ROOT_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD"];
    told.into_iter()
        .find_map(|name| inspected.var(name).filter(|value| !value.is_empty()))?;
    let line = engine
        .first_line_with(&inspected.container.id, MADE_UP)
        .await?;
    let (_, password) = line.split_once(MADE_UP)?;
    Some(password.trim().to_owned()).filter(|password| !password.is_empty())
}

/// Secret files of containers that are neither the application nor the database: nothing is tried with them, but a
/// page or a log may show them.
async fn other_files(engine: &Engine, stack: &Stack, roles: &Roles) -> Vec<SecretFile> {
    let known: Vec<&str> = [Role::App, Role::Db]
        .into_iter()
        .flat_map(|role| playing(stack, roles, role))
        .map(|inspected| inspected.container.name.as_str())
        .collect();
    let others = stack.containers.iter().filter(|one| has_secret_files(one));
    let others = others.filter(|inspected| !known.contains(&inspected.container.name.as_str()));
    of_all(engine, &others.collect::<Vec<_>>()).await
}

/// Names of services, projects, users and schemas: what a check must be able to quote.
fn names(stack: &Stack) -> BTreeSet<String> {
    const ENDINGS: [&str; 6] = ["USER", "NAME", "DATABASE", "DB", "HOST", "SCHEMA"];
    let mut names = BTreeSet::new();
    for inspected in &stack.containers {
        let container = &inspected.container;
        let own = [
            Some(&container.name),
            container.service.as_ref(),
            container.project.as_ref(),
        ];
        names.extend(own.into_iter().flatten().cloned());
        let called = inspected.env.iter().filter(|(name, _)| {
            let upper = name.to_ascii_uppercase();
            !secret_name(&upper) && ENDINGS.iter().any(|word| upper.ends_with(word))
        });
        names.extend(called.map(|(_, value)| value.clone()));
    }
    names
}
