//! Every command with its flags, from the command line's own description.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _};

use super::markdown::{cell, fenced, plain};
use labcheck::args::Cli;

/// The page.
pub(super) fn page() -> String {
    let mut out = String::from(
        "# Commands and flags\n\n\
         `labcheck --help` tells the same in a terminal, and `labcheck man DIR` writes it as manual pages.\n",
    );
    let mut root = Cli::command();
    root.build();
    add(&mut out, &root, "labcheck");
    out
}

fn add(out: &mut String, command: &Command, name: &str) {
    let about = command.get_about().map(ToString::to_string);
    let _ = write!(
        out,
        "\n## {name}\n\n{}.\n\n",
        plain(about.unwrap_or_default().trim_end_matches('.'))
    );
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:");
    let lines: Vec<&str> = usage.lines().map(str::trim).collect();
    *out += &fenced("text", lines.join("\n").trim());
    let shown = |arg: &&Arg| {
        !arg.is_hide_set()
            && !matches!(arg.get_id().as_str(), "help" | "version")
            && (!arg.is_global_set() || name == "labcheck")
    };
    let args: Vec<&Arg> = command.get_arguments().filter(shown).collect();
    if !args.is_empty() {
        *out += "\n| word or flag | meaning |\n|---|---|\n";
    }
    for arg in args {
        let _ = writeln!(out, "| {} | {} |", word(arg), meaning(arg));
    }
    for below in command.get_subcommands() {
        if below.get_name() != "help" {
            add(out, below, &format!("{name} {}", below.get_name()));
        }
    }
}

fn word(arg: &Arg) -> String {
    let values = arg.get_value_names().unwrap_or_default();
    let value = values.iter().map(ToString::to_string).collect::<Vec<_>>();
    let value = value.join(" ");
    let word = match arg.get_long() {
        None => value,
        Some(long) if arg.get_action().takes_values() => format!("--{long} {value}"),
        Some(long) => format!("--{long}"),
    };
    format!("`{}`", cell(&word))
}

fn meaning(arg: &Arg) -> String {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let mut text = cell(&help);
    if !text.is_empty() && !text.ends_with('.') {
        text.push('.');
    }
    let ticked = |words: Vec<String>| {
        let ticked: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        ticked.join(", ")
    };
    // Flags that take nothing have the values true and false, which are not typed.
    if arg.get_action().takes_values() {
        let values = arg.get_possible_values();
        let names = values.iter().map(|value| value.get_name().to_owned());
        let names: Vec<String> = names.collect();
        if !names.is_empty() {
            let _ = write!(text, " One of {}.", ticked(names));
        }
        let defaults = arg.get_default_values().iter();
        let defaults: Vec<String> = defaults
            .map(|value| value.to_string_lossy().into_owned())
            .collect();
        if !defaults.is_empty() {
            let _ = write!(text, " By default {}.", ticked(defaults));
        }
    }
    text
}
