//! Methods of arrays, and functions of `Math` and `Array`.

use oxc_ast::ast::{
    Argument, CallExpression, Expression, ObjectPropertyKind, StaticMemberExpression,
};
use oxc_span::GetSpan;

use super::function::Function;
use super::generic::Bound;
use super::shapes::key;
use super::types::{ELEMENTS, LENGTH, Type};
use super::unit::{Refused, Result};
use bytecode::Instruction;

impl<'p> Function<'_, 'p> {
    pub fn list_method(
        &mut self,
        of: &Type,
        name: &str,
        member: &StaticMemberExpression<'p>,
        one: &'p CallExpression<'p>,
    ) -> Result<Type> {
        let shape = self.unit.list(one.span)?;
        match name {
            "push" => {
                let [value] = one.arguments.as_slice() else {
                    return self.push_all(of, shape, one);
                };
                let value = self.argument(value)?;
                self.expect(value, of)?;
                self.at(one.span);
                self.emit(Instruction::ListPush(shape));
                Ok(Type::Number)
            }
            "pop" => {
                let [] = self.exactly(one, "pop()")?;
                self.emit(Instruction::ListPop(shape));
                Ok(of.clone())
            }
            "fill" => {
                let [value] = self.exactly(one, "fill(element)")?;
                self.emit(Instruction::Dup);
                self.emit(Instruction::Get { shape, field: ELEMENTS });
                let found = self.expression(value, Some(of))?;
                self.fits(&found, of, value.span())?;
                self.at(one.span);
                self.emit(Instruction::ArrayFill);
                Ok(Type::list(if *of == Type::Unknown { found } else { of.clone() }))
            }
            "join" | "sort"
                if !matches!(of, Type::Number | Type::Text | Type::Bool)
                    && (name == "join" || one.arguments.is_empty()) =>
            {
                let what = format!("{} as text", self.unit.name(of));
                self.unit.unsupported(one.span, &what, "its numbers and strings")
            }
            name if name == "from" || (name.starts_with("sort") && name != "sort") => {
                self.no_method(name, "arrays", member)
            }
            _ => {
                let this = Type::list(of.clone());
                let full = match name {
                    "sort" if one.arguments.is_empty() => "Array.sortByText".to_owned(),
                    name => format!("Array.{name}"),
                };
                match self.library(&full, Some(&this), &one.arguments, one.span)? {
                    Some(of) => Ok(of),
                    None => self.no_method(name, "arrays", member),
                }
            }
        }
    }

    pub fn math(&mut self, name: &str, one: &'p CallExpression<'p>) -> Result<Type> {
        let usage = format!("Math.{name}(number)");
        match name {
            "floor" | "sqrt" | "ceil" | "abs" => {}
            "min" | "max" => return self.extreme(name, one),
            "imul" => {
                for factor in self.exactly::<2>(one, "Math.imul(a, b)")? {
                    self.expect(factor, &Type::Number)?;
                    self.emit(Instruction::JsInt);
                }
                self.at(one.span);
                self.emit(Instruction::Mul);
                return Ok(Type::Number);
            }
            "pow" => {
                for operand in self.exactly::<2>(one, "Math.pow(base, exponent)")? {
                    self.expect(operand, &Type::Number)?;
                }
                self.at(one.span);
                self.emit(Instruction::JsPow);
                return Ok(Type::Number);
            }
            _ => {
                let full = format!("Math.{name}");
                if let Some(of) = self.library(&full, None, &one.arguments, one.span)? {
                    return Ok(of);
                }
                let instead =
                    "Math.floor, ceil, round, trunc, abs, sign, sqrt, pow, min, max or imul";
                return self.unit.unsupported(one.callee.span(), &full, instead);
            }
        }
        let [value] = self.exactly(one, &usage)?;
        self.expect(value, &Type::Number)?;
        self.at(one.span);
        match name {
            "floor" => self.emit(Instruction::JsFloor),
            "sqrt" => self.emit(Instruction::JsSqrt),
            "ceil" => {
                self.emit(Instruction::JsNeg);
                self.emit(Instruction::JsFloor);
                self.emit(Instruction::JsNeg);
            }
            _ => {
                // 0 - x, not -x: the absolute value of -0 is 0.
                let end = self.code.label();
                self.emit(Instruction::Dup);
                self.emit(Instruction::Int(0));
                self.emit(Instruction::Le);
                self.jump(Instruction::JmpIfNot, end);
                self.emit(Instruction::Int(0));
                self.emit(Instruction::Swap);
                self.emit(Instruction::JsSub);
                self.code.place(end);
            }
        }
        Ok(Type::Number)
    }

    /// `push` of several elements, or of none.
    fn push_all(&mut self, of: &Type, shape: u16, one: &'p CallExpression<'p>) -> Result<Type> {
        self.temporaries(one.arguments.len(), Vec::new(), one.span, &mut |this, slots| {
            for (argument, slot) in one.arguments.iter().zip(slots) {
                let value = this.argument(argument)?;
                this.expect(value, of)?;
                this.emit(Instruction::Store(*slot));
            }
            this.at(one.span);
            for slot in slots {
                this.emit(Instruction::Dup);
                this.emit(Instruction::Load(*slot));
                this.emit(Instruction::ListPush(shape));
                this.emit(Instruction::Pop);
            }
            this.emit(Instruction::Get { shape, field: LENGTH });
            Ok(())
        })?;
        Ok(Type::Number)
    }

    pub fn no_method(
        &mut self,
        name: &str,
        whose: &str,
        member: &StaticMemberExpression<'p>,
    ) -> Result<Type> {
        let what = format!("the method {name} of {whose}");
        let instead = format!("a loop, or {}", self.unit.library_methods(whose));
        self.unit.unsupported(member.property.span, &what, &instead)
    }

    /// Calls a function of the library whose arguments are on the stack.
    pub fn call_library(&mut self, name: &str, types: &[Type]) -> Result<()> {
        let signature = self.unit.library(name).ok_or(Refused)??;
        let index = self.unit.library_for(&signature, types)?;
        self.emit(Instruction::Call(index));
        Ok(())
    }

    /// `Math.min` and `Math.max` of any number of arguments.
    fn extreme(&mut self, name: &str, one: &'p CallExpression<'p>) -> Result<Type> {
        if one.arguments.is_empty() {
            let none = if name == "min" { f64::INFINITY } else { f64::NEG_INFINITY };
            self.number(none, one.span);
        }
        for argument in &one.arguments {
            if let Argument::SpreadElement(spread) = argument {
                self.expect(&spread.argument, &Type::list(Type::Number))?;
                self.at(one.span);
                self.call_library(&format!("spread.{name}"), &[])?;
            } else {
                let value = self.argument(argument)?;
                self.expect(value, &Type::Number)?;
            }
        }
        self.at(one.span);
        if let [argument] = one.arguments.as_slice()
            && !argument.is_spread()
        {
            // Changes no number, and refuses what is none.
            self.emit(Instruction::Int(0));
            self.emit(Instruction::JsSub);
        }
        for _ in 1..one.arguments.len() {
            self.call_library(&format!("Math.{name}"), &[])?;
        }
        Ok(Type::Number)
    }

    /// `Array.from({ length: n }, f)`.
    pub fn array_from(&mut self, one: &'p CallExpression<'p>) -> Result<Type> {
        let usage = "Array.from({ length: n }, (none, index) => …)";
        let [from, f] = self.exactly(one, usage)?;
        let only = match from {
            Expression::ObjectExpression(object) => object.properties.as_slice(),
            _ => &[],
        };
        let [ObjectPropertyKind::ObjectProperty(only)] = only else {
            return self.unit.unsupported(from.span(), "Array.from of this", usage);
        };
        if key(&only.key) != Some("length") || only.computed || only.method {
            return self.unit.unsupported(from.span(), "Array.from of this", usage);
        }
        let signature = self.unit.library("Array.from").ok_or(Refused)??;
        let mut bound = Bound::new();
        self.expect(&only.value, &Type::Number)?;
        self.generic_argument(&signature.params[1].of, f, &mut bound)?;
        self.at(one.span);
        let of = signature.result.with(&bound);
        if let Type::List(element) = &of
            && of.is_known()
        {
            let index = self.unit.library_for(&signature, &[(**element).clone()])?;
            self.emit(Instruction::Call(index));
            return Ok(of);
        }
        self.unit.refuse(f.span(), "this function gives nothing", "one that gives each element")
    }
}
