//! The heap alone, without workers: reachable objects stay, everything else becomes free again.

mod together;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::mark::Marker;
use super::*;

fn heap(bytes: u64) -> (Heap, Buffer) {
    let heap = Heap::new(bytes).expect("a small heap");
    (heap, Buffer::new())
}

fn collect(heap: &Heap, buffer: &mut Buffer, roots: &[u32]) -> CollectionFigures {
    buffer.park(heap);
    let figures = collect_with(heap, usize::MAX, &NoHelpers, roots);
    buffer.revalidate(heap);
    figures
}

/// Collects with mark stacks of at most `limit` things.
fn collect_with(
    heap: &Heap,
    limit: usize,
    helpers: &dyn Helpers,
    roots: &[u32],
) -> CollectionFigures {
    heap.collect_stopped(&|| Marker::with_limit(heap, limit), helpers, &mut |marker| {
        for root in roots {
            marker.value(Value::reference(*root));
        }
    })
}

fn array(heap: &Heap, buffer: &mut Buffer, length: u32) -> Option<u32> {
    buffer.nulls(heap, Header::new(ObjectKind::Array, 0, length))
}

/// Every word belongs to exactly one object or filler, up to the end.
fn assert_walkable(heap: &Heap) {
    let mut at = FIRST as u64;
    while at < heap.words.len() as u64 {
        let words = heap.header(at as u32).words();
        assert!(words > 0, "nothing at word {at}");
        at += words;
    }
    assert_eq!(at, heap.words.len() as u64);
}

#[test]
fn garbage_is_freed_and_its_room_used_again() {
    let (heap, mut buffer) = heap(MIN_BYTES);
    let fill = |buffer: &mut Buffer| {
        let mut made = 0;
        while array(&heap, buffer, 9).is_some() {
            made += 1;
        }
        made
    };
    let first = fill(&mut buffer);
    assert!(first >= MIN_BYTES / 8 / 10 - 1, "only {first} objects of 80 bytes fit");
    let figures = collect(&heap, &mut buffer, &[]);
    assert_eq!((figures.objects_freed, figures.objects_live), (first, 0));
    assert_eq!((figures.after_bytes, figures.capacity_bytes), (0, MIN_BYTES));
    assert_eq!(fill(&mut buffer), first);
    assert_walkable(&heap);
}

/// Marking reads mark bits up to the last span that was given away, from whichever list that came.
#[test]
fn objects_in_the_last_words_of_a_heap_survive() {
    // Into the first cell of mark bits behind the span's own.
    let bytes = MIN_BYTES + 8 * 30;
    // Carved from a large span; a small one in a batch; a small one that is the first to fit.
    for (rest, size) in [(200, 10), (60, 10), (60, 17)] {
        let big = [Header::new(ObjectKind::Array, 0, (bytes / 8) as u32 - FIRST - rest - 1)];
        let (heap, _) = Heap::packed(bytes, &big).expect("it fits");
        let mut buffer = Buffer::new();
        let fill = std::iter::from_fn(|| array(&heap, &mut buffer, size - 1));
        let kept: Vec<u32> = fill.collect();
        assert_eq!(kept.len() as u32, rest / size, "all the room was used");
        for freed in [1, 0] {
            let figures = collect(&heap, &mut buffer, &kept);
            let seen = (figures.objects_live as usize, figures.objects_freed);
            assert_eq!(seen, (kept.len(), freed), "{rest} words, objects of {size}");
            assert_walkable(&heap);
            assert!(heap.objects().map(|(at, _)| at).eq(kept.iter().copied()));
        }
    }
}

#[test]
fn gaps_between_survivors_are_used_again() {
    let (heap, mut buffer) = heap(MIN_BYTES);
    let mut kept = Vec::new();
    for number in 0.. {
        match array(&heap, &mut buffer, 2) {
            Some(object) if number % 2 == 0 => kept.push(object),
            Some(_) => {}
            None => break,
        }
    }
    let figures = collect(&heap, &mut buffer, &kept);
    assert_eq!(figures.objects_live, kept.len() as u64);
    let mut again = 0;
    while let Some(object) = array(&heap, &mut buffer, 2) {
        assert!(!kept.contains(&object), "word {object} was given out twice");
        again += 1;
    }
    assert_eq!(again, figures.objects_freed);
    assert_eq!(array(&heap, &mut buffer, 0), None, "a gap of one word is no room");
}

#[test]
fn a_large_object_finds_room_between_small_ones() {
    let (heap, mut buffer) = heap(64 * 1024);
    let small: Vec<u32> = (0..10).filter_map(|_| array(&heap, &mut buffer, 3)).collect();
    let large = array(&heap, &mut buffer, 5000).expect("room for 40 kB of 64");
    assert_eq!(array(&heap, &mut buffer, 5000), None);
    collect(&heap, &mut buffer, &small);
    let again = array(&heap, &mut buffer, 5000).expect("the first one's room");
    assert!(again <= large + 4);
    for (word, bits) in [(1, 11), (5000, 12)] {
        heap.store(again, word, bits);
        assert_eq!(heap.load(again, word), bits);
    }
    buffer.park(&heap);
    assert_walkable(&heap);
}

#[test]
fn a_deep_list_and_a_cycle_need_no_native_stack() {
    const NODES: usize = 1_000_000;
    let (heap, mut buffer) = heap(64 << 20);
    let mut last = None;
    let mut first = 0;
    for _ in 0..NODES {
        let node = array(&heap, &mut buffer, 2).expect("room for a million nodes");
        if let Some(last) = last {
            // Both ways: a list that is deep from either end.
            heap.store(node, 1, Value::reference(last).bits());
            heap.store(last, 2, Value::reference(node).bits());
        } else {
            first = node;
        }
        last = Some(node);
    }
    assert_eq!(collect(&heap, &mut buffer, &[first]).objects_live, NODES as u64);
    assert_eq!(collect(&heap, &mut buffer, &[]).objects_freed, NODES as u64);
}

#[test]
fn a_full_mark_stack_loses_nothing() {
    let (heap, mut buffer) = heap(1 << 20);
    let root = array(&heap, &mut buffer, 1000).expect("room");
    for word in 1..=1000 {
        let child = array(&heap, &mut buffer, 1).expect("room");
        let leaf = array(&heap, &mut buffer, 0).expect("room");
        heap.store(child, 1, Value::reference(leaf).bits());
        heap.store(root, word, Value::reference(child).bits());
    }
    buffer.park(&heap);
    assert_eq!(collect_with(&heap, 3, &NoHelpers, &[root]).objects_live, 2001);
}

#[test]
fn strings_keep_their_bytes_and_their_order() {
    let (heap, mut buffer) = heap(MIN_BYTES);
    let words = ["", "a", "a\0", "abcdefgh", "abcdefghi", "ä", "ä𝄞 and more than eight bytes"];
    let strings: Vec<u32> =
        words.iter().filter_map(|word| heap.string(&mut buffer, word)).collect();
    collect(&heap, &mut buffer, &strings);
    for (left, a) in strings.iter().zip(words) {
        assert_eq!(heap.text(*left), a);
        for (right, b) in strings.iter().zip(words) {
            assert_eq!(heap.compare_text(*left, *right), a.cmp(b));
        }
    }
}

/// Of lengths around those that are copied word by word.
#[test]
fn joined_strings_are_one_behind_the_other() {
    let (heap, mut buffer) = heap(1 << 20);
    let text: String = ('!'..='~').cycle().take(240).collect();
    let lengths = || (0..40).chain(90..110).step_by(if cfg!(miri) { 13 } else { 1 });
    for left in lengths() {
        for right in lengths() {
            // The words are full of something else before.
            let before = heap.string(&mut buffer, &"\u{7f}".repeat(1024)).expect("room");
            collect(&heap, &mut buffer, &[]);
            let (one, two) = (&text[..left], &text[text.len() - right..]);
            let strings = [one, two].map(|text| heap.string(&mut buffer, text).expect("room"));
            let joined = heap.joined(&mut buffer, strings[0], strings[1]).expect("room");
            assert!(joined < before + 100, "elsewhere");
            assert_eq!(heap.text(joined), [one, two].concat());
            for string in [strings[0], strings[1], joined] {
                let (length, words) = (heap.text(string).len(), heap.header(string).words() as u32);
                let unused = (words - 1) * 64 - length as u32 * 8;
                let rest = u64::from_le(heap.load(string, words - 1)).checked_shr(64 - unused);
                assert_eq!(rest.unwrap_or(0), 0, "behind the end of {length} bytes");
            }
        }
    }
}

#[test]
fn of_a_tasks_handle_only_the_result_is_scanned() {
    let (heap, mut buffer) = heap(MIN_BYTES);
    let result = array(&heap, &mut buffer, 0).expect("room");
    let not_a_value = Value::reference(result + 1).bits();
    let payload = [not_a_value, Value::reference(result).bits()];
    let task = buffer.raw(&heap, Header::new(ObjectKind::Task, 0, 2), &payload).expect("room");
    let mutex =
        buffer.raw(&heap, Header::new(ObjectKind::Mutex, 0, 1), &[not_a_value]).expect("room");
    assert_eq!(collect(&heap, &mut buffer, &[task, mutex]).objects_live, 3);
}

#[test]
fn allocated_bytes_are_counted_exactly() {
    let (heap, mut buffer) = heap(1 << 20);
    for _ in 0..10 {
        array(&heap, &mut buffer, 3).expect("room");
        array(&heap, &mut buffer, 3000).expect("room");
    }
    buffer.park(&heap);
    buffer.park(&heap);
    assert_eq!(heap.stats().objects, 20);
    assert_eq!(heap.stats().used_bytes, 10 * (4 + 3001) * 8);
}

/// A step of a random mutator.
#[derive(Debug, Clone)]
enum Step {
    /// Allocates an array of that length and makes it a root.
    Make(u32),
    /// Stores one root's reference in another's element.
    Link(prop::sample::Index, prop::sample::Index, u32),
    /// Stores null there.
    Cut(prop::sample::Index, u32),
    /// Forgets a root.
    Drop(prop::sample::Index),
    /// Follows an element, which becomes a root.
    Follow(prop::sample::Index, u32),
    Collect,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let index = any::<prop::sample::Index>;
    let step = prop_oneof![
        4 => prop_oneof![9 => 0..6u32, 1 => 60..200u32].prop_map(Step::Make),
        4 => (index(), index(), any::<u32>()).prop_map(|(a, b, at)| Step::Link(a, b, at)),
        1 => (index(), any::<u32>()).prop_map(|(a, at)| Step::Cut(a, at)),
        3 => index().prop_map(Step::Drop),
        1 => (index(), any::<u32>()).prop_map(|(a, at)| Step::Follow(a, at)),
        1 => Just(Step::Collect),
    ];
    prop::collection::vec(step, 1..400)
}

/// What the simple reference keeps: each object's elements.
type Model = BTreeMap<u32, Vec<Option<u32>>>;

fn reachable(model: &Model, roots: &[u32]) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    let mut rest = roots.to_vec();
    while let Some(object) = rest.pop() {
        if found.insert(object) {
            rest.extend(model[&object].iter().flatten());
        }
    }
    found
}

proptest! {
    #[test]
    fn exactly_the_unreachable_is_freed(steps in steps()) {
        let (heap, mut buffer) = heap(MIN_BYTES);
        let mut model = Model::new();
        let mut roots: Vec<u32> = Vec::new();
        for step in steps.into_iter().chain([Step::Collect]) {
            match step {
                Step::Make(length) => {
                    let Some(object) = array(&heap, &mut buffer, length) else { continue };
                    prop_assert!(!reachable(&model, &roots).contains(&object));
                    model.insert(object, vec![None; length as usize]);
                    roots.push(object);
                }
                Step::Link(from, to, at) if !roots.is_empty() => {
                    let (from, to) = (*from.get(&roots), *to.get(&roots));
                    let elements = model.get_mut(&from).expect("a root is known");
                    if !elements.is_empty() {
                        let at = at as usize % elements.len();
                        elements[at] = Some(to);
                        heap.store(from, at as u32 + 1, Value::reference(to).bits());
                    }
                }
                Step::Cut(from, at) if !roots.is_empty() => {
                    let from = *from.get(&roots);
                    let elements = model.get_mut(&from).expect("a root is known");
                    if !elements.is_empty() {
                        let at = at as usize % elements.len();
                        elements[at] = None;
                        heap.store(from, at as u32 + 1, Value::NULL.bits());
                    }
                }
                Step::Drop(root) if !roots.is_empty() => {
                    roots.swap_remove(root.index(roots.len()));
                }
                Step::Follow(from, at) if !roots.is_empty() => {
                    let elements = &model[from.get(&roots)];
                    if let Some(Some(to)) = elements.get(at as usize % elements.len().max(1)) {
                        roots.push(*to);
                    }
                }
                Step::Collect => {
                    let live = reachable(&model, &roots);
                    let figures = collect(&heap, &mut buffer, &roots);
                    prop_assert_eq!(figures.objects_live, live.len() as u64);
                    prop_assert_eq!(figures.objects_freed, (model.len() - live.len()) as u64);
                    model.retain(|object, _| live.contains(object));
                    let found: BTreeSet<u32> = heap.objects().map(|(object, _)| object).collect();
                    prop_assert_eq!(&found, &live);
                    for (object, elements) in &model {
                        for (word, element) in (1..).zip(elements) {
                            let wanted = element.map_or(Value::NULL, Value::reference);
                            prop_assert_eq!(heap.load(*object, word), wanted.bits());
                        }
                    }
                    assert_walkable(&heap);
                }
                _ => {}
            }
        }
    }
}
