//! The word of a mutex in the heap: which task holds the mutex, and whether others wait.

use crate::heap::Heap;

/// A mutex that no task holds. Else the lower half of its word is the number of the task that does.
pub(super) const FREE: u64 = 0;
/// Set in a mutex's word while tasks wait for it; then the scheduler decides which task gets it next.
pub(super) const CONTENDED: u64 = 1 << 32;

/// The number of the task that holds a mutex, 0 for none.
pub(crate) fn owner(heap: &Heap, mutex: u32) -> u32 {
    heap.load(mutex, 1) as u32
}

/// A mutex's word.
pub(crate) fn word(owner: u32, contended: bool) -> u64 {
    match owner {
        0 => FREE,
        owner => owner as u64 | if contended { CONTENDED } else { 0 },
    }
}
