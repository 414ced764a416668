//! What leaves the probes of containers and processes: without secrets, cut.

use crate::assets::home_page;
use crate::http::answer::redacted;
use crate::round_trip::steps::steps;
use crate::stack::settle::Processes;
use labcheck_core::facts::{Answer, Container, Database, Facts, Health, Process, Seen};
use labcheck_core::redact::known::Secrets;
use labcheck_engine::model::inspected::{Inspected, Stack, without_secrets};

/// Longest command line and longest word of a command.
const MOST: usize = 300;

/// Learns the passwords that environments, commands and process lists show by their shape.
pub(crate) fn learn(stack: &Stack, processes: &Processes, secrets: &mut Secrets) {
    for inspected in &stack.containers {
        secrets.learn_from(&inspected.container.command.join(" "));
        for (_, value) in &inspected.env {
            secrets.learn_from(value);
        }
    }
    for list in processes.values().filter_map(Seen::get) {
        for process in list {
            secrets.learn_from(&process.command);
        }
    }
}

/// Process lists as facts.
pub(crate) fn processes(lists: Processes, secrets: &Secrets) -> Processes {
    let without_secrets = |process: Process| Process {
        command: secrets.show(&process.command, MOST),
        ..process
    };
    let each = lists.into_iter().map(|(name, list)| {
        let list = list.map(|list| list.into_iter().map(without_secrets).collect());
        (name, list)
    });
    each.collect()
}

/// Containers as facts.
pub(crate) fn containers(all: Vec<Inspected>, secrets: &Secrets) -> Vec<Container> {
    all.into_iter()
        .map(|inspected| container(inspected, secrets))
        .collect()
}

fn container(inspected: Inspected, secrets: &Secrets) -> Container {
    let mut container = inspected.container;
    container.env = without_secrets(&inspected.env, secrets);
    for word in &mut container.command {
        *word = secrets.show(word, MOST);
    }
    container.idle_check = container.idle_check.map(|text| secrets.show(&text, 120));
    container.state.error = secrets.hide(&container.state.error);
    if let Health::Unhealthy(said) = &mut container.health {
        *said = secrets.hide(said);
    }
    container
}

/// Hides what became known to be a secret only after pages were read.
pub(crate) fn again(facts: &mut Facts, secrets: &Secrets) {
    let hide = |answer: &mut Answer| *answer = redacted(std::mem::take(answer), secrets);
    for page in &mut facts.pages {
        if let Seen::Seen(Ok(answer)) = &mut page.answer {
            hide(answer);
        }
    }
    for assets in facts.assets.values_mut() {
        if let Seen::Seen(assets) = assets {
            home_page::hide(assets, secrets);
        }
    }
    if let Some(Seen::Seen(sql)) = &mut facts.database {
        hide_sql(sql, secrets);
    }
    if let Some(Seen::Unseen(why)) = &mut facts.database {
        *why = secrets.hide(why);
    }
    if let Some(Seen::Seen(round_trip)) = &mut facts.round_trip {
        for line in &mut round_trip.app_log {
            *line = secrets.hide(line);
        }
        if let Some(Seen::Seen(restarted)) = &mut round_trip.restarted {
            restarted.last = secrets.hide(&restarted.last);
        }
        let said = [
            round_trip.rows.as_mut().map(unseen),
            round_trip.rows_again.as_mut().map(unseen),
        ];
        for why in said
            .into_iter()
            .flatten()
            .flatten()
            .chain(round_trip.undone.as_mut().and_then(unseen))
        {
            *why = secrets.hide(why);
        }
        for step in steps(round_trip) {
            step.repeat = secrets.hide(&step.repeat);
            if let Ok(answer) = &mut step.answer {
                hide(answer);
            }
            if let Some(page_search) = &mut step.page_search {
                page_search
                    .hashes
                    .retain(|word| secrets.hide(word) == *word);
            }
        }
    }
}

/// What the database said, in its own words; names of accounts and schemas stay.
fn hide_sql(sql: &mut Database, secrets: &Secrets) {
    sql.looked_as = secrets.hide(&sql.looked_as);
    if let Some(why) = &mut sql.by_program {
        *why = secrets.hide(why);
    }
    if let Some(attempts) = &mut sql.attempts {
        if let Some(why) = unseen(attempts) {
            *why = secrets.hide(why);
        }
        if let Seen::Seen(attempts) = attempts {
            for attempt in attempts {
                attempt.said = secrets.hide(&attempt.said);
                attempt.sent = secrets.hide(&attempt.sent);
            }
        }
    }
    if let Some(Seen::Seen(places)) = &mut sql.password_seen {
        for place in places {
            *place = secrets.hide(place);
        }
    }
    let root = sql.root.as_mut();
    let as_app = match root {
        Some(Seen::Seen(root)) => root.as_app.as_mut().and_then(unseen),
        Some(Seen::Unseen(why)) => Some(why),
        None => None,
    };
    let why = [
        sql.sessions.as_mut().and_then(unseen),
        sql.accounts.as_mut().and_then(unseen),
        sql.definers.as_mut().and_then(unseen),
        sql.foreign_keys.as_mut().and_then(unseen),
        sql.password_seen.as_mut().and_then(unseen),
        as_app,
    ];
    for why in why.into_iter().flatten() {
        *why = secrets.hide(why);
    }
}

/// Why something was not seen.
fn unseen<T>(seen: &mut Seen<T>) -> Option<&mut String> {
    match seen {
        Seen::Seen(_) => None,
        Seen::Unseen(why) => Some(why),
    }
}
