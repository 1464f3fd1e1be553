//! What is as in JavaScript: numbers, strings, lists.

use super::list::{list_copy, list_push, trap_list};
use super::memory::new_string;
use super::polls::work;
use super::traps::{leave, throw, trap_operand, trap_operands};
use crate::heap::{Kind, Value};
use crate::vm::arithmetic::{Failure, number, string};
use crate::vm::context::Context;
use crate::vm::js::{JsOperator, float_text, index, is_true, of, operate};
use crate::vm::list;
use crate::vm::point::{Exit, Point};
use crate::vm::since::WorkKind;
use crate::vm::task::Task;
use crate::vm::trap;

/// The result of an operation; undefined if it has none.
#[inline(never)]
pub(in crate::vm) fn js(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    with: JsOperator,
    shape: u16,
    [a, b, c]: [Value; 3],
) -> Result<Value, Exit> {
    use JsOperator as J;
    let heap = &cx.store.heap;
    match with {
        J::Add | J::Sub | J::Mul | J::Div | J::Rem | J::Pow => match (number(a), number(b)) {
            (Some(x), Some(y)) => Ok(operate(with, x, y)),
            _ => Err(trap_operands(cx, task, point, Failure::Kinds, a, b)),
        },
        J::Ushr if !a.both_int(b) => Err(trap_operands(cx, task, point, Failure::Kinds, a, b)),
        J::Ushr => Ok(operate(with, f64::from(a.low_int()), f64::from(b.low_int()))),
        J::Int if a.is_int() => Ok(a),
        J::Neg | J::Floor | J::Sqrt | J::Int => match number(a) {
            Some(x) => Ok(operate(with, x, 0.0)),
            None => Err(trap_operand(cx, task, point, "a number", a)),
        },
        J::True => Ok(Value::bool(is_true(heap, a))),
        J::Text => text(cx, task, point, a),
        J::Length | J::Char | J::Code => of_string(cx, task, point, with, a, b),
        J::ListGet => match list::get(heap, shape, a, b) {
            Some(value) => Ok(value),
            None => Err(trap_list(cx, task, point, shape, a, b)),
        },
        J::ListSet => match list::set(heap, shape, a, b, c) {
            true => Ok(Value::UNDEFINED),
            false => Err(trap_list(cx, task, point, shape, a, b)),
        },
        J::ListPush => list_push(cx, task, point, shape, a, b),
        J::ListPop => match list::pop(heap, shape, a) {
            Some(value) => Ok(value),
            None => Err(trap_list(cx, task, point, shape, a, Value::int(0))),
        },
        J::ListCopy => list_copy(cx, task, point, shape, a, b),
        J::Throw => match string(heap, a) {
            Some(text) => {
                let message = match heap.text(text) {
                    "" => "something without a message was thrown".to_owned(),
                    text => trap::shortened(text.to_owned()),
                };
                Err(throw(cx, task, point, a, message))
            }
            None => Err(trap_operand(cx, task, point, "a string", a)),
        },
    }
}

/// A value as JavaScript's `String` writes it.
fn text(cx: &mut Context<'_>, task: &Task, point: &Point, value: Value) -> Result<Value, Exit> {
    let Kind::Float(float) = value.kind() else {
        return super::to_str(cx, task, point, value);
    };
    new_string(cx, task, point, &float_text(float))
}

/// What a string is asked for: how many units of UTF-16 it has, or one of them.
fn of_string(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    with: JsOperator,
    text: Value,
    at: Value,
) -> Result<Value, Exit> {
    let heap = &cx.store.heap;
    let Some(reference) = string(heap, text) else {
        return Err(trap_operand(cx, task, point, "a string", text));
    };
    // `charCodeAt` takes any number: a whole one is made of it, 0 of not-a-number.
    let at = match (with, number(at)) {
        (JsOperator::Code, None) => return Err(trap_operand(cx, task, point, "a number", at)),
        (JsOperator::Code, Some(at)) => of(if at.is_nan() { 0.0 } else { at.trunc() }),
        _ => at,
    };
    let bytes = heap.header(reference).length();
    let found = work(cx, task, point, WorkKind::Text, bytes.into(), |_| {
        let mut units = heap.text(reference).encode_utf16();
        match with {
            JsOperator::Length => u32::try_from(units.count()).ok(),
            _ => units.nth(index(at, bytes)? as usize).map(u32::from),
        }
    });
    match (with, found) {
        (JsOperator::Char, None) => Ok(Value::UNDEFINED),
        (JsOperator::Char, Some(unit)) => match char::from_u32(unit) {
            Some(character) => new_string(cx, task, point, character.encode_utf8(&mut [0; 4])),
            None => {
                let message = "js-char: half of a character is no string here";
                Err(leave(cx, task, point, message.into()))
            }
        },
        (_, Some(number)) => Ok(Value::int(number as i32)),
        (_, None) => Ok(Value::float(f64::NAN)),
    }
}
