//! What a collection costs: `cargo bench --bench collection`.
//!
//! A million live objects, as a list, a tree and an array, collected again and again in one stopped
//! world: by the holder alone, and with one stopped worker as a helper. Criterion's elements are
//! live objects, so its time per element is the pause per live object, marking and sweeping
//! together. Marking a list cannot be shared: its two rows say what offering help costs. Quote
//! ratios of one run.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use ::machine::vm::{Machine, MachineConfig};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use language::assemble_verified;
use safepoint::{SafepointCoordinator, StopReason};

const TREE: &str = ".shape Pair left right\n\
    .func make (depth)\n.local pair\nnew Pair\nstore pair\nload depth\nconst 0\neq\njt done\n\
    load pair\nload depth\nconst 1\nsub\ncall make\nset Pair.left\n\
    load pair\nload depth\nconst 1\nsub\ncall make\nset Pair.right\ndone:\nload pair\nret\n\
    .func graph\nconst 19\ncall make\nret\n";

const LIST: &str = ".shape Pair value next\n\
    .func graph\n.local head node i\nconst null\nstore head\nconst 0\nstore i\n\
    more:\nnew Pair\nstore node\nload node\nload head\nset Pair.next\nload node\nstore head\n\
    load i\nconst 1\nadd\ndup\nstore i\nconst 1000000\nlt\njt more\nload head\nret\n";

const ARRAY: &str = ".shape Box value\n\
    .func graph\n.local all i\nconst 1000000\nnewarray\nstore all\nconst 0\nstore i\n\
    more:\nload all\nload i\nnew Box\nastore\n\
    load i\nconst 1\nadd\ndup\nstore i\nconst 1000000\nlt\njt more\nload all\nret\n";

/// Makes the graph, then keeps two workers at polls.
const MAIN: &str = ".global kept\n.func spin\nagain:\njmp again\n\
    .func main\ncall graph\ngstore kept\nconst \"made\"\nprint\nspawn spin\npop\ncall spin\nret\n";

/// Collects `times` times in one stopped world. Returns the time of all collections.
fn collections(machine: &Machine, coordinator: &SafepointCoordinator, times: u64) -> Duration {
    let stopped = coordinator.request_stw_pause(StopReason::GarbageCollection);
    let stopped = stopped.expect("nothing cancels this");
    let begin = Instant::now();
    for _ in 0..times {
        black_box(machine.collect(&stopped));
    }
    begin.elapsed()
}

fn collection(c: &mut Criterion) {
    for (name, graph) in [("list", LIST), ("tree", TREE), ("array", ARRAY)] {
        let module = assemble_verified(&format!("{graph}{MAIN}")).expect("no mistakes");
        let mut group = c.benchmark_group(format!("a {name} of a million objects"));
        group.sample_size(20);
        for helpers in [0, 1] {
            let coordinator = SafepointCoordinator::new();
            let config = MachineConfig {
                workers: 2,
                gc_helpers: helpers,
                ..MachineConfig::new(coordinator.clone())
            };
            let machine = Machine::new(module.clone(), config).expect("memory for a heap");
            thread::scope(|scope| {
                for index in 0..2 {
                    let machine = &machine;
                    scope.spawn(move || machine.run_worker(index).expect("a worker"));
                }
                while machine.output_since(0).text.is_empty() {
                    thread::sleep(Duration::from_millis(1));
                }
                let stopped = coordinator.request_stw_pause(StopReason::GarbageCollection);
                let live = machine.collect(&stopped.expect("it stops")).objects_live;
                group.throughput(Throughput::Elements(live));
                group.bench_function(BenchmarkId::new("helpers", helpers), |b| {
                    b.iter_custom(|times| collections(&machine, &coordinator, times));
                });
                machine.stop();
            });
        }
    }
}

criterion_group!(benches, collection);
criterion_main!(benches);
