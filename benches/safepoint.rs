//! What the coordinator costs: `cargo bench --bench safepoint`.
//!
//! Criterion times the poll and the arming. Pauses are timed by the coordinator's own clock, over
//! many of them, because a mean says nothing of a tail; their table is printed at the end with the
//! machine it was measured on. Quote ratios of one run; the machine is never quiet enough for more.
//!
//! `cargo bench --bench safepoint -- pauses WORKERS COUNT` times only COUNT pauses and prints each,
//! as JSON in microseconds: for `npm run bench -- native`, which measures them and HotSpot in
//! turns.

use criterion::{BenchmarkId, Criterion, criterion_group};
use safepoint::{
    Config, Event, Observer, PauseReport, SafepointCoordinator, StopReason, WorkerId, clock,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

mod loops;

use self::loops::{Look, Looked, Parked};

/// Turns per measured iteration, so that the call around them costs the same share for all.
const LOOKS: u32 = 1_000;

fn poll(c: &mut Criterion) {
    let mut group = c.benchmark_group("a thousand times");
    let looked = Looked::default();
    for look in Look::ALL {
        group.bench_function(look.name(), |b| b.iter(|| looked.turn(look, LOOKS)));
    }
}

/// A whole pause when every worker is in a safe region: what arming, collecting and disarming cost
/// by the number of slots.
fn arming(c: &mut Criterion) {
    let mut group = c.benchmark_group("a pause that waits for no worker");
    for slots in Parked::SLOTS {
        let parked = Parked::new(slots);
        group.bench_function(BenchmarkId::from_parameter(slots), |b| b.iter(|| parked.pause()));
    }
}

/// When the first and the last worker resumed.
#[derive(Default)]
struct Resumptions {
    first: AtomicU64,
    last: AtomicU64,
    count: AtomicU32,
}

impl Resumptions {
    fn reset(&self) {
        self.first.store(u64::MAX, Ordering::Relaxed);
        self.last.store(0, Ordering::Relaxed);
        self.count.store(0, Ordering::Release);
    }
}

impl Observer for Resumptions {
    fn observe(&self, _: Option<WorkerId>, at: clock::Timestamp, event: &Event) {
        if *event == Event::Resumed {
            self.first.fetch_min(at.as_nanos(), Ordering::Relaxed);
            self.last.fetch_max(at.as_nanos(), Ordering::Relaxed);
            self.count.fetch_add(1, Ordering::Release);
        }
    }
}

/// One line of the table.
#[derive(Default)]
struct Line {
    ttsp: Vec<Duration>,
    release: Vec<Duration>,
    first: Vec<Duration>,
    last: Vec<Duration>,
}

impl Line {
    fn record(&mut self, report: &PauseReport, resumptions: &Resumptions) {
        let after = |resumed_at: &AtomicU64| {
            let resumed_at = clock::Timestamp::from_nanos(resumed_at.load(Ordering::Relaxed));
            resumed_at.since(report.resumed_at)
        };
        self.ttsp.push(report.ttsp);
        self.release.push(report.release);
        self.first.push(after(&resumptions.first));
        self.last.push(after(&resumptions.last));
    }
}

/// The value below which `permille` of a thousand lie, in microseconds.
fn quantile(values: &mut [Duration], permille: usize) -> f64 {
    values.sort();
    let index = (values.len() * permille / 1000).min(values.len() - 1);
    values[index].as_secs_f64() * 1e6
}

/// Pauses `pauses` times while `workers` threads do nothing but poll.
fn pauses(workers: usize, pauses: usize) -> Line {
    let resumptions = Arc::new(Resumptions::default());
    let coordinator = SafepointCoordinator::with_config(Config {
        min_running_interval: Duration::ZERO,
        observer: Some(Arc::clone(&resumptions) as _),
        ..Config::default()
    });
    let stop = AtomicBool::new(false);
    let mut line = Line::default();
    thread::scope(|scope| {
        for _ in 0..workers {
            let parked = coordinator.register_parked();
            let stop = &stop;
            scope.spawn(move || {
                let worker = parked.start();
                while !stop.load(Ordering::Relaxed) {
                    worker.poll();
                }
            });
        }
        let all_run = || coordinator.workers_at_safepoint() == 0;
        for pause in 0..pauses + pauses / 10 {
            while !all_run() {
                thread::sleep(Duration::from_micros(50));
            }
            thread::sleep(Duration::from_micros(200));
            resumptions.reset();
            let stopped = coordinator.request_stw_pause(StopReason::GarbageCollection);
            let report = stopped.expect("nothing cancels this").resume_from_pause();
            while resumptions.count.load(Ordering::Acquire) < workers as u32 {
                thread::sleep(Duration::from_micros(50));
            }
            if pause >= pauses / 10 {
                line.record(&report, &resumptions);
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    line
}

/// Prints the figures of each of `count` pauses.
fn print_json(workers: usize, count: usize) {
    let Line { ttsp, release, first, last } = pauses(workers, count);
    let list = |of: &[Duration]| {
        let micros = of.iter().map(|duration| format!("{:.2}", duration.as_secs_f64() * 1e6));
        micros.collect::<Vec<_>>().join(",")
    };
    println!(
        r#"{{"ttsp":[{}],"release":[{}],"first":[{}],"last":[{}]}}"#,
        list(&ttsp),
        list(&release),
        list(&first),
        list(&last)
    );
}

fn processor() -> String {
    std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|info| {
            let line = info.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(": ")?.1.to_owned())
        })
        .unwrap_or_else(|| "unknown processor".to_owned())
}

fn print_pauses() {
    let cores = thread::available_parallelism().map_or(0, usize::from);
    println!();
    println!("Pauses of CPU-bound workers, in microseconds; {}, {cores} cores,", processor());
    println!("clock step {:?}.", clock::resolution());
    println!();
    println!("| workers | TTSP p50 | p99 | max | release p50 | first runs again p50 | last p50 |");
    println!("|---:|---:|---:|---:|---:|---:|---:|");
    for (workers, count) in [(1, 2000), (2, 2000), (4, 2000), (8, 1000), (32, 500), (100, 200)] {
        let mut line = pauses(workers, count);
        println!(
            "| {workers} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} |",
            quantile(&mut line.ttsp, 500),
            quantile(&mut line.ttsp, 990),
            quantile(&mut line.ttsp, 1000),
            quantile(&mut line.release, 500),
            quantile(&mut line.first, 500),
            quantile(&mut line.last, 500),
        );
    }
}

criterion_group!(timed, poll, arming);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    if let [pauses, workers, count] = arguments.as_slice()
        && pauses == "pauses"
    {
        let number = |text: &str| text.parse().expect("a number of workers and one of pauses");
        return print_json(number(workers), number(count));
    }
    timed();
    // Not if arguments select Criterion's benchmarks, and not under `cargo test`, which only checks
    // that benchmarks run.
    if arguments.is_empty() {
        print_pauses();
    }
    Criterion::default().configure_from_args().final_summary();
}
