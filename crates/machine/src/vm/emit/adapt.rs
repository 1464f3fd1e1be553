//! Back-edges that adapt: how many turns there are from one that polls to the next follows from the time that turns take.
//!
//! Each such back-edge has a number of turns of its own, in each worker. Where it polls, a clock says how long the turns
//! since the last poll took, and so how many there are in half of the wanted time: the other half is for what takes longer
//! than it did. The number at most doubles from one poll to the next, so a loop begins with a poll at its first turns.

use std::collections::BTreeMap;

use super::polls::Often;
use super::{GLOBALS, IMPORTS, Unit};
use crate::vm::code::Form;
use bytecode::{ADAPTS, PollKind};
use wasm_encoder::{ConstExpr, Function, GlobalSection, GlobalType, InstructionSink, ValType};

/// Most turns from one that polls to the next: a snapshot has no more of them, and what more would save cannot be told.
const MOST_TURNS: f64 = 65_535.0;

/// The global that has the time of the last poll of such a back-edge. Those of the back-edges follow.
const SINCE: u32 = GLOBALS.len() as u32;

/// Microseconds within which a back-edge polls again whose program says that it adapts, where the policy says nothing of it.
const WANTED: u32 = 100;

/// Those back-edges of which the program says that they adapt, or of which only the policy does, with the number of their
/// global.
pub(super) fn loops(unit: &Unit<'_>) -> BTreeMap<u32, u32> {
    let sites: Vec<_> = unit.module.sites().collect();
    let is_free = |op: &u32| {
        let slot = unit.code.counts()[*op as usize].slot as usize;
        let site = slot.checked_sub(1).map(|site| sites[site]);
        site.is_some_and(|site| match site.placed {
            None => unit.layout.adapt > 0 && site.kind == PollKind::BackEdge,
            placed => placed == Some(ADAPTS),
        })
    };
    let ops = unit.code.start(0, Form::Fast)..unit.code.start(0, Form::Debug);
    ops.filter(is_free).zip(SINCE + 1..).collect()
}

impl Unit<'_> {
    /// How often a back-edge polls that does at every n-th turn; 0: never.
    pub(super) fn often(&self, op: u32, every: u16) -> Often {
        match every {
            0 => Often::Never,
            1 => self.adapted.get(&op).map_or(Often::Always, |global| Often::Adapted(*global)),
            _ => Often::Every(every),
        }
    }

    /// The function that adapts.
    pub(super) fn adapt(&self) -> u32 {
        IMPORTS + self.pieces.len() as u32 + 1
    }
}

pub(super) fn globals(unit: &Unit<'_>) -> GlobalSection {
    let mut globals = GlobalSection::new();
    let kind = |val_type| GlobalType { val_type, mutable: true, shared: false };
    globals.global(kind(ValType::F64), &ConstExpr::f64_const(0.0.into()));
    for _ in &unit.adapted {
        globals.global(kind(ValType::I32), &ConstExpr::i32_const(1));
    }
    globals
}

/// Takes the turns since the last poll, and how many were to be; gives how many are to be until the next one.
pub(super) fn function(unit: &Unit<'_>) -> Function {
    let (turns, before, now, wanted) = (0, 1, 2, 3);
    let wanted_us = if unit.layout.adapt > 0 { unit.layout.adapt } else { WANTED };
    let milliseconds = f64::from(wanted_us) / 1000.0;
    let mut bytes = Vec::new();
    let mut sink = InstructionSink::new(&mut bytes);
    sink.call(unit.layout.now).local_set(now);
    sink.local_get(turns).f64_convert_i32_u().f64_const((milliseconds / 2.0).into()).f64_mul();
    // No time at all: as many as there may be.
    sink.local_get(now).global_get(SINCE).f64_sub().f64_div().local_set(wanted);
    sink.local_get(now).global_set(SINCE);
    sink.local_get(wanted).local_get(before).f64_convert_i32_u().f64_const(2.0.into()).f64_mul();
    sink.f64_min().f64_const(MOST_TURNS.into()).f64_min().f64_const(1.0.into()).f64_max();
    sink.i32_trunc_sat_f64_u().end();
    let mut function = Function::new_with_locals_types([ValType::F64; 2]);
    function.raw(bytes);
    function
}
