//! The frames of a saved task, and the values in them.

use std::cell::Cell;
use std::collections::VecDeque;

use super::op::Op;
use super::program::Program;
use super::task::TaskBody;
use crate::heap::Value;

/// Frames shown at each end of a call stack.
const SHOWN: usize = 24;

/// A frame without names and values.
#[derive(Debug, Clone, Copy)]
pub(super) struct RawFrame {
    pub(super) function: u16,
    pub(super) visible: u32,
    pub(super) window: u32,
    /// Operands that the frame still has; the arguments of a call belong to the callee.
    pub(super) height: u16,
}

/// The number of a task's registers in use: all up to the top frame's operands.
pub(super) fn live_registers<'b>(program: &Program, body: &'b TaskBody) -> &'b [Cell<u64>] {
    let function = program.code.function(body.pc);
    let locals = program.declared(function).locals.len();
    let height = program.verified(function).height(body.visible).unwrap_or(0);
    &body.registers[..body.window as usize + locals + height as usize]
}

/// A task's frames, innermost first.
pub(super) fn frames<'a>(
    program: &'a Program,
    body: &'a TaskBody,
) -> impl Iterator<Item = RawFrame> + 'a {
    let code = &program.code;
    let function = code.function(body.pc);
    let height = program.verified(function).height(body.visible).unwrap_or(0);
    let mut next = Some(RawFrame { function, visible: body.visible, window: body.window, height });
    let mut depth = body.depth as usize;
    std::iter::from_fn(move || {
        let frame = next.take()?;
        depth = depth.checked_sub(1)?;
        let call = code.index(body.frames[depth].get()) - 1;
        if call > 0
            && let Op::Call { window, .. } | Op::CallUnpolled { window, .. } =
                code.ops()[call as usize]
        {
            let function = code.function(call);
            let visible = code.at(call);
            let params = program.declared(frame.function).params as u16;
            let height = program.verified(function).height(visible).unwrap_or(params);
            // If the task's worker died inside the loop, the task was not saved, and these need not fit.
            let window = frame.window.saturating_sub(window as u32);
            let height = height.saturating_sub(params);
            next = Some(RawFrame { function, visible, window, height });
        }
        Some(frame)
    })
}

/// Where in a frame a value is.
#[derive(Debug, Clone, Copy)]
pub(super) enum InFrame {
    /// In the local of that index.
    Local(usize),
    /// On the operand stack, counted from the bottom.
    Operand(usize),
}

/// Visits every local and operand of a saved task, with the function of its frame.
pub(super) fn each_value(
    program: &Program,
    body: &TaskBody,
    look: &mut dyn FnMut(u16, InFrame, Value),
) {
    for frame in frames(program, body) {
        let locals = program.declared(frame.function).locals.len();
        for index in 0..locals + frame.height as usize {
            let bits = body.registers[frame.window as usize + index].get();
            let place = match index.checked_sub(locals) {
                None => InFrame::Local(index),
                Some(operand) => InFrame::Operand(operand),
            };
            look(frame.function, place, Value::from_bits(bits));
        }
    }
}

/// The first and the last frames, and the number of frames between them.
pub(super) fn shown(frames: impl Iterator<Item = RawFrame>) -> (Vec<RawFrame>, u32) {
    let mut shown = Vec::new();
    let mut last = VecDeque::new();
    let mut omitted = 0;
    for frame in frames {
        if shown.len() < SHOWN {
            shown.push(frame);
        } else {
            last.push_back(frame);
            if last.len() > SHOWN {
                last.pop_front();
                omitted += 1;
            }
        }
    }
    shown.extend(last);
    (shown, omitted)
}
