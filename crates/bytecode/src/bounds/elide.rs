//! Polls that are left out, with the longest path as the proof that the rest is enough.

use std::ops::Range;
use std::sync::Arc;

use super::paths::loop_depths;
use super::{Bound, longest_paths};
use crate::verified::Inner;
use crate::{ADAPTS, Module, PollKind, PollSite, VerifiedModule, VerifyError, verify};

/// Instructions that are looked at, a second at most: each attempt looks at the whole program. Sites for which none
/// are left poll.
const MOST_LOOKED_AT: usize = 4_000_000;

/// A part of a function whose polls are placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Within {
    /// The function, by its index.
    pub function: u16,
    /// Its instructions, by their indices.
    pub instructions: Range<u32>,
    /// The most instructions of a path without a poll.
    pub most: u64,
}

/// Verifies a module and places its polls: as few as keep every path without a poll within so many instructions, those
/// of `program`, and in `parts` of functions those of the smallest part that a site is in. A site that has its place
/// already keeps it; a function whose longest path is longer with all polls is not made worse, and one that has no bound
/// keeps all of its own. Where the fewest instructions are wanted comes first, and there what is in most loops: is a
/// site needed, and if it is a back-edge, at one turn in how many?
///
/// # Errors
/// Those of [`verify`](fn@verify).
pub fn elide(
    module: Module,
    program: Option<u64>,
    parts: &[Within],
) -> Result<VerifiedModule, Vec<VerifyError>> {
    let mut module = verify(module)?;
    let policy = module.module().policy;
    let before: Vec<Bound> = bounds(&module);
    let mut sites: Vec<(u64, u32, PollSite)> = Vec::new();
    for (function, bound) in module.functions().iter().zip(&before) {
        if matches!(bound, Bound::Unbounded { .. }) {
            continue;
        }
        let depths = loop_depths(function);
        let of_function = function.sites().iter().filter(|site| {
            site.placed.is_none() && site.kind != PollKind::Explicit && site.often(policy) > 0
        });
        sites.extend(of_function.filter_map(|site| {
            Some((within(site, program, parts)?, depths[site.instruction as usize], *site))
        }));
    }
    sites.sort_by_key(|(within, depth, site)| (*within, u32::MAX - depth, site.id));
    let size: usize = module.functions().iter().map(|function| function.instructions().len()).sum();
    let mut left = MOST_LOOKED_AT;
    for (within, _, site) in sites {
        let mut suffices = |often: u16| {
            let Some(rest) = left.checked_sub(size) else { return false };
            left = rest;
            place(&mut module, site, Some(often));
            let after = bounds(&module);
            before.iter().zip(&after).all(|(before, after)| is_within(*before, *after, within))
        };
        if suffices(0) {
            continue;
        }
        let most = match site.kind {
            PollKind::BackEdge => most(&mut suffices),
            _ => 1,
        };
        place(&mut module, site, (most > 1).then_some(most));
    }
    let Inner { module: bare, functions } = inner(&mut module);
    for (function, verified) in bare.functions.iter_mut().zip(functions) {
        let placed = |site: &PollSite| Some((verified.offset(site.instruction), site.placed?));
        function.placed = verified.sites().iter().filter_map(placed).collect();
    }
    Ok(module)
}

fn bounds(module: &VerifiedModule) -> Vec<Bound> {
    let all = longest_paths(module, module.module().policy);
    all.into_iter().map(|path| path.bound).collect()
}

/// Within how many instructions a site is to keep its paths, if that is said of it.
fn within(site: &PollSite, program: Option<u64>, parts: &[Within]) -> Option<u64> {
    let own = parts.iter().filter(|part| {
        part.function == site.function && part.instructions.contains(&site.instruction)
    });
    own.min_by_key(|part| part.instructions.len()).map(|part| part.most).or(program)
}

fn inner(module: &mut VerifiedModule) -> &mut Inner {
    Arc::get_mut(&mut module.inner).expect("nobody else has a module that was just made")
}

fn place(module: &mut VerifiedModule, site: PollSite, often: Option<u16>) {
    let function = &mut inner(module).functions[usize::from(site.function)];
    let own = function.sites.iter_mut().find(|own| own.id == site.id);
    own.expect("it is a site of this function").placed = often;
}

/// The largest number that suffices, 1 if none does.
fn most(suffices: &mut impl FnMut(u16) -> bool) -> u16 {
    let (mut known, mut beyond) = (1_u16, u32::from(ADAPTS));
    while u32::from(known) + 1 < beyond {
        let middle = ((u32::from(known) + beyond) / 2) as u16;
        if suffices(middle) { known = middle } else { beyond = middle.into() }
    }
    known
}

/// Whether a function's longest path is still short enough, beside what it was with all polls.
fn is_within(before: Bound, after: Bound, within: u64) -> bool {
    match (before, after) {
        // Its own polls stay, and what it calls has a bound of its own or none.
        (Bound::Unbounded { .. }, _) => true,
        (Bound::PerFrame { instructions: most }, Bound::PerFrame { instructions })
        | (
            Bound::AtMost { instructions: most } | Bound::PerFrame { instructions: most },
            Bound::AtMost { instructions },
        ) => instructions <= most.max(within),
        _ => false,
    }
}
