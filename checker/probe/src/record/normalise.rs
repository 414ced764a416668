//! Writing facts down as a recording: the same stack gives the same file, wherever and whenever it was looked at.
//!
//! What differs from run to run and says nothing (ids, times, addresses, made-up names, paths of the machine) is
//! replaced by fixed words; what checks judge by stays.

use std::collections::BTreeMap;

use super::words::Words;
use crate::endpoint::pages::nobodys;
use crate::round_trip::steps::steps;
use labcheck_core::facts::{
    Answer, Assets, Facts, Ingress, MountKind, Page, Process, Reach, RoundTrip, Seen,
};

/// The date that stands for any.
const NEVER: &str = "Thu, 01 Jan 1970 00:00:00 GMT";

/// A recording, as it is written to a file.
///
/// # Errors
/// Facts that are no JSON; none are.
pub fn text(facts: &Facts) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(&normalised(facts))?;
    text.push('\n');
    Ok(text)
}

/// Facts without what differs from run to run. Doing it twice changes nothing more.
pub fn normalised(facts: &Facts) -> Facts {
    let mut facts = facts.clone();
    let mut words = Words::default();
    steady_containers(&mut facts, &mut words);
    steady_processes(&mut facts.processes);
    for Page { ask, answer } in &mut facts.pages {
        if let Some(known) = ask.path.strip_prefix('/').filter(|_| nobodys(&ask.path)) {
            let asked = ask.url.rsplit('/').next().unwrap_or_default();
            words.replace(asked, known);
        }
        if let Seen::Seen(Ok(answer)) = answer {
            steady_answer(answer);
        }
    }
    for assets in facts.assets.values_mut() {
        if let Seen::Seen(assets) = assets {
            steady_assets(assets);
        }
    }
    if let Some(Seen::Seen(round_trip)) = &mut facts.round_trip {
        steady_drive(round_trip, facts.course.nonce.as_deref(), &mut words);
    }
    if let Some(Seen::Seen(sql)) = &mut facts.database {
        // How many looks it took is chance; that there were some is not.
        sql.polls = sql.polls.min(1) + if sql.polls > 1 { 99 } else { 0 };
    }
    if let Some(Seen::Seen(ingress)) = &mut facts.ingress {
        steady_ingress(ingress);
        // Longest first: the name as a host, then as a path.
        words.replace(&format!("{}.com", ingress.nowhere), "labcheck.invalid");
        words.replace(&ingress.nowhere, "labcheck-no-such-page");
    }
    if let Some(Seen::Seen(reach)) = &facts.reach {
        steady_reach(reach, &mut words);
    }
    for made in facts.image_facts.values_mut() {
        if let Some(Seen::Seen(stopped)) = &mut made.stopped {
            // How long it took to the millisecond is chance.
            stopped.took_ms = stopped.took_ms.div_ceil(1000) * 1000;
        }
        for over in made.mounts.iter_mut().flatten() {
            if over.kind == MountKind::Bind {
                let last = over.source.rsplit(['/', '\\']).next().unwrap_or_default();
                over.source = format!("…/{last}");
            }
        }
    }
    if let Some(Seen::Seen(recreated)) = &mut facts.recreated {
        recreated.found_ms = recreated.found_ms.map(|_| 1000);
        if let Some(Seen::Seen(undone)) = &mut recreated.undone {
            *undone = (*undone).min(1);
        }
    }
    for image in facts.images.values_mut() {
        const MIB: i64 = 1024 * 1024;
        image.size = image.size / MIB * MIB;
    }
    let mut facts = words.through(&facts).unwrap_or(facts);
    steady_lengths(&mut facts);
    facts
}

fn steady_containers(facts: &mut Facts, words: &mut Words) {
    const SETTLED_MS: u64 = 60_000;
    for container in &mut facts.containers {
        let short: String = container.id.chars().take(12).collect();
        for end in &mut container.networks {
            end.aliases.retain(|alias| *alias != short);
        }
        words.replace(&short, "000000000000");
        // Compose hands them over in an order of chance. Two of one name keep theirs: the last one counts.
        container
            .env
            .sort_by(|one, other| one.name.cmp(&other.name));
        // Whether it has settled is all that the age is asked for.
        container.state.up_ms = container
            .state
            .up_ms
            .map(|up| if up < SETTLED_MS { 10_000 } else { 600_000 });
        for mount in container
            .mounts
            .iter_mut()
            .filter(|mount| mount.kind == MountKind::Bind)
        {
            let last = mount.source.rsplit(['/', '\\']).next().unwrap_or_default();
            let shortened = format!("…/{last}");
            words.replace(&mount.source, &shortened);
            mount.source = shortened;
        }
    }
}

/// Process ids count from 1 over all containers; siblings that look alike are one, as their number is chance.
fn steady_processes(lists: &mut BTreeMap<String, Seen<Vec<Process>>>) {
    let mut next = 0;
    for list in lists.values_mut() {
        let Seen::Seen(list) = list else { continue };
        let mut numbers = BTreeMap::from([(0, 0)]);
        list.sort_by_key(|process| process.pid);
        let mut kept: Vec<Process> = Vec::new();
        for process in list.drain(..) {
            let parent = numbers.get(&process.parent).copied().unwrap_or(0);
            let alike = |other: &&Process| {
                other.parent == parent
                    && other.user == process.user
                    && other.command == process.command
            };
            if let Some(twin) = kept.iter().find(alike).filter(|_| parent != 0) {
                numbers.insert(process.pid, twin.pid);
                continue;
            }
            next += 1;
            numbers.insert(process.pid, next);
            kept.push(Process {
                pid: next,
                parent,
                ..process
            });
        }
        *list = kept;
    }
}

/// When a file was written differs; that an answer says so does not.
fn steady_assets(assets: &mut Assets) {
    if let Some(missing) = &mut assets.missing {
        let folder = missing.target.rsplit_once('/').map_or("", |parts| parts.0);
        missing.target = format!("{folder}/labcheck-no-such-file.css");
    }
    for asset in &mut assets.loaded {
        let Seen::Seen(Ok(came)) = &mut asset.answer else {
            continue;
        };
        if !came.last_modified.is_empty() {
            NEVER.clone_into(&mut came.last_modified);
        }
        if !came.etag.is_empty() {
            "\"etag\"".clone_into(&mut came.etag);
        }
    }
}

/// The name that was posted becomes a fixed one; a course's word at its end stays.
fn steady_drive(round_trip: &mut RoundTrip, nonce: Option<&str>, words: &mut Words) {
    let word = nonce.map_or_else(String::new, |word| format!("-{word}"));
    let steady = if round_trip.name.ends_with(&word) {
        format!("labcheck-0000000000{word}")
    } else {
        "labcheck-0000000000".to_owned()
    };
    words.replace(&round_trip.name, &steady);
    round_trip.name = steady;
    // The numbers that are posted differ in their first digits only.
    let posted = round_trip
        .stored
        .as_ref()
        .and_then(|step| number(&step.repeat));
    for first in ["43", "44", "45", "46", "47", "48", "49"] {
        if let Some(rest) = posted
            .as_deref()
            .and_then(|number| number.strip_prefix("44"))
        {
            words.replace(&format!("{first}{rest}"), &format!("{first}0000000"));
        }
    }
    if let Some(Seen::Seen(undone)) = &mut round_trip.undone {
        // How often a page was asked for, to see a session, is chance.
        *undone = (*undone).min(1);
    }
    for step in steps(round_trip) {
        if let Ok(answer) = &mut step.answer {
            steady_answer(answer);
        }
    }
    if let Some(Seen::Seen(restarted)) = &mut round_trip.restarted {
        restarted.database_ready_ms = restarted.database_ready_ms.map(|_| 1000);
        restarted.app_back_ms = restarted.app_back_ms.map(|_| 1000);
    }
}

/// The clock is always the same, and certificates keep their lifetime and whether they hold; of a log's line only the
/// addresses are of use.
fn steady_ingress(ingress: &mut Ingress) {
    const NOW: i64 = 946_684_800;
    const DAY: i64 = 86_400;
    let now = std::mem::replace(&mut ingress.now, NOW);
    let presented = ingress
        .ports
        .iter_mut()
        .flat_map(|port| port.tls.certificates.values_mut());
    for own in presented {
        let Seen::Seen(own) = own else { continue };
        let lifetime = own.not_after.saturating_sub(own.not_before) / DAY * DAY;
        if own.not_after < now {
            own.not_after = NOW - DAY;
            own.not_before = own.not_after.saturating_sub(lifetime);
        } else {
            own.not_before = if own.not_before <= now {
                NOW - DAY
            } else {
                NOW + DAY
            };
            own.not_after = own.not_before.saturating_add(lifetime.max(2 * DAY));
        }
    }
    if let Some(Seen::Seen(lines)) = &mut ingress.logged {
        for line in lines {
            let addresses = line.proxy.iter().chain(&line.clients);
            line.line = addresses.cloned().collect::<Vec<_>>().join(" ");
        }
    }
}

/// The machine's own addresses become some that are kept for examples (RFC 5737, RFC 3849).
fn steady_reach(reach: &Reach, words: &mut Words) {
    let own = reach.outside.as_ref().and_then(Seen::get);
    for (number, address) in own.into_iter().flatten().enumerate() {
        let steady = if address.contains(':') {
            format!("2001:db8::{}", number + 1)
        } else {
            format!("203.0.113.{}", number + 1)
        };
        words.replace(address, &steady);
    }
}

/// The number that a command posts.
fn number(repeat: &str) -> Option<String> {
    let (_, rest) = repeat.split_once("'number=")?;
    let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (number.len() > 4).then_some(number)
}

fn steady_answer(answer: &mut Answer) {
    for (name, value) in &mut answer.headers {
        match name.as_str() {
            "date" | "last-modified" | "expires" => NEVER.clone_into(value),
            "etag" => "\"etag\"".clone_into(value),
            "x-request-id" | "age" => "0".clone_into(value),
            _ => {}
        }
    }
    answer.body = without_pictures(&answer.body);
}

/// Lengths are those of the texts as they stand now.
fn steady_lengths(facts: &mut Facts) {
    let pages = facts
        .pages
        .iter_mut()
        .filter_map(|page| match &mut page.answer {
            Seen::Seen(Ok(answer)) => Some(answer),
            _ => None,
        });
    let driven = match &mut facts.round_trip {
        Some(Seen::Seen(round_trip)) => {
            Some(steps(round_trip).filter_map(|step| step.answer.as_mut().ok()))
        }
        _ => None,
    };
    for answer in pages
        .chain(driven.into_iter().flatten())
        .filter(|answer| !answer.cut)
    {
        answer.bytes = answer.body.len() as u64;
        if let Some(length) = answer.headers.get_mut("content-length") {
            *length = answer.bytes.to_string();
        }
    }
}

/// Pictures drawn for a made-up name differ every time, and were decoded already: data addresses keep their type only,
/// and drawings their outer tag.
fn without_pictures(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find("data:image/") {
        let (before, from) = rest.split_at(at);
        let end = from
            .find(['"', '\'', ')', ' ', '>', '<'])
            .unwrap_or(from.len());
        let comma = from[..end].find(',').map_or(end, |comma| comma + 1);
        out.push_str(before);
        out.push_str(&from[..comma]);
        rest = &from[end..];
    }
    out.push_str(rest);
    let mut whole = String::with_capacity(out.len());
    let mut rest = out.as_str();
    while let Some(at) = rest.find("<svg") {
        let (before, from) = rest.split_at(at);
        whole.push_str(before);
        let Some(end) = from.find("</svg>") else {
            rest = from;
            break;
        };
        whole.push_str("<svg></svg>");
        rest = &from[end + "</svg>".len()..];
    }
    whole.push_str(rest);
    whole
}

#[cfg(test)]
#[path = "normalise_tests.rs"]
mod tests;
