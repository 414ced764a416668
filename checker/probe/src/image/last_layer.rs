//! How an image's last layer came about: by a build, or taken from a container. Only what is certain is said so.
//!
//! Builders leave their marks in the history: `BuildKit` and kaniko the instruction itself, the builder before it and buildah
//! the words `#(nop)` or the shell of `RUN`. `docker commit` writes what the container ran, and any comment it is given.

use crate::stack::context::StackContext;
use labcheck_core::facts::{LastLayer, Seen};
use labcheck_core::redact::known::Secrets;
use labcheck_engine::files::{HistoryRow, ImageConfig};
use labcheck_engine::model::inspected::Inspected;

/// The image of a container.
pub(crate) async fn look(context: &StackContext<'_>, inspected: &Inspected) -> Seen<LastLayer> {
    let id = &inspected.container.image_id;
    match context.engine.last_layer(id).await {
        Ok(Some((top, config))) => Seen::Seen(came_about(&top, &config, context.secrets)),
        Ok(None) => Seen::Unseen("its history is empty".into()),
        Err(why) => Seen::Unseen(why),
    }
}

fn came_about(top: &HistoryRow, config: &ImageConfig, secrets: &Secrets) -> LastLayer {
    let row = secrets.show(top.created_by.trim(), 120);
    // The engine joins the command of the container, and the image keeps that command.
    let command = config.cmd.join(" ");
    let same = !command.is_empty() && command == top.created_by;
    // The engine writes the container's; a build hands on that of its base at most.
    let called = config
        .hostname
        .as_ref()
        .is_some_and(|name| !name.is_empty());
    let of_container = called || config.labelled_as_container;
    let mark = mark(top);
    match mark {
        // `BuildKit` knows no host's name, not even its base's.
        Mark::Words if same || (called && by_buildkit(top)) => LastLayer::Committed(row),
        Mark::Words if called && !top.created_by.contains("#(nop)") => LastLayer::Unclear(row),
        Mark::Words => LastLayer::Built,
        // The comment is what `docker commit --message` says, so that it counts for nothing on what was a container.
        Mark::Comment if !of_container => LastLayer::Built,
        Mark::Comment | Mark::None => match (same, of_shell(&top.created_by), of_container) {
            (true, ..) | (false, false, true) => LastLayer::Committed(row),
            (false, true, false) => LastLayer::Built,
            // A base may have been taken from a container and have handed both on.
            (false, true, true) | (false, false, false) => LastLayer::Unclear(row),
        },
    }
}

/// What a builder has left on a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// The instruction itself.
    Words,
    /// A comment that fits what the row was written by, and which a student can write too.
    Comment,
    None,
}

fn by_buildkit(row: &HistoryRow) -> bool {
    row.comment.starts_with("buildkit") || row.created_by.ends_with("# buildkit")
}

fn mark(row: &HistoryRow) -> Mark {
    const INSTRUCTIONS: [&str; 18] = [
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ];
    let by = row.created_by.trim_start();
    let first = by.split_whitespace().next().unwrap_or_default();
    let words = by.contains("#(nop)")
        || by.ends_with("# buildkit")
        || INSTRUCTIONS.contains(&first)
        // `RUN` with arguments of the build: `|1 VERSION=3 /bin/sh -c …`.
        || (by.starts_with('|') && by[1..].starts_with(|c: char| c.is_ascii_digit()));
    // Builders that are not given a Dockerfile describe their steps; buildah writes its shell.
    let comment = (row.comment.starts_with("buildkit.exporter") && !by.is_empty())
        || (row.comment.starts_with("FROM ")
            && (of_shell(by) || matches!(by, "/bin/sh" | "/bin/bash")));
    match (words, comment) {
        (true, _) => Mark::Words,
        (false, true) => Mark::Comment,
        (false, false) => Mark::None,
    }
}

/// Whether it looks like a `RUN` of a builder that leaves no mark on those.
fn of_shell(by: &str) -> bool {
    let mut words = by.split_whitespace();
    let shell = words
        .next()
        .is_some_and(|word| word.starts_with('/') && word.ends_with("sh"));
    shell
        && words
            .take(3)
            .any(|word| word.starts_with('-') && word.ends_with('c'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(created_by: &str, comment: &str) -> HistoryRow {
        HistoryRow {
            created_by: created_by.into(),
            comment: comment.into(),
        }
    }

    fn judged(row: &HistoryRow, config: &ImageConfig) -> LastLayer {
        came_about(row, config, &Secrets::default())
    }

    #[test]
    fn what_builders_write_is_built() {
        let base = ImageConfig {
            cmd: vec!["/bin/sh".into(), "-c".into(), "sleep 100".into()],
            ..ImageConfig::default()
        };
        for (by, comment) in [
            ("ENTRYPOINT [\"sleep\" \"100\"]", "buildkit.dockerfile.v0"),
            (
                "RUN /bin/sh -c echo hi > /hi # buildkit",
                "buildkit.dockerfile.v0",
            ),
            ("WORKDIR /app", ""),
            ("/bin/sh -c #(nop)  USER 1000", ""),
            ("/bin/sh -c #(nop) COPY file:fa1b54d3 in /f ", ""),
            ("/bin/sh -c echo hi > /hi", ""),
            ("/bin/bash -o pipefail -c make", ""),
            ("|1 VERSION=3 /bin/sh -c make", ""),
            (
                "/bin/sh -c #(nop) ENTRYPOINT [\"/x\"]",
                "FROM docker.io/library/debian:trixie",
            ),
            ("/bin/sh", "FROM localhost/base:latest"),
            ("COPY --from=build /x /x", ""),
            ("RUN cargo build", ""),
        ] {
            assert_eq!(judged(&row(by, comment), &base), LastLayer::Built, "{by}");
        }
    }

    #[test]
    fn a_commit_repeats_what_the_container_ran() {
        let config = ImageConfig {
            cmd: vec!["sh".into(), "-c".into(), "echo hi > /hi; sleep 30".into()],
            ..ImageConfig::default()
        };
        let top = row("sh -c echo hi > /hi; sleep 30", "my message");
        let said = "sh -c echo hi > /hi; sleep 30".to_owned();
        assert_eq!(judged(&top, &config), LastLayer::Committed(said.clone()));
        // The container's own shell is no `RUN` either.
        let shell = ImageConfig {
            cmd: vec!["/bin/sh".into(), "-c".into(), "sleep 30".into()],
            ..ImageConfig::default()
        };
        let top = row("/bin/sh -c sleep 30", "");
        assert_eq!(
            judged(&top, &shell),
            LastLayer::Committed("/bin/sh -c sleep 30".into())
        );
    }

    #[test]
    fn a_commit_is_called_after_its_container() {
        // `docker commit --change 'CMD ["/inventory"]'` of a shell, and one of a container with an entry point alone.
        for by in ["bash", ""] {
            let config = ImageConfig {
                cmd: vec!["/inventory".into()],
                hostname: Some("27d1052689b7".into()),
                ..ImageConfig::default()
            };
            assert_eq!(
                judged(&row(by, ""), &config),
                LastLayer::Committed(by.into())
            );
            let labelled = ImageConfig {
                hostname: None,
                labelled_as_container: true,
                ..config
            };
            assert_eq!(
                judged(&row(by, ""), &labelled),
                LastLayer::Committed(by.into())
            );
        }
    }

    #[test]
    fn a_comment_makes_no_build_of_a_commit() {
        let of_compose = ImageConfig {
            cmd: vec!["/inventory".into()],
            labelled_as_container: true,
            ..ImageConfig::default()
        };
        let called = ImageConfig {
            hostname: Some("27d1052689b7".into()),
            labelled_as_container: false,
            ..of_compose.clone()
        };
        for comment in [
            "buildkit.dockerfile.v0",
            "buildkit.exporter.image.v0",
            "FROM debian:trixie-slim",
        ] {
            for config in [&of_compose, &called] {
                for by in ["", "/inventory", "sleep 100", "/bin/sh"] {
                    let found = judged(&row(by, comment), config);
                    assert_eq!(found, LastLayer::Committed(by.into()), "{comment} {by}");
                }
            }
        }
        // Even where it began with a command that reads like an instruction.
        let top = row("RUN /x # buildkit", "buildkit.dockerfile.v0");
        assert!(matches!(judged(&top, &called), LastLayer::Committed(_)));
        let top = row("COPY /x /y", "");
        assert!(matches!(judged(&top, &called), LastLayer::Unclear(_)));
        // Without any other sign, a comment that does not fit is no proof either way.
        let bare = ImageConfig::default();
        let found = judged(&row("", "buildkit.dockerfile.v0"), &bare);
        assert_eq!(found, LastLayer::Unclear(String::new()));
        let step = row("mise install", "buildkit.exporter.image.v0");
        assert_eq!(judged(&step, &bare), LastLayer::Built);
    }

    #[test]
    fn a_build_on_a_commit_is_a_build() {
        let config = ImageConfig {
            hostname: Some("27d1052689b7".into()),
            labelled_as_container: true,
            ..ImageConfig::default()
        };
        let top = row("/bin/sh -c #(nop)  CMD [\"/x\"]", "");
        assert_eq!(judged(&top, &config), LastLayer::Built);
        let handed_on = ImageConfig {
            hostname: None,
            ..config.clone()
        };
        let copy = row("COPY x /x # buildkit", "buildkit.dockerfile.v0");
        assert_eq!(judged(&copy, &handed_on), LastLayer::Built);
        let run = row("/bin/sh -c make", "");
        assert_eq!(
            judged(&run, &config),
            LastLayer::Unclear("/bin/sh -c make".into())
        );
    }

    #[test]
    fn what_nobody_knows_is_unclear() {
        for by in ["", "bash", "bazel build ...", "jib-maven-plugin:3.4"] {
            let found = judged(&row(by, "Imported from -"), &ImageConfig::default());
            assert_eq!(found, LastLayer::Unclear(by.into()));
        }
    }
}
