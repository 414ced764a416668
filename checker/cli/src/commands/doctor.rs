//! What can be typed, in which order things are looked at, and what `--fix` does.

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};

use crate::course::tree::Tree;
use crate::doctor::line::{Line, State, drawn, json};
use crate::doctor::{engine, hub, machine, ports};
use crate::setup::{self, Say, SetupError};
use labcheck_core::error::{Error, Explain as _};
use labcheck_core::exit::Exit;
use labcheck_core::text::{retold, say};
use labcheck_engine::client::Engine;
use labcheck_engine::compose::files::COMPOSE_FILE;

/// `labcheck doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Mend what can be mended safely: set the engine up, make missing images, fetch `UIkit`.
    #[arg(long)]
    fix: bool,
    /// What to print.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// `labcheck.doctor/v1`.
    Json,
}

/// Looks, mends where that is asked for, and looks again.
///
/// # Errors
/// None but those of printing: what is missing is a line.
pub(crate) async fn run(args: &DoctorArgs, colour: bool) -> Result<Exit, Error> {
    let mut troubles = Vec::new();
    if args.fix {
        fix(&mut troubles).await;
    }
    let mut lines = examine().await;
    lines.extend(troubles);
    crate::terminal::print(&match args.format {
        Format::Text => drawn(&lines, colour, crate::terminal::columns()),
        Format::Json => json(&lines),
    })?;
    if lines.iter().all(|line| line.state != State::Fail) {
        return Ok(Exit::Passed);
    }
    Ok(Exit::Failed)
}

async fn examine() -> Vec<Line> {
    let (found, hub, tools) = tokio::join!(Engine::find(), hub::ask(), machine::tools());
    let mut lines = vec![engine::context(), engine::answers(&found)];
    let mut about = None;
    let mut rows = Vec::new();
    if let Ok(mut there) = found {
        lines.push(engine::client(&mut there).await);
        about = there.machine().await;
        if let Some(about) = &about {
            let rootless = if about.rootless { ", rootless" } else { "" };
            lines.push(Line::ok(
                "permission",
                say!(
                    "this user may use the engine ({}{rootless})",
                    about.system,
                    rootless
                ),
            ));
        }
        lines.push(match setup::missing_images(&there).await {
            Ok((missing, of)) if missing.is_empty() => {
                Line::ok("images", say!("all {of} are there", of))
            }
            Ok((missing, of)) => Line::warn(
                "images",
                say!(
                    "{} of {of} are missing: {}",
                    missing.len(),
                    missing.join(", "),
                    of
                ),
                say!("`labcheck images build`, or `labcheck doctor --fix`"),
            ),
            Err(err) => Line::warn(
                "images",
                retold(&err.to_string()),
                retold(&err.help().unwrap_or_default()),
            ),
        });
        rows = there.list().await.unwrap_or_default();
    }
    lines.push(hub::line(&hub));
    lines.extend(ports::lines(&wanted(), &rows));
    lines.extend(machine::disks(about.as_ref()));
    lines.push(machine::memory(about.as_ref()));
    let date = hub.as_ref().ok().and_then(|hub| hub.date);
    lines.push(engine::clock(about.as_ref(), date));
    lines.extend(tools);
    lines.extend(machine::uikit(&machine::without_uikit()));
    lines
}

/// The ports of every lab, as its finished form publishes them.
fn wanted() -> BTreeSet<u16> {
    let labs = labcheck_core::lab::Course::embedded().map(|course| course.names());
    let stacks = labs.unwrap_or_default().into_iter().flat_map(|lab| {
        let solution = crate::course_folder::solution(&lab).unwrap_or_default();
        [solution, crate::course_folder::starter(&lab)]
    });
    let compose = |tree: Tree| {
        tree.text(COMPOSE_FILE)
            .map(ports::named)
            .unwrap_or_default()
    };
    stacks.flat_map(compose).collect()
}

/// Does what can be done without asking; what does not work out is a line.
async fn fix(troubles: &mut Vec<Line>) {
    let say = Say::new();
    let mut trouble = |topic: &str, err: &SetupError| {
        let mut why = retold(&err.to_string()).into_owned();
        if let Some(cause) = err.cause() {
            why = format!("{why}: {}", retold(&cause));
        }
        troubles.push(Line::fail(
            format!("fix {topic}"),
            why,
            retold(&err.help().unwrap_or_default()),
        ));
    };
    match setup::ensure_engine(say).await {
        Ok(engine) => {
            if let Err(err) = setup::images(&engine, None, say).await {
                trouble("images", &err);
            }
        }
        Err(err) => trouble("engine", &err),
    }
    for app in machine::without_uikit() {
        if let Err(err) = setup::uikit(&app, say).await {
            trouble("uikit", &err);
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ports_of_every_lab_are_looked_at() {
        let all = wanted();
        for port in [5000, 8080, 8081, 8443] {
            assert!(all.contains(&port), "{all:?}");
        }
    }
}
