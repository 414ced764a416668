//! Health checks that cannot fail: `true`, `exit 0`, `curl … || true`. Read from the text of the command alone, and only
//! where nothing else is possible; a text that is not understood counts as a check.
//!
//! Reference: `HEALTHCHECK`, <https://docs.docker.com/reference/dockerfile/#healthcheck>.

use super::shell_lists::{self, Join, List};

/// Words that change where a script goes on or ends: with one of them, the text is not understood.
const FLOW: [&str; 21] = [
    "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac",
    "function", "exec", "set", "trap", "return", "kill", "eval", "source", ".",
];

/// The command as a person would write it, where it cannot fail; `test` is `Config.Healthcheck.Test`.
pub(crate) fn idle(test: &[String]) -> Option<String> {
    let (how, words) = test.split_first()?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let idle = match how.as_str() {
        "CMD-SHELL" => script(words.first()?, false),
        "CMD" => match words.as_slice() {
            [shell, switches, line] if is_shell(shell) && takes_script(switches) => {
                // An unset variable may end it as well.
                let strict = switches.contains('u') && line.contains('$');
                !strict && script(line, switches.contains('e'))
            }
            words => never_fails(words),
        },
        _ => false,
    };
    let shown = words.join(" ");
    (idle && !shown.contains('`')).then_some(shown)
}

fn is_shell(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or(word);
    ["sh", "ash", "bash", "dash"].contains(&name)
}

/// `-c`, also together with other switches: `-ec`, `-lc`.
fn takes_script(switches: &str) -> bool {
    let known = |letters: &str| letters.chars().all(|letter| "elux".contains(letter));
    let letters = switches
        .strip_prefix('-')
        .and_then(|rest| rest.strip_suffix('c'));
    letters.is_some_and(known)
}

/// Whether a program with its arguments always ends well.
fn never_fails(words: &[&str]) -> bool {
    let Some((program, words)) = words.split_first() else {
        return false;
    };
    let name = ["/usr/bin/", "/bin/"]
        .iter()
        .find_map(|folder| program.strip_prefix(folder))
        .unwrap_or(program);
    match name {
        "true" | "echo" => true,
        "sleep" => matches!(words, ["0" | "0s"]),
        "test" => is_so(words),
        "[" => words
            .split_last()
            .is_some_and(|(end, words)| *end == "]" && is_so(words)),
        _ => false,
    }
}

/// Whether a comparison of nothing but words is right whatever happens.
fn is_so(words: &[&str]) -> bool {
    let fixed = |word: &&&str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric());
    let all = |words: &[&str]| words.iter().filter(fixed).count() == words.len();
    match words {
        [one, "=" | "==" | "-eq", two] => all(&[one, two]) && one == two,
        ["-n", word] | [word] => all(&[word]),
        _ => false,
    }
}

/// Whether a script always ends well; `strict` says that it ends with the first command that fails (`-e`).
fn script(text: &str, strict: bool) -> bool {
    // A whole script in brackets ends as what is in them.
    let inner = text
        .trim()
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    if let Some(inner) = inner.filter(|inner| !inner.contains(['(', ')'])) {
        return script(inner, strict);
    }
    let Some(lists) = shell_lists::read(text) else {
        return false;
    };
    // What exits with something else on the way could be the end.
    let all = || {
        lists
            .iter()
            .flat_map(|list| list.iter().flat_map(|(_, pipeline)| pipeline))
    };
    let ends = |command: &Vec<String>| {
        command.first().is_some_and(|word| word == "exit")
            && !matches!(command.get(1).map(String::as_str), Some("0"))
    };
    let odd = |command: &Vec<String>| {
        command.iter().any(|word| FLOW.contains(&word.as_str()))
            || command.first().is_some_and(|word| word.contains('='))
    };
    if all().any(|command| ends(command) || odd(command)) {
        return false;
    }
    let Some(last) = lists.last() else {
        return true;
    };
    if strict {
        lists.iter().all(|list| !may_fail(list))
    } else {
        !may_fail(last)
    }
}

/// Whether a list may end badly.
fn may_fail(list: &List) -> bool {
    // `a && b || c`: each joins what stands before it.
    let mut may_fail = false;
    for (how, pipeline) in list {
        let own = pipeline.last().is_none_or(|command| !always(command));
        may_fail = match how {
            Join::First => own,
            Join::Or => may_fail && own,
            Join::And => may_fail || own,
        };
    }
    may_fail
}

/// Whether a command of a script always ends well.
fn always(command: &[String]) -> bool {
    let words: Vec<&str> = command.iter().map(String::as_str).collect();
    matches!(words.as_slice(), [":", ..] | ["exit", "0"]) || never_fails(&words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(text: &str) -> bool {
        idle(&["CMD-SHELL".into(), text.into()]).is_some()
    }

    #[test]
    fn what_always_ends_well_is_no_check() {
        for text in [
            "exit 0",
            "true",
            ":",
            "  true ; ",
            "/bin/true",
            "echo ok",
            "echo \"I'm fine\"",
            "curl -f http://localhost:5000/ || true",
            "curl -f http://localhost:5000/ > /dev/null 2>&1 || exit 0",
            "wget -q -O - http://localhost/ | cat || :",
            "curl -f \"http://localhost/?a=1&b=2\" && echo ok || echo no",
            "mariadb-admin ping; exit 0",
            "mariadb-admin ping\ntrue\n",
            "curl x | true",
            "true && true",
            "(exit 0)",
            " ( curl x || true ) ",
            "[ 1 = 1 ]",
            "[ 1 -eq 1 ]; test ok == ok",
            "test -n ok",
            "sleep 0",
            "",
        ] {
            assert!(shell(text), "{text}");
        }
    }

    #[test]
    fn what_can_fail_is_a_check() {
        for text in [
            "exit 1",
            "exit",
            "false",
            "curl -f http://localhost:5000/",
            "curl -f http://localhost:5000/ || exit 1",
            "curl -f http://localhost:5000/ || exit 1; true",
            "curl -f http://localhost:5000/ || false",
            "true && curl -f http://localhost:5000/",
            "curl x || true && curl y",
            "true; curl x",
            "true | curl x",
            "! true",
            "echo ok | grep -q no",
            "echo ok > /tmp/there",
            "if ! curl x; then exit 1; fi; true",
            "set -e; curl x; true",
            "test -n \"$(pidof app)\" || true",
            "{ curl x || exit 1; }; true",
            "(exit 1)",
            "(curl x)",
            "(curl x) || (exit 1)",
            "(true) && (curl x)",
            "[ 1 = 2 ]",
            "[ $A = $A ]",
            "[ \"$(pidof app)\" ]",
            "[ -f /there ]",
            "[ -e /there ]",
            "[ 1 = 1",
            "test",
            "[ -n \"\" ]",
            "sleep 60",
            "true &",
            "|| true",
            "true ||",
            "echo 'no end",
            "trueish",
            "healthcheck.sh --connect --innodb_initialized",
            "A=b true",
            "true # || false",
        ] {
            assert!(!shell(text), "{text}");
        }
    }

    #[test]
    fn programs_are_read_without_a_shell() {
        let of = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            idle(&words)
        };
        assert_eq!(of(&["CMD", "true"]), Some("true".into()));
        assert_eq!(of(&["CMD", "/bin/echo", "ok"]), Some("/bin/echo ok".into()));
        assert_eq!(
            of(&["CMD", "sh", "-c", "curl x || true"]),
            Some("sh -c curl x || true".into())
        );
        assert_eq!(
            of(&["CMD", "bash", "-ec", "curl x || true; exit 0"]),
            Some("bash -ec curl x || true; exit 0".into())
        );
        assert!(of(&["CMD", "sh", "-lc", "curl x; exit 0"]).is_some());
        assert!(
            of(&["CMD", "/bin/sleep", "0"]).is_some()
                && of(&["CMD", "[", "1", "=", "1", "]"]).is_some()
        );
        // With `-e` the first one that fails is the end.
        assert_eq!(of(&["CMD", "bash", "-ec", "curl x; exit 0"]), None);
        assert_eq!(of(&["CMD", "bash", "-ec", "curl x; exit 0; true"]), None);
        assert_eq!(of(&["CMD", "bash", "-uc", "echo $A; true"]), None);
        assert_eq!(of(&["CMD", "bash", "-oc", "curl x; true"]), None);
        assert_eq!(of(&["CMD", "/inventory", "healthcheck"]), None);
        // No shell is there to know `exit` and `||`.
        assert_eq!(of(&["CMD", "exit", "0"]), None);
        assert_eq!(of(&["CMD", "curl", "x", "||", "true"]), None);
        assert_eq!(of(&["CMD"]), None);
        assert_eq!(of(&["NONE"]), None);
        assert_eq!(of(&[]), None);
    }
}
