//! The longest runs through one function, given those of the functions it calls.

use super::calls::Component;
use super::{CodePlace, Why, endless};
use crate::{Instruction, PollKind, PollPolicy, VerifiedFunction, VerifiedModule};

/// A run so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub length: u64,
    /// The length is for each frame that is left.
    pub per_frame: bool,
    pub from: CodePlace,
}

impl Run {
    fn start(from: CodePlace) -> Self {
        Self { length: 0, per_frame: false, from }
    }

    /// This run with `length` more instructions.
    fn and(self, length: u64, per_frame: bool) -> Self {
        Self {
            length: self.length.saturating_add(length),
            per_frame: self.per_frame || per_frame,
            ..self
        }
    }

    fn weight(&self) -> (bool, u64) {
        (self.per_frame, self.length)
    }
}

fn keep_longer(slot: &mut Option<Run>, run: Run) {
    if slot.is_none_or(|old| old.weight() < run.weight()) {
        *slot = Some(run);
    }
}

/// What callers need to know of a function; each is the longest of its kind.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Summary {
    /// From the entry to a safepoint or trap, and where that is.
    pub head: Option<(Run, CodePlace)>,
    /// From the entry to a return without a safepoint.
    pub through: Option<Run>,
    /// From a safepoint to a return.
    pub tail: Option<Run>,
}

/// What was found about a function.
#[derive(Debug)]
pub(super) struct Analysis {
    pub summary: Summary,
    pub longest: Run,
    pub to: CodePlace,
    /// How many turns a back-edge of the function may be taken before it polls, at most; 1 without back-edges.
    pub every: u16,
}

/// Follows all runs of a function. The error is the instruction because of which there is no bound.
pub(super) fn analyze(
    module: &VerifiedModule,
    policy: PollPolicy,
    index: u16,
    summaries: &[Option<Summary>],
    component: &Component,
) -> Result<Analysis, (u32, Why)> {
    let function = &module.functions()[usize::from(index)];
    let paths = Paths { function, policy, index, summaries, component };
    let order = paths.order()?;
    paths.refuse_endless()?;
    Ok(paths.longest(&order))
}

/// In how many loops each instruction is: jumps backwards that lead around it.
pub(super) fn loop_depths(function: &VerifiedFunction) -> Vec<u32> {
    let code = function.instructions();
    // Loops that begin at an instruction, less those that end before it.
    let mut change = vec![0_i64; code.len() + 1];
    for (from, instruction) in code.iter().enumerate() {
        let target = instruction.target().map(|target| target as usize);
        if let Some(target) = target.filter(|target| *target <= from) {
            change[target] += 1;
            change[from + 1] -= 1;
        }
    }
    let depths = change.iter().scan(0, |depth, change| {
        *depth += change;
        Some(*depth as u32)
    });
    depths.take(code.len()).collect()
}

struct Paths<'a> {
    function: &'a VerifiedFunction,
    policy: PollPolicy,
    index: u16,
    summaries: &'a [Option<Summary>],
    component: &'a Component,
}

/// Where a run goes on after an instruction.
enum Step {
    /// Into the next instruction of this function.
    Within(u32),
    /// A polling back-edge.
    Polls(u32),
}

impl Paths<'_> {
    fn place(&self, instruction: u32) -> CodePlace {
        CodePlace { function: self.index, instruction }
    }

    fn reachable(&self) -> impl Iterator<Item = (u32, Instruction)> + '_ {
        (0_u32..)
            .zip(self.function.instructions())
            .filter(|(at, _)| self.function.height(*at).is_some())
            .map(|(at, instruction)| (at, *instruction))
    }

    /// Whether an instruction polls before it executes.
    fn polls_before(&self, at: u32) -> bool {
        self.site(at).is_some_and(|(kind, often)| kind != PollKind::BackEdge && often > 0)
    }

    /// The poll site at an instruction, and how often it polls.
    fn site(&self, at: u32) -> Option<(PollKind, u16)> {
        self.function.site(at).map(|site| (site.kind, site.often(self.policy)))
    }

    /// Whether a call or back-edge polls.
    fn polls(&self, at: u32) -> bool {
        self.site(at).is_some_and(|(_, often)| often > 0)
    }

    fn callee(&self, function: u16) -> Summary {
        self.summaries[usize::from(function)].unwrap_or_default()
    }

    /// Of several instructions without a bound the one that is in most loops is named.
    fn refuse_endless(&self) -> Result<(), (u32, Why)> {
        let endless = |(at, instruction): (u32, Instruction)| match instruction {
            Instruction::Call(callee) => {
                let is_bounded = self.summaries[usize::from(callee)].is_some();
                let is_own = self.component.contains(callee);
                (!is_bounded && !is_own).then_some((at, Why::Calls))
            }
            _ => endless(instruction).map(|why| (at, why)),
        };
        let found: Vec<(u32, Why)> = self.reachable().filter_map(endless).collect();
        let depths = loop_depths(self.function);
        let worst = found.iter().min_by_key(|(at, _)| std::cmp::Reverse(depths[*at as usize]));
        worst.map_or(Ok(()), |worst| Err(*worst))
    }

    /// Where a run can go on after an instruction: at most two places.
    fn steps(&self, at: u32) -> [Option<Step>; 2] {
        let instruction = self.function.instructions()[at as usize];
        let jump = instruction.target().map(|target| {
            if target <= at && self.polls(at) { Step::Polls(target) } else { Step::Within(target) }
        });
        [jump, (!instruction.info().ends_path()).then_some(Step::Within(at + 1))]
    }

    /// Whether a run can go on after an instruction without a safepoint in between.
    fn passes(&self, at: u32) -> bool {
        match self.function.instructions()[at as usize] {
            Instruction::Block => false,
            Instruction::Call(callee) => self.callee(callee).through.is_some(),
            _ => true,
        }
    }

    /// All reachable instructions, each after those from which a run reaches it. The error is a
    /// jump that closes a cycle in which nothing polls.
    fn order(&self) -> Result<Vec<u32>, (u32, Why)> {
        let mut back_edges = self.function.sites().iter();
        if back_edges.all(|site| site.kind != PollKind::BackEdge || site.often(self.policy) > 0) {
            // Every cycle has a jump backwards.
            return Ok(self.reachable().map(|(at, _)| at).collect());
        }
        #[derive(Clone, Copy, PartialEq)]
        enum Mark {
            New,
            Open,
            Done,
        }
        let mut marks = vec![Mark::New; self.function.instructions().len()];
        let mut done = Vec::new();
        for (root, _) in self.reachable() {
            if marks[root as usize] != Mark::New {
                continue;
            }
            marks[root as usize] = Mark::Open;
            let mut path = vec![(root, 0)];
            while let Some((at, step)) = path.last_mut() {
                let at = *at;
                if *step == 2 || !self.passes(at) {
                    marks[at as usize] = Mark::Done;
                    done.push(at);
                    path.pop();
                    continue;
                }
                let next = &self.steps(at)[*step];
                *step += 1;
                let Some(Step::Within(to)) = next else { continue };
                if self.polls_before(*to) {
                    continue;
                }
                match marks[*to as usize] {
                    Mark::Done => {}
                    Mark::New => {
                        marks[*to as usize] = Mark::Open;
                        path.push((*to, 0));
                    }
                    // The cycle's jump backwards may stand anywhere on it.
                    Mark::Open => {
                        let cycle = path.iter().rev().map(|(at, _)| *at);
                        let cycle: Vec<u32> = cycle
                            .scan(false, |end, at| {
                                let go_on = !*end;
                                *end = at == *to;
                                go_on.then_some(at)
                            })
                            .collect();
                        return Err((cycle.into_iter().max().unwrap_or(at), Why::Loop));
                    }
                }
            }
        }
        done.reverse();
        Ok(done)
    }

    fn longest(&self, order: &[u32]) -> Analysis {
        let count = self.function.instructions().len();
        let mut found = Found {
            entry: vec![None; count],
            safepoint: vec![None; count],
            summary: Summary::default(),
            longest: Run::start(self.place(0)),
            to: self.place(0),
        };
        self.starts(&mut found);
        self.reach(&mut found, 0, Run::start(self.place(0)), true);
        for &at in order {
            if self.polls_before(at) {
                keep_longer(&mut found.safepoint[at as usize], Run::start(self.place(at)));
            }
            if let Some(run) = found.entry[at as usize] {
                self.execute(&mut found, at, run, true);
            }
            if let Some(run) = found.safepoint[at as usize] {
                self.execute(&mut found, at, run, false);
            }
        }
        let often = self.reachable().filter_map(|(at, _)| self.site(at)).map(|(_, often)| often);
        let every = often.max().unwrap_or(0).max(1);
        Analysis { summary: found.summary, longest: found.longest, to: found.to, every }
    }

    /// Runs that begin after an instruction of this function.
    fn starts(&self, found: &mut Found) {
        for (at, instruction) in self.reachable() {
            let next = at + 1;
            match instruction {
                Instruction::Block => self.reach(found, next, Run::start(self.place(next)), false),
                Instruction::Call(callee) if self.component.contains(callee) => {
                    let run = Run::start(self.place(next)).and(0, true);
                    self.reach(found, next, run, false);
                }
                Instruction::Call(callee) => {
                    if let Some(run) = self.callee(callee).tail {
                        self.reach(found, next, run, false);
                    }
                }
                _ => {
                    if let [Some(Step::Polls(target)), _] = self.steps(at) {
                        self.reach(found, target, Run::start(self.place(target)), false);
                    }
                }
            }
        }
    }

    /// A run reaches an instruction.
    fn reach(&self, found: &mut Found, at: u32, run: Run, entry: bool) {
        if self.polls_before(at) {
            found.end(run, self.place(at), entry);
        } else {
            let slot = if entry { &mut found.entry } else { &mut found.safepoint };
            keep_longer(&mut slot[at as usize], run);
        }
    }

    /// A run executes an instruction.
    fn execute(&self, found: &mut Found, at: u32, run: Run, entry: bool) {
        let here = self.place(at);
        let run = run.and(1, false);
        match self.function.instructions()[at as usize] {
            Instruction::Ret => {
                found.longer(run, here);
                let slot = if entry { &mut found.summary.through } else { &mut found.summary.tail };
                keep_longer(slot, run);
            }
            Instruction::Trap(_) | Instruction::Throw | Instruction::Block => {
                found.end(run, here, entry)
            }
            Instruction::Call(callee) => {
                let callee = self.callee(callee);
                if let Some((head, to)) = callee.head {
                    found.end(run.and(head.length, head.per_frame), to, entry);
                }
                if let Some(through) = callee.through {
                    let run = run.and(through.length, through.per_frame);
                    self.reach(found, at + 1, run, entry);
                }
            }
            _ => {
                for step in self.steps(at).into_iter().flatten() {
                    match step {
                        Step::Polls(_) => found.end(run, here, entry),
                        Step::Within(to) => self.reach(found, to, run, entry),
                    }
                }
            }
        }
    }
}

struct Found {
    /// Before each instruction, the longest run from the entry.
    entry: Vec<Option<Run>>,
    /// Before each instruction, the longest run from a safepoint.
    safepoint: Vec<Option<Run>>,
    summary: Summary,
    longest: Run,
    to: CodePlace,
}

impl Found {
    fn longer(&mut self, run: Run, to: CodePlace) {
        if self.longest.weight() < run.weight() {
            self.longest = run;
            self.to = to;
        }
    }

    /// A run ends at a safepoint or trap.
    fn end(&mut self, run: Run, to: CodePlace, entry: bool) {
        self.longer(run, to);
        if entry && self.summary.head.is_none_or(|(old, _)| old.weight() < run.weight()) {
            self.summary.head = Some((run, to));
        }
    }
}
