//! A heap that is made from given objects, one behind the other.

use super::free::FreeLists;
use super::{FIRST, Header, Heap, NoMemory, Value};
use safepoint::sync::Ordering;

/// Why a heap cannot hold given objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotPacked {
    /// The objects take this many bytes, which is more than the limit.
    TooSmall { needed_bytes: u64, limit_bytes: u64 },
    /// There is no memory for a heap of that limit.
    NoMemory(NoMemory),
}

impl Heap {
    /// A heap of at most `bytes` that holds objects with these headers in this order, and the place of each of
    /// them. Until the caller fills it, the payload is null where values are, and zero elsewhere.
    pub(crate) fn packed(bytes: u64, headers: &[Header]) -> Result<(Self, Vec<u32>), NotPacked> {
        let words = headers.iter().try_fold(0u64, |sum, header| sum.checked_add(header.words()));
        let words = words.unwrap_or(u64::MAX);
        let limit_bytes = Self::clamped(bytes);
        if words > limit_bytes / 8 - FIRST as u64 {
            let needed_bytes = (words.saturating_add(FIRST as u64)).saturating_mul(8);
            return Err(NotPacked::TooSmall { needed_bytes, limit_bytes });
        }
        let heap = Self::new(bytes).map_err(NotPacked::NoMemory)?;
        let mut starts = Vec::with_capacity(headers.len());
        // No overflow: the sum was compared with the heap's words, which 32 bits can count.
        let mut at = FIRST;
        for header in headers {
            starts.push(at);
            heap.words.store(at, header.bits());
            let (from, to) = header.values();
            for word in from..to {
                heap.words.store(at + word, Value::NULL.bits());
            }
            at += header.words() as u32;
        }
        let mut free = FreeLists::empty();
        free.append_rest(&heap.words, at);
        *heap.free() = free;
        heap.live_objects.store(headers.len() as u64, Ordering::Relaxed);
        heap.live_words.store(words, Ordering::Relaxed);
        Ok((heap, starts))
    }

    /// Fills the payload of a packed string.
    pub(crate) fn fill_text(&self, reference: u32, text: &str) {
        for (word, bytes) in (1..).zip(text.as_bytes().chunks(8)) {
            let mut bits = [0; 8];
            bits[..bytes.len()].copy_from_slice(bytes);
            self.words.store(reference + word, u64::from_ne_bytes(bits));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::{Buffer, ObjectKind};

    #[test]
    fn objects_lie_one_behind_the_other_and_the_rest_is_free() {
        let headers = [
            Header::new(ObjectKind::Array, 0, 3),
            Header::new(ObjectKind::String, 0, 11),
            Header::new(ObjectKind::Array, 0, 0),
        ];
        let (heap, starts) = Heap::packed(0, &headers).expect("they fit");
        heap.fill_text(starts[1], "hello world");
        assert_eq!(starts, [1, 5, 8]);
        assert_eq!(heap.text(5), "hello world");
        assert_eq!(heap.load(1, 3), Value::NULL.bits());
        let found: Vec<Header> = heap.objects().map(|(_, header)| header).collect();
        assert_eq!(found, headers);
        let mut buffer = Buffer::new();
        let array = buffer.nulls(&heap, Header::new(ObjectKind::Array, 0, 1000));
        assert!(array.is_some_and(|array| array >= 9));
    }

    #[test]
    fn a_heap_can_be_filled_to_its_last_word_and_not_further() {
        let all = (super::super::MIN_BYTES / 8) as u32 - FIRST;
        let fill = |words: u32| [Header::new(ObjectKind::Array, 0, words - 1)];
        let (heap, _) = Heap::packed(0, &fill(all)).expect("it just fits");
        assert!(Buffer::new().nulls(&heap, Header::new(ObjectKind::Array, 0, 0)).is_none());
        let too_small = Heap::packed(0, &fill(all + 1)).expect_err("a word too much");
        assert!(matches!(too_small, NotPacked::TooSmall { .. }), "{too_small:?}");
    }
}
