//! Collections of a running program's heap.

mod machine;

use machine::{Events, module, start};
use safepoint_lab::safepoint::StopReason;
use safepoint_lab::vm::{Ended, MachineEvent};

/// Makes lists of 100 nodes and forgets them, for ever or so many times; checks each.
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
fn a_heap_that_is_too_small_for_the_garbage_suffices() {
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
        // The greedy task may have taken the last room from under the other one.
        if ran.outcome.ended == Ended::Finished {
            assert_eq!(ran.outcome.result.as_deref(), Some("3000"));
        }
    }
}

#[test]
fn one_object_larger_than_the_heap_is_out_of_memory() {
    let ran = start(&module(".func main\nconst 100000000\nnewarray\nlen\nret\n"), 1, |config| {
        config.heap_limit_bytes = 1 << 20;
    })
    .finish();
    let message = ran.outcome.trap.expect("a trap").message;
    assert!(message.starts_with("out of memory"), "{message}");
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
