//! Records about tasks of a stopped world: frames, values, objects, breakpoints and steps.

use serde::Serialize;

use super::Site;

/// A task as a stopped world shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// Number of the task.
    pub id: u32,
    /// `running`, `runnable`, `awaiting`, `sleeping`, `locking`.
    pub state: String,
    /// The worker that runs it.
    pub worker: Option<usize>,
    /// What it waits for, in words.
    pub waiting: Option<String>,
    /// Tasks that wait for each other in a circle, and so for ever: this one first, then each task
    /// that the one before waits for. Empty if it is in no circle.
    pub circle: Vec<u32>,
    /// How many tasks the circle has; the first few are named.
    pub circle_length: u32,
    /// How often it was given a worker.
    pub turns: u64,
    /// How long it had been ready when it was given one last.
    pub ready_to_running: f64,
    /// The longest of these times.
    pub longest_ready_to_running: f64,
    /// Where its worker stopped, as in arrivals, if the task goes on elsewhere: a jump backwards
    /// that polled is taken already, and the innermost frame is at its target.
    pub stopped: Option<Site>,
    /// Innermost first. Of a deep stack only the frames at both ends; of very many tasks only the
    /// innermost frame each.
    pub frames: Vec<Frame>,
    /// How many frames are left out of these.
    pub frames_omitted: u32,
}

/// One call of a task.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Frame {
    /// Name of the function.
    pub function: String,
    /// Index of the instruction it is at.
    pub instruction: u32,
    /// Byte offset of that instruction.
    pub offset: u32,
    /// Source line, from 1.
    pub line: Option<u32>,
    /// Locals by name, parameters first.
    pub locals: Vec<Local>,
    /// The operand stack, top last.
    pub operands: Vec<Operand>,
}

/// A local and its value as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Local {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The object that it refers to, if any; see [`Object`].
    pub object: Option<u32>,
}

/// An operand and its value as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Operand {
    /// Its value.
    pub value: String,
    /// The object that it refers to, if any; see [`Object`].
    pub object: Option<u32>,
}

/// A breakpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Breakpoint {
    /// Its number, from 1; another one has it only if it [asked](crate::lab::BreakpointOptions::id) to.
    pub id: u32,
    /// The requested line.
    pub asked: Option<u32>,
    /// The line where it is: the next with code.
    pub line: Option<u32>,
    /// The column of its statement, if a column was asked for and statements are known.
    pub column: Option<u32>,
    /// The instructions before which it stops.
    pub places: Vec<InstructionPlace>,
    /// Stops only if this is true.
    pub condition: Option<String>,
    /// Stops from this hit on.
    pub hits: u64,
    /// How often tasks reached it in this run.
    pub count: u64,
}

/// An instruction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InstructionPlace {
    /// Name of the function.
    pub function: String,
    /// Index of the instruction in its function.
    pub instruction: u32,
    /// Its byte offset.
    pub offset: u32,
}

/// The worker that stopped for the debugger, where and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Halt {
    /// Number of the worker, from 0.
    pub worker: usize,
    /// Number of the task.
    pub task: u32,
    /// Name of the function.
    pub function: String,
    /// Index of the instruction that comes next.
    pub instruction: u32,
    /// Its byte offset.
    pub offset: u32,
    /// Source line, from 1.
    pub line: Option<u32>,
    /// `breakpoint` or `trap`.
    pub why: &'static str,
    /// Number of the breakpoint.
    pub breakpoint: Option<u32>,
    /// How often tasks reached the breakpoint.
    pub hits: Option<u64>,
    /// All of it in words.
    pub text: String,
}

/// The result of a step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// Instructions executed.
    pub instructions: u64,
    /// `moved`, or why the task stands where it does: `breakpoint`, `waits`, `returns`, `traps`,
    /// `unfinished`, `over`.
    pub end: &'static str,
    /// That in words; empty for `moved`.
    pub message: String,
    /// The task afterwards.
    pub task: Option<Task>,
}

/// An object of the heap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Object {
    /// Where it is; as in [`Local::object`].
    pub object: u32,
    /// `object`, `array`, `string`, `mutex` or `task`.
    pub kind: &'static str,
    /// What it is, in words.
    pub text: String,
    /// Bytes that it takes.
    pub bytes: u64,
    /// Fields, elements or characters.
    pub length: u64,
    /// Number of the first entry listed.
    pub from: u64,
    /// Fields or elements.
    pub entries: Vec<Local>,
    /// The characters of a string, the first ten thousand.
    pub characters: Option<String>,
    /// Its holders, the first hundred.
    pub holders: Vec<Holder>,
    /// Holders that are not listed.
    pub holders_omitted: u64,
}

/// A place that holds a reference to an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// The place in words.
    pub text: String,
    /// The object that has it, if it is a place in an object.
    pub object: Option<u32>,
}
