//! What a stopped world shows of its tasks, frames and heap.
