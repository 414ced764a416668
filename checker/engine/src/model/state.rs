//! How a container runs, and how healthy it says it is.

use std::time::Duration;

use bollard::models::{ContainerState, ContainerStateStatusEnum, HealthConfig, HealthStatusEnum};

use super::clean::LINE;
use super::time;
use labcheck_core::facts::{Health, State, Status};
use labcheck_core::text;

pub(crate) fn run_state(state: &ContainerState, restarts: i64) -> State {
    let status = match state.status {
        Some(ContainerStateStatusEnum::CREATED) => Status::Created,
        Some(ContainerStateStatusEnum::RUNNING | ContainerStateStatusEnum::STOPPING) => {
            Status::Running
        }
        Some(ContainerStateStatusEnum::PAUSED) => Status::Paused,
        Some(ContainerStateStatusEnum::RESTARTING) => Status::Restarting,
        Some(ContainerStateStatusEnum::REMOVING) => Status::Removing,
        Some(ContainerStateStatusEnum::EXITED) => Status::Exited,
        Some(ContainerStateStatusEnum::DEAD) => Status::Dead,
        Some(ContainerStateStatusEnum::EMPTY) | None => Status::Unknown,
    };
    let started = state.started_at.as_deref().and_then(time::millis);
    let up_ms = if status == Status::Running {
        started.map(|at| time::now().saturating_sub(at))
    } else {
        None
    };
    State {
        status,
        exit_code: state.exit_code.unwrap_or(0),
        error: text::cut(
            &text::clean(state.error.as_deref().unwrap_or_default()),
            400,
        ),
        oom_killed: state.oom_killed.unwrap_or(false),
        restart_count: restarts,
        restarted_meanwhile: false,
        meanwhile: None,
        up_ms,
    }
}

pub(crate) fn health(state: &ContainerState) -> Health {
    let Some(health) = &state.health else {
        return Health::None;
    };
    if is_interrupted(state) {
        return Health::Starting;
    }
    match health.status {
        Some(HealthStatusEnum::STARTING) => Health::Starting,
        Some(HealthStatusEnum::HEALTHY) => Health::Healthy,
        Some(HealthStatusEnum::UNHEALTHY) => {
            let last = health
                .log
                .iter()
                .flatten()
                .next_back()
                .and_then(|result| result.output.as_deref())
                .unwrap_or_default();
            Health::Unhealthy(text::cut(&text::clean(last), LINE))
        }
        Some(HealthStatusEnum::NONE | HealthStatusEnum::EMPTY) | None => Health::None,
    }
}

/// Whether its health check was interrupted and has not answered since: `docker pause` sets it to unhealthy, without any
/// failure, until the next one after `docker unpause`.
pub(crate) fn is_interrupted(state: &ContainerState) -> bool {
    let health = state.health.as_ref();
    let running = state.status == Some(ContainerStateStatusEnum::RUNNING);
    running
        && health.is_some_and(|health| {
            health.status == Some(HealthStatusEnum::UNHEALTHY) && health.failing_streak == Some(0)
        })
}

/// How long a health check may take to make up its mind: its start period, then every retry with its time-out. What fails
/// in the start period does not count, and one that was begun in it may end after it, so one more is waited for.
pub(crate) fn patience(check: &HealthConfig) -> Duration {
    // Nanoseconds; 0 and absent mean the engine's defaults (30 s, 30 s, 3).
    let nanos = |value: Option<i64>, default: u64| {
        let given = value
            .and_then(|value| u64::try_from(value).ok())
            .filter(|value| *value > 0);
        Duration::from_nanos(given.unwrap_or(default * 1_000_000_000))
    };
    let retries = check
        .retries
        .and_then(|retries| u32::try_from(retries).ok())
        .filter(|retries| *retries > 0)
        .unwrap_or(3)
        .min(1000);
    let each = nanos(check.interval, 30).saturating_add(nanos(check.timeout, 30));
    nanos(check.start_period, 0)
        .saturating_add(each.saturating_mul(retries + 1))
        .saturating_add(Duration::from_secs(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_makes_no_container_unhealthy() {
        let told = |status: &str, streak: i64| {
            let told = serde_json::json!({
                "Status": status, "Health": { "Status": "unhealthy", "FailingStreak": streak }
            });
            serde_json::from_value::<ContainerState>(told).expect("a state")
        };
        assert_eq!(health(&told("running", 0)), Health::Starting);
        for other in [told("running", 3), told("paused", 0)] {
            assert!(matches!(health(&other), Health::Unhealthy(_)));
            assert!(!is_interrupted(&other));
        }
    }

    fn patience_of(start_period: i64, retries: i64) -> Duration {
        const SECOND: i64 = 1_000_000_000;
        patience(&HealthConfig {
            interval: Some(2 * SECOND),
            timeout: Some(SECOND),
            retries: Some(retries),
            start_period: Some(start_period * SECOND),
            ..HealthConfig::default()
        })
    }

    #[test]
    fn a_check_that_began_in_the_start_period_does_not_count() {
        // Begun at 9.9 s of 10 s, then three that fail: the last one ends after 10 + 4 * (2 + 1) s at the latest.
        assert!(patience_of(10, 3) >= Duration::from_secs(22));
        assert!(patience_of(10, 3) < Duration::from_secs(30));
        assert!(patience_of(10, 5) > patience_of(10, 3));
    }
}
