//! The longest path without a poll, per function, under a policy: how many instructions a pause may have to wait for.
//!
//! **A run** is what a task executes from one safepoint to the next, counted in visible
//! instructions. Safepoints are: the start of a task; a site that polls (a call, allocation or await
//! polls before it executes and begins the next run; a back-edge that polls ends its run); the end
//! of `block`, which left a safe region.
//!
//! **A function's bound** is the length of the longest run that executes at least one instruction of the function.
//! Only the part in the function and in the functions that it calls counts: what its callers execute before and after
//! counts in their bounds. Where a call does not poll, the run goes on into the callee and back.
//!
//! - [`Bound::AtMost`]: no run is longer, whatever the data are.
//! - [`Bound::PerFrame`]: returns do not poll, so a run may leave many frames of a recursion one
//!   after the other; it is at most this long for each of them.
//! - [`Bound::Unbounded`]: a cycle without a polling site; a recursion while calls do not poll (even if something
//!   else in it polls); an instruction whose time has no limit and that does not poll meanwhile; a call of a function
//!   that is unbounded.
//!
//! When only every n-th turn of a back-edge polls, a run has up to n pieces, each no longer than without that:
//! the bound is n times the largest among the function and what it calls. With several numbers n the largest counts,
//! because a task counts all such turns together.
//!
//! An instruction counts as one however long it takes. [`PathBound::long`] names the first whose time has an end but
//! grows with its data. An instruction for strings is not named where its operands are certainly no strings.
//!
//! All paths of the code count, also those that no data would take, and every call may return.

mod calls;
mod elide;
mod paths;

use serde::Serialize;

use super::{Constant, Instruction, PollPolicy, VerifiedModule};
use calls::{Component, components};
pub use elide::{Within, elide};
use paths::{Analysis, Summary, analyze};

/// An instruction of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct CodePlace {
    /// Index of the function.
    pub function: u16,
    /// Index of the instruction.
    pub instruction: u32,
}

/// Why there is no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The jump closes a cycle in which nothing polls.
    Loop,
    /// The instruction works on a whole array in one go.
    Bulk,
    /// The instruction blocks outside a safe region.
    Stall,
    /// The call closes a recursion, and calls do not poll.
    Recursion,
    /// The called function is unbounded.
    Calls,
}

impl Why {
    /// In words.
    pub fn description(self) -> &'static str {
        match self {
            Why::Loop => "a loop in which nothing polls",
            Why::Bulk => "takes as long as its array is large, and does not poll meanwhile",
            Why::Stall => "blocks outside a safe region and does not poll meanwhile",
            Why::Recursion => "a recursion, and calls do not poll",
            Why::Calls => "calls a function without a bound",
        }
    }
}

/// How long a run can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Bound {
    /// Instructions.
    AtMost {
        /// How many.
        instructions: u64,
    },
    /// Instructions for each frame of a recursion that a run leaves.
    PerFrame {
        /// How many.
        instructions: u64,
    },
    /// No bound: the data decide.
    Unbounded {
        /// The instruction of this function because of which there is no bound: a loop without a poll, or else what
        /// is in most loops, or else the first.
        instruction: u32,
        /// Why.
        why: Why,
    },
}

/// A function's longest path without a poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PathBound {
    /// Index of the function.
    pub function: u16,
    /// How long.
    pub bound: Bound,
    /// First instruction of the longest run (with every n-th back-edge: of its longest piece).
    /// `None` when it is unbounded.
    pub from: Option<CodePlace>,
    /// Its last instruction, or the polling instruction that ends it.
    pub to: Option<CodePlace>,
    /// The first instruction of this function whose time grows with its data although it counts as one: a new array,
    /// a list that grows, or a comparison, join, print or copy of strings. Not if the data are known to be few, or to be no strings.
    pub long: Option<u32>,
}

/// Each function's longest path without a poll under a policy, by the function's index.
pub fn longest_paths(module: &VerifiedModule, policy: PollPolicy) -> Vec<PathBound> {
    let count = module.functions().len();
    let mut summaries: Vec<Option<Summary>> = vec![None; count];
    let mut reach: Vec<Reach> = vec![Reach::default(); count];
    let mut bounds: Vec<Option<PathBound>> = vec![None; count];
    for component in components(module) {
        bound_component(module, policy, &component, &mut summaries, &mut reach, &mut bounds);
    }
    let with_long = |bound: Option<PathBound>| {
        let bound = bound.expect("every function is in a component");
        PathBound { long: long(module, bound.function), ..bound }
    };
    bounds.into_iter().map(with_long).collect()
}

/// For each function the number of its circle of calls, which may be a function that calls itself; `None` outside of
/// recursions.
pub fn call_circles(module: &VerifiedModule) -> Vec<Option<u32>> {
    let mut circles = vec![None; module.functions().len()];
    for (number, component) in (0..).zip(components(module)) {
        for &function in component.functions.iter().filter(|_| component.recursive) {
            circles[usize::from(function)] = Some(number);
        }
    }
    circles
}

/// The maximum over a function and all functions that it calls.
#[derive(Debug, Clone, Copy, Default)]
struct Reach {
    instructions: u64,
    /// As [`Analysis::every`].
    every: u16,
    per_frame: bool,
}

fn bound_component(
    module: &VerifiedModule,
    policy: PollPolicy,
    component: &Component,
    summaries: &mut [Option<Summary>],
    reach: &mut [Reach],
    bounds: &mut [Option<PathBound>],
) {
    let unbounded = |function: u16, instruction, why| PathBound {
        function,
        bound: Bound::Unbounded { instruction, why },
        from: None,
        to: None,
        long: None,
    };
    if component.recursive {
        // A recursive call polls, so runs from a function's entry end before it: a member's `head` and `through` do
        // not depend on the other members. Everything else does.
        let mut first = Vec::new();
        for &function in &component.functions {
            if let Some(at) = unpolled(module, policy, function, component) {
                bounds[usize::from(function)] = Some(unbounded(function, at, Why::Recursion));
            } else if let Ok(analysis) = analyze(module, policy, function, summaries, component) {
                first.push((function, analysis.summary));
            }
        }
        for (function, mut summary) in first {
            summary.tail = None;
            summaries[usize::from(function)] = Some(summary);
        }
    }
    let mut analyses: Vec<(u16, Analysis)> = Vec::new();
    for &function in &component.functions {
        if bounds[usize::from(function)].is_some() {
            continue;
        }
        match analyze(module, policy, function, summaries, component) {
            Ok(analysis) => analyses.push((function, analysis)),
            Err((at, why)) => {
                bounds[usize::from(function)] = Some(unbounded(function, at, why));
            }
        }
    }
    // Within a recursion, one unbounded function makes all functions unbounded that call it.
    let is_bounded = |function: &u16| bounds[usize::from(*function)].is_none();
    if !component.functions.iter().all(is_bounded) {
        for (function, _) in analyses.drain(..) {
            let at = recursive_calls(module, function, component)
                .next()
                .expect("without a recursion the component is this function alone, and bounded");
            bounds[usize::from(function)] = Some(unbounded(function, at, Why::Calls));
        }
        for function in &component.functions {
            summaries[usize::from(*function)] = None;
        }
    }
    let mut whole = Reach::default();
    for (function, analysis) in &analyses {
        whole.include(Reach {
            instructions: analysis.longest.length,
            every: analysis.every,
            per_frame: analysis.longest.per_frame,
        });
        for callee in calls::callees(module, *function).map(|(_, callee)| callee) {
            whole.include(reach[usize::from(callee)]);
        }
    }
    for (function, analysis) in analyses {
        reach[usize::from(function)] = whole;
        let longest = analysis.longest;
        let (instructions, per_frame) = if whole.every > 1 {
            (whole.instructions.saturating_mul(whole.every.into()), whole.per_frame)
        } else {
            (longest.length, longest.per_frame)
        };
        let bound = if per_frame {
            Bound::PerFrame { instructions }
        } else {
            Bound::AtMost { instructions }
        };
        let (from, to) = (Some(longest.from), Some(analysis.to));
        bounds[usize::from(function)] = Some(PathBound { function, bound, from, to, long: None });
        summaries[usize::from(function)] = Some(analysis.summary);
    }
}

impl Reach {
    fn include(&mut self, other: Reach) {
        self.instructions = self.instructions.max(other.instructions);
        self.every = self.every.max(other.every);
        self.per_frame |= other.per_frame;
    }
}

/// The calls of a function into its own component.
fn recursive_calls(
    module: &VerifiedModule,
    function: u16,
    component: &Component,
) -> impl Iterator<Item = u32> {
    let calls = calls::callees(module, function);
    calls.filter(|(_, callee)| component.contains(*callee)).map(|(at, _)| at)
}

/// A call of a function into its own component that does not poll.
fn unpolled(
    module: &VerifiedModule,
    policy: PollPolicy,
    function: u16,
    component: &Component,
) -> Option<u32> {
    let code = &module.functions()[usize::from(function)];
    let polls = |at: &u32| code.site(*at).is_some_and(|site| site.often(policy) > 0);
    recursive_calls(module, function, component).find(|at| !polls(at))
}

/// So many elements of an array, or bytes of a string, take no time that matters.
const FEW: usize = 4096;

/// See [`PathBound::long`].
fn long(module: &VerifiedModule, function: u16) -> Option<u32> {
    use Instruction as I;
    let function = &module.functions()[usize::from(function)];
    let code = function.instructions();
    let mut targets: Vec<u32> = code.iter().filter_map(I::target).collect();
    targets.sort_unstable();
    // A comparison reads no further than the end of the shorter string.
    let is_few = |at: u32| {
        let before = at.checked_sub(1).filter(|_| targets.binary_search(&at).is_err());
        match (before.map(|before| code[before as usize]), code[at as usize]) {
            (Some(I::Int(length)), I::NewArray) => length <= FEW as i32,
            (Some(I::Const(text)), I::Eq | I::Ne | I::Lt | I::Le | I::Gt | I::Ge) => {
                match &module.module().constants[usize::from(text)] {
                    Constant::String(text) => text.len() <= FEW,
                    Constant::Float(_) => true,
                }
            }
            _ => false,
        }
    };
    let is_long = |at: u32| match code[at as usize] {
        I::NewArray | I::ListPush(_) => function.height(at).is_some(),
        _ => function.may_read_text(at),
    };
    (0..code.len() as u32).find(|&at| is_long(at) && !is_few(at))
}

/// Why an instruction by itself can take for ever.
fn endless(instruction: Instruction) -> Option<Why> {
    match instruction {
        Instruction::ArrayCopy | Instruction::ArrayFill | Instruction::ListCopy(_) => {
            Some(Why::Bulk)
        }
        Instruction::Stall => Some(Why::Stall),
        _ => None,
    }
}
