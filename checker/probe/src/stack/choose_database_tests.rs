//! Stacks with several databases.

use super::*;
use crate::stack::assign::assign;
use labcheck_core::error::Explain as _;
use labcheck_core::facts::{Container, Process, Seen};
use labcheck_core::grade::Target;
use labcheck_core::lab::{Course, RoleSigns};

struct ImageFacts {
    stack: Stack,
    processes: Processes,
    plan: Plan,
}

/// Name, service, program and environment of a container.
type Row<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, &'a str)]);

/// A stack of lab V3.
fn images_of(rows: &[Row<'_>]) -> ImageFacts {
    let lab = Course::embedded()
        .and_then(|course| course.lab("v3"))
        .expect("the lab");
    let mut stack = Stack::default();
    let mut processes = Processes::new();
    for (name, service, program, env) in rows {
        stack.containers.push(Inspected {
            container: Container {
                name: (*name).into(),
                project: Some("p".into()),
                service: Some((*service).into()),
                ..Container::default()
            },
            names: vec![(*name).into(), (*service).into()],
            env: env
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            ..Inspected::default()
        });
        let process = Process {
            command: (*program).into(),
            ..Process::default()
        };
        processes.insert((*name).into(), Seen::Seen(vec![process]));
    }
    let roles: BTreeMap<Role, RoleSigns> = lab.roles.clone();
    ImageFacts {
        stack,
        processes,
        plan: Plan {
            lab: lab.id.clone(),
            roles,
            wants: BTreeSet::new(),
            target: Target::default(),
        },
    }
}

fn databases(images: &ImageFacts) -> Result<Vec<String>, ProbeError> {
    let roles = assign(&images.stack, &images.processes, &images.plan)?;
    let taken = roles.get(&Role::Db).into_iter().flatten();
    Ok(taken.map(|taken| taken.container.clone()).collect())
}

const TWO: [Row<'_>; 2] = [
    ("p-store-1", "store", "mariadbd", &[]),
    ("p-other-1", "other", "postgres", &[]),
];

#[test]
fn two_databases_of_which_nothing_tells_are_asked_about() {
    let images = images_of(&[("p-app-1", "app", "python3", &[]), TWO[0], TWO[1]]);
    let err = databases(&images).expect_err("a question");
    assert_eq!(
        (
            err.to_string().as_str(),
            err.help().unwrap_or_default().as_str()
        ),
        (
            "more than one container could be the database: `other` and `store`",
            "say which one the application uses, for example `--role db=other`"
        )
    );
}

#[test]
fn replicas_of_one_service_are_one_database() {
    let images = images_of(&[
        ("p-app-1", "app", "python3", &[]),
        ("p-store-1", "store", "mariadbd", &[]),
        ("p-store-2", "store", "mariadbd", &[]),
    ]);
    assert_eq!(databases(&images).expect("chosen").len(), 2);
}

#[test]
fn the_applications_environment_decides() {
    for (name, value) in [
        ("DB_HOST", "store"),
        ("DATABASE_URL", "mysql://app:made-up@store:3306/other"),
        ("DSN", "app:made-up@tcp(store:3306)/other"),
        ("CONNECTION", "Server=store;Database=other"),
    ] {
        let images = images_of(&[
            ("p-app-1", "app", "python3", &[(name, value)]),
            TWO[0],
            TWO[1],
        ]);
        assert_eq!(databases(&images).expect("chosen"), ["p-store-1"], "{name}");
    }
}

#[test]
fn a_schema_of_that_name_is_no_host() {
    let images = images_of(&[
        ("p-app-1", "app", "python3", &[("DB_NAME", "store")]),
        TWO[0],
        TWO[1],
    ]);
    assert!(databases(&images).is_err());
}

#[test]
fn a_name_is_believed_until_the_application_names_another() {
    let db = ("p-db-1", "db", "mariadbd", &[][..]);
    let silent = images_of(&[("p-app-1", "app", "python3", &[]), db, TWO[1]]);
    assert_eq!(databases(&silent).expect("chosen"), ["p-db-1"]);
    let other = images_of(&[
        ("p-app-1", "app", "python3", &[("PGHOST", "other")]),
        db,
        TWO[1],
    ]);
    assert_eq!(databases(&other).expect("chosen"), ["p-other-1"]);
    let both = images_of(&[
        (
            "p-app-1",
            "app",
            "python3",
            &[("DB_HOST", "db"), ("PGHOST", "other")],
        ),
        db,
        TWO[1],
    ]);
    assert!(databases(&both).is_err());
}
