//! Attempts from inside the proxy: which of the stack's addresses and names it can connect to.
//!
//! The grader's own program in the proxy's network makes all attempts at once, and listens to what else stands between the
//! proxy and the database. Where it cannot run, a program of the stack does so.

use std::collections::BTreeMap;

use futures_util::future::{join, join_all, try_join};
use labcheck_eye::client::Eye;

use super::by_program::Told;
use super::confirm::{PAUSE, came_through, confirm};
use super::host_network::{self, Guest};
use super::relays::Listen;
use super::rows::{merge, rows};
use super::targets::{Target, known, targets};
use super::unix_sockets::Shared;
use super::{between, by_eye, by_program, relays};
use crate::stack::context::StackContext;
use crate::stack::network::PATIENCE;
use labcheck_core::facts::{ReachRow, Role, Seen, Status, Tool};
use labcheck_engine::model::inspected::Inspected;

/// What attempts from one container showed.
pub(crate) struct Found {
    /// The container they were made from.
    pub vantage: String,
    pub tool: Seen<Tool>,
    pub rows: Vec<ReachRow>,
    /// Containers of which it is not known what they do with connections, each with why.
    pub unheard: BTreeMap<String, String>,
}

/// Attempts from every container that plays the proxy and has a network of its own.
pub(crate) async fn look(
    context: &StackContext<'_>,
    guests: &[Guest],
    shared: &Shared,
) -> Vec<Found> {
    let vantages = context.playing(Role::Proxy).into_iter().filter(|vantage| {
        !vantage.container.network_mode.is_host()
            && vantage.container.state.status == Status::Running
    });
    join_all(vantages.map(|vantage| from(context, vantage, guests, shared))).await
}

async fn from(
    context: &StackContext<'_>,
    vantage: &Inspected,
    guests: &[Guest],
    shared: &Shared,
) -> Found {
    let mut all = targets(context, vantage);
    all.extend(host_network::databases(context, vantage, guests));
    let (eye, listen) = join(
        by_eye::start(context, vantage),
        relays::targets(context, vantage, guests, shared),
    )
    .await;
    let by_eye = async {
        let eye = eye?;
        let direct = direct(context, vantage, &eye, &all);
        let between = between::look(context, vantage, &eye, &listen, shared);
        try_join(direct, between).await
    };
    let (told, (heard, unheard)) = match by_eye.await {
        Ok(found) => found,
        Err(why) => by_stack(context, vantage, &all, listen, &why).await,
    };
    let mut rows = told.rows;
    for row in heard {
        merge(&mut rows, row);
    }
    Found {
        vantage: vantage.container.name.clone(),
        tool: told.tool,
        rows,
        unheard,
    }
}

/// The containers that are to be kept apart, by name.
fn kept<'a>(context: &StackContext<'a>) -> Vec<&'a str> {
    let dbs = context.playing(Role::Db).into_iter();
    dbs.map(|inspected| inspected.container.name.as_str())
        .collect()
}

/// Attempts to connect to the database itself, and to what shows that the attempts are worth something.
async fn direct(
    context: &StackContext<'_>,
    vantage: &Inspected,
    eye: &Eye,
    targets: &[Target],
) -> Result<Told, String> {
    let name = &vantage.container.name;
    let known = known(context);
    let once = async || {
        let said = by_eye::tried(eye, targets, &known).await?;
        Ok::<_, String>(rows(name, targets, &said, PATIENCE))
    };
    let (control, mut rows) = once().await?;
    if came_through(&rows, &kept(context)) {
        tokio::time::sleep(PAUSE).await;
        confirm(&mut rows, &once().await?.1);
    }
    let tool = Tool {
        program: by_eye::PROGRAM.to_owned(),
        sidecar: true,
        control,
        by_program: None,
    };
    Ok(Told {
        tool: Seen::Seen(tool),
        rows,
    })
}

/// The same by programs of the stack; `why` the grader's own made no attempts.
async fn by_stack(
    context: &StackContext<'_>,
    vantage: &Inspected,
    targets: &[Target],
    listen: Listen,
    why: &str,
) -> (Told, (Vec<ReachRow>, BTreeMap<String, String>)) {
    join(
        by_program::direct(context, vantage, targets, &kept(context), why),
        by_program::passed_on(context, vantage, listen, why),
    )
    .await
}
