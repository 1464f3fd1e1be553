//! Assignments. What is assigned to is evaluated before the value, as in JavaScript.

use oxc_ast::ast::{
    AssignmentExpression, Expression, LogicalOperator, SimpleAssignmentTarget, UpdateExpression,
    UpdateOperator,
};
use oxc_span::{GetSpan, Span};
use oxc_syntax::operator::AssignmentOperator;

use super::function::Function;
use super::types::Type;
use super::unit::{Refused, Result};
use super::variables::Variable;
use bytecode::Instruction;

/// A place that can be assigned to. Of a field the object is on the stack, of an element array and index.
enum Place {
    Variable(Variable),
    Field { shape: u16, field: u8, of: Type },
    Element { shape: u16, of: Type },
}

impl Place {
    fn of(&self) -> &Type {
        match self {
            Place::Variable(variable) => &variable.of,
            Place::Field { of, .. } | Place::Element { of, .. } => of,
        }
    }
}

impl<'p> Function<'_, 'p> {
    /// `is_wanted`: whether the value that was assigned is left on the stack.
    pub fn assign(&mut self, one: &'p AssignmentExpression<'p>, is_wanted: bool) -> Result<Type> {
        let Some(target) = one.left.as_simple_assignment_target() else {
            return self.unit.unsupported(
                one.left.span(),
                "a pattern",
                "one assignment for each part",
            );
        };
        let place = self.place(target)?;
        let of = place.of().clone();
        if let Some(operator) = one.operator.to_logical_operator() {
            self.assign_unless(&place, operator, &one.right, is_wanted, one.span)?;
            return Ok(of);
        }
        if one.operator == AssignmentOperator::Assign {
            self.expect(&one.right, &of)?;
            self.at(one.span);
            self.put(&place, is_wanted, one.span)?;
            return Ok(of);
        }
        self.change(&place, one.span, is_wanted, |function| {
            let result = match one.operator.to_binary_operator() {
                Some(oxc_syntax::operator::BinaryOperator::Addition) => {
                    function.sum(&of, false, &one.right, one.span)?
                }
                Some(operator) => {
                    function.fits(&of, &Type::Number, one.left.span())?;
                    if operator.is_bitwise() {
                        function.emit(Instruction::JsInt);
                    }
                    function.expect(&one.right, &Type::Number)?;
                    if operator.is_bitwise() {
                        function.emit(Instruction::JsInt);
                    }
                    function.at(one.span);
                    function.operator(operator, one.span)?
                }
                None => return Err(Refused),
            };
            function.fits(&result, &of, one.span)
        })?;
        Ok(of)
    }

    /// `&&=`, `||=`, `??=`.
    fn assign_unless(
        &mut self,
        place: &Place,
        operator: LogicalOperator,
        right: &'p Expression<'p>,
        is_wanted: bool,
        span: Span,
    ) -> Result<()> {
        let of = place.of().clone();
        self.reread(place, span, |function, prepare| {
            let (short, end) = (function.code.label(), function.code.label());
            prepare(function);
            match place {
                Place::Variable(variable) => function.load(variable),
                Place::Field { shape, field, .. } => {
                    function.emit(Instruction::Get { shape: *shape, field: *field });
                }
                Place::Element { shape, .. } => function.emit(Instruction::ListGet(*shape)),
            }
            function.unless(operator, short);
            prepare(function);
            function.expect(right, &of)?;
            function.at(span);
            function.put(place, is_wanted, span)?;
            function.jump(Instruction::Jmp, end);
            function.code.place(short);
            if !is_wanted {
                function.emit(Instruction::Pop);
            }
            function.code.place(end);
            Ok(())
        })
    }

    /// Keeps the object or array of a place, and its index: what `with` gets puts them on the stack.
    fn reread(
        &mut self,
        place: &Place,
        span: Span,
        with: impl FnOnce(&mut Self, &dyn Fn(&mut Self)) -> Result<()>,
    ) -> Result<()> {
        match place {
            Place::Variable(_) => with(self, &|_| {}),
            Place::Field { .. } => self.temporary(span, |function, object| {
                function.emit(Instruction::Store(object));
                with(function, &|function| function.emit(Instruction::Load(object)))
            }),
            Place::Element { .. } => self.temporary(span, |function, list| {
                function.temporary(span, |function, index| {
                    function.emit(Instruction::Store(index));
                    function.emit(Instruction::Store(list));
                    with(function, &|function| {
                        function.emit(Instruction::Load(list));
                        function.emit(Instruction::Load(index));
                    })
                })
            }),
        }
    }

    pub fn update(&mut self, one: &'p UpdateExpression<'p>, is_wanted: bool) -> Result<Type> {
        let place = self.place(&one.argument)?;
        self.fits(&place.of().clone(), &Type::Number, one.argument.span())?;
        let step = match one.operator {
            UpdateOperator::Increment => Instruction::JsAdd,
            UpdateOperator::Decrement => Instruction::JsSub,
        };
        if one.prefix || !is_wanted {
            self.change(&place, one.span, is_wanted, |function| {
                function.emit(Instruction::Int(1));
                function.emit(step);
                Ok(())
            })?;
            return Ok(Type::Number);
        }
        // The value before is what the expression gives.
        self.temporary(one.span, |function, before| {
            function.change(&place, one.span, false, |function| {
                function.emit(Instruction::Dup);
                function.emit(Instruction::Store(before));
                function.emit(Instruction::Int(1));
                function.emit(step);
                Ok(())
            })?;
            function.emit(Instruction::Load(before));
            Ok(Type::Number)
        })
    }

    fn place(&mut self, target: &'p SimpleAssignmentTarget<'p>) -> Result<Place> {
        match target {
            SimpleAssignmentTarget::AssignmentTargetIdentifier(id) => {
                let name = id.name.as_str();
                let variable = self.variable(name, id.span)?;
                if variable.is_constant {
                    return self.unit.refuse(
                        id.span,
                        format!("{name} is a constant"),
                        "let in its declaration",
                    );
                }
                Ok(Place::Variable(variable))
            }
            SimpleAssignmentTarget::StaticMemberExpression(one) => {
                let name = one.property.name.as_str();
                match self.expression(&one.object, None)? {
                    Type::Object(shape) => {
                        let (field, of) = self.field(shape, name, one.property.span)?;
                        Ok(Place::Field { shape, field, of })
                    }
                    Type::Unknown => Err(Refused),
                    of => {
                        let what = format!("the assignment to {name} of {}", self.unit.name(&of));
                        self.unit.unsupported(one.span, &what, "a field of an object")
                    }
                }
            }
            SimpleAssignmentTarget::ComputedMemberExpression(one) => {
                match self.expression(&one.object, None)? {
                    Type::List(of) => {
                        self.expect(&one.expression, &Type::Number)?;
                        let shape = self.unit.list(one.span)?;
                        Ok(Place::Element { shape, of: (*of).clone() })
                    }
                    Type::Unknown => Err(Refused),
                    of => {
                        let what =
                            format!("the assignment to an element of {}", self.unit.name(&of));
                        self.unit.unsupported(one.span, &what, "an array")
                    }
                }
            }
            other => self.unit.unsupported(
                other.span(),
                "an assignment to this",
                "a variable, field or element",
            ),
        }
    }

    /// Writes the value on the stack to a place whose object or array lies below it.
    fn put(&mut self, place: &Place, is_wanted: bool, span: Span) -> Result<()> {
        let write = |function: &mut Self| match place {
            Place::Variable(variable) => function.store(variable),
            Place::Field { shape, field, .. } => {
                function.emit(Instruction::Set { shape: *shape, field: *field });
            }
            Place::Element { shape, .. } => function.emit(Instruction::ListSet(*shape)),
        };
        match place {
            _ if !is_wanted => write(self),
            Place::Variable(_) => {
                self.emit(Instruction::Dup);
                write(self);
            }
            _ => {
                return self.temporary(span, |function, value| {
                    function.emit(Instruction::Dup);
                    function.emit(Instruction::Store(value));
                    write(function);
                    function.emit(Instruction::Load(value));
                    Ok(())
                });
            }
        }
        Ok(())
    }

    /// Reads a place, lets `with` change the value on the stack, and writes it back.
    fn change(
        &mut self,
        place: &Place,
        span: Span,
        is_wanted: bool,
        with: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        match place {
            Place::Variable(variable) => {
                self.load(variable);
                with(self)?;
                self.put(place, is_wanted, span)
            }
            Place::Field { shape, field, .. } => {
                self.emit(Instruction::Dup);
                self.emit(Instruction::Get { shape: *shape, field: *field });
                with(self)?;
                self.put(place, is_wanted, span)
            }
            Place::Element { shape, .. } => self.temporary(span, |function, list| {
                function.temporary(span, |function, index| {
                    function.emit(Instruction::Store(index));
                    function.emit(Instruction::Store(list));
                    for _ in 0..2 {
                        function.emit(Instruction::Load(list));
                        function.emit(Instruction::Load(index));
                    }
                    function.emit(Instruction::ListGet(*shape));
                    with(function)?;
                    function.put(place, is_wanted, span)
                })
            }),
        }
    }
}
