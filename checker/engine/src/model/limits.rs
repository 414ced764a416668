//! Limits and privileges of a container, from the engine's JSON to facts.

use bollard::models::HostConfig;

use super::clean::name;
use labcheck_core::facts::Limits;

/// What a container may take and do.
pub(crate) fn limits(host: &HostConfig) -> Limits {
    let words = |list: &Option<Vec<String>>| list.iter().flatten().map(|word| name(word)).collect();
    let log = host.log_config.clone().unwrap_or_default();
    Limits {
        memory: host.memory.unwrap_or(0),
        // The engine stores "no limit" as 0 or -1 too.
        pids: host.pids_limit.filter(|limit| *limit > 0),
        cpu_millis: cpu_millis(host),
        privileged: host.privileged.unwrap_or(false),
        security_opt: words(&host.security_opt),
        cap_drop: words(&host.cap_drop),
        cap_add: words(&host.cap_add),
        read_only: host.readonly_rootfs.unwrap_or(false),
        log_driver: name(log.typ.as_deref().unwrap_or_default()),
        log_max_size: log
            .config
            .and_then(|config| config.get("max-size").map(|size| name(size))),
    }
}

/// A limit of processor time, however it was given.
fn cpu_millis(host: &HostConfig) -> Option<i64> {
    let set = |value: Option<i64>| value.filter(|value| *value > 0);
    let nanos = set(host.nano_cpus).map(|nanos| (nanos / 1_000_000).max(1));
    let quota = || {
        // The kernel's period where none is given, in microseconds.
        let period = set(host.cpu_period).unwrap_or(100_000);
        set(host.cpu_quota).map(|quota| (quota.saturating_mul(1000) / period).max(1))
    };
    nanos.or_else(quota)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_limited_in_either_way() {
        let host = |nano: i64, quota: i64, period: i64| HostConfig {
            nano_cpus: Some(nano),
            cpu_quota: Some(quota),
            cpu_period: Some(period),
            ..HostConfig::default()
        };
        let millis = |nano, quota, period| limits(&host(nano, quota, period)).cpu_millis;
        assert_eq!(millis(500_000_000, 0, 0), Some(500));
        assert_eq!(millis(0, 25_000, 50_000), Some(500));
        assert_eq!(millis(0, 150_000, 0), Some(1500));
        assert_eq!(millis(0, -1, 0), None);
        assert_eq!(millis(1, 0, 0), Some(1));
        assert_eq!(limits(&HostConfig::default()).cpu_millis, None);
    }
}
