//! Recordings of live stacks, under the names and ports that a student's own stack would have.

use std::collections::BTreeMap;

use labcheck_core::facts::Facts;
use labcheck_dev::Root;
use labcheck_dev::stack::{Case, Stack, Written};
use labcheck_probe::record;

/// Where ports begin that stand for those the engine chose.
const CHOSEN: u16 = 49_152;

/// Writes `tests/recordings/LAB/NAME.json`.
pub(crate) fn write(root: &Root, case: &Case, stack: &Stack, facts: &Facts) -> Result<(), String> {
    let name = format!("{}/{}.json", case.lab_name(), case.name());
    let path = root.join(format!("checker/recordings/{name}"));
    let wrong = |err: std::io::Error| format!("{}: {err}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(wrong)?;
    }
    let mut facts = facts.clone();
    // What else runs on this machine stays out of the recording; what a mistake put beside its stack is.
    let own = stack.containers().map_err(|err| err.to_string())?;
    facts.neighbours.retain(|other| {
        own.iter()
            .any(|row| row.contains(&format!("/{} ", other.name)))
    });
    // Compose hands variables over in no order.
    for container in &mut facts.containers {
        container
            .env
            .sort_by(|one, other| one.name.cmp(&other.name));
    }
    let mut ports = as_written(&mut facts, stack.written_ports());
    ports.extend(stack.told_port());
    let text = record::text(&facts).map_err(|err| err.to_string())?;
    std::fs::write(&path, text).map_err(wrong)?;
    let mut text = std::fs::read_to_string(&path).map_err(wrong)?;
    for (name, plain) in stack.plain_names() {
        text = text.replace(&name, &plain);
    }
    for (port, written) in ports {
        text = replace_number(&text, &port.to_string(), &written.to_string());
    }
    std::fs::write(&path, text).map_err(wrong)
}

/// What each port that the engine chose is called in the recording: as the compose file has it, or the next of a row.
/// What was asked for is put right at once, as there it says nothing but 0.
fn as_written(facts: &mut Facts, written: &[Written]) -> BTreeMap<u16, u16> {
    let mut names = BTreeMap::new();
    let mut next = CHOSEN;
    let mut containers: Vec<_> = facts.containers.iter_mut().collect();
    containers.sort_by(|one, other| one.name.cmp(&other.name));
    for container in containers {
        let service = container.service.clone().unwrap_or_default();
        let host = |port: u16| {
            let same = |written: &&Written| written.service == service && written.container == port;
            written.iter().find(same).and_then(|written| written.host)
        };
        for port in container
            .ports_asked
            .iter_mut()
            .filter(|port| port.host == 0)
        {
            port.host = host(port.container).unwrap_or(0);
        }
        // Compose gives one port a row for IPv4 and one for IPv6; they may differ, and both are named after it.
        for port in &container.ports {
            let chosen = !container
                .ports_asked
                .iter()
                .any(|asked| asked.host == port.host);
            if chosen && !names.contains_key(&port.host) {
                let name = host(port.container).unwrap_or_else(|| {
                    next += 1;
                    next - 1
                });
                names.insert(port.host, name);
            }
        }
    }
    names
}

/// Replaces a number where it stands by itself.
fn replace_number(text: &str, number: &str, other: &str) -> String {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(number) {
        let (before, after) = (&rest[..at], &rest[at + number.len()..]);
        let inside = digit(before.chars().next_back()) || digit(after.chars().next());
        out.push_str(before);
        out.push_str(if inside { number } else { other });
        rest = after;
    }
    out + rest
}
