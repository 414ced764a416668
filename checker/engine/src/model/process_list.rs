//! Rows of the process list, whatever columns the engine's `ps` printed.

use labcheck_core::facts::Process;

/// Longest command line kept for looking at; facts are cut shorter.
const MOST: usize = 4000;

/// Processes from titles and rows (`GET /containers/{id}/top`).
pub(crate) fn rows(titles: &[String], rows: &[Vec<String>]) -> Vec<Process> {
    let place = |names: &[&str]| {
        titles
            .iter()
            .position(|title| names.contains(&title.to_ascii_uppercase().as_str()))
    };
    let (pid, parent) = (place(&["PID"]), place(&["PPID"]));
    let user = place(&["EUID", "EUSER", "UID", "USER"]);
    let command = place(&["COMMAND", "CMD", "ARGS"]);
    rows.iter()
        .filter_map(|row| {
            let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).map(|cell| cell.trim());
            Some(Process {
                pid: cell(pid)?.parse().ok()?,
                parent: cell(parent).and_then(|cell| cell.parse().ok()).unwrap_or(0),
                user: match cell(user).unwrap_or_default() {
                    "0" => "root".into(),
                    other => labcheck_core::text::cut(&labcheck_core::text::clean(other), 40),
                },
                command: labcheck_core::text::cut(
                    &labcheck_core::text::clean(cell(command).unwrap_or_default()),
                    MOST,
                ),
            })
        })
        .collect()
}

/// Programs that mean a build or a download of packages is still going on.
pub(crate) fn building(processes: &[Process]) -> Option<String> {
    processes.iter().find_map(|process| {
        let words: Vec<&str> = process.command.split_whitespace().collect();
        let has = |wanted: &[&str]| {
            words
                .iter()
                .skip(1)
                .take(4)
                .any(|word| wanted.contains(word))
        };
        let program = process.program();
        let busy = match program {
            "cargo" | "rustc" | "rustdoc" | "cc1" | "ld" | "rust-lld" | "javac" => true,
            "npm" | "yarn" | "pnpm" | "node" => {
                words.iter().any(|word| {
                    word.ends_with("npm") || word.ends_with("npm-cli.js") || program == "npm"
                }) && has(&["install", "ci", "i", "add"])
            }
            "pip" | "pip3" | "poetry" | "uv" | "bundle" | "composer" | "apt-get" | "apk" => {
                has(&["install", "sync", "add"])
            }
            "python" | "python3" => has(&["pip"]) && words.contains(&"install"),
            "go" => has(&["build", "run", "mod", "install"]),
            "mvn" | "gradle" | "dotnet" => {
                has(&["package", "build", "install", "restore", "publish"])
            }
            _ => false,
        };
        busy.then(|| program.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(row: &[&str]) -> Vec<String> {
        row.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn both_ps_formats_are_read() {
        let asked = rows(
            &words(&["PID", "PPID", "EUID", "COMMAND"]),
            &[words(&["10", "9", "0", "/usr/sbin/nginx -g daemon off;"])],
        );
        let plain = rows(
            &words(&["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]),
            &[words(&[
                "root",
                "10",
                "9",
                "3",
                "20:09",
                "?",
                "00:00:00",
                "/usr/sbin/nginx -g daemon off;",
            ])],
        );
        assert_eq!(asked, plain);
        assert_eq!(asked[0].program(), "nginx");
    }

    #[test]
    fn rows_without_a_process_id_are_dropped() {
        assert!(rows(&words(&["USER"]), &[words(&["root"])]).is_empty());
        assert!(rows(&words(&["PID"]), &[words(&["x"]), vec![]]).is_empty());
    }

    #[test]
    fn a_build_is_told_from_a_server() {
        let process = |command: &str| {
            vec![Process {
                command: command.into(),
                ..Process::default()
            }]
        };
        for command in [
            "cargo run",
            "/usr/bin/rustc --crate-name x",
            "npm install",
            "node /usr/bin/npm ci",
            "pip install -r r.txt",
            "python3 -m pip install flask",
            "go build ./...",
        ] {
            assert!(building(&process(command)).is_some(), "{command}");
        }
        for command in [
            "/target/debug/inventory",
            "npm start",
            "node server.js",
            "python3 app.py",
            "flask run",
            "cargo-watch -x run",
            "nginx: master process",
        ] {
            assert!(building(&process(command)).is_none(), "{command}");
        }
    }
}
