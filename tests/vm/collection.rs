//! Collections of a running program's heap.

use crate::machine::{Events, Running, module, start};
use ::machine::vm::{Ended, MachineEvent};
use safepoint::StopReason;

/// Makes lists of 100 nodes and drops them, for ever or `n` times; checks each.
const LISTS: &str = ".shape Node value next\n\
    .func list\n.local i head node sum\nconst null\nstore head\nconst 0\nstore i\n\
    more:\nnew Node\nstore node\nload node\nload i\nset Node.value\nload node\nload head\n\
    set Node.next\nload node\nstore head\nload i\nconst 1\nadd\ndup\nstore i\nconst 100\nlt\n\
    jt more\nconst 0\nstore sum\nwalk:\nload head\nget Node.value\nload sum\nadd\nstore sum\n\
    load head\nget Node.next\ndup\nstore head\nconst null\nne\njt walk\nload sum\nret\n\
    .func lists (n)\n.local k\nconst 0\nstore k\nagain:\ncall list\nconst 4950\nne\njf right\n\
    trap \"a list lost a node\"\nright:\nload k\nconst 1\nadd\ndup\nstore k\nload n\nlt\n\
    jt again\nload k\nret\n";

/// Four tasks that each make that many lists.
fn four(n: u32) -> String {
    let spawns: String =
        "abcd".chars().map(|name| format!("const {n}\nspawn lists\nstore {name}\n")).collect();
    let awaits: String = "abcd".chars().map(|name| format!("load {name}\nawait\nadd\n")).collect();
    format!("{LISTS}.func main\n.local a b c d\n{spawns}const 0\n{awaits}ret\n")
}

#[test]
fn collections_make_a_heap_suffice_that_is_too_small_for_all_garbage() {
    let events = Events::new();
    let observer = events.clone();
    let running = start(&module(&four(2000)), 4, |config| {
        config.heap_limit_bytes = 256 << 10;
        config.observer = Some(observer);
    });
    let machine = running.machine.clone();
    let ran = running.finish();
    assert_eq!(ran.outcome.trap, None);
    assert_eq!(ran.outcome.result.as_deref(), Some("8000"));
    // 800,000 nodes of 24 bytes in a quarter of a megabyte.
    let collections: Vec<_> = events
        .all()
        .into_iter()
        .filter_map(|event| match event {
            MachineEvent::Collected(figures) => Some(figures),
            _ => None,
        })
        .collect();
    assert!(collections.len() >= 70, "only {} collections", collections.len());
    assert_eq!(collections.len(), machine.heap_stats().collections as usize);
    let freed: u64 = collections.iter().map(|figures| figures.objects_freed).sum();
    assert!(freed > 700_000, "only {freed} objects were freed");
}

#[test]
fn collections_from_outside_while_others_allocate_lose_nothing() {
    let running = start(&module(&four(3000)), 4, |_| {});
    let mut made = 0;
    while running.machine.outcome().is_none() {
        let stopped = running.coordinator.request_stw_pause(StopReason::GarbageCollection);
        let stopped = stopped.expect("the world stops");
        let before = running.machine.heap_stats();
        let figures = running.machine.collect(&stopped);
        assert_eq!(figures.before_bytes, before.used_bytes);
        let again = running.machine.collect(&stopped);
        assert_eq!((again.objects_freed, again.objects_live), (0, figures.objects_live));
        assert_eq!(again.after_bytes, running.machine.heap_stats().used_bytes);
        made += 1;
        stopped.resume_from_pause();
    }
    let ran = running.finish();
    assert_eq!(ran.outcome.result.as_deref(), Some("8000").map(|_| "12000"), "{:?}", ran.outcome);
    assert!(made > 3, "only {made} collections");
}

#[test]
fn everything_unreachable_is_freed_and_nothing_else() {
    let text = format!(
        "{LISTS}.global kept\n.func main\n.local node\nconst 1000\nnewarray\ngstore kept\ncall list\n\
         pop\nnew Node\nstore node\nload node\nload node\nset Node.next\nconst \"kept\"\nprint\n\
         again:\nyield\njmp again\n"
    );
    let running = start(&module(&text), 2, |_| {});
    running.wait_for("the line", |machine| !machine.output_since(0).text.is_empty());
    let stopped =
        running.coordinator.request_stw_pause(StopReason::GarbageCollection).expect("it stops");
    let figures = running.machine.collect(&stopped);
    // The array, the node in a local (a cycle), main's handle, and a constant string.
    assert_eq!(figures.objects_live, 4);
    assert_eq!(figures.objects_freed, 100);
    drop(stopped);
    running.stop();
}

#[test]
fn a_task_that_allocates_everything_traps_and_the_others_go_on() {
    let text = format!(
        "{LISTS}.func greedy\n.local head node\nconst null\nstore head\nmore:\nnew Node\nstore node\n\
         load node\nload head\nset Node.next\nload node\nstore head\njmp more\n\
         .func main\n.local other\nspawn greedy\npop\nconst 3000\nspawn lists\nawait\nret\n"
    );
    for workers in [1, 4] {
        let running = start(&module(&text), workers, |config| {
            config.heap_limit_bytes = 1 << 20;
            config.slice = std::time::Duration::from_millis(1);
        });
        let ran = running.finish();
        let traps = &ran.outcome.other_traps;
        assert!(traps.iter().any(|trap| trap.message.starts_with("out of memory")), "{traps:?}");
        // The greedy task may have taken the memory that the other task needed.
        if ran.outcome.ended == Ended::Finished {
            assert_eq!(ran.outcome.result.as_deref(), Some("3000"));
        }
    }
}

/// Makes a binary tree of that depth.
const TREE: &str = ".shape Pair left right\n.func tree (depth)\n.local pair\nnew Pair\nstore pair\n\
    load depth\nconst 0\neq\njt done\nload pair\nload depth\nconst 1\nsub\ncall tree\n\
    set Pair.left\nload pair\nload depth\nconst 1\nsub\ncall tree\nset Pair.right\n\
    done:\nload pair\nret\n";

/// Collects until a worker has helped. Every collection must find the same objects.
fn collect_until_helped(running: &Running, live: u64) {
    let mut helped = 0;
    running.wait_for("a worker to help", |machine| {
        let stopped = running.coordinator.request_stw_pause(StopReason::GarbageCollection);
        let stopped = stopped.expect("the world stops");
        let figures = machine.collect(&stopped);
        stopped.operation_done();
        let report = stopped.resume_from_pause();
        assert_eq!(figures.objects_live, live);
        assert_eq!(figures.objects_before, live + figures.objects_freed);
        assert!(figures.helpers <= 2, "{figures:?}");
        assert!(figures.mark_time + figures.sweep_time <= report.operation, "{figures:?}");
        helped = figures.helpers;
        helped > 0
    });
}

#[test]
fn workers_that_stand_at_a_poll_help_to_mark() {
    let text = format!(
        "{TREE}.global tree\n.func spin\nagain:\njmp again\n.func main\nspawn spin\npop\n\
         const 15\ncall tree\ngstore tree\nconst \"made\"\nprint\nagain:\njmp again\n"
    );
    let running = start(&module(&text), 2, |config| config.gc_helpers = 2);
    running.wait_for("the tree", |machine| !machine.output_since(0).text.is_empty());
    // The tree, two handles and the string.
    collect_until_helped(&running, (1 << 16) - 1 + 3);
    let before = running.instructions();
    running.wait_for("all workers to run on", |_| {
        running.instructions().iter().zip(&before).all(|(now, before)| now > before)
    });
    running.stop();
}

#[test]
fn workers_without_work_help_to_mark_and_sleep_on() {
    let text = format!(
        "{TREE}.global tree\n.func main\nconst 15\ncall tree\ngstore tree\nconst 1000000\n\
         sleep\nconst 0\nret\n"
    );
    let running = start(&module(&text), 3, |config| config.gc_helpers = 2);
    let idle = |machine: &::machine::vm::Machine| {
        (0..3).all(|index| machine.worker_status(index).state == ::machine::vm::WorkerState::Idle)
    };
    running.wait_for("every worker to be idle", idle);
    // The tree and main's handle.
    collect_until_helped(&running, (1 << 16) - 1 + 1);
    running.wait_for("every worker to be idle again", idle);
    assert_eq!(running.stop().outcome.ended, Ended::Stopped);
}

#[test]
fn without_helpers_no_worker_helps_to_mark() {
    let text = format!(
        "{TREE}.global tree\n.func main\nconst 12\ncall tree\ngstore tree\nagain:\njmp again\n"
    );
    let running = start(&module(&text), 3, |config| config.gc_helpers = 0);
    running.wait_for("the tree", |machine| machine.heap_stats().objects > 8000);
    let stopped = running.coordinator.request_stw_pause(StopReason::GarbageCollection);
    let figures = running.machine.collect(&stopped.expect("the world stops"));
    assert_eq!(figures.helpers, 0);
    running.stop();
}

/// Keeps a list of more than half of a heap of a megabyte, then makes another as large.
const HOARDER: &str = ".func hoard\n.local head node i\nconst null\nstore head\nconst 0\nstore i\n\
    more:\nnew Node\nstore node\nload node\nload head\nset Node.next\nload node\nstore head\n\
    load i\nconst 1\nadd\ndup\nstore i\nconst 25000\nlt\njt more\nconst 75000\nnewarray\n\
    load head\nret\n";

#[test]
fn a_hoarder_traps_and_every_other_task_ends_well() {
    let spawns: String =
        "abcd".chars().map(|n| format!("const 300\nspawn lists\nstore {n}\n")).collect();
    let awaits: String = "abcd".chars().map(|n| format!("load {n}\nawait\nadd\n")).collect();
    let text = format!(
        "{LISTS}{HOARDER}.func main\n.local a b c d\n{spawns}spawn hoard\npop\nconst 0\n{awaits}ret\n"
    );
    for workers in [1, 4] {
        let running = start(&module(&text), workers, |config| {
            config.heap_limit_bytes = 1 << 20;
            config.slice = std::time::Duration::from_millis(1);
        });
        let outcome = running.finish().outcome;
        assert_eq!((outcome.result.as_deref(), &outcome.trap), (Some("1200"), &None));
        let traps: Vec<_> = outcome
            .other_traps
            .iter()
            .map(|trap| (trap.task_name.as_str(), trap.message.split(':').next().unwrap_or("")))
            .collect();
        assert_eq!(traps, [("hoard", "out of memory")]);
    }
}

#[test]
fn memory_of_a_trapped_hoarder_is_free_for_other_tasks() {
    // Without slices on one worker, `main` goes on after the hoarder has trapped, and needs as much
    // memory.
    let text = format!(
        "{LISTS}{HOARDER}.func main\nspawn hoard\npop\nyield\nconst 100000\nnewarray\nlen\nret\n"
    );
    let running = start(&module(&text), 1, |config| {
        config.heap_limit_bytes = 1 << 20;
        config.slice = std::time::Duration::from_secs(3600);
    });
    let outcome = running.finish().outcome;
    assert_eq!((outcome.result.as_deref(), &outcome.trap), (Some("100000"), &None));
    assert_eq!(outcome.other_traps.len(), 1);
}

#[test]
fn a_million_live_objects_survive_and_are_freed_together() {
    let text = format!(
        "{TREE}.global tree\n.func main\nconst 19\ncall tree\ngstore tree\nconst \"made\"\nprint\n\
         const 1000000\nsleep\nconst 0\nret\n"
    );
    let running = start(&module(&text), 2, |_| {});
    running.wait_for("the tree", |machine| !machine.output_since(0).text.is_empty());
    for _ in 0..2 {
        let stopped = running.coordinator.request_stw_pause(StopReason::GarbageCollection);
        let figures = running.machine.collect(&stopped.expect("the world stops"));
        // The tree, main's handle and the string.
        assert_eq!((figures.objects_live, figures.objects_freed), ((1 << 20) - 1 + 2, 0));
        assert!(figures.after_bytes > 24 << 20);
    }
    running.stop();
}

/// Tasks write and read values of which no half fits to half of another at the same time, under
/// collections.
#[test]
fn racing_fields_hold_values_that_a_task_wrote() {
    let text = ".shape Box value\n.global box\n.global one\n.global two\n\
        .func write (v)\n.local i\nconst 0\nstore i\n\
        again:\ngload box\nload v\nset Box.value\n\
        load i\nconst 1\nadd\ndup\nstore i\nconst 100000\nlt\njt again\nconst 0\nret\n\
        .func read\n.local i v\nconst 0\nstore i\n\
        again:\ngload box\nget Box.value\nstore v\n\
        load v\nconst 1.7976931348623157e308\neq\njt known\nload v\nconst -2.5e-300\neq\njt known\n\
        load v\nconst -1\neq\njt known\nload v\ngload one\neq\njt object\nload v\ngload two\neq\njt object\n\
        trap \"a torn value\"\n\
        object:\nload v\nget Box.value\nconst 7\neq\njt known\ntrap \"another object\"\n\
        known:\nnew Box\npop\nload i\nconst 1\nadd\ndup\nstore i\nconst 50000\nlt\njt again\n\
        const 0\nret\n\
        .func main\n.local a b c d e r s\nnew Box\ngstore box\nnew Box\ngstore one\nnew Box\n\
        gstore two\ngload one\nconst 7\nset Box.value\ngload two\nconst 7\nset Box.value\n\
        gload box\nconst -1\nset Box.value\n\
        const 1.7976931348623157e308\nspawn write\nstore a\nconst -2.5e-300\nspawn write\nstore b\n\
        const -1\nspawn write\nstore c\ngload one\nspawn write\nstore d\ngload two\nspawn write\n\
        store e\nspawn read\nstore r\nspawn read\nstore s\n\
        load a\nawait\nload b\nawait\nadd\nload c\nawait\nadd\nload d\nawait\nadd\nload e\nawait\n\
        add\nload r\nawait\nadd\nload s\nawait\nadd\nret\n";
    let running = start(&module(text), 4, |config| {
        config.heap_limit_bytes = 64 << 10;
        config.slice = std::time::Duration::from_micros(50);
    });
    let ran = running.finish();
    assert_eq!(ran.outcome.trap, None);
    assert_eq!(ran.outcome.result.as_deref(), Some("0"));
}

#[test]
fn one_object_larger_than_the_heap_is_out_of_memory() {
    let ran = start(&module(".func main\nconst 100000000\nnewarray\nlen\nret\n"), 1, |config| {
        config.heap_limit_bytes = 1 << 20;
    })
    .finish();
    let message = ran.outcome.trap.expect("a trap").message;
    assert!(
        message.starts_with("out of memory: 800000008 bytes were asked for; of 1048576 bytes, "),
        "{message}"
    );
    assert!(message.contains(" are in use and reachable and "), "{message}");
    let doubling = ".func main\n.local s\nconst \"ab\"\nstore s\nagain:\nload s\nload s\nconcat\n\
        store s\njmp again\n";
    let ran = start(&module(doubling), 1, |_| {}).finish();
    let message = ran.outcome.trap.expect("a trap").message;
    assert!(message.starts_with("out of memory"), "{message}");
}

#[test]
fn with_a_collection_at_every_allocation_lists_keep_their_nodes() {
    let running = start(&module(&four(2)), 4, |config| config.gc_stress = true);
    assert_eq!(running.finish().outcome.result.as_deref(), Some("8"));
}
