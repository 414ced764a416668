//! A simple shell script as lists of commands, read from its text without running it; what is not understood is no script.
//!
//! Reference: lists of commands, POSIX.1-2024, Shell Command Language, 2.9.

/// What joins a pipeline to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    First,
    Or,
    And,
}

/// Commands by words, joined by `|`.
pub(super) type Pipeline = Vec<Vec<String>>;
/// Pipelines joined by `&&` and `||`.
pub(super) type List = Vec<(Join, Pipeline)>;

/// The lists of a simple script; `None` where it is not simple.
pub(super) fn read(text: &str) -> Option<Vec<List>> {
    let mut lists: Vec<List> = Vec::new();
    let mut list: List = Vec::new();
    let mut pipeline: Pipeline = Vec::new();
    let mut command: Vec<String> = Vec::new();
    let mut join = Join::First;
    for token in tokens(text)? {
        match token {
            Token::Word(word) => command.push(word),
            Token::Sign(sign) => {
                let ends_list = matches!(sign, ";" | "\n");
                if command.is_empty() {
                    // Empty lines are nothing; an operator without a command is wrong.
                    if ends_list && pipeline.is_empty() && join == Join::First {
                        continue;
                    }
                    return None;
                }
                pipeline.push(std::mem::take(&mut command));
                if sign == "|" {
                    continue;
                }
                list.push((join, std::mem::take(&mut pipeline)));
                join = match sign {
                    "||" => Join::Or,
                    "&&" => Join::And,
                    _ => {
                        lists.push(std::mem::take(&mut list));
                        Join::First
                    }
                };
            }
        }
    }
    if !command.is_empty() {
        pipeline.push(command);
        list.push((join, pipeline));
        lists.push(list);
    } else if !pipeline.is_empty() || join != Join::First {
        return None;
    }
    Some(lists)
}

enum Token {
    Word(String),
    Sign(&'static str),
}

/// Words and operators. What a shell would do more with than cut it into words ends the reading, but for variables and for
/// output that is thrown away.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let text = thrown_away(text);
    let mut all = Vec::new();
    let mut word: Option<String> = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match rest.next()? {
                        end if end == c => break,
                        '\\' | '`' if c == '"' => return None,
                        '$' if c == '"' && matches!(rest.peek(), Some('(' | '{')) => return None,
                        inside => word.push(inside),
                    }
                }
            }
            '\\' | '`' | '(' | ')' | '{' | '}' | '<' | '>' | '#' | '!' => return None,
            ' ' | '\t' | '\r' => all.extend(word.take().map(Token::Word)),
            ';' | '\n' | '&' | '|' => {
                all.extend(word.take().map(Token::Word));
                let twice = rest.next_if_eq(&c).is_some();
                all.push(Token::Sign(match (c, twice) {
                    ('|', true) => "||",
                    ('|', false) => "|",
                    ('&', true) => "&&",
                    (';', false) => ";",
                    ('\n', _) => "\n",
                    _ => return None,
                }));
            }
            other => word.get_or_insert_default().push(other),
        }
    }
    all.extend(word.map(Token::Word));
    Some(all)
}

/// The text without redirections to nowhere and of one output to the other, which change no command's end.
fn thrown_away(text: &str) -> String {
    const NOWHERE: [&str; 8] = [
        "2>&1",
        "1>&2",
        "&>/dev/null",
        "&> /dev/null",
        "2>/dev/null",
        "2> /dev/null",
        ">/dev/null",
        "> /dev/null",
    ];
    let mut out = text
        .replace("1>/dev/null", " ")
        .replace("1> /dev/null", " ");
    for redirection in NOWHERE {
        out = out.replace(redirection, " ");
    }
    out
}
