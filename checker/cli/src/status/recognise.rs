//! Which milestone a running stack has the shape of: from the engine's list alone, by what its containers are. Pure.
//!
//! A shape is no grade: it says which lab to grade, and nothing about how that will end.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::progress::Past;
use labcheck_core::facts::Role;
use labcheck_core::grade::assign;
use labcheck_core::lab::{Course, Lab};
use labcheck_probe::Running;
use labcheck_probe::ownership::Near;

/// A lab's shape: the roles that its core checks name.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    lab: Lab,
    roles: BTreeSet<Role>,
}

/// A stack, placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recognised {
    /// The lab whose shape it has; `None` where it has no application.
    pub(crate) lab: Option<String>,
    /// It says itself which lab it is, by label.
    pub(crate) labelled: bool,
    /// What its containers are.
    pub(crate) roles: Vec<Role>,
    /// What that lab asks for and it has not.
    pub(crate) missing: Vec<Role>,
    /// It was started from a folder that is not of this course.
    pub(crate) elsewhere: bool,
}

/// The shapes of a course's labs, in order.
pub(crate) fn shapes(course: &Course) -> Vec<Shape> {
    let labs = course.names().into_iter();
    let labs = labs.filter_map(|name| course.lab(&name).ok());
    labs.map(|lab| {
        let core = lab.checks.iter().filter(|check| check.core);
        let named = core.filter_map(|check| serde_json::to_value(&check.expect).ok());
        Shape {
            roles: named.flat_map(|value| words(&value)).collect(),
            lab,
        }
    })
    .collect()
}

/// Roles that a check's parameters name.
fn words(value: &Value) -> Vec<Role> {
    match value {
        Value::String(word) => Role::from_word(word).into_iter().collect(),
        Value::Array(all) => all.iter().flat_map(words).collect(),
        Value::Object(all) => all.values().flat_map(words).collect(),
        _ => Vec::new(),
    }
}

/// The lab that a stack says it is; or of those with its shape, the first that is not passed yet.
pub(crate) fn recognise(
    stack: &Running,
    shapes: &[Shape],
    past: &BTreeMap<String, Past>,
) -> Recognised {
    let own = stack.lab.as_deref();
    let labelled = shapes
        .iter()
        .find(|shape| own == Some(shape.lab.id.as_str()));
    let last = labelled.or(shapes.last());
    let roles: BTreeSet<Role> = last
        .map(|shape| {
            assign(
                &stack.containers,
                &BTreeMap::new(),
                &shape.lab.roles,
                &BTreeMap::new(),
            )
        })
        .into_iter()
        .flat_map(BTreeMap::into_keys)
        .collect();
    let found = labelled.or_else(|| {
        // Whatever an application is, it is what is left over; a database or a proxy is what makes a stack the course's.
        let telling = roles.iter().any(|role| *role != Role::App) && roles.contains(&Role::App);
        let fitting = || shapes.iter().filter(|shape| shape.roles.is_subset(&roles));
        let most = fitting().map(|shape| shape.roles.len()).max()?;
        let alike = || fitting().filter(|shape| shape.roles.len() == most);
        let passed = |shape: &&Shape| {
            let past = past.get(shape.lab.id.as_str());
            past.is_some_and(|past| past.best.passed())
        };
        let open = alike().find(|shape| !passed(shape));
        open.or(alike().next_back()).filter(|_| telling)
    });
    let missing = found.map(|shape| shape.roles.difference(&roles).copied().collect());
    Recognised {
        lab: found.map(|shape| shape.lab.id.to_string()),
        labelled: labelled.is_some(),
        missing: missing.unwrap_or_default(),
        roles: roles.into_iter().collect(),
        elsewhere: false,
    }
}

/// Whether a project was started from other folders alone. One that does not say from where counts as one's own.
pub(crate) fn elsewhere(stack: &Running, near: &Near) -> bool {
    !stack.folders.is_empty() && !stack.folders.iter().any(|at| near.holds(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Kept;
    use labcheck_core::facts::Container;

    fn stack(lab: Option<&str>, images: &[(&str, &str)]) -> Running {
        let each = images.iter().map(|(service, image)| Container {
            name: format!("shop-{service}-1"),
            service: Some((*service).to_owned()),
            image: (*image).to_owned(),
            ..Container::default()
        });
        Running {
            project: "shop".into(),
            lab: lab.map(str::to_owned),
            up: 1,
            of: 1,
            folders: BTreeSet::new(),
            containers: each.collect(),
        }
    }

    fn placed(stack: &Running, passed: &[&str]) -> Recognised {
        let course = Course::embedded().expect("the labs shipped are right");
        let past = passed.iter().map(|lab| {
            let best = Kept {
                outcome: labcheck_core::grade::Outcome::Passed,
                ..Kept::default()
            };
            let past = Past {
                best,
                ..Past::default()
            };
            ((*lab).to_owned(), past)
        });
        recognise(stack, &shapes(&course), &past.collect())
    }

    #[test]
    fn a_project_of_other_folders_alone_is_elsewhere() {
        let dir = tempfile::tempdir().expect("a folder");
        let here = dir.path().display().to_string();
        let near = Near::of(dir.path());
        let from = |folders: &[&str]| {
            let mut from = stack(None, &[]);
            from.folders = folders.iter().map(|&folder| folder.to_owned()).collect();
            elsewhere(&from, &near)
        };
        assert!(from(&["/somewhere/else"]));
        assert!(!from(&[&here]) && !from(&["/somewhere/else", &here]) && !from(&[]));
    }

    const THREE: [(&str, &str); 3] = [
        ("web", "shop:1"),
        ("data", "mariadb:11.8"),
        ("desk", "phpmyadmin:5.2"),
    ];

    #[test]
    fn a_stack_without_a_label_is_placed_by_what_it_is_and_what_was_passed() {
        let found = placed(&stack(None, &THREE), &[]);
        assert_eq!(found.lab.as_deref(), Some("v3"));
        assert_eq!(found.roles, [Role::App, Role::Db, Role::Admin]);
        let found = placed(&stack(None, &THREE), &["v3"]);
        assert_eq!(found.lab.as_deref(), Some("v4"));
        let mut four = THREE.to_vec();
        four.push(("edge", "traefik:3"));
        assert_eq!(placed(&stack(None, &four), &[]).lab.as_deref(), Some("v6"));
    }

    #[test]
    fn a_label_is_believed_and_what_is_missing_is_said() {
        let found = placed(&stack(Some("v4"), &THREE[..1]), &[]);
        assert_eq!(found.lab.as_deref(), Some("v4"));
        assert!(found.labelled && found.missing.contains(&Role::Db));
    }

    #[test]
    fn a_strangers_single_container_is_no_lab() {
        assert_eq!(placed(&stack(None, &[("x", "x:1")]), &[]).lab, None);
    }
}
