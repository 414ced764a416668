//! Which file runs in a container: the executable, or the script that an interpreter was given. From its command and its
//! process list alone.

use std::collections::BTreeSet;

use labcheck_core::facts::Process;
use labcheck_engine::model::inspected::Inspected;

/// Programs that start another one and stay before it.
const STARTERS: [&str; 9] = [
    "tini",
    "dumb-init",
    "docker-init",
    "exec",
    "env",
    "gosu",
    "su-exec",
    "nohup",
    "setpriv",
];
const SHELLS: [&str; 5] = ["sh", "bash", "dash", "ash", "busybox"];

/// Absolute paths of what runs, the likeliest first. A bare name is left out: the process list says where it lies.
pub(crate) fn runs(inspected: &Inspected, processes: &[Process]) -> Vec<String> {
    let mut all = of(&inspected.container.command, &inspected.workdir);
    for process in processes {
        let words: Vec<String> = process
            .command
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        all.extend(of(&words, &inspected.workdir));
    }
    let mut once = BTreeSet::new();
    all.retain(|path| once.insert(path.clone()));
    all
}

/// Files of modules that servers are told to run by name, such as `gunicorn makers:app` and `python -m makers`.
pub(crate) fn modules(inspected: &Inspected, processes: &[Process]) -> Vec<String> {
    let own = inspected.container.command.iter().map(String::as_str);
    let listed = processes.iter();
    let listed = listed.flat_map(|process| process.command.split_whitespace());
    let words: Vec<&str> = own.chain(listed).collect();
    let python = |word: &&str| {
        let name = word.rsplit('/').next().unwrap_or_default();
        [
            "python",
            "gunicorn",
            "uvicorn",
            "hypercorn",
            "flask",
            "waitress",
        ]
        .iter()
        .any(|server| name.starts_with(server))
    };
    if !words.iter().any(python) {
        return Vec::new();
    }
    let module = |word: &str| {
        let name = word.split(':').next().unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        (!name.is_empty() && name.len() < 80 && name.chars().all(plain)).then(|| name.to_owned())
    };
    let mut found = BTreeSet::new();
    for (at, word) in words.iter().enumerate() {
        let after_m = at > 0 && matches!(words[at - 1], "-m" | "--app");
        if let Some(name) = module(word).filter(|_| after_m || word.contains(':')) {
            let file = name.trim_end_matches(".py").replace('.', "/");
            let top = inspected.workdir.trim_end_matches('/');
            found.extend([
                format!("{top}/{file}.py"),
                format!("{top}/{file}/__init__.py"),
            ]);
        }
    }
    found.into_iter().collect()
}

fn of(words: &[String], workdir: &str) -> Vec<String> {
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut all = Vec::new();
    // Bounded: each round takes a word away.
    while let Some(first) = words.first().copied() {
        let name = first.rsplit('/').next().unwrap_or(first);
        all.extend(absolute(first, workdir));
        let rest = words[1..].to_vec();
        if SHELLS.contains(&name) && rest.first().is_some_and(|word| word.ends_with('c')) {
            // A shell's own line may be one word or several, as the process list shows it.
            words = rest[1..]
                .iter()
                .flat_map(|word| word.split_whitespace())
                .collect();
        } else if STARTERS.contains(&name) || has_ending(first, "sh") || name.contains("entrypoint")
        {
            words = rest
                .into_iter()
                .skip_while(|word| word.starts_with('-') || word.contains('='))
                .collect();
        } else {
            if interprets(name) {
                all.extend(script(&rest).and_then(|script| absolute(script, workdir)));
            }
            break;
        }
    }
    all
}

/// Whether a program runs what it is given as a file.
fn interprets(name: &str) -> bool {
    const NAMES: [&str; 12] = [
        "python", "node", "nodejs", "php", "ruby", "perl", "java", "deno", "bun", "lua", "sh",
        "bash",
    ];
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    NAMES.contains(&bare)
}

/// The file that an interpreter is given: the first word that is no option, after `-jar` and the like too.
fn script<'w>(words: &[&'w str]) -> Option<&'w str> {
    let word = words.iter().find(|word| !word.starts_with('-'))?;
    // `-m flask`, `-e 'print(1)'`: no file.
    (word.contains('/') || word.contains('.')).then_some(word)
}

fn has_ending(path: &str, ending: &str) -> bool {
    std::path::Path::new(path)
        .extension()
        .is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

fn absolute(word: &str, workdir: &str) -> Option<String> {
    let word = word.trim_matches(['"', '\'']);
    if word.starts_with('/') {
        Some(word.to_owned())
    } else if word.contains('/') || (word.contains('.') && has_script_ending(word)) {
        let bare = word.trim_start_matches("./");
        Some(format!("{}/{bare}", workdir.trim_end_matches('/')))
    } else {
        None
    }
}

fn has_script_ending(word: &str) -> bool {
    [
        "py", "js", "mjs", "cjs", "ts", "php", "rb", "pl", "jar", "sh", "lua",
    ]
    .iter()
    .any(|ending| has_ending(word, ending))
}

/// Whether a path is another one or lies below it.
pub(crate) fn below(path: &str, top: &str) -> bool {
    let top = top.trim_end_matches('/');
    path == top
        || path
            .strip_prefix(top)
            .is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(command: &[&str]) -> Vec<String> {
        let words: Vec<String> = command.iter().map(|&word| word.to_owned()).collect();
        of(&words, "/srv/app")
    }

    #[test]
    fn the_file_that_runs_is_found() {
        assert_eq!(found(&["/inventory"]), ["/inventory"]);
        assert_eq!(found(&["./server", "--port", "5000"]), ["/srv/app/server"]);
        assert_eq!(
            found(&["python3", "-u", "app.py", "/data"]),
            ["/srv/app/app.py"]
        );
        assert_eq!(found(&["java", "-jar", "/opt/x.jar"]), ["/opt/x.jar"]);
        assert_eq!(
            found(&["/bin/sh", "-c", "exec node dist/main.js"]),
            ["/bin/sh", "/srv/app/dist/main.js"]
        );
        assert_eq!(
            found(&["/usr/bin/tini", "--", "/entrypoint.sh", "/app/serve"]),
            ["/usr/bin/tini", "/entrypoint.sh", "/app/serve"]
        );
    }

    #[test]
    fn settings_and_modules_are_no_programs() {
        assert!(found(&["gunicorn", "-c", "/etc/gunicorn.conf.py", "app:app"]).is_empty());
        assert!(found(&["python3", "-m", "flask", "run"]).is_empty());
        assert!(found(&[]).is_empty());
    }

    #[test]
    fn below_goes_by_whole_names() {
        assert!(below("/app/x", "/app") && below("/app", "/app/"));
        assert!(!below("/apple", "/app") && !below("/", "/app"));
    }
}
