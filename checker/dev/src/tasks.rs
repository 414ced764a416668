//! What the tasks of the course are, and which checks show that one is done.
//!
//! A task is a piece of work in a file, and its name joins region, starter and chapter. A check is a statement about the
//! running stack. One task may turn several checks green, and one check may need several tasks, so neither can bear
//! the other's name; this is the one place where they meet.

/// A task and the checks that turn green with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// Its name, as regions and starters have it.
    pub id: &'static str,
    /// Checks that do not all pass before it is done.
    pub shown_by: &'static [&'static str],
}

const fn task(id: &'static str, shown_by: &'static [&'static str]) -> Task {
    Task { id, shown_by }
}

/// Every task of the course's labs.
pub const TASKS: &[Task] = &[
    task("v1-bind-address", &["v1-page-answers"]),
    task("v1-first-handler", &["v1-page-answers"]),
    task("v1-publish-port", &["v1-port-published"]),
    task(
        "v2-link-uikit",
        &["v2-styles-served", "v2-scripts-served", "v2-icons-served"],
    ),
    task("v2-static-route", &["v2-styles-served"]),
    task("v2-navbar", &["v2-navbar"]),
    task(
        "v3-merge-modules",
        &["v3-stores-manufacturer", "v3-finds-manufacturer"],
    ),
    task("v3-foreign-key", &["v3-tables-related"]),
    task("v3-data-volume", &["v3-data-in-volume"]),
    task("v3-admin", &["v3-admin-asks-sign-in"]),
    task("v4-own-user", &["v4-app-signs-in-as-itself"]),
    task("v4-sign-in-as-itself", &["v4-app-signs-in-as-itself"]),
    task("v4-root-stays-home", &["v4-root-stays-home"]),
    task("v5-dockerignore", &["v5-own-image"]),
    task("v5-own-stage", &["v5-own-image", "v5-no-toolchain"]),
    task("v5-start", &["v5-own-image", "v5-reaches-db-by-name"]),
    task(
        "v5-health-routes",
        &["v5-own-image", "v5-healthcheck-works"],
    ),
    task("v5-healthcheck", &["v5-own-image", "v5-healthcheck-works"]),
    task("v5-labels", &["v5-own-image", "v5-labels"]),
    task("v5-own-image", &["v5-own-image", "v5-no-source-mounts"]),
    task(
        "v5-leave-cargo-behind",
        &["v5-own-image", "v5-no-source-mounts"],
    ),
    task("v6-proxy", &["v6-one-entry", "v6-page-through-entry"]),
    task(
        "v6-proxy-image",
        &["v6-page-through-entry", "v6-own-proxy-image"],
    ),
    task("v6-certificate", &["v6-tls-works"]),
    task("v6-tls", &["v6-tls-works", "v6-page-through-entry"]),
    task("v6-tls-volume", &["v6-tls-works"]),
    task("v6-redirect", &["v6-http-redirects"]),
    task("v6-security-headers", &["v6-security-headers"]),
    task(
        "v6-app-behind-it",
        &["v6-one-entry", "v6-page-through-entry"],
    ),
    task("v6-networks", &["v6-db-apart-from-entry"]),
    task(
        "v6-db-inside",
        &["v6-db-apart-from-entry", "v6-db-unreachable-from-entry"],
    ),
    task("v6-admin-between", &["v6-internal-network"]),
    task(
        "v6-every-service",
        &[
            "v6-restart-policy",
            "v6-log-rotation",
            "v6-no-new-privileges",
            "v6-capabilities-dropped",
        ],
    ),
    task("v6-app-limits", &["v6-limits"]),
    task("v6-db-limits", &["v6-limits"]),
    task("v6-admin-limits", &["v6-limits", "v6-all-healthy"]),
];

/// The tasks of a lab, by its name.
pub fn of(lab: &str) -> impl Iterator<Item = &'static Task> {
    TASKS
        .iter()
        .filter(move |task| task.id.split('-').next() == Some(lab))
}
