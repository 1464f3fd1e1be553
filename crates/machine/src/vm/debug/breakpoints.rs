//! Breakpoints: the places where tasks must stop, and the conditions.

use std::fmt;

use super::condition::{Condition, Scope};
use super::expr::{ConditionError, Name};
use crate::heap::{Heap, Value};
use crate::vm::code::Visible;
use bytecode::{VerifiedModule, shown};

/// The largest number of breakpoints at a time.
pub const MOST_BREAKPOINTS: usize = 1000;

/// The place of a breakpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakpointPlace {
    /// A source line, from 1. A line without code means the next line with code.
    Line(u32),
    /// The first statement of the source at a line and column or behind it; where statements are not known, the line.
    Statement(u32, u32),
    /// Before an instruction.
    Instruction {
        /// Index of the function.
        function: u16,
        /// Index of the instruction in its function.
        instruction: u32,
    },
}

/// A breakpoint as a debugger requests it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakpointRequest {
    /// The place.
    pub place: BreakpointPlace,
    /// Stop only if this holds; `docs/debugger.md` says how it is written.
    pub condition: Option<String>,
    /// Stop from this hit on. It is a hit each time that a task reaches the place. 0 and 1: from the first hit.
    pub from_hit: u64,
}

impl BreakpointRequest {
    /// A breakpoint that always stops.
    pub fn at(place: BreakpointPlace) -> Self {
        Self { place, condition: None, from_hit: 1 }
    }
}

/// A breakpoint that fits its program. A machine finds its instructions and registers in the machine's own
/// program: those of another program would lead anywhere.
#[derive(Debug, Clone)]
pub struct Breakpoint {
    /// The number; 0 if it has none yet.
    id: u32,
    request: BreakpointRequest,
    line: Option<u32>,
    column: Option<u32>,
    stops: Vec<Stop>,
}

/// One instruction of a breakpoint.
#[derive(Debug, Clone)]
struct Stop {
    function: u16,
    instruction: Visible,
    condition: Option<Condition>,
}

/// The state of a breakpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakpointView {
    /// Its number, from 1.
    pub id: u32,
    /// The breakpoint as it was requested.
    pub request: BreakpointRequest,
    /// The line where it is; it may differ from the requested line.
    pub line: Option<u32>,
    /// The column of its statement, if it is at one.
    pub column: Option<u32>,
    /// The functions and instructions before which it stops.
    pub places: Vec<(u16, u32)>,
    /// How often tasks reached it.
    pub hits: u64,
}

/// Why a breakpoint cannot be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BreakpointError {
    /// There is no instruction at the place or on a later line.
    NoCode {
        /// The requested place.
        place: BreakpointPlace,
        /// The last line that has code, if the program has lines at all.
        last_line: Option<u32>,
    },
    /// The condition is wrong.
    Condition(ConditionError),
    /// There are [`MOST_BREAKPOINTS`].
    TooMany,
}

impl fmt::Display for BreakpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCode {
                place: BreakpointPlace::Line(line) | BreakpointPlace::Statement(line, _),
                last_line: Some(last),
            } => write!(
                f,
                "no code on line {line} or behind it: the last line with code is {last}; choose one up to there"
            ),
            Self::NoCode {
                place: BreakpointPlace::Instruction { function, instruction }, ..
            } => write!(
                f,
                "no path leads to an instruction {instruction} of function {function}; choose one from the listing"
            ),
            Self::NoCode { last_line: None, .. } => f.write_str(
                "the program carries no source lines; name a function and an instruction instead",
            ),
            Self::Condition(error) => error.fmt(f),
            Self::TooMany => {
                write!(f, "there are {MOST_BREAKPOINTS} breakpoints already; remove some first")
            }
        }
    }
}

impl std::error::Error for BreakpointError {}

impl Breakpoint {
    /// Finds the instructions of a breakpoint and reads its condition.
    ///
    /// # Errors
    /// If there is no code, or the condition is wrong for a function where it would stop.
    pub fn new(
        module: &VerifiedModule,
        request: BreakpointRequest,
    ) -> Result<Self, BreakpointError> {
        let (at, places) = match request.place {
            BreakpointPlace::Line(line) => on_line(module, request.place, (line, 0))?,
            BreakpointPlace::Statement(line, column) => {
                on_line(module, request.place, (line, column))?
            }
            BreakpointPlace::Instruction { function, instruction } => {
                let found = module
                    .functions()
                    .get(function as usize)
                    .filter(|code| code.height(instruction).is_some())
                    .ok_or(BreakpointError::NoCode { place: request.place, last_line: None })?;
                (found.line(instruction).map(|line| (line, 0)), vec![(function, instruction)])
            }
        };
        let mut stops = Vec::with_capacity(places.len());
        for (function, instruction) in places {
            let condition = match &request.condition {
                Some(text) => {
                    let place = (function, instruction);
                    Some(condition(module, place, text).map_err(BreakpointError::Condition)?)
                }
                None => None,
            };
            stops.push(Stop { function, instruction, condition });
        }
        let line = at.map(|(line, _)| line);
        let column = at.map(|(_, column)| column).filter(|column| *column > 0);
        Ok(Self { id: 0, request, line, column, stops })
    }
}

impl Breakpoint {
    /// The same breakpoint with a number that the caller chooses. It replaces the breakpoint that has the number.
    pub fn with_id(self, id: u32) -> Self {
        Self { id, ..self }
    }

    /// The breakpoint before any hit.
    pub fn view(&self) -> BreakpointView {
        BreakpointView {
            id: self.id,
            request: self.request.clone(),
            line: self.line,
            column: self.column,
            places: self.stops.iter().map(|stop| (stop.function, stop.instruction)).collect(),
            hits: 0,
        }
    }
}

/// Functions and instructions.
type Places = Vec<(u16, Visible)>;

/// Line and column; column 0 stands for the whole line.
type At = (u32, u32);

/// The first instructions of a line's code, or of a statement, in every function that has some, and where that is.
fn on_line(
    module: &VerifiedModule,
    place: BreakpointPlace,
    mut wanted: At,
) -> Result<(Option<At>, Places), BreakpointError> {
    if module.module().passages.is_empty() {
        wanted.1 = 0;
    }
    let mut all = Vec::new();
    for (index, function) in module.functions().iter().enumerate() {
        let mut before = None;
        for at in 0..function.instructions().len() as Visible {
            if function.height(at).is_none() {
                continue;
            }
            let here = match wanted.1 {
                0 => function.line(at).map(|line| (line, 0)),
                _ if function.begins_statement(at) != Some(true) => None,
                _ => module.statement(index as u16, at).map(|statement| statement.from),
            };
            if let Some(here) = here
                && before != Some(here)
            {
                all.push((here, index as u16, at));
            }
            before = here;
        }
    }
    let at = all.iter().map(|(at, ..)| *at).filter(|at| *at >= wanted).min();
    let Some(at) = at else {
        let last_line = all.iter().map(|((line, _), ..)| *line).max();
        return Err(BreakpointError::NoCode { place, last_line });
    };
    let places = all.into_iter().filter(|(found, ..)| *found == at);
    Ok((Some(at), places.map(|(_, function, at)| (function, at)).collect()))
}

fn condition(
    module: &VerifiedModule,
    (function, instruction): (u16, Visible),
    text: &str,
) -> Result<Condition, ConditionError> {
    let variables = module.variables(function, instruction);
    let globals = &module.module().globals;
    let name = |name: &str| {
        // Of two in scope, the inner one.
        let local = variables.iter().rev().find(|one| one.name == name);
        let local = local.map(|one| Name::Local(one.local, one.field));
        let global = || globals.iter().position(|global| global.name == name);
        local
            .or_else(|| global().map(|index| Name::Global(index as u16)))
            .or((name == "hits").then_some(Name::Hits))
    };
    let globals = globals.iter().map(|global| global.name.as_str());
    let names = variables.iter().map(|one| one.name).chain(globals);
    let known: Vec<String> = names.chain(["hits"]).take(20).map(|name| shown(name, 60)).collect();
    Condition::parse(text, &name, &known.join(", "))
}

/// The breakpoints of a machine.
#[derive(Debug, Default)]
pub(super) struct Breakpoints {
    /// The oldest first.
    list: Vec<Set>,
    /// For each instruction with breakpoints: their indices in `list`, and which of their stops it is. Sorted.
    at: Vec<((u16, Visible), usize, usize)>,
    last: u32,
}

#[derive(Debug)]
struct Set {
    id: u32,
    breakpoint: Breakpoint,
    hits: u64,
}

/// A breakpoint at which a task must stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) id: u32,
    pub(super) hits: u64,
    /// Why the condition has no result, if so.
    pub(super) problem: Option<String>,
}

impl Breakpoints {
    /// Adds a breakpoint. `module` is the machine's program, in which its instructions are looked up.
    pub(super) fn add(
        &mut self,
        module: &VerifiedModule,
        Breakpoint { id, request, .. }: Breakpoint,
    ) -> Result<u32, BreakpointError> {
        let before = self.list.iter().position(|set| set.id == id);
        if before.is_none() && self.list.len() >= MOST_BREAKPOINTS {
            return Err(BreakpointError::TooMany);
        }
        let breakpoint = Breakpoint::new(module, request)?;
        let id = if id == 0 { self.last.saturating_add(1) } else { id };
        self.last = self.last.max(id);
        let set = Set { id, breakpoint, hits: 0 };
        match before {
            Some(index) => {
                self.list[index] = set;
                self.look_up_anew();
            }
            None => {
                self.list.push(set);
                self.look_up(self.list.len() - 1);
            }
        }
        Ok(id)
    }

    fn look_up(&mut self, index: usize) {
        for (number, stop) in self.list[index].breakpoint.stops.iter().enumerate() {
            self.at.push(((stop.function, stop.instruction), index, number));
        }
        self.at.sort_unstable();
    }

    fn look_up_anew(&mut self) {
        self.at.clear();
        for index in 0..self.list.len() {
            self.look_up(index);
        }
    }

    /// What is in `at` of an instruction.
    fn here(&self, place: (u16, Visible)) -> std::ops::Range<usize> {
        let from = self.at.partition_point(|(other, ..)| *other < place);
        let count = self.at[from..].iter().take_while(|(other, ..)| *other == place).count();
        from..from + count
    }

    pub(super) fn remove(&mut self, id: u32) -> bool {
        let before = self.list.len();
        self.list.retain(|set| set.id != id);
        self.look_up_anew();
        self.list.len() < before
    }

    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.at.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether the breakpoint that a task reached is still there. Another breakpoint may have its number by
    /// now; such a one has not counted this hit.
    pub(super) fn still_has(&self, id: u32, hits: u64, place: (u16, Visible)) -> bool {
        let mut here = self.at[self.here(place)].iter().map(|(_, index, _)| &self.list[*index]);
        here.any(|set| set.id == id && set.hits >= hits)
    }

    pub(super) fn views(&self) -> Vec<BreakpointView> {
        let view =
            |set: &Set| BreakpointView { id: set.id, hits: set.hits, ..set.breakpoint.view() };
        self.list.iter().map(view).collect()
    }

    pub(super) fn places(&self) -> impl Iterator<Item = (u16, Visible)> + '_ {
        let stops = self.list.iter().flat_map(|set| &set.breakpoint.stops);
        stops.map(|stop| (stop.function, stop.instruction))
    }

    /// A task has reached an instruction: counts the hit. Returns the breakpoint at which the task must stop, the
    /// oldest if there are several.
    pub(super) fn come(
        &mut self,
        function: u16,
        instruction: Visible,
        heap: &Heap,
        local: &dyn Fn(u8, Option<u8>) -> Value,
        global: &dyn Fn(u16) -> Value,
    ) -> Option<Hit> {
        let mut found = None;
        for &(_, index, number) in &self.at[self.here((function, instruction))] {
            let set = &mut self.list[index];
            let stop = &set.breakpoint.stops[number];
            set.hits += 1;
            if set.hits < set.breakpoint.request.from_hit || found.is_some() {
                continue;
            }
            let scope = Scope { heap, local, global, hits: set.hits };
            let holds = stop.condition.as_ref().map_or(Ok(true), |it| it.holds(&scope));
            if holds != Ok(false) {
                found = Some(Hit { id: set.id, hits: set.hits, problem: holds.err() });
            }
        }
        found
    }
}
