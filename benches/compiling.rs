//! How long it takes to compile 500 lines of TypeScript, and to describe what came of it, as an editor asks for it:
//! `cargo bench --bench compiling`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use language::{Program, Source, compile};

const TEXT: &str = include_str!("../tests/typescript/programs/five-hundred-lines.ts");

fn compiling(c: &mut Criterion) {
    assert_eq!(TEXT.lines().count(), 500);
    let mut group = c.benchmark_group("500 lines of TypeScript");
    group.bench_function("compiled and verified", |b| {
        b.iter(|| compile(black_box(TEXT)).expect("no mistakes"));
    });
    group.bench_function("and listed, with their bounds", |b| {
        b.iter(|| Program::load(Source::Text(black_box(TEXT).into())).expect("no mistakes").view());
    });
    group.finish();
}

criterion_group!(benches, compiling);
criterion_main!(benches);
