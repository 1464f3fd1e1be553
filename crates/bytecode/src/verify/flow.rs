//! Follows every path through a function: heights, and kinds as far as they are certain.

use super::errors::{Errors, FunctionPlace};
use super::state::{Known, State};
use crate::code::Decoded;
use crate::limits::{MAX_REGISTERS, MAX_TRIES};
use crate::opcode::StackSlot;
use crate::{Constant, Instruction, Kinds, Module, text};

/// How often kinds may change where paths meet before they are forgotten there.
pub(super) const WIDEN_AFTER: u8 = 16;

/// Locals and operands that may be stored and compared for a whole module.
pub(super) const BUDGET: u64 = 1 << 24;

/// What was found by following the paths.
pub(super) struct Flow {
    pub max_stack: u16,
    pub heights: Vec<Option<u16>>,
    /// See [`VerifiedFunction::may_read_text`](crate::VerifiedFunction).
    pub texts: Vec<u32>,
    /// See [`VerifiedFunction::catch`](crate::VerifiedFunction::catch).
    pub catches: Vec<(u32, u32)>,
}

/// State where paths meet.
struct Meeting {
    state: State,
    visits: u8,
}

struct Walk<'a> {
    module: &'a Module,
    place: FunctionPlace<'a>,
    decoded: &'a Decoded,
    /// For each instruction that a jump goes to (and the first), 1 + its index in `meetings`.
    meeting_of: Vec<u32>,
    meetings: Vec<Option<Meeting>>,
    work: Vec<u32>,
    heights: Vec<Option<u16>>,
    max_stack: usize,
    texts: Vec<u32>,
    catches: Vec<(u32, u32)>,
    budget: &'a mut u64,
    errors: &'a mut Errors,
}

/// A path cannot be followed further; the reason has been reported.
struct Stop;

/// Which mistakes are reported. Wrong kinds are reported after all paths have met: only then are
/// all kinds known that a value can have.
#[derive(Clone, Copy, PartialEq)]
enum Report {
    Heights,
    Kinds,
}

/// Follows all paths of a function whose operands are in range.
pub(super) fn check(
    module: &Module,
    place: FunctionPlace<'_>,
    decoded: &Decoded,
    budget: &mut u64,
    errors: &mut Errors,
) -> Option<Flow> {
    let count = decoded.instructions.len();
    let mut meeting_of = vec![0; count];
    let mut meetings = 0;
    for target in
        std::iter::once(0).chain(decoded.instructions.iter().filter_map(Instruction::target))
    {
        let slot = &mut meeting_of[target as usize];
        if *slot == 0 {
            meetings += 1;
            *slot = meetings;
        }
    }
    let before = errors.0.len();
    let mut walk = Walk {
        module,
        place,
        decoded,
        meeting_of,
        meetings: (0..meetings).map(|_| None).collect(),
        work: Vec::new(),
        heights: vec![None; count],
        max_stack: 0,
        texts: Vec::new(),
        catches: Vec::new(),
        budget,
        errors,
    };
    let entry = State::entry(place.function.params.into(), place.function.locals.len());
    // A stop has been reported already; the other paths are followed nevertheless.
    let _ = walk.meet(None, 0, &entry);
    while let Some(start) = walk.work.pop() {
        let _ = walk.follow(start, Report::Heights);
        if walk.errors.0.len() > before {
            return None;
        }
    }
    for start in 0..count as u32 {
        if walk.meeting_of[start as usize] != 0 && !walk.errors.full() {
            let _ = walk.follow(start, Report::Kinds);
        }
    }
    let Walk { heights, max_stack, texts, catches, errors, .. } = walk;
    let max_stack = max_stack as u16;
    (errors.0.len() == before).then_some(Flow { max_stack, heights, texts, catches })
}

impl Walk<'_> {
    fn error(&mut self, at: u32, message: String, expected: String) {
        let place = Some((self.decoded.offsets[at as usize], Some(at)));
        self.errors.push(self.place.error(place, message, expected));
    }

    /// The instruction in words; of a jump only its mnemonic, since its label is not known here.
    fn syntax(&self, at: u32) -> String {
        let instruction = self.decoded.instructions[at as usize];
        match instruction.target() {
            Some(_) => instruction.info().mnemonic.to_owned(),
            None => text::instruction(self.module, self.place.function, instruction, |_| {
                unreachable!("only jumps have targets")
            }),
        }
    }

    fn pay(&mut self, at: u32, cells: usize) -> Result<(), Stop> {
        match self.budget.checked_sub(cells as u64) {
            Some(left) => {
                *self.budget = left;
                Ok(())
            }
            None => {
                self.error(
                    at,
                    "the module's paths meet too often to be followed".to_owned(),
                    "fewer jumps between functions with many locals: split large functions"
                        .to_owned(),
                );
                Err(Stop)
            }
        }
    }

    /// A path that comes from `from` reaches a meeting point.
    fn meet(&mut self, from: Option<u32>, at: u32, state: &State) -> Result<(), Stop> {
        self.pay(from.unwrap_or(at), state.registers() + 1)?;
        let slot = self.meeting_of[at as usize] as usize - 1;
        match &mut self.meetings[slot] {
            empty @ None => {
                *empty = Some(Meeting { state: state.clone(), visits: 0 });
                self.work.push(at);
            }
            Some(meeting) if meeting.state.height() != state.height() => {
                let (one, other) = (meeting.state.height(), state.height());
                let from = from.unwrap_or(at);
                self.error(
                    from,
                    format!(
                        "paths meet at byte {} with {one} and with {other} operands on the stack",
                        self.decoded.offsets[at as usize]
                    ),
                    "the same number on every path".to_owned(),
                );
                return Err(Stop);
            }
            Some(meeting) if meeting.state.tries() != state.tries() => {
                let byte = self.decoded.offsets[at as usize];
                let message = format!("paths meet at byte {byte} with different tries open");
                let expected = "the same on every path: end-try before a jump out of a try";
                self.error(from.unwrap_or(at), message, expected.to_owned());
                return Err(Stop);
            }
            Some(meeting) => {
                if meeting.visits <= WIDEN_AFTER && meeting.state.join(state) {
                    meeting.visits += 1;
                    if meeting.visits > WIDEN_AFTER {
                        meeting.state.widen();
                    }
                    self.work.push(at);
                }
            }
        }
        Ok(())
    }

    /// From a meeting point to the next ones.
    fn follow(&mut self, start: u32, report: Report) -> Result<(), Stop> {
        let slot = self.meeting_of[start as usize] as usize - 1;
        let Some(meeting) = &self.meetings[slot] else { return Ok(()) };
        let mut state = meeting.state.clone();
        let mut at = start;
        loop {
            let instruction = self.decoded.instructions[at as usize];
            self.heights[at as usize] = Some(state.height() as u16);
            self.step(at, instruction, &mut state, report)?;
            if let (Some(target), Report::Heights) = (instruction.target(), report)
                && !matches!(instruction, Instruction::Try(_))
            {
                self.meet(Some(at), target, &state)?;
            }
            if instruction.may_throw()
                && let Some((target, caught)) = state.caught()
            {
                match report {
                    Report::Heights => self.meet(Some(at), target, &caught)?,
                    Report::Kinds => self.catches.push((at, target)),
                }
            }
            if instruction.info().ends_path() {
                return Ok(());
            }
            at += 1;
            if self.meeting_of[at as usize] != 0 {
                return match report {
                    Report::Heights => self.meet(Some(at - 1), at, &state),
                    Report::Kinds => Ok(()),
                };
            }
        }
    }

    /// What one instruction does to the state.
    fn step(
        &mut self,
        at: u32,
        instruction: Instruction,
        state: &mut State,
        report: Report,
    ) -> Result<(), Stop> {
        use Instruction as I;
        let info = instruction.info();
        let needed = match instruction {
            I::Call(callee) | I::Spawn(callee) => {
                usize::from(self.module.functions[usize::from(callee)].params)
            }
            _ => info.pops.len(),
        };
        if state.height() < needed {
            let message = format!(
                "{} takes {needed} from the stack, but there {} {}",
                self.syntax(at),
                if state.height() == 1 { "is" } else { "are" },
                state.height()
            );
            self.error(at, message, format!("{needed} on the stack"));
            return Err(Stop);
        }
        let popped = match instruction {
            I::Call(_) | I::Spawn(_) => {
                for _ in 0..needed {
                    state.pop();
                }
                [Known::ANY; 3]
            }
            _ => self.pop_checked(at, instruction, info.pops, state, report),
        };
        let [a, b, _] = popped;
        match instruction {
            I::Dup => {
                state.push(a);
                state.push(a);
            }
            I::Swap => {
                state.push(b);
                state.push(a);
            }
            I::Const(index) => {
                state.push(Known::of(match self.module.constants[usize::from(index)] {
                    Constant::Float(_) => Kinds::FLOAT,
                    Constant::String(_) => Kinds::STRING,
                }))
            }
            I::Load(local) => {
                let known = *state.local(local);
                state.push(known);
            }
            I::Store(local) => *state.local(local) = a,
            I::Add | I::Sub | I::Mul | I::Div | I::Rem => {
                state.push(Known::of(arithmetic(a.kinds(), b.kinds())));
            }
            I::Neg => state.push(Known::of(arithmetic(a.kinds(), a.kinds()))),
            I::New(shape) => state.push(Known::object(shape)),
            I::Try(target) => self.open_try(at, target, state)?,
            I::EndTry if !state.end_try() => {
                let message = "end-try ends nothing: no try is open".to_owned();
                self.error(at, message, "a try before it on every path".to_owned());
                return Err(Stop);
            }
            _ => {
                for slot in info.pushes {
                    state.push(Known::of(slot.kinds));
                }
            }
        }
        if state.registers() > MAX_REGISTERS {
            let locals = self.place.function.locals.len();
            self.error(
                at,
                format!("{locals} locals and {} operands are too many", state.height()),
                format!("at most {MAX_REGISTERS} together"),
            );
            return Err(Stop);
        }
        self.max_stack = self.max_stack.max(state.height());
        Ok(())
    }

    fn open_try(&mut self, at: u32, target: u32, state: &mut State) -> Result<(), Stop> {
        let operands = state.height();
        let message = if operands > 0 {
            format!("try with {operands} on the stack; what is thrown would lose them")
        } else if state.tries().len() >= MAX_TRIES {
            format!("{} tries are open at once", state.tries().len() + 1)
        } else if self.decoded.instructions[target as usize] != Instruction::Poll {
            let byte = self.decoded.offsets[target as usize];
            format!("try leads to byte {byte}, which is no poll")
        } else {
            state.open_try(target);
            return Ok(());
        };
        let expected = format!(
            "an empty stack, at most {MAX_TRIES} open tries, and poll as the first instruction at the label"
        );
        self.error(at, message, expected);
        Err(Stop)
    }

    /// Pops an instruction's operands, the first one first in the result, and reports those that
    /// are certainly wrong.
    fn pop_checked(
        &mut self,
        at: u32,
        instruction: Instruction,
        wanted: &[StackSlot],
        state: &mut State,
        report: Report,
    ) -> [Known; 3] {
        let mut popped = [Known::ANY; 3];
        for index in (0..wanted.len()).rev() {
            popped[index] = state.pop();
        }
        if report == Report::Kinds {
            for (slot, found) in wanted.iter().zip(popped) {
                if found.kinds().and(slot.kinds).is_none() {
                    let needs = self.needs(instruction, slot);
                    self.misuse(at, &needs, found);
                }
            }
            self.check_shape(at, instruction, popped[0]);
            self.check_order(at, instruction, popped);
            if reads_text(instruction, popped) {
                self.texts.push(at);
            }
        }
        popped
    }

    fn needs(&self, instruction: Instruction, slot: &StackSlot) -> String {
        match instruction {
            _ if slot.kinds == Kinds::OBJECT
                && let Some(shape) = accessed(instruction) =>
            {
                Known::object(shape).describe(self.module)
            }
            _ if slot.kinds.to_string() == slot.name => slot.kinds.with_article(),
            _ => format!("{} as {}", slot.kinds.with_article(), slot.name),
        }
    }

    fn misuse(&mut self, at: u32, needs: &str, found: Known) {
        let found = found.describe(self.module);
        let message = format!("{} needs {needs}, but finds {found}", self.syntax(at));
        self.error(at, message, needs.to_owned());
    }

    fn check_shape(&mut self, at: u32, instruction: Instruction, found: Known) {
        if let Some(shape) = accessed(instruction)
            && found.kinds().within(Kinds::OBJECT)
            && found.shape().is_some_and(|found| found != shape)
        {
            let needs = Known::object(shape).describe(self.module);
            self.misuse(at, &needs, found);
        }
    }

    fn check_order(&mut self, at: u32, instruction: Instruction, [a, b, _]: [Known; 3]) {
        use Instruction as I;
        if !matches!(instruction, I::Lt | I::Le | I::Gt | I::Ge) {
            return;
        }
        let number = |known: Known| known.kinds().within(Kinds::NUMBER);
        let string = |known: Known| known.kinds().within(Kinds::STRING);
        if number(a) && string(b) || string(a) && number(b) {
            let message = format!(
                "{} compares {} with {}",
                instruction.info().mnemonic,
                a.describe(self.module),
                b.describe(self.module)
            );
            self.error(at, message, "two numbers or two strings".to_owned());
        }
    }
}

/// The shape that the object must have which an instruction reads or writes.
fn accessed(instruction: Instruction) -> Option<u16> {
    use Instruction as I;
    match instruction {
        I::Get { shape, .. } | I::Set { shape, .. } => Some(shape),
        I::ListGet(shape) | I::ListSet(shape) | I::ListPush(shape) => Some(shape),
        I::ListPop(shape) | I::ListCopy(shape) => Some(shape),
        _ => None,
    }
}

/// Whether an instruction may read a string of any length.
fn reads_text(instruction: Instruction, [a, b, _]: [Known; 3]) -> bool {
    use Instruction as I;
    let may_be_text = |known: Known| !known.kinds().and(Kinds::STRING).is_none();
    match instruction {
        I::Eq | I::Ne | I::Lt | I::Le | I::Gt | I::Ge => may_be_text(a) && may_be_text(b),
        I::ToStr | I::Print => may_be_text(a),
        I::Concat | I::JsLength | I::JsChar | I::JsCode => true,
        _ => false,
    }
}

/// The kinds of a sum, difference, product, quotient or remainder.
fn arithmetic(a: Kinds, b: Kinds) -> Kinds {
    if a.within(Kinds::INT) && b.within(Kinds::INT) {
        Kinds::INT
    } else if a.within(Kinds::FLOAT) || b.within(Kinds::FLOAT) {
        Kinds::FLOAT
    } else {
        Kinds::NUMBER
    }
}
