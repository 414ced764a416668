//! What to do about a stack that did not start, told from the words of Compose and the engine. Asks no engine.

use crate::setup::{self, SetupError};
use labcheck_core::embedded::Embedded;
use labcheck_core::error::Error;
use labcheck_core::text::{quoted, say, ticked};

/// The same error with a help that fits its words; `name` is the project's, `absent` the images that this machine lacks.
pub(crate) fn helped(err: SetupError, name: &str, absent: &[String]) -> SetupError {
    match err {
        SetupError::Tool { doing, why, help } => SetupError::Tool {
            help: of(&why, name, absent).unwrap_or(help),
            doing,
            why,
        },
        other => other,
    }
}

/// A step that did not end well, as this program's own error.
pub(super) fn trouble(doing: &str, why: String, help: String) -> Error {
    SetupError::Tool {
        doing: doing.to_owned(),
        why,
        help,
    }
    .into()
}

fn of(why: &str, name: &str, absent: &[String]) -> Option<String> {
    if setup::means_untrusted(why) {
        return Some("this network puts certificates of its own in place of everybody's, and the build does not know them: see `labcheck book start.html#a-network-with-its-own-certificates`".into());
    }
    if is_of_a_compiler(why) {
        return Some("mend that place first, as errors after it are often its consequences; then start again".into());
    }
    if let Some(help) = not_built(why) {
        return Some(help);
    }
    if let Some(path) = not_copied(why) {
        return Some(say!(
            "`COPY {path}` finds nothing: the file is missing, or the `.dockerignore` beside it keeps it out",
            path
        ));
    }
    if let Some(help) = not_a_program(why) {
        return Some(help);
    }
    if why.contains("dependency failed to start") {
        return Some(if Embedded::labs().iter().any(|lab| lab == name) {
            say!("`labcheck {name}` says why", name)
        } else {
            say!(
                "`docker compose -p {name} logs` says why",
                name = quoted(name)
            )
        });
    }
    is_of_a_pull(why)
        .then(|| not_pulled(why, absent))
        .filter(|help| !help.is_empty())
}

/// Whether a gist is a compiler's first error, with the place in a file.
fn is_of_a_compiler(why: &str) -> bool {
    why.starts_with("error") && why.contains(" --> ")
}

/// What to do about a build that ended, where its words tell a mistake that many make.
fn not_built(why: &str) -> Option<String> {
    if why.contains("does not support these crate types") {
        return Some(say!("`-C target-feature=+crt-static` wants a `--target` beside it: without one, cargo builds its own helpers so as well, and they cannot be static; see `labcheck book v5.html#two-stages`").into());
    }
    if why.contains("failed to read dockerfile") {
        return Some(say!("the folder of `build:` has no Dockerfile; look at the path after `build:`, and at the file's name, which has no ending").into());
    }
    if why.contains("failed to walk") && why.contains("no such file or directory") {
        return Some(say!("`COPY --from` finds nothing there: that stage has no such folder, or it was a cache mount, which ends with its step; `cp` in the same `RUN` takes a file out of it").into());
    }
    if why.contains("dockerfile parse error") || why.contains("(in `RUN ") {
        return Some(say!("no image was built, and what ran before goes on: mend that line of the Dockerfile, then start again").into());
    }
    None
}

/// What a `COPY` asks for and the build's context has not.
fn not_copied(why: &str) -> Option<&str> {
    let (_, rest) = why.split_once("failed to calculate checksum of ref")?;
    let (path, _) = rest.rsplit_once(": not found")?;
    let (_, path) = path.strip_suffix('"')?.rsplit_once('"')?;
    Some(path.trim_start_matches('/')).filter(|path| !path.is_empty())
}

/// A program that a container should start and cannot.
fn not_a_program(why: &str) -> Option<String> {
    let (_, rest) = why.split_once("exec: \"")?;
    let (program, rest) = rest.split_once('"')?;
    if rest.contains("executable file not found") && program.contains(' ') {
        let items: Vec<&str> = program.split_whitespace().collect();
        let items = items.join(", ");
        return Some(say!(
            "`{program}` is taken for the name of one program; the words of `command:` are list items of their own: [{items}]",
            program,
            items
        ));
    }
    if rest.contains("executable file not found") {
        return Some(say!(
            "the image has no program `{program}`: if `command:` in the compose file is from before, take it out; else look at CMD and ENTRYPOINT of the Dockerfile",
            program
        ));
    }
    rest.contains("no such file or directory").then(|| {
        "the program that the image should start is not in it, or not at that place: see `labcheck book v5.html#two-stages`".into()
    })
}

/// Whether an image could not be fetched: it is not there, or no registry answers.
fn is_of_a_pull(why: &str) -> bool {
    const SIGNS: [&str; 10] = [
        "manifest unknown",
        "manifest for ",
        "pull access denied",
        "failed to resolve source metadata",
        "toomanyrequests",
        "no such host",
        "dial tcp",
        "i/o timeout",
        "handshake timeout",
        "request canceled while waiting",
    ];
    SIGNS.iter().any(|sign| why.contains(sign))
}

/// Which image it is, and what to do about it: the one that the words name, else those that are not here. Empty where
/// neither is known.
fn not_pulled(why: &str, absent: &[String]) -> String {
    let images = image(why).map_or_else(|| absent.to_vec(), |image| vec![image]);
    let course = |image: &String| {
        let mut all = setup::wanted_images().iter();
        all.any(|wanted| wanted.name == image)
    };
    let (ours, others): (Vec<_>, Vec<_>) = images.into_iter().partition(course);
    let mut help = Vec::new();
    if !ours.is_empty() {
        let images = ticked(&ours);
        help.push(say!(
            "{images} cannot be pulled: make it with `labcheck images build`",
            images
        ));
    }
    if !others.is_empty() {
        let images = ticked(&others);
        help.push(say!(
            "{images} cannot be pulled: check its name and tag",
            images
        ));
        let meant: Vec<&str> = others.iter().flat_map(|other| of_course(other)).collect();
        if !meant.is_empty() {
            let meant = ticked(&meant);
            help.push(say!("the course works with {meant}", meant));
        }
    }
    help.join("; ")
}

/// The course's images of the same name under another tag.
fn of_course(image: &str) -> impl Iterator<Item = &'static str> {
    let name = |image: &str| image.split(':').next().map(str::to_owned);
    let wanted = name(image);
    let all = setup::wanted_images().iter();
    all.map(|image| image.name)
        .filter(move |image| name(image) == wanted)
}

/// The image that words about a pull name, as a person writes it: without the registry that stands for none.
fn image(why: &str) -> Option<String> {
    let signs = ["metadata for ", "manifest for ", "access denied for "];
    let named = signs.iter().find_map(|sign| why.split_once(sign))?.1;
    let name = named.split_whitespace().next()?;
    let name = name.trim_end_matches([',', ':']);
    // A builder writes every name in full, with the registry and the `library` that an official image is in.
    let official = name.split_once("/library/").map(|(_, name)| name);
    let name = official.unwrap_or(name);
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use labcheck_core::error::Explain as _;

    fn help(why: &str, absent: &[&str]) -> String {
        let err = SetupError::Tool {
            doing: "starting v4".into(),
            why: why.into(),
            help: "see the log".into(),
        };
        let absent: Vec<String> = absent.iter().map(ToString::to_string).collect();
        helped(err, "v4", &absent).help().unwrap_or_default()
    }

    #[test]
    fn an_image_without_its_program_leads_to_the_chapter_about_stages() {
        let missing = "runc create failed: unable to start container process: exec: \"/inventory\": stat /inventory: no such file or directory: unknown";
        assert!(help(missing, &[]).contains("v5.html#two-stages"));
        assert_eq!(help("port is already allocated", &[]), "see the log");
        let tls = "error: failed to get `axum`: SSL certificate problem: self-signed certificate";
        assert!(help(tls, &[]).contains("start.html#a-network-with-its-own-certificates"));
        let place = "error[E0433]: cannot find `routes` --> src/lib.rs:61:38";
        assert!(help(place, &[]).starts_with("mend that place"));
    }

    #[test]
    fn a_build_that_ended_leads_to_its_place() {
        for (why, told) in [
            (
                "error: cannot produce proc-macro for `askama_macros` as the target `x` does not support these crate types",
                "wants a `--target`",
            ),
            (
                "failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory",
                "has no Dockerfile",
            ),
            (
                "failed to solve: failed to compute cache key: failed to calculate checksum of ref a1::b2: failed to walk /x/target/release: lstat /x/target/release: no such file or directory",
                "`cp` in the same `RUN`",
            ),
            (
                "failed to solve: dockerfile parse error on line 3: unknown instruction: RUNN (did you mean RUN?)",
                "mend that line of the Dockerfile",
            ),
            (
                "/bin/sh: 1: nosuch: not found (in `RUN nosuch`)",
                "mend that line of the Dockerfile",
            ),
        ] {
            assert!(help(why, &[]).contains(told), "{why}");
        }
    }

    #[test]
    fn a_copy_of_nothing_is_named() {
        let why = "failed to solve: failed to compute cache key: failed to calculate checksum of ref a1::b2: \"/sql\": not found";
        let said = help(why, &[]);
        assert!(said.starts_with("`COPY sql` finds nothing"), "{said}");
        assert!(said.contains(".dockerignore"), "{said}");
    }

    #[test]
    fn an_image_that_cannot_be_pulled_is_named_and_made_only_where_it_is_the_courses() {
        let unknown = "Error response from daemon: manifest for mariadb:11.99 not found: manifest unknown: manifest unknown";
        assert_eq!(
            help(unknown, &["mariadb:11.8"]),
            "`mariadb:11.99` cannot be pulled: check its name and tag; the course works with `mariadb:11.8`"
        );
        let denied = "Error response from daemon: pull access denied for phpmyadmni, repository does not exist";
        assert!(help(denied, &[]).starts_with("`phpmyadmni` cannot"));
        let base = "failed to solve: rust:1.95-slim: failed to resolve source metadata for registry.example/library/rust:1.95-slim: dial tcp: no such host";
        assert_eq!(
            help(base, &[]),
            "`rust:1.95-slim` cannot be pulled: make it with `labcheck images build`"
        );
        let silent = "Error response from daemon: Get \"https://registry.example/v2/\": dial tcp: lookup registry.example: no such host";
        assert_eq!(
            help(silent, &["mariadb:11.8", "shop:1"]),
            "`mariadb:11.8` cannot be pulled: make it with `labcheck images build`; `shop:1` cannot be pulled: check its name and tag"
        );
        assert_eq!(help(silent, &[]), "see the log");
    }

    #[test]
    fn who_waits_for_a_service_that_ended_is_sent_to_the_grading() {
        for end in ["exited (1)", "is unhealthy"] {
            let why = format!("dependency failed to start: container v4-db-1 {end}");
            assert_eq!(help(&why, &[]), "`labcheck v4` says why");
        }
        let err = SetupError::Tool {
            doing: String::new(),
            why: "dependency failed to start: container shop-db-1 is unhealthy".into(),
            help: String::new(),
        };
        assert_eq!(
            helped(err, "shop", &[]).help().unwrap_or_default(),
            "`docker compose -p shop logs` says why"
        );
    }

    #[test]
    fn a_command_in_one_piece_is_taken_apart() {
        let why = "OCI runtime create failed: runc create failed: unable to start container process: exec: \"cargo run\": executable file not found in $PATH: unknown";
        assert!(help(why, &[]).ends_with("list items of their own: [cargo, run]"));
        let one = why.replace("cargo run", "cargo");
        assert!(help(&one, &[]).starts_with("the image has no program `cargo`"));
    }
}
