//! Random modules that the verifier accepts.
#![allow(dead_code, reason = "each test uses its part")]

use std::collections::HashSet;
use std::num::NonZeroU16;

use bytecode::{
    Constant, Function, Global, Instruction, Mark, MarkKind, Module, Passage, PollKind, PollPolicy,
    Shape, encode_code,
};
use proptest::collection::vec;
use proptest::prelude::*;

pub const FUNCTIONS: u16 = 3;
const SHAPES: u16 = 2;
const FIELDS: u8 = 3;
const GLOBALS: u16 = 3;
const PARAMS: u8 = 2;
const LOCALS: u8 = 4;
const CONSTANTS: u16 = 6;

/// A piece of code that leaves the stack as it found it; jumps name pieces.
#[derive(Debug, Clone)]
pub enum Piece {
    Plain(Vec<Instruction>),
    Jump(usize),
    JumpIf(bool, usize),
    Return,
    Trap,
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z0-9_-]{0,8}",
        "[ -~]{0,6}",
        Just(String::new()),
        Just("\"\\\n\r\t\u{0}é漢\u{2028}\u{feff}".to_owned()),
        any::<String>().prop_map(|text| text.chars().take(6).collect()),
    ]
}

fn names(count: usize) -> impl Strategy<Value = Vec<String>> {
    vec(name(), count).prop_map(|names| {
        let mut seen = HashSet::new();
        let unique = |(index, mut name): (usize, String)| {
            while !seen.insert(name.clone()) {
                name.push_str(&index.to_string());
            }
            name
        };
        names.into_iter().enumerate().map(unique).collect()
    })
}

fn constant() -> impl Strategy<Value = Constant> {
    prop_oneof![
        any::<f64>().prop_map(Constant::Float),
        Just(Constant::Float(-0.0)),
        Just(Constant::Float(0.0)),
        Just(Constant::Float(f64::NAN)),
        Just(Constant::Float(f64::NEG_INFINITY)),
        name().prop_map(Constant::String),
    ]
}

fn piece() -> impl Strategy<Value = Piece> {
    use Instruction as I;
    // A parameter can be anything, so no use of it is certainly wrong.
    let any_value = I::Load(0);
    let unary = prop::sample::select(vec![
        I::Neg,
        I::Not,
        I::ToInt,
        I::ToFloat,
        I::ToStr,
        I::NewArray,
        I::Len,
        I::Await,
        I::Dup,
        I::JsNeg,
        I::JsFloor,
        I::JsSqrt,
        I::JsInt,
        I::JsTrue,
        I::JsText,
        I::JsLength,
    ]);
    let binary = prop::sample::select(vec![
        I::Add,
        I::Sub,
        I::Mul,
        I::Div,
        I::Rem,
        I::And,
        I::Or,
        I::Xor,
        I::Shl,
        I::Shr,
        I::Eq,
        I::Ne,
        I::Lt,
        I::Le,
        I::Gt,
        I::Ge,
        I::Concat,
        I::ArrayLoad,
        I::JsAdd,
        I::JsSub,
        I::JsMul,
        I::JsDiv,
        I::JsRem,
        I::JsPow,
        I::JsUshr,
        I::JsChar,
        I::JsCode,
    ]);
    let effect = prop::sample::select(vec![
        I::Print,
        I::Sleep,
        I::Block,
        I::Stall,
        I::Lock,
        I::Unlock,
        I::Stop,
        I::Handshake,
        I::Pop,
        I::Store(1),
        I::Store(LOCALS - 1),
        I::GlobalStore(1),
    ]);
    let alone = prop::sample::select(vec![I::Nop, I::Yield, I::Poll, I::Collect]);
    let field = (0..SHAPES, 0..FIELDS);
    let pops = move |instruction, pushes: usize| {
        let mut code = vec![any_value, any_value, instruction];
        code.resize(3 + pushes, I::Pop);
        Piece::Plain(code)
    };
    prop_oneof![
        any::<i32>().prop_map(|value| Piece::Plain(vec![I::Int(value), I::Pop])),
        (0..CONSTANTS).prop_map(|index| Piece::Plain(vec![I::Const(index), I::Pop])),
        prop::sample::select(vec![
            I::True,
            I::False,
            I::Null,
            I::Undefined,
            I::GlobalLoad(2),
            I::Load(2)
        ])
        .prop_map(|push| Piece::Plain(vec![push, I::Pop])),
        unary.prop_map(move |i| pops(i, if i == I::Dup { 3 } else { 2 })),
        binary.prop_map(move |i| pops(i, 1)),
        effect.prop_map(move |i| pops(i, 1)),
        alone.prop_map(|i| Piece::Plain(vec![i])),
        Just(Piece::Plain(vec![any_value, any_value, I::Swap, I::ArrayCopy])),
        Just(Piece::Plain(vec![any_value, any_value, I::ArrayFill])),
        Just(Piece::Plain(vec![any_value, any_value, any_value, I::ArrayStore])),
        Just(Piece::Plain(vec![I::NewMutex, I::Pop])),
        (0..SHAPES).prop_map(move |shape| {
            Piece::Plain(vec![any_value, any_value, I::ListGet(shape), I::Pop])
        }),
        (0..SHAPES).prop_map(move |shape| {
            Piece::Plain(vec![any_value, any_value, any_value, I::ListSet(shape)])
        }),
        (0..SHAPES).prop_map(move |shape| {
            Piece::Plain(vec![any_value, any_value, I::ListPush(shape), I::Pop])
        }),
        (0..SHAPES).prop_map(move |shape| Piece::Plain(vec![any_value, I::ListPop(shape), I::Pop])),
        (0..SHAPES).prop_map(move |shape| {
            Piece::Plain(vec![any_value, any_value, I::ListCopy(shape)])
        }),
        (0..SHAPES).prop_map(|shape| Piece::Plain(vec![I::New(shape), I::Pop])),
        field.clone().prop_map(move |(shape, field)| {
            Piece::Plain(vec![any_value, I::Get { shape, field }, I::Pop])
        }),
        field.prop_map(move |(shape, field)| {
            Piece::Plain(vec![any_value, any_value, I::Set { shape, field }])
        }),
        // Callees are never the entry, so each has the same number of parameters.
        (1..FUNCTIONS, any::<bool>()).prop_map(move |(callee, call)| {
            let call = if call { I::Call(callee) } else { I::Spawn(callee) };
            Piece::Plain(vec![any_value, any_value, call, I::Pop])
        }),
        any::<usize>().prop_map(Piece::Jump),
        (any::<bool>(), any::<usize>()).prop_map(|(when, to)| Piece::JumpIf(when, to)),
        Just(Piece::Return),
        Just(Piece::Trap),
    ]
}

/// The instructions of pieces, ended by a return. The entry reads a local instead of a parameter,
/// so it first stores a value of unknown kind there.
fn instructions(pieces: &[Piece], message: u16) -> Vec<Instruction> {
    use Instruction as I;
    let mut starts = Vec::new();
    let mut at = 2;
    for piece in pieces {
        starts.push(at);
        at += match piece {
            Piece::Plain(code) => code.len() as u32,
            Piece::Jump(_) | Piece::Trap => 1,
            Piece::JumpIf(..) | Piece::Return => 2,
        };
    }
    starts.push(at);
    let target = |to: usize| starts[to % starts.len()];
    let mut code = vec![I::GlobalLoad(0), I::Store(0)];
    for piece in pieces {
        match piece {
            Piece::Plain(plain) => code.extend(plain),
            Piece::Jump(to) => code.push(I::Jmp(target(*to))),
            Piece::JumpIf(true, to) => code.extend([I::Load(0), I::JmpIf(target(*to))]),
            Piece::JumpIf(false, to) => code.extend([I::Load(0), I::JmpIfNot(target(*to))]),
            Piece::Return => code.extend([I::Load(0), I::Ret]),
            Piece::Trap => code.push(I::Trap(message)),
        }
    }
    code.extend([I::Load(0), I::Ret]);
    code
}

fn policy() -> impl Strategy<Value = PollPolicy> {
    (any::<[bool; 4]>(), prop_oneof![Just(1_u16), 1..=u16::MAX]).prop_map(|(on, every)| {
        let [calls, back_edges, allocations, awaits] = on;
        let every = NonZeroU16::new(every).expect("from 1");
        PollPolicy { calls, back_edges, allocations, awaits, every }
    })
}

fn function(index: u16) -> impl Strategy<Value = Function> {
    let code = vec(piece(), 0..20).prop_map(|pieces| instructions(&pieces, CONSTANTS));
    let lines = vec(any::<(bool, u16)>(), 60);
    let placed = vec(prop::option::of(any::<u16>()), 60);
    (names(LOCALS.into()), code, any::<bool>(), lines, any::<bool>(), placed).prop_map(
        move |(locals, instructions, with_lines, lines, with_placed, often)| {
            let code = encode_code(&instructions).expect("short jumps");
            let mut offset = 0;
            let (mut table, mut marks) = (Vec::new(), Vec::new());
            let mut placed = Vec::new();
            let rows = (0_u32..).zip(&instructions).zip(lines).zip(often);
            for (((at, instruction), (starts, line)), often) in rows {
                let kind = instruction.poll_kind(at).filter(|kind| *kind != PollKind::Explicit);
                if let (true, Some(kind), Some(often)) = (with_placed, kind, often) {
                    // Every how many only for back-edges; half of them always or never.
                    let few = kind != PollKind::BackEdge || often % 2 == 0;
                    placed.push((offset, if few { often / 2 % 2 } else { often }));
                }
                if with_lines && starts {
                    table.push((offset, u32::from(line) + 1));
                    marks.extend(mark(offset, line));
                }
                offset += instruction.info().size() as u32;
            }
            let params = if index == 0 { 0 } else { PARAMS };
            let name = String::new();
            Function { name, params, locals, code, lines: table, placed, marks }
        },
    )
}

/// Some marks at an offset, which name one of two passages or the first local; none for every second number.
fn mark(offset: u32, number: u16) -> Vec<Mark> {
    use MarkKind::{Begin, End, Numbers, Passage, Statement};
    let kinds = match number % 8 {
        0 => vec![Statement],
        1 => vec![Passage, Begin],
        2 => vec![End, Statement, Passage],
        3 => vec![Numbers],
        _ => Vec::new(),
    };
    let index =
        |kind| if matches!(kind, Statement | Passage) { u32::from(number / 8 % 2) } else { 0 };
    kinds.into_iter().map(|kind| Mark { offset, kind, index: index(kind) }).collect()
}

/// Any module that the verifier accepts, odd names, unused constants and odd line tables included.
pub fn module() -> impl Strategy<Value = Module> {
    let tables = (
        name(),
        policy(),
        vec(constant(), usize::from(CONSTANTS)),
        vec(constant(), 0..3),
        names(GLOBALS.into()),
        names(SHAPES.into()),
        vec(names(FIELDS.into()), usize::from(SHAPES)),
    );
    let functions = (function(0), function(1), function(2), names(FUNCTIONS.into()));
    (tables, functions).prop_map(|(tables, functions)| {
        let (name, policy, mut constants, unused, globals, shapes, fields) = tables;
        constants.push(Constant::String("message".to_owned()));
        constants.extend(unused);
        let (a, b, c, names) = functions;
        let mut functions = vec![a, b, c];
        for (function, name) in functions.iter_mut().zip(names) {
            function.name = name;
        }
        Module {
            name,
            policy,
            constants,
            globals: globals.into_iter().map(|name| Global { name }).collect(),
            shapes: shapes
                .into_iter()
                .zip(fields)
                .map(|(name, fields)| Shape { name, fields })
                .collect(),
            functions,
            entry: 0,
            passages: vec![
                Passage { from: (0, 7), to: (u32::MAX, 300), words: "a \"word\"\n".to_owned() },
                Passage { from: (7, 1), to: (7, 9), words: String::new() },
            ],
        }
    })
}
