//! How long judging, reading the course and rendering take, without an engine.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use labcheck_core::facts::Facts;
use labcheck_core::grade::judge;
use labcheck_core::lab::Course;
use labcheck_core::report::{self, Style};

const STYLE: Style = Style {
    colour: false,
    width: 80,
    took_ms: None,
    onward: true,
};

fn recording() -> Facts {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../recordings/v4/solution.json");
    let text = std::fs::read_to_string(path).expect("the recording is there");
    serde_json::from_str(&text).expect("it holds facts")
}

fn judging(bench: &mut Criterion) {
    let course = Course::embedded().expect("the labs shipped are right");
    let lab = course.lab("v4").expect("it is shipped");
    let facts = recording();
    bench.bench_function("read the course", |bench| {
        bench.iter(|| Course::embedded().expect("right"));
    });
    bench.bench_function("read a recording of v4", |bench| bench.iter(recording));
    bench.bench_function("judge v4", |bench| {
        bench.iter(|| judge(black_box(&lab), facts.clone()));
    });
    let grade = judge(&lab, facts.clone());
    bench.bench_function("report v4 as text", |bench| {
        bench.iter(|| report::terminal(black_box(&grade), STYLE));
    });
    bench.bench_function("report v4 as JSON", |bench| {
        bench.iter(|| report::json(black_box(&grade), 0));
    });
}

criterion_group!(benches, judging);
criterion_main!(benches);
