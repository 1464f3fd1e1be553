//! A naive interpreter of the visible instructions: slow, small, obviously right. The machine must
//! do the same.

use std::cell::RefCell;
use std::rc::Rc;

use bytecode::{Constant, Instruction, VerifiedModule};

#[derive(Debug, Clone)]
pub enum Value {
    Int(i32),
    Float(f64),
    Bool(bool),
    Null,
    Undefined,
    Text(Rc<str>),
    Object(u16, Rc<RefCell<Vec<Value>>>),
    Array(Rc<RefCell<Vec<Value>>>),
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    Result(String),
    /// Where it trapped: function and instruction.
    Trap(u16, u32),
}

#[derive(Debug)]
pub struct Reference {
    pub end: End,
    pub output: String,
    /// Instructions that were completed.
    pub instructions: u64,
}

struct Frame {
    function: u16,
    at: u32,
    locals: Vec<Value>,
    stack: Vec<Value>,
    /// Where the open tries lead, the innermost last.
    tries: Vec<u32>,
}

/// Runs a program of one task; `None` if it takes more than `most` instructions, or makes long
/// strings.
pub fn interpret(module: &VerifiedModule, most: u64) -> Option<Reference> {
    let mut globals = vec![Value::Null; module.module().globals.len()];
    let mut output = String::new();
    let mut instructions = 0;
    let mut longest = 0;
    let mut frames = vec![frame(module, module.module().entry, Vec::new())];
    loop {
        // Strings that double with every turn of a loop are no test of an interpreter, and the
        // machine keeps only the end of a long output.
        if instructions > most || longest > 10_000 || output.len() > 200_000 {
            return None;
        }
        let top = frames.last_mut().expect("a frame");
        let place = (top.function, top.at);
        match step(module, top, &mut globals, &mut output, &mut longest) {
            None => {
                let end = End::Trap(place.0, place.1);
                return Some(Reference { end, output, instructions });
            }
            Some(Next::On) => {}
            Some(Next::Call(function, arguments)) => {
                if frames.len() == 1 << 16 {
                    let end = End::Trap(place.0, place.1);
                    return Some(Reference { end, output, instructions });
                }
                frames.push(frame(module, function, arguments));
            }
            Some(Next::Throw(message)) => {
                let Some(catches) = frames.iter().rposition(|frame| !frame.tries.is_empty()) else {
                    let end = End::Trap(place.0, place.1);
                    return Some(Reference { end, output, instructions });
                };
                frames.truncate(catches + 1);
                let top = &mut frames[catches];
                top.at = top.tries.pop().expect("an open try");
                top.stack = vec![message];
            }
            Some(Next::Return(value)) => {
                frames.pop();
                match frames.last_mut() {
                    Some(caller) => caller.stack.push(value),
                    None => {
                        let end = End::Result(text(module, &value));
                        instructions += 1;
                        return Some(Reference { end, output, instructions });
                    }
                }
            }
        }
        instructions += 1;
    }
}

fn frame(module: &VerifiedModule, function: u16, arguments: Vec<Value>) -> Frame {
    let mut locals = arguments;
    locals.resize(module.module().functions[function as usize].locals.len(), Value::Null);
    Frame { function, at: 0, locals, stack: Vec::new(), tries: Vec::new() }
}

enum Next {
    On,
    Call(u16, Vec<Value>),
    Return(Value),
    Throw(Value),
}

/// Executes one instruction; `None`: it traps.
fn step(
    module: &VerifiedModule,
    frame: &mut Frame,
    globals: &mut [Value],
    output: &mut String,
    longest: &mut usize,
) -> Option<Next> {
    use Instruction as I;
    let code = module.functions()[frame.function as usize].instructions();
    let instruction = code[frame.at as usize];
    let stack = &mut frame.stack;
    macro_rules! pop {
        () => {
            stack.pop().expect("the verifier counts operands")
        };
    }
    macro_rules! numbers {
        (|$a:ident, $b:ident| $ints:expr, $floats:expr) => {{
            let (right, left) = (pop!(), pop!());
            match (&left, &right) {
                (Value::Int($a), Value::Int($b)) => Value::Int($ints),
                _ => {
                    let ($a, $b) = (number(&left)?, number(&right)?);
                    Value::Float($floats)
                }
            }
        }};
    }
    macro_rules! js {
        (|$a:ident, $b:ident| $floats:expr) => {{
            let (right, left) = (pop!(), pop!());
            let ($a, $b) = (number(&left)?, number(&right)?);
            stack.push(javascript($floats));
        }};
    }
    macro_rules! ints {
        (|$a:ident, $b:ident| $result:expr) => {{
            let (right, left) = (pop!(), pop!());
            match (left, right) {
                (Value::Int($a), Value::Int($b)) => Value::Int($result),
                _ => return None,
            }
        }};
    }
    macro_rules! order {
        ($op:tt) => {{
            let (right, left) = (pop!(), pop!());
            Value::Bool(match (&left, &right) {
                (Value::Int(a), Value::Int(b)) => a $op b,
                (Value::Text(a), Value::Text(b)) => {
                    a.encode_utf16().collect::<Vec<_>>() $op b.encode_utf16().collect::<Vec<_>>()
                }
                _ => number(&left)? $op number(&right)?,
            })
        }};
    }
    let mut next = frame.at + 1;
    match instruction {
        I::Nop => {}
        I::Pop => drop(pop!()),
        I::Dup => stack.push(stack.last().expect("an operand").clone()),
        I::Swap => {
            let (b, a) = (pop!(), pop!());
            stack.push(b);
            stack.push(a);
        }
        I::Int(value) => stack.push(Value::Int(value)),
        I::Const(index) => stack.push(match &module.module().constants[index as usize] {
            Constant::Float(float) => Value::Float(*float),
            Constant::String(text) => Value::Text(text.as_str().into()),
        }),
        I::True => stack.push(Value::Bool(true)),
        I::False => stack.push(Value::Bool(false)),
        I::Null => stack.push(Value::Null),
        I::Load(local) => stack.push(frame.locals[local as usize].clone()),
        I::Store(local) => frame.locals[local as usize] = pop!(),
        I::GlobalLoad(global) => stack.push(globals[global as usize].clone()),
        I::GlobalStore(global) => globals[global as usize] = pop!(),
        I::Add => {
            let sum = numbers!(|a, b| a.wrapping_add(*b), a + b);
            stack.push(sum);
        }
        I::Sub => {
            let difference = numbers!(|a, b| a.wrapping_sub(*b), a - b);
            stack.push(difference);
        }
        I::Mul => {
            let product = numbers!(|a, b| a.wrapping_mul(*b), a * b);
            stack.push(product);
        }
        I::Div => {
            let quotient =
                numbers!(|a, b| if *b == 0 { return None } else { a.wrapping_div(*b) }, a / b);
            stack.push(quotient);
        }
        I::Rem => {
            let rest =
                numbers!(|a, b| if *b == 0 { return None } else { a.wrapping_rem(*b) }, a % b);
            stack.push(rest);
        }
        I::Neg => {
            let negated = match pop!() {
                Value::Int(a) => Value::Int(a.wrapping_neg()),
                Value::Float(a) => Value::Float(-a),
                _ => return None,
            };
            stack.push(negated);
        }
        I::And => {
            let value = ints!(|a, b| a & b);
            stack.push(value);
        }
        I::Or => {
            let value = ints!(|a, b| a | b);
            stack.push(value);
        }
        I::Xor => {
            let value = ints!(|a, b| a ^ b);
            stack.push(value);
        }
        I::Shl => {
            let value = ints!(|a, b| a.wrapping_shl(b as u32));
            stack.push(value);
        }
        I::Shr => {
            let value = ints!(|a, b| a.wrapping_shr(b as u32));
            stack.push(value);
        }
        I::Not => match pop!() {
            Value::Bool(a) => stack.push(Value::Bool(!a)),
            _ => return None,
        },
        I::Eq | I::Ne => {
            let (b, a) = (pop!(), pop!());
            stack.push(Value::Bool(equal(&a, &b) == (instruction == I::Eq)));
        }
        I::Lt => {
            let value = order!(<);
            stack.push(value);
        }
        I::Le => {
            let value = order!(<=);
            stack.push(value);
        }
        I::Gt => {
            let value = order!(>);
            stack.push(value);
        }
        I::Ge => {
            let value = order!(>=);
            stack.push(value);
        }
        I::ToInt => {
            let int = match pop!() {
                Value::Int(a) => a,
                Value::Float(a) => a as i32,
                _ => return None,
            };
            stack.push(Value::Int(int));
        }
        I::ToFloat => {
            let float = number(&pop!())?;
            stack.push(Value::Float(float));
        }
        I::ToStr => {
            let string = text(module, &pop!());
            stack.push(Value::Text(string.into()));
        }
        I::Concat => match (pop!(), pop!()) {
            (Value::Text(b), Value::Text(a)) => {
                *longest = (*longest).max(a.len() + b.len());
                stack.push(Value::Text(format!("{a}{b}").into()));
            }
            _ => return None,
        },
        I::Jmp(target) => next = target,
        I::JmpIf(target) | I::JmpIfNot(target) => match pop!() {
            Value::Bool(holds) if holds == matches!(instruction, I::JmpIf(_)) => next = target,
            Value::Bool(_) => {}
            _ => return None,
        },
        I::Call(function) => {
            let params = module.module().functions[function as usize].params as usize;
            let arguments = stack.split_off(stack.len() - params);
            frame.at = next;
            return Some(Next::Call(function, arguments));
        }
        I::Ret => return Some(Next::Return(pop!())),
        I::New(shape) => {
            let fields = module.module().shapes[shape as usize].fields.len();
            stack.push(Value::Object(shape, Rc::new(RefCell::new(vec![Value::Null; fields]))));
        }
        I::Get { shape, field } => match pop!() {
            Value::Object(of, fields) if of == shape => {
                stack.push(fields.borrow()[field as usize].clone());
            }
            _ => return None,
        },
        I::Set { shape, field } => match (pop!(), pop!()) {
            (value, Value::Object(of, fields)) if of == shape => {
                fields.borrow_mut()[field as usize] = value;
            }
            _ => return None,
        },
        I::NewArray => match pop!() {
            Value::Int(length) if length >= 0 => {
                stack.push(Value::Array(Rc::new(RefCell::new(vec![Value::Null; length as usize]))));
            }
            _ => return None,
        },
        I::ArrayLoad => match (pop!(), pop!()) {
            (Value::Int(index), Value::Array(elements)) => {
                let element = elements.borrow().get(usize::try_from(index).ok()?)?.clone();
                stack.push(element);
            }
            _ => return None,
        },
        I::ArrayStore => match (pop!(), pop!(), pop!()) {
            (value, Value::Int(index), Value::Array(elements)) => {
                *elements.borrow_mut().get_mut(usize::try_from(index).ok()?)? = value;
            }
            _ => return None,
        },
        I::Len => {
            let length = match pop!() {
                Value::Array(elements) => elements.borrow().len(),
                Value::Text(text) => text.len(),
                _ => return None,
            };
            stack.push(Value::Int(length as i32));
        }
        I::ArrayCopy => match (pop!(), pop!()) {
            (Value::Array(to), Value::Array(from)) => {
                let from = from.borrow().clone();
                for (to, from) in to.borrow_mut().iter_mut().zip(from) {
                    *to = from;
                }
            }
            _ => return None,
        },
        I::ArrayFill => match (pop!(), pop!()) {
            (value, Value::Array(elements)) => elements.borrow_mut().fill(value),
            _ => return None,
        },
        I::Print => {
            let line = text(module, &pop!());
            output.push_str(&line);
            output.push('\n');
        }
        I::Undefined => stack.push(Value::Undefined),
        I::JsAdd => js!(|a, b| a + b),
        I::JsSub => js!(|a, b| a - b),
        I::JsMul => js!(|a, b| a * b),
        I::JsDiv => js!(|a, b| a / b),
        I::JsRem => js!(|a, b| a % b),
        I::JsPow => js!(|a, b| match b {
            0.0 => 1.0,
            1.0 => a,
            -1.0 => 1.0 / a,
            2.0 => a * a,
            0.5 if a == 0.0 => 0.0,
            0.5 if a == f64::NEG_INFINITY => f64::INFINITY,
            0.5 => a.sqrt(),
            _ => panic!("a power that needs a logarithm"),
        }),
        I::JsNeg => {
            let value = javascript(-number(&pop!())?);
            stack.push(value);
        }
        I::JsFloor => {
            let value = javascript(number(&pop!())?.floor());
            stack.push(value);
        }
        I::JsSqrt => {
            let value = javascript(number(&pop!())?.sqrt());
            stack.push(value);
        }
        I::JsInt => {
            let int = int32(number(&pop!())?);
            stack.push(Value::Int(int));
        }
        I::JsUshr => match (pop!(), pop!()) {
            (Value::Int(b), Value::Int(a)) => {
                stack.push(javascript(f64::from((a as u32) >> (b as u32 & 31))));
            }
            _ => return None,
        },
        I::JsTrue => {
            let is_true = match pop!() {
                Value::Bool(bool) => bool,
                Value::Null | Value::Undefined => false,
                Value::Text(text) => !text.is_empty(),
                value => number(&value).is_none_or(|number| number != 0.0 && !number.is_nan()),
            };
            stack.push(Value::Bool(is_true));
        }
        I::JsText => {
            let string = match pop!() {
                Value::Float(float) => javascript_text(float),
                value => text(module, &value),
            };
            stack.push(Value::Text(string.into()));
        }
        I::JsLength => match pop!() {
            Value::Text(text) => stack.push(Value::Int(text.encode_utf16().count() as i32)),
            _ => return None,
        },
        I::JsCode => match (pop!(), pop!()) {
            (index, Value::Text(text)) => {
                let units: Vec<u16> = text.encode_utf16().collect();
                let index = number(&index)?;
                let index = if index.is_nan() { 0.0 } else { index.trunc() };
                let unit = at(&Value::Float(index)).and_then(|index| units.get(index).copied());
                stack.push(unit.map_or(Value::Float(f64::NAN), |unit| Value::Int(unit.into())));
            }
            _ => return None,
        },
        I::ListGet(shape) => {
            let index = pop!();
            let elements = list(&pop!(), shape)?;
            number(&index)?;
            let element = at(&index).and_then(|index| elements.get(index).cloned());
            stack.push(element.unwrap_or(Value::Undefined));
        }
        I::ListSet(shape) => {
            let (value, index, object) = (pop!(), pop!(), pop!());
            let mut elements = list(&object, shape)?;
            *elements.get_mut(at(&index)?)? = value;
            keep(&object, elements);
        }
        I::ListPush(shape) => {
            let (value, object) = (pop!(), pop!());
            let mut elements = list(&object, shape)?;
            elements.push(value);
            stack.push(Value::Int(elements.len() as i32));
            keep(&object, elements);
        }
        I::ListPop(shape) => {
            let object = pop!();
            let mut elements = list(&object, shape)?;
            stack.push(elements.pop().unwrap_or(Value::Undefined));
            keep(&object, elements);
        }
        I::ListCopy(shape) => {
            let (to, from) = (pop!(), pop!());
            let (source, mut target) = (list(&from, shape)?, list(&to, shape)?);
            for (target, source) in target.iter_mut().zip(source) {
                *target = source;
            }
            keep(&to, target);
        }
        I::Throw => match pop!() {
            text @ Value::Text(_) => return Some(Next::Throw(text)),
            _ => return None,
        },
        I::Try(target) => frame.tries.push(target),
        I::EndTry => drop(frame.tries.pop().expect("the verifier counts tries")),
        I::Trap(_) => return None,
        I::Yield | I::Poll | I::Collect => {}
        I::Stop => match pop!() {
            Value::Text(_) => {}
            _ => return None,
        },
        other => unimplemented!("{other:?} needs more than one task"),
    }
    frame.at = next;
    Some(Next::On)
}

/// A number as JavaScript's instructions leave it.
fn javascript(number: f64) -> Value {
    let is_int = number.fract() == 0.0 && number.abs() < 3e9 && f64::from(number as i32) == number;
    if is_int && !(number == 0.0 && number.is_sign_negative()) {
        Value::Int(number as i32)
    } else {
        Value::Float(number)
    }
}

/// `ToInt32` of ECMA-262.
fn int32(number: f64) -> i32 {
    if !number.is_finite() {
        return 0;
    }
    let modulo = number.trunc().rem_euclid(4_294_967_296.0);
    (modulo as u32) as i32
}

/// The index that a number is.
fn at(value: &Value) -> Option<usize> {
    let number = number(value)?;
    (number.fract() == 0.0 && (0.0..1e9).contains(&number)).then_some(number as usize)
}

/// The elements of a list, and their way back.
fn list(value: &Value, wanted: u16) -> Option<Vec<Value>> {
    let Value::Object(shape, fields) = value else { return None };
    match (*shape == wanted, fields.borrow().as_slice()) {
        (true, [Value::Array(elements), Value::Int(length), ..]) => {
            Some(elements.borrow()[..*length as usize].to_vec())
        }
        _ => None,
    }
}

fn keep(value: &Value, elements: Vec<Value>) {
    let Value::Object(_, fields) = value else { return };
    let length = Value::Int(elements.len() as i32);
    let mut fields = fields.borrow_mut();
    fields[0] = Value::Array(Rc::new(RefCell::new(elements)));
    fields[1] = length;
}

/// `Number::toString` of ECMA-262 with radix 10, step by step.
fn javascript_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value == 0.0 {
        return "0".into();
    }
    let sign = if value < 0.0 { "-" } else { "" };
    if value.is_infinite() {
        return format!("{sign}Infinity");
    }
    // The shortest digits that give the number back, and the exponent of the first one.
    let written = format!("{:e}", value.abs());
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let before = exponent.parse::<i32>().unwrap_or(0) + 1;
    let count = digits.len() as i32;
    let zeros = |count: i32| "0".repeat(count.unsigned_abs() as usize);
    let text = match before {
        _ if count <= before && before <= 21 => format!("{digits}{}", zeros(before - count)),
        1..=21 => {
            let (whole, fraction) = digits.split_at(before.unsigned_abs() as usize);
            format!("{whole}.{fraction}")
        }
        -5..=0 => format!("0.{}{digits}", zeros(before)),
        _ => {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            let exponent = before - 1;
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{first}{point}{rest}e{sign}{}", exponent.abs())
        }
    };
    format!("{sign}{text}")
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(int) => Some(*int as f64),
        Value::Float(float) => Some(*float),
        _ => None,
    }
}

fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Null, Value::Null) | (Value::Undefined, Value::Undefined) => true,
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::Object(_, a), Value::Object(_, b)) | (Value::Array(a), Value::Array(b)) => {
            Rc::ptr_eq(a, b)
        }
        _ => matches!((number(a), number(b)), (Some(a), Some(b)) if a == b),
    }
}

fn text(module: &VerifiedModule, value: &Value) -> String {
    match value {
        Value::Int(int) => int.to_string(),
        Value::Float(float) => format!("{float:?}"),
        Value::Bool(bool) => bool.to_string(),
        Value::Null => "null".into(),
        Value::Undefined => "undefined".into(),
        Value::Text(text) => text.to_string(),
        Value::Object(shape, _) => module.module().shapes[*shape as usize].name.clone(),
        Value::Array(elements) => format!("array of {}", elements.borrow().len()),
    }
}
