//! The longest path without a poll: known programs, and random ones beside a search of all paths.

use std::collections::{HashMap, HashSet};

use bytecode::{
    Bound, Instruction, PathBound, PollKind, PollPolicy, VerifiedModule, Why, longest_paths, verify,
};
use language::assemble_verified;
use proptest::prelude::*;

fn paths(text: &str) -> (VerifiedModule, Vec<PathBound>) {
    let module = assemble_verified(text).unwrap_or_else(|errors| panic!("{errors:#?}\n{text}"));
    let paths = longest_paths(&module, module.module().policy);
    (module, paths)
}

/// The bound of each function in order.
fn bounds(text: &str) -> Vec<Bound> {
    paths(text).1.into_iter().map(|path| path.bound).collect()
}

fn at_most(instructions: u64) -> Bound {
    Bound::AtMost { instructions }
}

fn unbounded(instruction: u32, why: Why) -> Bound {
    Bound::Unbounded { instruction, why }
}

const LOOP: &str = ".func main\n.local i\n const 0\n store i\nagain:\n load i\n const 1\n add\n dup\n store i\n const 9\n lt\n jt again\n load i\n ret\n";

#[test]
fn the_bound_of_a_straight_path_is_its_length() {
    let (_, paths) = paths(".func main\n nop\n nop\n const null\n ret\n");
    assert_eq!(paths[0].bound, at_most(4));
    let (from, to) = (paths[0].from.expect("bounded"), paths[0].to.expect("bounded"));
    assert_eq!((from.instruction, to.instruction), (0, 3));
}

/// Thrown strings go on at a poll, so no path goes through a `throw`, not even one that leads backwards.
#[test]
fn a_path_ends_where_something_is_thrown() {
    let caught = ".poll calls off\n.func inner\n const \"x\"\n throw\n.func outer\n call inner\n ret\n.func main\n try caught\n call outer\n end-try\n ret\ncaught:\n poll\n nop\n nop\n nop\n nop\n nop\n ret\n";
    assert_eq!(bounds(caught), [at_most(2), at_most(3), at_most(7)]);
    let again = ".func main\n const \"x\"\nagain:\n poll\n pop\n try again\n const \"x\"\n throw\n";
    assert_eq!(bounds(again), [at_most(5)]);
}

#[test]
fn an_instruction_whose_time_grows_with_its_data_is_named() {
    let long = |text: &str| paths(text).1[0].long;
    assert_eq!(long(".func main\n const 3000000\n newarray\n ret\n"), Some(1));
    assert_eq!(long(".func main\n const 10\n newarray\n ret\n"), None);
    // A jump may bring another length.
    let joined = ".func main\n.local n\n load n\n const true\n jt make\n pop\n const 10\nmake:\n newarray\n ret\n";
    assert_eq!(long(joined), Some(5));
    assert_eq!(long(".func main\n const \"a\"\n const \"b\"\n concat\n ret\n"), Some(2));
    assert_eq!(long(".func main\n const \"a\"\n print\n const null\n ret\n"), Some(1));
    assert_eq!(long(".func main\n const 1\n print\n const null\n ret\n"), None);
}

/// A parameter may be of any kind, so two parameters may be strings. A number or null is no string.
#[test]
fn an_instruction_that_reads_strings_is_named_unless_its_operands_are_no_strings() {
    let long = |operands: &str, instruction: &str| {
        let text = format!(
            ".func f (a b)\n {operands}\n {instruction}\n ret\n.func main\n const null\n ret\n"
        );
        paths(&text).1[0].long.is_some()
    };
    for comparison in ["eq", "ne", "lt", "le", "gt", "ge"] {
        assert!(long("load a\n load b", comparison), "{comparison}");
        assert!(!long("load a\n const 1", comparison), "{comparison} with an integer");
        assert!(!long("const 1.5\n load b", comparison), "{comparison} with a float");
        let (short, many) = ("x".repeat(4096), "x".repeat(4097));
        assert!(!long(&format!("load a\n const \"{short}\""), comparison), "{comparison}, short");
        assert!(long(&format!("load a\n const \"{many}\""), comparison), "{comparison}, long");
    }
    assert!(!long("load a\n const null", "eq"));
    assert!(!long("load a\n newmutex", "ne"));
    assert!(long("load a", "tostr"));
    assert!(!long("const 1", "tostr"));
    assert!(!long("load a\n load b\n add", "tostr"));
    assert!(long("load a", "print\n const null"));
    assert!(!long("const 1.5", "print\n const null"));
    // Where paths meet, a value may have the kind that it has on either path.
    let meets = "load a\n const true\n jt same\n pop\n const 1\nsame:";
    assert!(long(meets, "tostr"));
    // Unreachable code.
    let text =
        ".func f (a)\n const null\n ret\n load a\n tostr\n ret\n.func main\n const null\n ret\n";
    assert_eq!(paths(text).1[0].long, None);
}

#[test]
fn a_loop_that_polls_is_bounded() {
    // From the start through one turn to the end: 2 + 8 + 2.
    assert_eq!(bounds(LOOP), [at_most(12)]);
}

#[test]
fn a_loop_that_does_not_poll_is_unbounded() {
    let text = format!(".poll back-edges off\n{LOOP}");
    assert_eq!(bounds(&text), [unbounded(9, Why::Loop)]);
    let breaks = ".poll back-edges off\n.shape S\n.func main\nagain:\n new S\n pop\n jmp again\n";
    assert_eq!(bounds(breaks), [at_most(3)], "the allocation polls");
}

#[test]
fn polls_at_every_nth_back_edge_multiply_the_bound() {
    assert_eq!(bounds(&format!(".poll every 100\n{LOOP}")), [at_most(1200)]);
    assert_eq!(bounds(".poll every 100\n.func main\n nop\n const 1\n ret\n"), [at_most(3)]);
}

#[test]
fn a_poll_before_an_instruction_ends_the_run_before_it() {
    let text = ".func main\n nop\n nop\n nop\n newmutex\n pop\n const null\n ret\n";
    let (_, found) = paths(text);
    assert_eq!(found[0].bound, at_most(4));
    assert_eq!(found[0].from.expect("bounded").instruction, 3);
    assert_eq!(bounds(&format!(".poll allocations off\n{text}")), [at_most(7)]);
}

#[test]
fn a_call_goes_on_into_the_callee_and_back() {
    let text = ".func leaf\n nop\n nop\n const 1\n ret\n.func main\n nop\n call leaf\n nop\n ret\n";
    // The call polls: call, the leaf's 4, and 2 more.
    assert_eq!(bounds(text), [at_most(4), at_most(7)]);
    assert_eq!(bounds(&format!(".poll calls off\n{text}")), [at_most(4), at_most(8)]);
}

#[test]
fn a_safepoint_inside_the_callee_splits_the_run() {
    let text = ".poll calls off\n.func leaf\n nop\n nop\n newmutex\n pop\n const 1\n nop\n nop\n ret\n.func main\n nop\n call leaf\n nop\n nop\n ret\n";
    // Inside the leaf 6 after the poll; in main 1 + 1 + 2 before it, and 6 + 3 after it.
    let (_, found) = paths(text);
    assert_eq!(found[0].bound, at_most(6));
    assert_eq!(found[1].bound, at_most(9));
    let from = found[1].from.expect("bounded");
    assert_eq!((from.function, from.instruction), (0, 2), "it begins in the leaf");
}

#[test]
fn a_recursion_takes_its_bound_per_frame() {
    let text =
        ".func down (n)\n load n\n call down\n nop\n ret\n.func main\n const 1\n call down\n ret\n";
    let found = bounds(text);
    assert!(matches!(found[0], Bound::PerFrame { instructions: 2..=4 }), "{found:?}");
    assert!(matches!(found[1], Bound::PerFrame { .. }), "{found:?}");
    assert_eq!(
        bounds(&format!(".poll calls off\n{text}")),
        [unbounded(1, Why::Recursion), unbounded(1, Why::Calls)]
    );
}

#[test]
fn mutual_recursion_is_recursion() {
    let text = ".poll calls off\n.func a\n call b\n ret\n.func b\n call a\n ret\n.func c\n const 1\n ret\n.func main\n call c\n ret\n";
    assert_eq!(
        bounds(text),
        [unbounded(0, Why::Recursion), unbounded(0, Why::Recursion), at_most(2), at_most(4)]
    );
}

#[test]
fn long_work_without_a_poll_is_named() {
    let text = ".func copy (a)\n load a\n load a\n arraycopy\n const 1\n ret\n.func fill (a)\n load a\n load a\n fill\n const 1\n ret\n.func wait\n const 1\n stall\n const 1\n ret\n.func main\n spawn wait\n call copy\n ret\n";
    assert_eq!(
        bounds(text),
        [
            unbounded(2, Why::Bulk),
            unbounded(2, Why::Bulk),
            unbounded(1, Why::Stall),
            unbounded(1, Why::Calls),
        ]
    );
    let spawns = ".func wait\n const 1\n stall\n const 1\n ret\n.func main\n spawn wait\n ret\n";
    assert_eq!(bounds(spawns)[1], at_most(2), "a spawned task is another task");
}

#[test]
fn of_several_the_worst_is_named() {
    let worst = |code: &str| {
        let text = format!(".func f (a)\n{code} const 1\n ret\n.func main\n const 1\n ret\n");
        bounds(&text)[0]
    };
    let copies = " load a\n load a\n arraycopy\n";
    let two = format!("{copies}l:{copies}");
    assert_eq!(worst(&two), unbounded(2, Why::Bulk), "the first");
    let second = worst(&format!("{two} const 1\n const 0\n gt\n jt l\n"));
    assert_eq!(second, unbounded(5, Why::Bulk), "that of the loop");
    let first = worst(&format!("l:{copies} const 1\n const 0\n gt\n jt l\n{copies}"));
    assert_eq!(first, unbounded(2, Why::Bulk), "that of the loop");
    let forwards = worst(&format!(" const 1\n const 0\n gt\n jt l\n{copies}l:{copies}"));
    assert_eq!(forwards, unbounded(6, Why::Bulk), "a jump forwards is no loop");
    let endless = worst(&format!("{two} const 1\n const 0\n gt\n.site none\n jt l\n"));
    assert_eq!(endless, unbounded(9, Why::Loop), "a loop without a poll is worse");
}

#[test]
fn a_block_ends_in_a_safepoint() {
    let text = ".func main\n nop\n const 5\n block\n nop\n nop\n const 1\n ret\n";
    assert_eq!(bounds(text), [at_most(4)]);
}

#[test]
fn a_site_polls_as_its_directive_says() {
    let all_off = |text: &str| bounds(&format!(".poll all off\n{text}"));
    let turn = ".func main\n.local i\n const 9\n store i\na: load i\n const 1\n sub\n store i\n load i\n const 0\n gt\n";
    let rest = " jt a\n load i\n ret\n";
    let with = |site: &str| format!("{turn}{site}{rest}");
    assert_eq!(bounds(&with(" .site none\n")), [unbounded(9, Why::Loop)]);
    assert_eq!(all_off(&with(" .site always\n")), [at_most(12)]);
    assert_eq!(all_off(&with(" .site every 5\n")), [at_most(60)]);
    // The directive wins over the program's policy, a site over its function.
    assert_eq!(bounds(&format!(".poll every 7\n{}", with(" .site always\n"))), [at_most(12)]);
    assert_eq!(
        bounds(&with(" .site always\n").replace(".local i", ".sites none\n.local i")),
        [at_most(12)]
    );
    // Of two loops the one that polls less often counts.
    let two = format!(
        "{turn} .site every 3\n jt a\n load i\nb: const 1\n sub\n dup\n const 0\n gt\n .site every 5\n jt b\n ret\n"
    );
    assert_eq!(bounds(&two), [at_most(90)]);
    // A recursion with one call that does not poll has no bound, whatever the other calls do.
    let circle =
        ".func main\n call f\n ret\n.func f\n call g\n ret\n.func g\n .site none\n call f\n ret\n";
    assert_eq!(
        bounds(circle),
        [unbounded(0, Why::Calls), unbounded(0, Why::Calls), unbounded(0, Why::Recursion)]
    );
    // A poll of the program's own is made under every policy.
    assert_eq!(all_off(&with(" poll\n")), [at_most(9)]);
}

#[test]
fn unreachable_code_does_not_count() {
    let text = ".func main\n const 1\n ret\n.func f (a)\n load a\n ret\n load a\n stall\n jmp x\nx: jmp x\n";
    assert_eq!(bounds(text), [at_most(2), at_most(2)]);
}

/// Whether an instruction is a poll site that polls.
fn polls(module: &VerifiedModule, policy: PollPolicy, function: usize, at: u32) -> bool {
    let placed = &module.module().functions[function].placed;
    let offset = module.functions()[function].offset(at);
    let kind = module.functions()[function].instructions()[at as usize].poll_kind(at);
    let placed = placed.iter().find(|(known, _)| *known == offset);
    kind.is_some_and(|kind| placed.map_or(policy.polls(kind), |(_, often)| *often > 0))
}

/// The longest run of a function without calls, found by following every path; `None` without a
/// bound. A path with more instructions than the function has repeats one: there is no bound.
fn search(module: &VerifiedModule, index: usize, policy: PollPolicy) -> Option<u64> {
    let function = &module.functions()[index];
    let code = function.instructions();
    let polls = |at: u32| polls(module, policy, index, at);
    let polls_before = |at: u32| code[at as usize].target().is_none() && polls(at);
    let mut starts = vec![0];
    for (at, instruction) in (0_u32..).zip(code) {
        if function.height(at).is_none() {
            continue;
        }
        match instruction {
            Instruction::ArrayCopy | Instruction::ArrayFill | Instruction::ListCopy(_) => {
                return None;
            }
            Instruction::Stall => return None,
            Instruction::Block => starts.push(at + 1),
            _ if polls_before(at) => starts.push(at),
            _ => {}
        }
        if let Some(target) = instruction.target()
            && target <= at
            && polls(at)
        {
            starts.push(target);
        }
    }
    let mut longest = 0;
    for start in starts {
        let mut seen = HashSet::new();
        let mut work = vec![(start, 0_u64)];
        while let Some((at, length)) = work.pop() {
            longest = longest.max(length);
            if length > code.len() as u64 {
                return None;
            }
            if !seen.insert((at, length)) || (length > 0 && polls_before(at)) {
                continue;
            }
            // The poll of the first instruction began the run.
            let length = length + 1;
            longest = longest.max(length);
            let instruction = code[at as usize];
            if matches!(instruction, Instruction::Block) {
                continue;
            }
            if let Some(target) = instruction.target()
                && !(target <= at && polls(at))
            {
                work.push((target, length));
            }
            if !matches!(
                instruction,
                Instruction::Jmp(_) | Instruction::Ret | Instruction::Trap(_) | Instruction::Throw
            ) {
                work.push((at + 1, length));
            }
        }
    }
    Some(longest)
}

proptest! {
    #[test]
    fn random_functions_have_the_bound_that_a_search_finds(module in crate::support::module()) {
        let policy = PollPolicy { every: std::num::NonZeroU16::MIN, ..module.policy };
        let mut module = module;
        for function in &mut module.functions {
            function.lines.clear();
            for (_, often) in &mut function.placed {
                *often = 1.min(*often);
            }
        }
        let verified = verify(module).expect("valid");
        let paths = longest_paths(&verified, policy);
        for (index, function) in verified.functions().iter().enumerate() {
            let calls = (0_u32..).zip(function.instructions()).any(|(at, instruction)| {
                matches!(instruction, Instruction::Call(_)) && function.height(at).is_some()
            });
            if calls {
                continue;
            }
            match (paths[index].bound, search(&verified, index, policy)) {
                (Bound::AtMost { instructions }, Some(found)) => {
                    prop_assert_eq!(instructions, found, "function {}", index);
                }
                (Bound::Unbounded { .. }, None) => {}
                (bound, found) => prop_assert!(false, "{index}: {bound:?} but {found:?}"),
            }
        }
    }
}

/// A place inside a function's activation: the calls that led there, as function and instruction to
/// return to, the function and the instruction.
type State = (Vec<(usize, u32)>, usize, u32);

/// The longest run through a function and the functions that it calls, found by following every
/// path, for policies under which taken back-edges poll and programs without recursion.
struct Search<'a> {
    module: &'a VerifiedModule,
    policy: PollPolicy,
    root: usize,
    known: HashMap<(State, bool), Option<u64>>,
}

impl Search<'_> {
    fn instruction(&self, state: &State) -> Instruction {
        self.module.functions()[state.1].instructions()[state.2 as usize]
    }

    fn polls_before(&self, state: &State) -> bool {
        self.instruction(state).target().is_none()
            && polls(self.module, self.policy, state.1, state.2)
    }

    /// Where execution can go on, and whether a run goes on there.
    fn next(&self, state: &State) -> Vec<(State, bool)> {
        let (stack, function, at) = state;
        let within = |at| (stack.clone(), *function, at);
        match self.instruction(state) {
            Instruction::Trap(_) | Instruction::Throw => vec![],
            Instruction::Block => vec![(within(at + 1), false)],
            Instruction::Ret => {
                let mut stack = stack.clone();
                stack.pop().map(|(caller, at)| ((stack, caller, at), true)).into_iter().collect()
            }
            Instruction::Call(callee) => {
                let mut stack = stack.clone();
                stack.push((*function, at + 1));
                vec![((stack, callee.into(), 0), true)]
            }
            Instruction::Jmp(to) => vec![(within(to), to > *at)],
            Instruction::JmpIf(to) | Instruction::JmpIfNot(to) => {
                vec![(within(to), to > *at), (within(at + 1), true)]
            }
            _ => vec![(within(at + 1), true)],
        }
    }

    /// The longest run that executes this instruction now, and that touches the root now or later,
    /// or has touched it.
    fn longest(&mut self, state: &State, touched: bool) -> Option<u64> {
        let touched = touched || state.1 == self.root;
        let key = (state.clone(), touched);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let mut best = touched.then_some(1);
        for (next, goes_on) in self.next(state) {
            if goes_on && !self.polls_before(&next) {
                best = best.max(self.longest(&next, touched).map(|length| length + 1));
            }
        }
        self.known.insert(key, best);
        best
    }

    /// `None` without a bound.
    fn run(&mut self) -> Option<u64> {
        let entry: State = (Vec::new(), self.root, 0);
        let mut seen = HashSet::from([entry.clone()]);
        let mut starts = vec![entry.clone()];
        let mut work = vec![entry];
        while let Some(state) = work.pop() {
            match self.instruction(&state) {
                Instruction::ArrayCopy
                | Instruction::ArrayFill
                | Instruction::ListCopy(_)
                | Instruction::Stall => {
                    return None;
                }
                _ if self.polls_before(&state) => starts.push(state.clone()),
                _ => {}
            }
            if let Instruction::Call(_) = self.instruction(&state) {
                // Every callee may return, as far as the bounds know.
                let after = (state.0.clone(), state.1, state.2 + 1);
                if seen.insert(after.clone()) {
                    work.push(after);
                }
            }
            for (next, goes_on) in self.next(&state) {
                if !goes_on {
                    starts.push(next.clone());
                }
                if seen.insert(next.clone()) {
                    work.push(next);
                }
            }
        }
        starts.iter().filter_map(|start| self.longest(start, false)).max()
    }
}

proptest! {
    #[test]
    fn random_programs_have_the_bound_that_a_search_finds(module in crate::support::module()) {
        let policy = PollPolicy {
            every: std::num::NonZeroU16::MIN,
            back_edges: true,
            ..module.policy
        };
        let (call, spawn) = (Instruction::Call(0).info().byte, Instruction::Spawn(0).info().byte);
        let decoded = verify(module.clone()).expect("valid");
        let mut module = module;
        for (index, function) in module.functions.iter_mut().enumerate() {
            let code = &decoded.functions()[index];
            let is_jump = |offset: u32| {
                let sites = code.sites().iter().filter(|site| site.kind == PollKind::BackEdge);
                sites.into_iter().any(|site| code.offset(site.instruction) == offset)
            };
            // Every back-edge polls.
            function.placed.retain(|(offset, _)| !is_jump(*offset));
            // Calls go to later functions only: no recursion.
            for (at, instruction) in (0_u32..).zip(decoded.functions()[index].instructions()) {
                if let Instruction::Call(callee) = instruction
                    && usize::from(*callee) <= index
                {
                    let byte = &mut function.code[decoded.functions()[index].offset(at) as usize];
                    prop_assert_eq!(*byte, call);
                    *byte = spawn;
                }
            }
        }
        let verified = verify(module).expect("valid");
        for (index, path) in longest_paths(&verified, policy).iter().enumerate() {
            let mut search =
                Search { module: &verified, policy, root: index, known: HashMap::new() };
            match (path.bound, search.run()) {
                (Bound::AtMost { instructions }, Some(found)) => {
                    prop_assert_eq!(instructions, found, "function {}", index);
                }
                (Bound::Unbounded { .. }, None) => {}
                (bound, found) => prop_assert!(false, "{index}: {bound:?} but {found:?}"),
            }
        }
    }
}
