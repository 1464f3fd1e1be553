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
    Frame { function, at: 0, locals, stack: Vec::new() }
}

enum Next {
    On,
    Call(u16, Vec<Value>),
    Return(Value),
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
                (Value::Text(a), Value::Text(b)) => a.as_bytes() $op b.as_bytes(),
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
        I::Trap(_) => return None,
        I::Yield => {}
        other => unimplemented!("{other:?} needs more than one task"),
    }
    frame.at = next;
    Some(Next::On)
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
        (Value::Null, Value::Null) => true,
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
        Value::Text(text) => text.to_string(),
        Value::Object(shape, _) => module.module().shapes[*shape as usize].name.clone(),
        Value::Array(elements) => format!("array of {}", elements.borrow().len()),
    }
}
