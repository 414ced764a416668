//! The engine: whether it answers, its age, its command line, how it was found, and its clock.

use std::time::{Duration, SystemTime};

use super::line::Line;
use crate::setup;
use labcheck_core::error::{Error, Explain as _};
use labcheck_core::text::{self, retold, say};
use labcheck_engine::address::Surroundings;
use labcheck_engine::client::Engine;
use labcheck_engine::error::EngineError;
use labcheck_engine::images::Machine;

/// The oldest API that grading reads (Docker Engine 20.10).
const OLDEST: (u32, u32) = (1, 41);
/// A clock that is off by more than this spoils certificates; one that is off by less only logs.
const FAR_OFF: Duration = Duration::from_hours(1);
const OFF: Duration = Duration::from_secs(30);

/// The line about the engine itself.
pub(crate) fn answers(found: &Result<Engine, EngineError>) -> Line {
    match found {
        Ok(engine) => aged(engine),
        Err(err) => {
            let why = err.cause().unwrap_or_default();
            let (what, why, help) = (err.to_string(), why, err.help().unwrap_or_default());
            Line::fail(
                "engine",
                format!("{}: {}", retold(&what), retold(&why)),
                retold(&help),
            )
        }
    }
}

fn aged(engine: &Engine) -> Line {
    let name = if engine.podman {
        "Podman"
    } else {
        "Docker Engine"
    };
    // How it was found is the line before.
    let at = engine.at.split(" (").next().unwrap_or_default();
    let says = say!(
        "{name} {}, API {}, at {at}",
        engine.about.version,
        engine.about.api,
        name,
        at
    );
    match is_old(&engine.about.api) {
        Some(true) => Line::fail(
            "engine",
            says,
            say!("update Docker Engine to 20.10 or newer"),
        ),
        Some(false) if engine.podman => Line::warn(
            "engine",
            say!(
                "{says}; it speaks Docker's API, and the course is tried with Docker",
                says
            ),
            say!("where something is odd, try Docker Engine"),
        ),
        Some(false) => Line::ok("engine", says),
        None => Line::warn(
            "engine",
            says,
            say!("it does not say which API it speaks; update it"),
        ),
    }
}

fn is_old(api: &str) -> Option<bool> {
    let (major, minor) = api.split_once('.')?;
    Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?) < OLDEST)
}

/// The line about the command line and its plugins.
pub(crate) async fn client(engine: &mut Engine) -> Line {
    match setup::client(engine).await {
        Ok(says) => Line::ok("docker", says),
        Err(err) => {
            let err = Error::from(err);
            let (what, help) = (err.to_string(), err.help().unwrap_or_default());
            Line::fail("docker", retold(&what), retold(&help))
        }
    }
}

/// How the engine was found: what wins over what.
pub(crate) fn context() -> Line {
    let around = Surroundings::of_process();
    let both = around.docker_host.is_some() && around.docker_context.is_some();
    match around.address() {
        Err(why) => Line::fail("context", retold(&why), "`docker context use default`"),
        Ok(address) if both => Line::warn(
            "context",
            say!(
                "DOCKER_HOST is used ({}), and DOCKER_CONTEXT is passed over",
                address.printable()
            ),
            say!("unset one of them"),
        ),
        Ok(address) => Line::ok(
            "context",
            say!("{} says where the engine is", retold(&address.from)),
        ),
    }
}

/// The engine's clock beside this machine's.
pub(crate) fn clock(machine: Option<&Machine>, network: Option<SystemTime>) -> Line {
    let now = SystemTime::now();
    let engine = machine
        .and_then(|machine| machine.time.as_deref())
        .and_then(|time| humantime::parse_rfc3339_weak(time).ok());
    let offsets: Vec<(&str, Duration)> = [
        (say!("the engine's"), engine),
        (say!("the network's"), network),
    ]
    .into_iter()
    .filter_map(|(whose, time)| Some((whose, apart(now, time?))))
    .collect();
    judge_clock(&offsets)
}

fn judge_clock(offsets: &[(&str, Duration)]) -> Line {
    let Some((whose, most)) = offsets.iter().max_by_key(|(_, apart)| *apart) else {
        return Line::warn(
            "clock",
            say!("nothing to compare it with was reached"),
            say!("compare it with another clock"),
        );
    };
    let says = match most.as_secs() {
        0..=2 => say!("as {whose}", whose),
        seconds => say!("{} apart from {whose}", text::took(seconds * 1000), whose),
    };
    let mend = say!(
        "set this machine's clock (`timedatectl set-ntp true`), or restart Docker Desktop where the engine's is off"
    );
    match *most {
        most if most > FAR_OFF => Line::fail("clock", says, mend),
        most if most > OFF => Line::warn("clock", says, mend),
        _ => Line::ok("clock", says),
    }
}

fn apart(one: SystemTime, other: SystemTime) -> Duration {
    one.duration_since(other)
        .unwrap_or_else(|err| err.duration())
}

#[cfg(test)]
mod tests {
    use super::super::line::State;
    use super::*;

    #[test]
    fn an_engine_is_old_below_its_oldest_api() {
        assert_eq!(is_old("1.40"), Some(true));
        assert_eq!(is_old("1.41"), Some(false));
        assert_eq!(is_old("2.0"), Some(false));
        assert_eq!(is_old("soon"), None);
    }

    #[test]
    fn a_clock_is_judged_by_the_worst_of_what_it_is_compared_with() {
        let seconds = |number| Duration::from_secs(number);
        let state = |offsets: &[(&str, Duration)]| judge_clock(offsets).state;
        assert_eq!(state(&[("the engine's", seconds(1))]), State::Ok);
        assert_eq!(
            state(&[("the engine's", seconds(0)), ("the network's", seconds(90))]),
            State::Warn
        );
        assert_eq!(state(&[("the engine's", seconds(4000))]), State::Fail);
        assert_eq!(state(&[]), State::Warn);
    }
}
