//! Which mistakes turn which check red, as a table. Sparse, so each row lists its mistakes.

use super::Table;
use crate::dev::stack::{Case, CaseKind};
use crate::lab::Course;

pub(super) fn lines(course: &Course, cases: &[Case], table: Table) -> Vec<String> {
    let mut rows: Vec<[String; 2]> = Vec::new();
    for lab in course.manifests() {
        for entry in &lab.checks {
            let names = cases.iter().filter_map(|case| match &case.kind {
                CaseKind::Mistake(name, mistake) if mistake.fails.contains(&entry.id) => {
                    Some(format!("{}/{name}", case.lab_name()))
                }
                _ => None,
            });
            rows.push([entry.id.to_string(), names.collect::<Vec<_>>().join(", ")]);
        }
    }
    match table {
        Table::Markdown => {
            let head = [
                "| check | turned red by |".to_owned(),
                "|---|---|".to_owned(),
            ];
            head.into_iter()
                .chain(rows.iter().map(|[id, by]| format!("| `{id}` | {by} |")))
                .collect()
        }
        Table::Text => {
            let wide = rows.iter().map(|[id, _]| id.len()).max().unwrap_or(0);
            rows.iter()
                .map(|[id, by]| format!("{id:wide$}  {by}"))
                .collect()
        }
    }
}
