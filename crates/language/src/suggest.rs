//! "Did you mean ...?"

use bytecode::text;
use strsim::osa_distance;

/// The most candidates that are compared, and the most characters of each: suggestions stay cheap
/// on any input.
const MOST: usize = 500;
const LONGEST: usize = 40;

/// The candidate most similar to the word, if one is similar enough.
pub(crate) fn closest<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let length = word.chars().take(LONGEST + 1).count();
    if length > LONGEST {
        return None;
    }
    let word = word.to_ascii_lowercase();
    let limit = (length / 3).max(1);
    candidates
        .take(MOST)
        .filter(|candidate| candidate.len() <= 4 * LONGEST)
        .map(|candidate| (osa_distance(&word, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The sentence for it.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<String> {
    closest(word, candidates).map(|found| format!("did you mean {}?", text::name(found)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_similar_name_and_no_other() {
        let known = ["load", "store", "again"];
        assert_eq!(closest("laod", known.into_iter()), Some("load"));
        assert_eq!(closest("Store", known.into_iter()), Some("store"));
        assert_eq!(closest("print", known.into_iter()), None);
        assert_eq!(closest(&"x".repeat(100), known.into_iter()), None);
    }
}
