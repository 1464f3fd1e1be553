//! Marking by several threads: they find the same live objects as one thread.

use std::sync::Arc;
use std::thread;

use super::*;
use safepoint::HelpReport;
use safepoint::sync::{AtomicU64, Ordering};

/// Threads that help, and how many objects they marked.
#[derive(Default)]
struct Threads {
    count: u32,
    /// The collection begins when all of them are hungry.
    hungry: bool,
    marked: AtomicU64,
}

/// The threads with the heap they mark.
struct Team<'a>(&'a Heap, &'a Threads);

impl Helpers for Team<'_> {
    fn most(&self) -> u32 {
        self.1.count
    }

    fn alone(&self, _: u32) -> u32 {
        0
    }

    fn share(&self, marking: &Arc<Marking>, own: &mut dyn FnMut()) -> HelpReport {
        let Self(heap, helpers) = self;
        thread::scope(|scope| {
            for _ in 0..helpers.count {
                scope.spawn(|| {
                    helpers.marked.fetch_add(heap.help_mark(marking), Ordering::Relaxed);
                });
            }
            while helpers.hungry && !marking.is_waited_at_by(helpers.count) {
                thread::yield_now();
            }
            own();
        });
        report(self.1.count, false)
    }
}

/// A helper that takes the first part and is lost with it.
struct Thief;

impl Helpers for Thief {
    fn most(&self) -> u32 {
        1
    }

    fn alone(&self, _: u32) -> u32 {
        0
    }

    fn share(&self, marking: &Arc<Marking>, own: &mut dyn FnMut()) -> HelpReport {
        thread::scope(|scope| {
            scope.spawn(|| {
                marking.steal();
                marking.abandon();
            });
            while !marking.is_waited_at_by(1) {
                thread::yield_now();
            }
            own();
        });
        report(1, true)
    }
}

fn report(helped: u32, lost: bool) -> HelpReport {
    let mut report = HelpReport::default();
    (report.helped, report.lost) = (helped, lost);
    report
}

/// A full binary tree of that depth; its root.
fn tree(heap: &Heap, buffer: &mut Buffer, depth: u32) -> u32 {
    let node = array(heap, buffer, 2).expect("room");
    if depth > 0 {
        for word in [1, 2] {
            let child = tree(heap, buffer, depth - 1);
            heap.store(node, word, Value::reference(child).bits());
        }
    }
    node
}

/// Collects with two helpers that wait for parts, until they did one. It tries again, because the scheduler
/// decides whether a helper gets a processor before the holder has done all the work.
fn assert_shared(heap: &Heap, mut buffer: Buffer, root: u32, objects: u64) {
    /// If no part is ever given, no helper comes in time.
    const COLLECTIONS: u32 = 500;
    buffer.park(heap);
    for _ in 0..COLLECTIONS {
        let helpers = Threads { count: 2, hungry: true, ..Threads::default() };
        let figures = collect_with(heap, usize::MAX, &Team(heap, &helpers), &[root]);
        assert_eq!((figures.objects_live, figures.helpers), (objects, 2));
        let marked = helpers.marked.into_inner();
        assert!(marked < objects, "the holder marks the root");
        if marked > 0 {
            return;
        }
    }
    panic!("no helper got a part of {objects} objects in {COLLECTIONS} collections");
}

#[test]
fn hungry_helpers_get_a_part_of_a_tree() {
    let (heap, mut buffer) = heap(8 << 20);
    let root = tree(&heap, &mut buffer, 16);
    assert_shared(&heap, buffer, root, (1 << 17) - 1);
}

#[test]
fn hungry_helpers_get_a_part_of_one_large_array() {
    const LENGTH: u32 = 500_000;
    let (heap, mut buffer) = heap(16 << 20);
    let root = array(&heap, &mut buffer, LENGTH).expect("room");
    for word in 1..=LENGTH {
        let leaf = array(&heap, &mut buffer, 0).expect("room");
        heap.store(root, word, Value::reference(leaf).bits());
    }
    assert_shared(&heap, buffer, root, u64::from(LENGTH) + 1);
}

#[test]
fn a_deep_list_keeps_one_marker_busy_and_lets_the_others_go() {
    let (heap, mut buffer) = heap(8 << 20);
    let root = array(&heap, &mut buffer, 1).expect("room");
    let mut last = root;
    for _ in 0..200_000 {
        let node = array(&heap, &mut buffer, 1).expect("room");
        heap.store(last, 1, Value::reference(node).bits());
        last = node;
    }
    buffer.park(&heap);
    let helpers = Threads { count: 3, hungry: true, ..Threads::default() };
    let figures = collect_with(&heap, usize::MAX, &Team(&heap, &helpers), &[root]);
    assert_eq!(figures.objects_live, 200_001);
}

#[test]
fn the_part_of_a_lost_helper_is_still_marked() {
    let (heap, mut buffer) = heap(8 << 20);
    let root = tree(&heap, &mut buffer, 16);
    buffer.park(&heap);
    let figures = collect_with(&heap, usize::MAX, &Thief, &[root]);
    assert_eq!((figures.objects_live, figures.objects_freed), ((1 << 17) - 1, 0));
    assert_walkable(&heap);
}

/// A random graph, described by few numbers.
#[derive(Debug, Clone)]
struct Graph {
    seed: u64,
    objects: usize,
    most_elements: u32,
    roots: usize,
}

fn graphs() -> impl Strategy<Value = Graph> {
    (any::<u64>(), 1..3000usize, 1..12u32, 0..5usize).prop_map(
        |(seed, objects, most_elements, roots)| Graph { seed, objects, most_elements, roots },
    )
}

/// Builds it; the objects with their elements, and the roots.
fn build(heap: &Heap, buffer: &mut Buffer, graph: &Graph) -> (Model, Vec<u32>) {
    // SplitMix64.
    let mut seed = graph.seed;
    let mut below = |limit: usize| {
        seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    };
    let mut model = Model::new();
    for _ in 0..graph.objects {
        // Some objects take several strides to scan.
        let most = if below(500) == 0 { 5000 } else { graph.most_elements as usize };
        let length = below(most) as u32;
        let Some(object) = array(heap, buffer, length) else { break };
        model.insert(object, vec![None; length as usize]);
    }
    let objects: Vec<u32> = model.keys().copied().collect();
    for (object, elements) in &mut model {
        for (word, element) in (1..).zip(elements) {
            if below(3) > 0 {
                let to = objects[below(objects.len())];
                *element = Some(to);
                heap.store(*object, word, Value::reference(to).bits());
            }
        }
    }
    let roots = (0..graph.roots).map(|_| objects[below(objects.len())]).collect();
    (model, roots)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_marker_or_many_find_the_same(graph in graphs(), limit in prop_oneof![Just(2usize), Just(64), Just(usize::MAX)]) {
        let (heap, mut buffer) = heap(4 << 20);
        let (model, roots) = build(&heap, &mut buffer, &graph);
        buffer.park(&heap);
        let live = reachable(&model, &roots);
        for count in [3, 1, 0, 2] {
            let helpers = Threads { count, hungry: count > 0, ..Threads::default() };
            let figures = collect_with(&heap, limit, &Team(&heap, &helpers), &roots);
            prop_assert_eq!(figures.objects_live, live.len() as u64);
            let found: BTreeSet<u32> = heap.objects().map(|(object, _)| object).collect();
            prop_assert_eq!(&found, &live);
            assert_walkable(&heap);
        }
    }
}
