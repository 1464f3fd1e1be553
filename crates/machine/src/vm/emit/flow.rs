//! The flow of control of a function's operations: blocks, their order, and which structured form they take.
//!
//! WebAssembly has blocks and loops instead of jumps. The form follows the tree of dominators: Norman Ramsey, "Beyond
//! Relooper: Recursive Translation of Unstructured Control Flow to Structured Control Flow", ICFP 2022.

use crate::vm::js::JsOperator;
use crate::vm::op::{Jump, Near, Op};

/// Operations that are executed one after the other.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) first: u32,
    /// Behind the last one.
    pub(super) end: u32,
    next: Vec<usize>,
    /// The block that every path to this one passes last; that of the entry is itself.
    dominator: usize,
    /// Another block jumps back to it.
    pub(super) is_loop: bool,
    /// Several blocks lead to it, not counting those that jump back.
    pub(super) is_merge: bool,
}

/// The blocks that are reached from an operation, in reverse postorder: all but jumps backwards lead to later ones.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) blocks: Vec<Block>,
    /// The block that begins at each operation, counted from the first of the function.
    begins: Vec<Option<usize>>,
    from: u32,
    /// Whether the first block is the turn of a loop and stands before the loop, too: so a loop that is entered at its
    /// turn has the shape that it has when it is entered at its beginning.
    pub(super) is_peeled: bool,
}

/// Functions with more blocks are left to the interpreter.
const MOST_BLOCKS: usize = 2000;

impl Flow {
    /// The flow from `entry`; `from` and `end`: the function's operations. `is_peeled`: it is a turn, which is to stand
    /// before its loop. `None`: it has jumps into the middle of a loop, or is too large.
    pub(super) fn new(
        ops: &[Op],
        from: u32,
        end: u32,
        entry: u32,
        is_peeled: bool,
    ) -> Option<Self> {
        let count = (end - from) as usize;
        let mut leaders = vec![false; count];
        leaders[(entry - from) as usize] = true;
        for at in from..end {
            let next = successors(ops, at);
            // A jump to the next operation is one, too.
            if next.as_slice() != [at + 1] || matches!(ops[at as usize], Op::Jump { .. }) {
                for target in next.into_iter().chain([at + 1]) {
                    if target < end {
                        leaders[(target - from) as usize] = true;
                    }
                }
            }
        }
        let end_of =
            |first: u32| (first + 1..end).find(|at| leaders[(at - from) as usize]).unwrap_or(end);
        // Postorder of a search in depth.
        let mut seen = vec![false; count];
        let mut post: Vec<u32> = Vec::new();
        let mut open: Vec<(u32, Vec<u32>)> = Vec::new();
        let visit = |first: u32, seen: &mut Vec<bool>| {
            seen[(first - from) as usize] = true;
            (first, successors(ops, end_of(first) - 1))
        };
        let mut root = visit(entry, &mut seen);
        if is_peeled {
            // Its other way is left to the interpreter: so every loop still has one entry.
            root.1.truncate(1);
            seen[(entry - from) as usize] = false;
        }
        open.push(root);
        while let Some((first, rest)) = open.last_mut() {
            match rest.pop() {
                Some(target) if target >= from && target < end => {
                    if !seen[(target - from) as usize] {
                        let next = visit(target, &mut seen);
                        open.push(next);
                    }
                }
                Some(_) => return None,
                None => {
                    post.push(*first);
                    open.pop();
                }
            }
        }
        if post.len() > MOST_BLOCKS {
            return None;
        }
        let mut begins = vec![None; count];
        for (index, first) in post.iter().rev().enumerate().skip(usize::from(is_peeled)) {
            begins[(first - from) as usize] = Some(index);
        }
        let block = |first: u32| {
            let end = end_of(first);
            let next = successors(ops, end - 1).into_iter();
            let next = next.filter_map(|target| begins[(target - from) as usize]).collect();
            Block { first, end, next, dominator: 0, is_loop: false, is_merge: false }
        };
        let mut blocks: Vec<Block> = post.iter().rev().map(|first| block(*first)).collect();
        if is_peeled {
            blocks[0].next.truncate(1);
        }
        let mut flow = Self { blocks, begins, from, is_peeled };
        flow.dominate().then_some(flow)
    }

    /// The block that begins at an operation.
    pub(super) fn block_at(&self, op: u32) -> Option<usize> {
        *self.begins.get(op.checked_sub(self.from)? as usize)?
    }

    /// The merging blocks that a block dominates at once, the last first.
    pub(super) fn merges(&self, block: usize) -> Vec<usize> {
        let ours = |other: &usize| {
            self.blocks[*other].is_merge
                && self.blocks[*other].dominator == block
                && *other != block
        };
        (0..self.blocks.len()).rev().filter(ours).collect()
    }

    /// The loops, outer ones first: the block that each begins with, and which blocks are in it.
    pub(super) fn loops(&self) -> impl Iterator<Item = (usize, Vec<bool>)> {
        let headers = (0..self.blocks.len()).filter(|block| self.blocks[*block].is_loop);
        headers.map(|header| {
            let mut is_in = vec![false; self.blocks.len()];
            is_in[header] = true;
            // Of the blocks behind its beginning those that lead back to it.
            loop {
                let more = (header..self.blocks.len()).rev().filter(|block| {
                    !is_in[*block]
                        && self.blocks[*block].next.iter().any(|next| is_in[*next])
                        && self.dominates(header, *block)
                });
                let more: Vec<usize> = more.collect();
                if more.is_empty() {
                    break;
                }
                for block in more {
                    is_in[block] = true;
                }
            }
            (header, is_in)
        })
    }

    /// Finds dominators, loops and merges: Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm". Returns
    /// whether every loop has one entry.
    fn dominate(&mut self) -> bool {
        let mut edges = vec![Vec::new(); self.blocks.len()];
        for (index, block) in self.blocks.iter().enumerate() {
            for &next in &block.next {
                edges[next].push(index);
            }
        }
        let mut dominators: Vec<Option<usize>> = vec![None; self.blocks.len()];
        dominators[0] = Some(0);
        let mut changed = true;
        while changed {
            changed = false;
            for block in 1..self.blocks.len() {
                let mut found: Option<usize> = None;
                for &before in &edges[block] {
                    if dominators[before].is_some() {
                        found = Some(match found {
                            None => before,
                            Some(other) => common(&dominators, before, other),
                        });
                    }
                }
                changed |= found != dominators[block];
                dominators[block] = found;
            }
        }
        for (index, dominator) in dominators.iter().enumerate() {
            self.blocks[index].dominator = dominator.unwrap_or(0);
        }
        for (block, edges) in edges.iter().enumerate() {
            let (back, forward): (Vec<usize>, Vec<usize>) =
                edges.iter().partition(|before| **before >= block);
            if !back.iter().all(|before| self.dominates(block, *before)) {
                return false;
            }
            self.blocks[block].is_loop = !back.is_empty();
            self.blocks[block].is_merge = forward.len() > 1;
        }
        true
    }

    fn dominates(&self, block: usize, mut other: usize) -> bool {
        while other > block {
            other = self.blocks[other].dominator;
        }
        other == block
    }
}

fn common(dominators: &[Option<usize>], mut a: usize, mut b: usize) -> usize {
    while a != b {
        let larger = if a > b { &mut a } else { &mut b };
        *larger = dominators[*larger].unwrap_or(0);
    }
    a
}

/// Where a jump leads.
pub(super) fn target(at: u32, to: Jump) -> u32 {
    at.wrapping_add_signed(to.delta)
}

/// Where a turn leads.
pub(super) fn near(to: Near) -> Jump {
    Jump { delta: to.delta.into(), adjust: to.adjust.into() }
}

/// The operations that may follow one: where it jumps to comes first.
pub(super) fn successors(ops: &[Op], at: u32) -> Vec<u32> {
    let mut op = ops[at as usize];
    match op {
        Op::Ret { .. } | Op::RetConst { .. } | Op::Halt | Op::Trap { .. } => vec![],
        Op::Js { with: JsOperator::Throw, .. } => vec![],
        Op::Call { .. } | Op::CallUnpolled { .. } => vec![at + 1],
        Op::Jump { to } | Op::Back { to } | Op::BackEvery { to, .. } | Op::BackUnpolled { to } => {
            vec![target(at, to)]
        }
        Op::Turn { to, .. }
        | Op::TurnInt { to, .. }
        | Op::TurnBy { to, .. }
        | Op::SumTurn { to, .. }
        | Op::SumTurnConst { to, .. } => vec![target(at, near(to)), at + 1],
        _ => match op.jump_mut() {
            Some(to) => vec![target(at, *to), at + 1],
            None => vec![at + 1],
        },
    }
}
