//! The `chapter` of every check against the pages of the book: page and heading have to be there.

use super::found::Found;
use crate::{DevError, Root};
use labcheck_core::lab::Course;

pub(super) fn check(root: &Root, course: &Course, found: &mut Found) -> Result<(), DevError> {
    for lab in course.manifests() {
        let mut missing = Vec::new();
        for entry in &lab.checks {
            let (page, anchor) = entry
                .chapter
                .split_once('#')
                .unwrap_or((&entry.chapter, ""));
            let Some(stem) = page.strip_suffix(".html") else {
                found.wrong(format!(
                    "labs/{}/lab.yaml: the chapter of `{}` is not of the form `page.html#heading`",
                    lab.lab, entry.id
                ));
                continue;
            };
            let source = format!("book/src/{stem}.md");
            if !root.join(&source).is_file() {
                missing.push(source);
                continue;
            }
            if !anchors(&root.read(&source)?)
                .iter()
                .any(|there| there == anchor)
            {
                found.wrong(format!("labs/{}/lab.yaml: the chapter of `{}` is `{}`, but {source} has no such heading", lab.lab, entry.id, entry.chapter));
            }
        }
        missing.dedup();
        for source in missing {
            found.note(format!(
                "{}: {source} is not written yet, so its headings were not looked for",
                lab.lab
            ));
        }
    }
    Ok(())
}

/// The anchors of a Markdown page as mdBook makes them: the heading in lower case, spaces as hyphens, or what `{#…}`
/// says. <https://rust-lang.github.io/mdBook/format/markdown.html>
fn anchors(page: &str) -> Vec<String> {
    let mut fenced = false;
    let mut anchors: Vec<String> = Vec::new();
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let heading = line.trim_start_matches('#');
        if fenced || heading.len() == line.len() || !heading.starts_with(' ') {
            continue;
        }
        let anchor = match heading
            .rsplit_once("{#")
            .and_then(|(_, id)| id.trim_end().strip_suffix('}'))
        {
            Some(id) => id.to_owned(),
            None => slug(heading.trim()),
        };
        let times = anchors.iter().filter(|there| **there == anchor).count();
        anchors.push(if times == 0 {
            anchor
        } else {
            format!("{anchor}-{times}")
        });
    }
    anchors
}

fn slug(heading: &str) -> String {
    let lower = heading.to_lowercase();
    let kept = lower
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_become_anchors_as_in_the_book() {
        let page = "# V4: A user\n\n## What it may do\n```\n# no heading\n```\n## Named {#own-name}\n## `code` & more\n## What it may do\n#hash\n";
        assert_eq!(
            anchors(page),
            [
                "v4-a-user",
                "what-it-may-do",
                "own-name",
                "code--more",
                "what-it-may-do-1"
            ]
        );
    }
}
