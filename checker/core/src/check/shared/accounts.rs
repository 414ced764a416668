//! Shared by the kinds that judge rights: the accounts behind the application's live sessions.

use super::dialect::SYSTEM_SCHEMAS;
use crate::check::{Look, Scene, Want};
use crate::facts::{Account, Database, Grant, Session, Step, Unattributed};
use crate::text::{ShellCommand, say, shell};

/// What the database says of the application's sign-ins: itself, the sessions, and the accounts behind them. Where that was not
/// looked at, or no session was seen, the check ends as unknown.
macro_rules! signed_in {
    ($scene:expr, $expected:expr) => {{
        use $crate::check::shared::seen::seen;
        use $crate::text::say;
        let sql = seen!($scene.sql(), $expected, say!("the database"));
        let sessions = seen!(
            sql.sessions.as_ref(),
            $expected,
            say!("the list of sessions")
        );
        if let Some(doubt) = $crate::check::shared::accounts::doubt(sql, $scene) {
            return $crate::check::Verdict::unknown($expected, doubt);
        }
        let all = seen!(
            sql.accounts.as_ref(),
            $expected,
            say!("the list of accounts")
        );
        let behind = $crate::check::shared::accounts::behind(sessions, all);
        if behind.is_empty() {
            return $crate::check::Verdict::unknown(
                $expected,
                say!(
                    "the account that the application uses is not known: no session of it was seen"
                ),
            );
        }
        (sql, sessions, behind)
    }};
}
pub(crate) use signed_in;

/// Why it is open whose sessions were seen, if it is.
pub(crate) fn doubt(sql: &Database, scene: &Scene<'_>) -> Option<String> {
    let named = |name: &str| {
        let mut all = scene.facts.containers.iter();
        let known = all.find(|container| container.name == name);
        known.map_or_else(|| name.to_owned(), |found| found.known_as().to_owned())
    };
    let db = named(&sql.container);
    sql.unattributed.first().map(|first| match first {
        Unattributed::Session { user, from } => say!(
            "a session of `{user}` from {from} was used at the same time, and no container of the stack has that address",
            user,
            from
        ),
        Unattributed::SharesNetwork { container } => say!(
            "`{}` is in the network of `{db}`, so its sessions cannot be told from the database's own",
            named(container),
            db
        ),
        Unattributed::Bystander { user, container } => say!(
            "`{}` worked in `{db}` as `{user}` at the same time, and the container that serves the application's pages did not",
            named(container),
            db,
            user
        ),
    })
}

/// What has to be seen to tell which accounts the application signs in with, and what these may do.
pub(crate) fn wants() -> Vec<Want> {
    vec![
        Want::RoundTrip(Step::Store),
        Want::RoundTrip(Step::Find),
        Want::Database(Look::Rows),
        Want::Database(Look::Sessions),
        Want::Database(Look::Accounts),
    ]
}

/// The accounts that the sessions are signed in as.
///
/// A session is matched by its account (`user@host`); where the server did not tell, by its user name.
pub(crate) fn behind<'f>(sessions: &'f [Session], accounts: &'f [Account]) -> Vec<&'f Account> {
    let exact = |account: &&Account| {
        sessions
            .iter()
            .any(|session| session.account == account.label())
    };
    let by_name = |account: &&Account| sessions.iter().any(|session| session.user == account.user);
    let found: Vec<&Account> = accounts.iter().filter(exact).collect();
    if found.is_empty() {
        accounts.iter().filter(by_name).collect()
    } else {
        found
    }
}

/// A command with which a student sees an account's rights.
pub(crate) fn show_grants(sql: &Database, account: &Account) -> ShellCommand {
    // The student is not told root's password.
    let client = sql.dialect.show_grants(account, sql.ordinary);
    shell!("docker exec -it {} {}", sql.container, client)
}

/// A command with which a student sees the sessions.
pub(crate) fn show_sessions(sql: &Database) -> ShellCommand {
    let client = sql.dialect.show_sessions();
    shell!("docker exec -it {} {}", sql.container, client)
}

/// The schemas the application uses: those its sessions have chosen, and those in which what it stored was found.
///
/// Where a session names something else than a schema, only the rows tell.
pub(crate) fn own_schemas<'f>(sessions: &'f [Session], scene: &Scene<'f>) -> Vec<&'f str> {
    let names_none = scene
        .sql()
        .and_then(|sql| sql.get())
        .is_some_and(|sql| !sql.dialect.sessions_name_schemas());
    let chosen = sessions
        .iter()
        .filter(|_| !names_none)
        .filter_map(|session| session.schema.as_deref());
    let rows = scene
        .round_trip()
        .and_then(|round_trip| round_trip.get())
        .and_then(|round_trip| round_trip.rows.as_ref());
    let stored = rows
        .and_then(|rows| rows.get())
        .into_iter()
        .flatten()
        .map(|row| row.spot.schema.as_str());
    let mut own: Vec<&str> = chosen
        .chain(stored)
        .filter(|schema| !SYSTEM_SCHEMAS.contains(schema))
        .collect();
    own.sort_unstable();
    own.dedup();
    own
}

/// The schema that a grant lies in; `None` for one on everything.
///
/// A schema's name may hold dots, so the schemas that there are decide where it ends.
pub(crate) fn schema_of<'g>(grant: &'g Grant, sql: &Database) -> Option<&'g str> {
    if grant.global() {
        return None;
    }
    let names = sql.schemas.iter().map(String::as_str);
    let fits = |name: &&str| {
        grant
            .on
            .strip_prefix(*name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let known = names.filter(fits).map(str::len).max();
    let end = known
        .or_else(|| grant.on.find('.'))
        .unwrap_or(grant.on.len());
    grant.on.get(..end)
}
