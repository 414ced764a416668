//! Paths of this machine in a compose file: what services are built from and mount, as it is written.

use std::collections::BTreeSet;

use serde_yaml::Value;

/// What a service uses a path for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    /// It is mounted.
    Mount,
    /// An image is built from it.
    Build,
}

/// A path that a service names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HostPath {
    pub service: String,
    /// As it is written.
    pub path: String,
    pub used: Use,
}

/// What a file says anew for a service, so that earlier files' words are gone: its mounts, or what it is built
/// from. By the tags `!reset` and `!override`, and for a build's context by being named again
/// (<https://docs.docker.com/reference/compose-file/merge/>).
pub(crate) fn taken_back(whole: &Value) -> BTreeSet<(String, Use)> {
    let mut gone = BTreeSet::new();
    let Some(Value::Mapping(services)) = whole.get("services").map(plain) else {
        return gone;
    };
    let anew = |value: Option<&Value>| matches!(value, Some(Value::Tagged(tagged)) if tagged.tag == "reset" || tagged.tag == "override");
    for (name, service) in services {
        let Some(name) = name.as_str() else { continue };
        let whole = anew(Some(service));
        let service = plain(service);
        let build = service.get("build");
        let context = build
            .map(plain)
            .is_some_and(|build| build.is_string() || build.get("context").is_some());
        if whole || anew(build) || context {
            gone.insert((name.to_owned(), Use::Build));
        }
        if whole || anew(service.get("volumes")) {
            gone.insert((name.to_owned(), Use::Mount));
        }
    }
    gone
}

/// What services are built from and mount.
pub(crate) fn wanted(whole: &Value) -> Vec<HostPath> {
    let mut all = Vec::new();
    let Some(Value::Mapping(services)) = whole.get("services").map(plain) else {
        return all;
    };
    for (name, service) in services {
        let Some(name) = name.as_str() else { continue };
        let path = |path: String, used: Use| HostPath {
            service: name.to_owned(),
            path,
            used,
        };
        let service = plain(service);
        let build = service.get("build").map(plain);
        let context =
            build.and_then(|build| build.as_str().or_else(|| build.get("context")?.as_str()));
        if let Some(context) = context.filter(|context| !is_elsewhere(context)) {
            all.push(path(context.to_owned(), Use::Build));
        }
        let volumes = service
            .get("volumes")
            .map(plain)
            .and_then(Value::as_sequence);
        for volume in volumes.into_iter().flatten() {
            let source = match volume {
                Value::String(short) => short_source(short),
                long if long.get("type").and_then(Value::as_str) == Some("bind") => long
                    .get("source")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
                _ => None,
            };
            all.extend(source.map(|source| path(source, Use::Mount)));
        }
    }
    all
}

/// Looks through tags such as `!override`.
fn plain(value: &Value) -> &Value {
    match value {
        Value::Tagged(tagged) => &tagged.value,
        other => other,
    }
}

/// The path of `./data:/var/lib:ro`; `None` for a volume's name and for one that has no source.
fn short_source(short: &str) -> Option<String> {
    // A drive's letter is no source of its own.
    let has_drive = short
        .get(1..3)
        .is_some_and(|rest| rest == ":\\" || rest == ":/")
        && short.starts_with(|c: char| c.is_ascii_alphabetic());
    let from = if has_drive { 2 } else { 0 };
    let end = short[from..].find(':').map(|at| at + from)?;
    let source = &short[..end];
    let path = has_drive || source.starts_with(['/', '.', '~']) || source.contains('$');
    path.then(|| source.to_owned())
}

/// An address of a repository somewhere else, which needs no file of this machine.
fn is_elsewhere(context: &str) -> bool {
    context.contains("://") || context.starts_with("git@") || context.starts_with("github.com/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(yaml: &str) -> Vec<HostPath> {
        let mut whole: Value = serde_yaml::from_str(yaml).expect("YAML");
        whole.apply_merge().expect("merged");
        wanted(&whole)
    }

    #[test]
    fn a_later_file_takes_back_what_an_earlier_one_wants() {
        let gone = |yaml: &str| -> Vec<(String, Use)> {
            let whole: Value = serde_yaml::from_str(yaml).expect("YAML");
            taken_back(&whole).into_iter().collect()
        };
        let of = |used: Use| ("app".to_owned(), used);
        let both = gone("services: { app: { build: !reset null, volumes: !override [./a:/a] } }");
        assert_eq!(both, [of(Use::Mount), of(Use::Build)]);
        assert_eq!(
            gone("services: { app: { build: ./own } }"),
            [of(Use::Build)]
        );
        assert_eq!(
            gone("services: { app: { build: { context: . } } }"),
            [of(Use::Build)]
        );
        // Mounts are added to those that are there.
        assert!(gone("services: { app: { volumes: [./a:/a], image: x } }").is_empty());
        let whole = gone("services: { app: !reset null }");
        assert_eq!(whole, [of(Use::Mount), of(Use::Build)]);
    }

    #[test]
    fn builds_and_mounts_are_found_in_every_way_of_writing_them() {
        let found = of("x-base: &base { volumes: ['./a:/a:ro', data:/b, /c] }
services:
  one: { <<: *base, build: ../app }
  two: { build: { context: ., dockerfile: x }, volumes: [{ type: bind, source: ~/d, target: /d }, { type: volume, source: v, target: /v }] }
  three: { build: https://example.org/x.git, volumes: ['C:\\e:/e', '${F}:/f', '${PWD:-.}/g:/g:ro', '${PWD}:/h'] }
");
        let found: Vec<(&str, &str, Use)> = found
            .iter()
            .map(|one| (one.service.as_str(), one.path.as_str(), one.used))
            .collect();
        assert_eq!(
            found,
            [
                ("one", "../app", Use::Build),
                ("one", "./a", Use::Mount),
                ("two", ".", Use::Build),
                ("two", "~/d", Use::Mount),
                ("three", "C:\\e", Use::Mount),
                ("three", "${F}", Use::Mount),
                ("three", "${PWD", Use::Mount),
                ("three", "${PWD}", Use::Mount),
            ]
        );
        assert!(of("services: [odd]").is_empty() && of("services: { a: 1 }").is_empty());
    }
}
