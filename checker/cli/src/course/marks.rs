//! What a line of a file is to the region parser: text, or one of the marks that stand in comments.
//!
//! Knows comments by type of file; what marks mean together is in [`super::regions`].

/// What a line is.
pub(crate) enum Line<'t> {
    Text,
    Begin(&'t str),
    End(&'t str),
    Starter(&'t str),
    Since(&'t str),
    EndSince(&'t str),
}

/// The number in a lab's name.
pub(crate) fn number(lab: &str) -> Option<u32> {
    let digits = lab.strip_prefix('v')?;
    let plain = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// The number of the lab in a task's name; `None` when it is not of the form `v3-merge-modules`.
pub(crate) fn lab_of(id: &str) -> Option<u32> {
    let (lab, task) = id.split_once('-')?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let word = |word: &str| !word.is_empty() && word.chars().all(plain);
    task.split('-').all(word).then(|| number(lab)).flatten()
}

/// Opening and closing marks of comments.
pub(crate) type Leaders = &'static [(&'static str, &'static str)];

/// Comments by the file's name; files of other types have no regions.
pub(crate) fn leaders(file: &str) -> Leaders {
    let name = file.rsplit('/').next().unwrap_or(file);
    let ending = name.rsplit_once('.').map_or(name, |(_, ending)| ending);
    match ending {
        "rs" | "js" | "mjs" | "ts" | "go" => &[("//", "")],
        "yaml" | "yml" | "sh" | "toml" | "py" | "conf" | "env" | "template" | "Dockerfile"
        | "dockerignore" => &[("#", "")],
        "sql" => &[("--", "")],
        "css" => &[("/*", "*/")],
        "html" | "svg" | "xml" | "md" => &[("<!--", "-->"), ("{#", "#}")],
        _ => &[],
    }
}

/// What a line is.
pub(crate) fn read(line: &str, leaders: Leaders) -> Line<'_> {
    let trimmed = line.trim();
    let body = leaders
        .iter()
        .find_map(|(open, close)| trimmed.strip_prefix(open)?.strip_suffix(close));
    let Some(body) = body else { return Line::Text };
    let body = body.strip_prefix(' ').unwrap_or(body);
    if let Some(starter) = body.strip_prefix("starter:") {
        return Line::Starter(starter.strip_prefix(' ').unwrap_or(starter).trim_end());
    }
    // A sentence may begin with the word "region"; a marker is the word and one name.
    let mut words = body.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some("region"), Some(id), None) => Line::Begin(id),
        (Some("endregion"), Some(id), None) => Line::End(id),
        (Some("since"), Some(lab), None) => Line::Since(lab),
        (Some("endsince"), Some(lab), None) => Line::EndSince(lab),
        _ => Line::Text,
    }
}
