//! The debugger as scripts and pages use it: by lines and names, with answers in words.

use bytecode::{VerifiedModule, shown};
use machine::vm::{
    Breakpoint, BreakpointPlace, BreakpointRequest, BreakpointView, HaltReason, ObjectView,
    StepEnd, StepKind, StepReport,
};
use safepoint::sync::{Mutex, lock};

use super::halted::{task_view, value_view};
use super::run::Run;
use super::views::{self, Refusal};

/// Instructions that one step executes at most.
pub const STEP_INSTRUCTIONS: u64 = 1_000_000;

/// A breakpoint as a script describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BreakpointOptions {
    /// Source line, from 1.
    pub line: Option<u32>,
    /// With a line: the first statement at this column or behind it, from 1.
    pub column: Option<u32>,
    /// Name of a function, instead of a line.
    pub function: Option<String>,
    /// Index of the instruction in that function; 0 if left out.
    pub instruction: Option<u32>,
    /// Stop only if this is true.
    pub condition: Option<String>,
    /// Stop from this hit on.
    pub hits: Option<u64>,
    /// The number of the breakpoint that it replaces: in this program, in an engine that was replaced, or in the
    /// program before this one, which may still run. In that case, removing this breakpoint removes both.
    pub id: Option<u32>,
}

impl Run {
    /// Adds a breakpoint, in the held world or in a pause of its own.
    ///
    /// # Errors
    /// When nothing runs, the pause is not granted, or there are too many.
    pub fn add_breakpoint(&self, breakpoint: Breakpoint) -> Result<(), Refusal> {
        let added =
            self.in_stopped_world(|machine, world| machine.add_breakpoint(world, breakpoint));
        added?.map(|_| ()).map_err(refusal)
    }

    /// Removes one breakpoint or all, in the held world or in a pause of its own.
    ///
    /// # Errors
    /// When nothing runs, or the pause is not granted.
    pub fn remove_breakpoint(&self, id: Option<u32>) -> Result<bool, Refusal> {
        self.in_stopped_world(|machine, world| machine.remove_breakpoint(world, id))
    }

    /// Whether the world stops when a task is about to trap.
    ///
    /// # Errors
    /// As [`Run::remove_breakpoint`].
    pub fn break_on_trap(&self, on: bool) -> Result<(), Refusal> {
        self.in_stopped_world(|machine, world| machine.break_on_trap(world, on))
    }

    /// Every live task of the held world.
    ///
    /// # Errors
    /// When no world is held.
    pub fn tasks(&self) -> Result<Vec<views::Task>, Refusal> {
        self.in_held_world(|machine, held| {
            Ok(machine
                .tasks(&held.world)
                .into_iter()
                .map(|task| task_view(machine, self.places(), task))
                .collect())
        })
    }

    /// Steps one task of the held world while all others stand still.
    ///
    /// # Errors
    /// When no world is held, or the task cannot go on.
    pub fn step(&self, task: u32, kind: &str, most: u64) -> Result<views::Step, Refusal> {
        let kind = step_kind(kind)?;
        self.in_held_world(|machine, held| {
            let report = machine.step(&held.world, task, kind, most).map_err(refusal)?;
            // A snapshot from before the step is out of date.
            held.snapshot = None;
            let mut tasks = machine.tasks(&held.world).into_iter();
            let after = tasks.find(|view| view.id == task);
            let after = after.map(|view| task_view(machine, self.places(), view));
            Ok(step_view(report, after))
        })
    }

    /// An object of the held world, with `count` of its entries, beginning with entry `from`.
    ///
    /// # Errors
    /// When no world is held, or there is no such object.
    pub fn object(
        &self,
        reference: u32,
        from: u64,
        count: usize,
    ) -> Result<views::Object, Refusal> {
        self.in_held_world(|machine, held| {
            let object = machine.object(&held.world, reference, from, count);
            object.map(object_view).ok_or_else(|| {
                refusal(format!("there is no object @{reference}; it may have been collected"))
            })
        })
    }
}

/// The debugger's settings, which are kept from one run to the next.
#[derive(Default)]
pub(super) struct Settings {
    kept: Mutex<Kept>,
}

#[derive(Default, Clone)]
struct Kept {
    breakpoints: Vec<(u32, VerifiedModule, Breakpoint)>,
    break_on_trap: bool,
}

/// What adding a breakpoint changed.
pub(super) struct Change {
    id: u32,
    before: Option<(u32, VerifiedModule, Breakpoint)>,
}

impl Settings {
    /// Keeps a breakpoint of a program under the number that it asks for, or else under the first number that is free
    /// and not in `taken`. Returns how to undo that, if the breakpoint cannot be set.
    pub(super) fn add(
        &self,
        module: &VerifiedModule,
        breakpoint: Breakpoint,
        id: Option<u32>,
        taken: &[u32],
    ) -> (Breakpoint, Change) {
        let mut kept = lock(&self.kept);
        let free = |kept: &Kept| {
            let numbers = kept.breakpoints.iter().map(|(id, ..)| id).chain(taken);
            let numbers: Vec<u32> = numbers.copied().collect();
            (1..).find(|id| !numbers.contains(id)).unwrap_or(u32::MAX)
        };
        let id = id.filter(|&id| id > 0).unwrap_or_else(|| free(&kept));
        let breakpoint = breakpoint.with_id(id);
        let new = (id, module.clone(), breakpoint.clone());
        let before = match kept.breakpoints.iter_mut().find(|(other, ..)| *other == id) {
            Some(before) => Some(std::mem::replace(before, new)),
            None => {
                kept.breakpoints.push(new);
                None
            }
        };
        (breakpoint, Change { id, before })
    }

    /// Undoes adding a breakpoint that could not be set: a breakpoint that it was to replace is back.
    pub(super) fn undo(&self, Change { id, before }: Change) {
        let mut kept = lock(&self.kept);
        if let Some(index) = kept.breakpoints.iter().position(|(other, ..)| *other == id) {
            kept.breakpoints.splice(index..=index, before);
        }
    }

    /// Removes one breakpoint, or all.
    pub(super) fn remove(&self, id: Option<u32>) {
        lock(&self.kept).breakpoints.retain(|(kept, ..)| id.is_some_and(|id| id != *kept));
    }

    pub(super) fn set_break_on_trap(&self, on: bool) {
        lock(&self.kept).break_on_trap = on;
    }

    /// The settings for the next run of a program: the breakpoints of this program only.
    pub(super) fn of_next_run(&self, module: &VerifiedModule) -> (Vec<Breakpoint>, bool) {
        let kept = lock(&self.kept).clone();
        let own = kept.breakpoints.into_iter().filter(|(_, of, _)| of.is(module));
        (own.map(|(.., it)| it).collect(), kept.break_on_trap)
    }
}

fn refused(message: String) -> Refusal {
    Refusal { kind: "refused", message, stragglers: Vec::new() }
}

/// A refusal with an error's message.
fn refusal(error: impl std::fmt::Display) -> Refusal {
    let mut message = error.to_string();
    if let Some(first) = message.get(..1) {
        message = first.to_ascii_uppercase() + &message[1..];
    }
    refused(message + ".")
}

/// A breakpoint of a program, as a script asks for it.
pub(super) fn breakpoint(
    module: &VerifiedModule,
    options: &BreakpointOptions,
) -> Result<Breakpoint, Refusal> {
    let place = match (options.line, &options.function) {
        (Some(line), None) => match options.column {
            Some(column) => BreakpointPlace::Statement(line, column),
            None => BreakpointPlace::Line(line),
        },
        (None, Some(name)) => {
            let functions = &module.module().functions;
            let Some(function) = functions.iter().position(|function| function.name == *name)
            else {
                return Err(refused(format!("There is no function {}.", shown(name, 60))));
            };
            let instruction = options.instruction.unwrap_or(0);
            BreakpointPlace::Instruction { function: function as u16, instruction }
        }
        _ => {
            let message = "A breakpoint needs either a line or a function and an instruction.";
            return Err(refused(message.into()));
        }
    };
    let condition = options.condition.clone().filter(|text| !text.trim().is_empty());
    let from_hit = options.hits.unwrap_or(1);
    Breakpoint::new(module, BreakpointRequest { place, condition, from_hit }).map_err(refusal)
}

pub(super) fn breakpoint_view(
    module: &VerifiedModule,
    breakpoint: &BreakpointView,
) -> views::Breakpoint {
    views::Breakpoint {
        id: breakpoint.id,
        asked: match breakpoint.request.place {
            BreakpointPlace::Line(line) | BreakpointPlace::Statement(line, _) => Some(line),
            BreakpointPlace::Instruction { .. } => None,
        },
        line: breakpoint.line,
        column: breakpoint.column,
        places: breakpoint
            .places
            .iter()
            .map(|&(function, instruction)| views::InstructionPlace {
                function: module.module().functions[usize::from(function)].name.clone(),
                instruction,
                offset: module.functions()[usize::from(function)].offset(instruction),
            })
            .collect(),
        condition: breakpoint.request.condition.clone(),
        hits: breakpoint.request.from_hit.max(1),
        count: breakpoint.hits,
    }
}

/// The kind of step of that name.
fn step_kind(name: &str) -> Result<StepKind, Refusal> {
    match name {
        "into" => Ok(StepKind::Into),
        "over" => Ok(StepKind::Over),
        "out" => Ok(StepKind::Out),
        "instruction" => Ok(StepKind::Instruction),
        other => Err(refused(format!(
            "There is no step {:?}; choose into, over, out or instruction.",
            shown(other, 60)
        ))),
    }
}

fn step_view(report: StepReport, task: Option<views::Task>) -> views::Step {
    let n = report.instructions;
    let (end, message) = match report.end {
        StepEnd::Moved => ("moved", String::new()),
        StepEnd::Breakpoint(HaltReason::Breakpoint { id, problem, .. }) => {
            let problem = problem.map_or(String::new(), |problem| {
                format!(" Its condition has no answer: {problem}.")
            });
            ("breakpoint", format!("Stopped at breakpoint {id} on the way.{problem}"))
        }
        StepEnd::Breakpoint(HaltReason::Trap { message }) | StepEnd::Traps(message) => (
            "traps",
            format!("The instruction traps: {message}. The task ends when the program continues."),
        ),
        StepEnd::Waits(what) => (
            "waits",
            format!("The instruction waits for {what}; that goes on when the program continues."),
        ),
        StepEnd::Returns(value) => {
            ("returns", format!("The task returns {value}; it ends when the program continues."))
        }
        StepEnd::Unfinished => {
            ("unfinished", format!("Still inside; {n} instructions so far. Step on, or continue."))
        }
        StepEnd::Over => ("over", "The program is over.".into()),
    };
    views::Step { instructions: n, end, message, task }
}

fn object_view(object: ObjectView) -> views::Object {
    views::Object {
        object: object.reference,
        kind: object.kind,
        text: object.text,
        bytes: object.bytes,
        length: object.length,
        from: object.from,
        entries: object.entries.into_iter().map(|(name, value)| value_view(name, value)).collect(),
        characters: object.characters,
        holders: object
            .holders
            .into_iter()
            .map(|holder| views::Holder { text: holder.text, object: holder.object })
            .collect(),
        holders_omitted: object.holders_omitted,
    }
}
