//! WebAssembly from the register form.
//!
//! A function becomes one WebAssembly function, and one more for each place in it at which the interpreter enters. Its
//! registers are locals. **Every way out is before an operation**: registers, frame and count go to memory, exactly as
//! the interpreter has them there, and the interpreter goes on with that operation. So everything that is rare, that
//! waits, stops or traps is done by the interpreter, also the poll that finds something to do; compiled code only looks
//! whether there is something.
//!
//! A compiled function takes the address of its registers, that of its next frame, the count and its arguments, and
//! gives a value and the count; [`LEFT`] instead of the value says that it was left, and then its caller leaves, too.

mod adapt;
mod body;
mod calls;
mod flow;
mod integers;
mod jumps;
mod lists;
mod memory;
mod numbers;
mod operations;
mod polls;
mod registers;
mod strips;

use std::collections::{BTreeMap, BTreeSet};

use super::code::{Code, Form};
use super::op::Op;
use super::tier::Known;
use super::translate::{registers, translate};
use crate::heap::Value;
use body::{BASE, Body, FRAMES, Piece, REGS, Rep, Written};
use bytecode::{PollPolicy, VerifiedModule};
use wasm_encoder::{
    BranchHint, BranchHints, CodeSection, EntityType, ExportKind, ExportSection, Function,
    FunctionSection, GlobalType, ImportSection, InstructionSink, MemoryType, Module, TypeSection,
    ValType,
};

pub(super) use super::since::kept;
pub(super) use super::tier::cell;

/// Instead of a value: the function was left.
const LEFT: i64 = Value::UNDEFINED.bits() as i64 + 1;

/// What compiled code is made for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Operations at which the interpreter enters: beginnings of functions and loops.
    pub entries: Vec<u32>,
    /// Operations whose results over two integers leave 32 bits.
    pub wide: Vec<u32>,
    /// What registers hold at entries that are no beginnings of functions.
    pub known: Vec<(u32, Known)>,
    /// Whether eight aligned bytes are read and written at once.
    pub plain: bool,
    /// Whether polls are counted.
    pub profile: bool,
    /// Microseconds within which back-edges poll again, where neither policy nor program has them poll less often; then
    /// how many turns that are follows from the time that they take. 0: at every turn.
    pub adapt: u32,
}

/// Compiled code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Emitted {
    /// The WebAssembly module; empty if nothing could be compiled.
    pub module: Vec<u8>,
    /// Entries, in the order of their numbers.
    pub entries: Vec<u32>,
    /// Functions that are in it.
    pub functions: Vec<u16>,
    /// The most frames of it that a thread's own stack has room for.
    pub frames: u32,
    /// Its function bodies, but for those that enter and adapt.
    pub bodies: Vec<EmittedBody>,
    /// Where it polls.
    pub polls: Vec<EmittedPoll>,
}

/// A function of a program, or what of it is left from a place at which the interpreter enters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmittedBody {
    /// The function.
    pub function: u16,
    /// The instruction of that place.
    pub entry: Option<u32>,
}

/// A poll in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmittedPoll {
    /// Index of the body.
    pub body: u32,
    /// Bytes from the body's first instruction of WebAssembly to the poll's.
    pub at: u32,
    /// The instruction of the program that polls; the function is the body's.
    pub instruction: u32,
}

/// Numbers that are the same for all code of a module.
#[derive(Debug, Clone, Copy)]
struct Layout {
    plain: bool,
    profile: bool,
    adapt: u32,
    // Globals: addresses.
    words: u32,
    globals: u32,
    constants: u32,
    ops: u32,
    buffer: u32,
    kept: u32,
    executed: u32,
    progress: u32,
    signal: u32,
    word: u32,
    hits: u32,
    cell: u32,
    // Functions.
    new: u32,
    operation: u32,
    compare: u32,
    to_int: u32,
    longest: u32,
    unpolled: u32,
    now: u32,
}

/// Imported globals: the order is that of [`Layout`]'s numbers.
const GLOBALS: [&str; 12] = [
    "word",
    "hits",
    "cell",
    "executed",
    "progress",
    "signal",
    "words",
    "globals",
    "constants",
    "ops",
    "buffer",
    "kept",
];

/// Imported functions come first.
const IMPORTS: u32 = 7;

/// What compiled code may take of a thread's own stack. Browsers give a worker about a megabyte.
const STACK_BYTES: u32 = 384 << 10;
/// What a frame takes besides its locals, at most.
const FRAME_BYTES: u32 = 256;

/// What is compiled together.
struct Unit<'a> {
    module: &'a VerifiedModule,
    code: &'a Code,
    constants: &'a [Value],
    /// Constants that the machine makes.
    strings: BTreeSet<u32>,
    wide: BTreeSet<u32>,
    known: BTreeMap<u32, Known>,
    layout: &'a Layout,
    pieces: BTreeMap<Piece, u32>,
    /// Back-edges that adapt, with the global that has the number of their turns.
    adapted: BTreeMap<u32, u32>,
}

impl Unit<'_> {
    fn parameters(&self, function: u16) -> usize {
        self.module.module().functions[usize::from(function)].params.into()
    }

    fn registers(&self, function: u16) -> u16 {
        registers(self.module, function)
    }

    /// The form of a register where the interpreter enters.
    fn known_at(&self, entry: u32, register: usize) -> Rep {
        let Known { ints, numbers } = self.known.get(&entry).copied().unwrap_or_default();
        let has = |all: u64| register < 64 && all >> register & 1 == 1;
        match () {
            () if has(ints) => Rep::Int,
            () if has(numbers) => Rep::Num,
            () => Rep::Any,
        }
    }

    fn index_of(&self, piece: Piece) -> Option<u32> {
        self.pieces.get(&piece).copied()
    }

    /// Behind a function's last operation.
    fn end_of(&self, function: u16) -> u32 {
        let functions = self.module.functions().len() as u16;
        if function + 1 < functions {
            self.code.start(function + 1, Form::Fast)
        } else {
            self.code.start(0, Form::Debug)
        }
    }

    fn ops(&self, function: u16) -> impl Iterator<Item = (u32, &Op)> {
        let range = self.code.start(function, Form::Fast)..self.end_of(function);
        range.map(|at| (at, &self.code.ops()[at as usize]))
    }

    fn callees(&self, function: u16) -> BTreeSet<u16> {
        let calls = self.ops(function).filter_map(|(at, op)| match op {
            Op::Call { to, .. } | Op::CallUnpolled { to, .. } => {
                Some(self.code.function(flow::target(at, *to)))
            }
            _ => None,
        });
        calls.collect()
    }
}

/// Compiles what is wanted, and every function that it calls. `policy` is that of the run. An entry that is no operation
/// of the program is not compiled.
pub fn emit(module: &VerifiedModule, policy: PollPolicy, wanted: &Wanted) -> Emitted {
    let (code, table) = translate(module, policy);
    let (constants, strings) = table.finish();
    let layout = Layout {
        plain: wanted.plain,
        profile: wanted.profile,
        adapt: wanted.adapt,
        words: 6,
        globals: 7,
        constants: 8,
        ops: 9,
        buffer: 10,
        kept: 11,
        word: 0,
        hits: 1,
        cell: 2,
        executed: 3,
        progress: 4,
        signal: 5,
        new: 0,
        operation: 1,
        compare: 2,
        to_int: 3,
        longest: 4,
        unpolled: 5,
        now: 6,
    };
    let mut unit = Unit {
        module,
        code: &code,
        constants: &constants,
        strings: strings.iter().map(|(at, _)| *at).collect(),
        wide: wanted.wide.iter().copied().collect(),
        known: wanted.known.iter().copied().collect(),
        layout: &layout,
        pieces: BTreeMap::new(),
        adapted: BTreeMap::new(),
    };
    unit.adapted = adapt::loops(&unit);
    let pieces = pieces(&unit, wanted);
    unit.pieces = (IMPORTS..).zip(&pieces).map(|(index, piece)| (*piece, index)).collect();
    let entries: Vec<u32> = entries_of(&unit, wanted)
        .filter(|entry| unit.index_of(piece_at(&unit, *entry)).is_some())
        .collect();
    if entries.is_empty() {
        return Emitted::default();
    }
    let functions = pieces.iter().map(|piece| piece.function).collect::<BTreeSet<_>>();
    let (module, locals, polls) = assemble(&unit, &pieces, &entries);
    let instruction = |op: u32| unit.code.place(op).instruction;
    let body = |piece: &Piece| EmittedBody {
        function: piece.function,
        entry: piece.entry.map(instruction),
    };
    Emitted {
        module,
        bodies: pieces.iter().map(body).collect(),
        polls,
        frames: STACK_BYTES / (FRAME_BYTES + 8 * locals),
        entries,
        functions: functions.into_iter().collect(),
    }
}

/// Every place at which the interpreter may enter a program's code, ascending.
pub fn entries(module: &VerifiedModule, policy: PollPolicy) -> Vec<u32> {
    let (code, _) = translate(module, policy);
    code.entries().collect::<BTreeSet<u32>>().into_iter().collect()
}

/// The piece that begins at an operation.
fn piece_at(unit: &Unit<'_>, op: u32) -> Piece {
    let function = unit.code.function(op);
    let is_start = op == unit.code.start(function, Form::Fast);
    Piece { function, entry: (!is_start).then_some(op) }
}

/// The wanted entries that are operations of the program.
fn entries_of<'a>(unit: &Unit<'_>, wanted: &'a Wanted) -> impl Iterator<Item = u32> + 'a {
    let ops = unit.code.start(0, Form::Fast)..unit.code.start(0, Form::Debug);
    wanted.entries.iter().copied().filter(move |entry| ops.contains(entry))
}

/// What can be compiled of what is wanted and called.
fn pieces(unit: &Unit<'_>, wanted: &Wanted) -> Vec<Piece> {
    let can = |piece: &Piece| Body::new(unit, *piece).is_some();
    let mut found = BTreeSet::new();
    let mut open: Vec<Piece> =
        entries_of(unit, wanted).map(|entry| piece_at(unit, entry)).collect();
    while let Some(piece) = open.pop() {
        if found.contains(&piece) || !can(&piece) {
            continue;
        }
        found.insert(piece);
        let callees = unit.callees(piece.function).into_iter();
        open.extend(callees.map(|function| Piece { function, entry: None }));
    }
    found.into_iter().collect()
}

/// The module, the most locals of a function, and its polls.
fn assemble(
    unit: &Unit<'_>,
    pieces: &[Piece],
    entries: &[u32],
) -> (Vec<u8>, u32, Vec<EmittedPoll>) {
    use ValType::{F64, I32, I64};
    let mut types = TypeSection::new();
    types.ty().function([I64], [I32]);
    types.ty().function([I32, I32, I32, I64], [I32]);
    types.ty().function([I32, I32, I64, I64, I64], [I32]);
    types.ty().function([F64], [I32]);
    types.ty().function([I32, I64], []);
    types.ty().function([I32, I32, I32, I64], [I32]);
    const ENTER: u32 = 5;
    types.ty().function([], [F64]);
    const NOW: u32 = 6;
    types.ty().function([I32, I32], [I32]);
    const ADAPT: u32 = 7;
    let mut kinds: BTreeMap<usize, u32> = BTreeMap::new();
    for piece in pieces {
        let parameters = parameters_of(unit, *piece);
        let next = types.len();
        kinds.entry(parameters).or_insert_with(|| {
            let mut all = vec![I32, I32, I64];
            all.resize(3 + parameters, I64);
            types.ty().function(all, [I64, I64]);
            next
        });
    }
    let mut imports = ImportSection::new();
    let memory = MemoryType {
        minimum: 1,
        maximum: Some(1 << 16),
        memory64: false,
        shared: true,
        page_size_log2: None,
    };
    imports.import("lab", "memory", EntityType::Memory(memory));
    let names = [
        ("new", 0),
        ("operation", 1),
        ("compare", 2),
        ("toInt", 3),
        ("longest", 4),
        ("unpolled", 4),
        ("now", NOW),
    ];
    for (name, kind) in names {
        imports.import("lab", name, EntityType::Function(kind));
    }
    for name in GLOBALS {
        let kind = GlobalType { val_type: I32, mutable: false, shared: false };
        imports.import("lab", name, EntityType::Global(kind));
    }
    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    let mut hints = BranchHints::new();
    let mut most = 0;
    let mut all_polls = Vec::new();
    for (index, piece) in (0..).zip(pieces) {
        functions.function(kinds[&parameters_of(unit, *piece)]);
        if let Some(body) = Body::new(unit, *piece) {
            let Written { locals, code: bytes, hints: seldom, polls } = body.emit(*piece);
            most = most.max(locals.len() as u32);
            all_polls.extend(polls.into_iter().map(|(at, op)| {
                let instruction = unit.code.place(op).instruction;
                EmittedPoll { body: index, at, instruction }
            }));
            let mut function = Function::new_with_locals_types(locals);
            let before = function.byte_len() as u32;
            let hint =
                |at: u32| BranchHint { branch_func_offset: before + at, branch_hint_value: 0 };
            hints.function_hints(IMPORTS + functions.len() - 1, seldom.into_iter().map(hint));
            function.raw(bytes);
            code.function(&function);
        }
    }
    functions.function(ENTER);
    code.function(&enter(unit, entries));
    functions.function(ADAPT);
    code.function(&adapt::function(unit));
    let mut exports = ExportSection::new();
    exports.export("enter", ExportKind::Func, IMPORTS + pieces.len() as u32);
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions);
    module.section(&adapt::globals(unit)).section(&exports);
    module.section(&hints).section(&code);
    (module.finish(), most, all_polls)
}

fn parameters_of(unit: &Unit<'_>, piece: Piece) -> usize {
    match piece.entry {
        None => unit.parameters(piece.function),
        Some(_) => 0,
    }
}

/// The function through which the machine enters: the number of an entry, the addresses of registers and of the next
/// frame, the count. Gives 1 if the code was left, 0 if the function returned.
fn enter(unit: &Unit<'_>, entries: &[u32]) -> Function {
    let (cell, result) = (unit.layout.cell, 4);
    let mut bytes = Vec::new();
    let mut sink = InstructionSink::new(&mut bytes);
    sink.block(wasm_encoder::BlockType::Empty);
    for _ in entries {
        sink.block(wasm_encoder::BlockType::Empty);
    }
    let last = entries.len() as u32;
    sink.local_get(0).br_table(0..last, last);
    for (index, entry) in (0..).zip(entries) {
        let piece = piece_at(unit, *entry);
        sink.end();
        sink.local_get(REGS + 1).local_get(FRAMES + 1).local_get(BASE + 1);
        for parameter in 0..parameters_of(unit, piece) {
            sink.local_get(REGS + 1).i64_load(body::at(parameter as u32 * 8));
        }
        if let Some(function) = unit.index_of(piece) {
            sink.call(function);
        }
        sink.local_set(BASE + 1).local_set(result).br(last - 1 - index);
    }
    // There is no such entry.
    sink.end();
    sink.local_get(result).i64_const(LEFT).i64_eq();
    sink.if_(wasm_encoder::BlockType::Result(ValType::I32)).i32_const(1).else_();
    sink.global_get(cell).local_get(BASE + 1).i64_store(body::at(cell::BASE));
    sink.global_get(cell).local_get(result).i64_store(body::at(cell::VALUE));
    sink.i32_const(0).end().end();
    let mut function = Function::new_with_locals_types([ValType::I64]);
    function.raw(bytes);
    function
}
