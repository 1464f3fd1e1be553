//! Arrays and objects.

use oxc_ast::ast::{
    ArrayExpression, ArrayExpressionElement, ClassElement, Expression, NewExpression,
    ObjectExpression, ObjectPropertyKind, PropertyKind,
};
use oxc_span::{GetSpan, Span};

use super::function::Function;
use super::passages::Words;
use super::shapes::key;
use super::types::{ELEMENTS, Field, LENGTH, Type};
use super::unit::{Named, Refused, Result};
use bytecode::Instruction;

impl<'p> Function<'_, 'p> {
    pub fn array(&mut self, one: &'p ArrayExpression<'p>, wanted: Option<&Type>) -> Result<Type> {
        let hint = match wanted {
            Some(Type::List(of)) => (**of).clone(),
            _ => Type::Unknown,
        };
        let is_given = hint.is_known();
        let mut of = if is_given { hint.clone() } else { Type::Unknown };
        let shape = self.unit.list(one.span)?;
        if one.elements.is_empty() && !is_given {
            return self.unit.refuse(
                one.span,
                "what this array holds is not known",
                "a type, e.g. const a: number[] = []",
            );
        }
        // Room for those whose number is known.
        let plain = one.elements.iter().take_while(|one| one.as_expression().is_some()).count();
        let count = plain as i32;
        self.emit(Instruction::New(shape));
        self.emit(Instruction::Dup);
        self.emit(Instruction::Int(count));
        self.emit(Instruction::NewArray);
        self.emit(Instruction::Set { shape, field: ELEMENTS });
        self.emit(Instruction::Dup);
        self.emit(Instruction::Int(count));
        self.emit(Instruction::Set { shape, field: LENGTH });
        for (index, element) in one.elements.iter().enumerate() {
            let (value, is_spread) = match element {
                ArrayExpressionElement::SpreadElement(spread) => (&spread.argument, true),
                element => match element.as_expression() {
                    Some(value) => (value, false),
                    None => {
                        return self.unit.unsupported(element.span(), "a hole", "each element");
                    }
                },
            };
            self.emit(Instruction::Dup);
            if index < plain {
                self.emit(Instruction::Int(index as i32));
            }
            let wanted = if of == Type::Unknown { &hint } else { &of };
            let wanted = Some(wanted.clone()).filter(|of| *of != Type::Unknown);
            let found = if is_spread {
                self.spread(value, wanted)?
            } else {
                self.expression(value, wanted.as_ref())?
            };
            if is_given {
                self.fits(&found, &of, value.span())?;
            } else {
                of = match (of, found) {
                    (Type::Unknown, found) => found,
                    (of, found) => match of.clone().join(found.clone()) {
                        Some(joined) => joined,
                        None => {
                            self.fits(&found, &of, value.span())?;
                            of
                        }
                    },
                };
            }
            if index < plain {
                self.emit(Instruction::ListSet(shape));
                continue;
            }
            self.at(value.span());
            if is_spread {
                self.call_library("spread.append", std::slice::from_ref(&of))?;
            } else {
                self.emit(Instruction::ListPush(shape));
            }
            self.emit(Instruction::Pop);
        }
        Ok(Type::list(of))
    }

    /// An array whose elements go into another one; the type is that of these.
    fn spread(&mut self, list: &'p Expression<'p>, wanted: Option<Type>) -> Result<Type> {
        match self.expression(list, wanted.map(Type::list).as_ref())? {
            Type::List(of) => Ok((*of).clone()),
            Type::Unknown => Err(Refused),
            other => {
                let found = self.unit.name(&other);
                self.unit.refuse(list.span(), format!("a spread of {found}"), "an array")
            }
        }
    }

    pub fn object(&mut self, one: &'p ObjectExpression<'p>, wanted: Option<&Type>) -> Result<Type> {
        let mut properties: Vec<(&'p str, &'p Expression<'p>, Span)> = Vec::new();
        for property in &one.properties {
            let ObjectPropertyKind::ObjectProperty(property) = property else {
                return self.unit.unsupported(property.span(), "a spread", "each field");
            };
            let is_plain = property.kind == PropertyKind::Init && !property.computed;
            let Some(name) = key(&property.key).filter(|_| is_plain) else {
                let instead = "fields with plain names, e.g. { x: 1 }";
                return self.unit.unsupported(property.span, "this member of an object", instead);
            };
            if properties.iter().any(|(known, ..)| *known == name) {
                return self.unit.refuse(
                    property.span,
                    format!("{name} is there twice"),
                    "each name once",
                );
            }
            properties.push((name, &property.value, property.span));
        }
        let shape = match wanted {
            Some(Type::Object(shape)) if !self.shape_of(*shape).is_class => *shape,
            Some(Type::Object(shape)) => {
                let name = self.shape_of(*shape).name.clone();
                return self.unit.refuse(
                    one.span,
                    "this is a plain object",
                    format!("new {name}(…)"),
                );
            }
            _ => self.shape_with(&properties, one.span)?,
        };
        self.emit(Instruction::New(shape));
        for (name, value, span) in &properties {
            self.emit(Instruction::Dup);
            let (field, of) = self.field(shape, name, *span)?;
            if of == Type::Unknown {
                let of = self.expression(value, None)?;
                if of == Type::Nothing || of == Type::list(Type::Unknown) {
                    let expected = "a type where the object goes, e.g. const p: Point";
                    return self.unit.refuse(
                        *span,
                        format!("what {name} holds is not known"),
                        expected,
                    );
                }
                self.unit.shapes[usize::from(shape)].fields[usize::from(field)].of = of;
            } else {
                self.expect(value, &of)?;
            }
            self.emit(Instruction::Set { shape, field });
        }
        let missing: Vec<(u8, Field)> = (0..)
            .zip(self.shape_of(shape).fields.iter().cloned())
            .filter(|(_, field)| !properties.iter().any(|(name, ..)| *name == field.name))
            .collect();
        for (field, declared) in missing {
            if !declared.optional {
                let expected = format!("{}: a value", declared.name);
                let message = format!("the field {} is missing", declared.name);
                return self.unit.refuse(one.span, message, expected);
            }
            self.emit(Instruction::Dup);
            self.emit(Instruction::Undefined);
            self.emit(Instruction::Set { shape, field });
        }
        Ok(Type::Object(shape))
    }

    /// A shape with these fields: the only one that has them, or a new one.
    fn shape_with(
        &mut self,
        properties: &[(&'p str, &'p Expression<'p>, Span)],
        span: Span,
    ) -> Result<u16> {
        let same: Vec<u16> = (0..)
            .zip(&self.unit.shapes)
            .filter(|(_, shape)| {
                !shape.is_class
                    && shape.fields.len() == properties.len()
                    && properties.iter().all(|(name, ..)| shape.field(name).is_some())
            })
            .map(|(index, _)| index)
            .collect();
        match same.as_slice() {
            [one] => Ok(*one),
            [] => {
                let field = |(name, ..): &(&str, _, _)| Field {
                    name: (*name).to_owned(),
                    of: Type::Unknown,
                    optional: false,
                };
                match self.unit.anonymous(span, properties.iter().map(field).collect())? {
                    Type::Object(shape) => Ok(shape),
                    _ => Err(Refused),
                }
            }
            _ => self.unit.refuse(
                span,
                "several types have these fields",
                "a type where the object goes, e.g. const p: Point",
            ),
        }
    }

    pub fn new_object(
        &mut self,
        one: &'p NewExpression<'p>,
        wanted: Option<&Type>,
    ) -> Result<Type> {
        let Expression::Identifier(id) = &one.callee else {
            return self.unit.unsupported(one.callee.span(), "a class as a value", "its name");
        };
        match id.name.as_str() {
            name if self.is_variable(name) => {
                self.unit.unsupported(id.span, "a class as a value", "its name")
            }
            "Mutex" => {
                self.emit(Instruction::NewMutex);
                Ok(Type::Mutex)
            }
            "Array" => self.new_array(one, wanted),
            name if self.unit.is_error(name) => self.new_error(one),
            name => match self.unit.types.get(name).copied() {
                Some(Named::Shape(shape)) if self.shape_of(shape).is_class => {
                    let constructor = self.unit.methods.get(&(shape, "constructor")).cloned();
                    let Some(constructor) = constructor else { return Err(Refused) };
                    self.ready(name, id.span)?;
                    self.emit(Instruction::New(shape));
                    self.emit(Instruction::Dup);
                    self.arguments(&constructor, None, &one.arguments, one.span)?;
                    self.at(one.span);
                    self.emit(Instruction::Call(constructor.index));
                    self.emit(Instruction::Pop);
                    Ok(Type::Object(shape))
                }
                _ => self.unit.refuse(
                    id.span,
                    format!("there is no class {name}"),
                    "a class of this file, Array, Error or Mutex",
                ),
            },
        }
    }

    /// `new Array(n)`: of so many undefined elements.
    fn new_array(&mut self, one: &'p NewExpression<'p>, wanted: Option<&Type>) -> Result<Type> {
        let of = match one.type_arguments.as_ref().map(|all| &all.params[..]) {
            Some([of]) => self.unit.of(of)?,
            _ => match wanted {
                Some(Type::List(of)) => (**of).clone(),
                _ => Type::Unknown,
            },
        };
        let length = match one.arguments.as_slice() {
            [] => None,
            [length] => length.as_expression(),
            _ => return self.unit.unsupported(one.span, "new Array of elements", "[ … ]"),
        };
        let shape = self.unit.list(one.span)?;
        self.temporary(one.span, |function, size| {
            match length {
                Some(length) => function.expect(length, &Type::Number)?,
                None => function.emit(Instruction::Int(0)),
            }
            function.emit(Instruction::Store(size));
            function.at(one.span);
            function.emit(Instruction::New(shape));
            function.emit(Instruction::Dup);
            function.emit(Instruction::Load(size));
            function.emit(Instruction::NewArray);
            function.emit(Instruction::Set { shape, field: ELEMENTS });
            function.emit(Instruction::Dup);
            function.emit(Instruction::Get { shape, field: ELEMENTS });
            function.emit(Instruction::Undefined);
            function.emit(Instruction::ArrayFill);
            function.emit(Instruction::Dup);
            function.emit(Instruction::Load(size));
            function.emit(Instruction::Set { shape, field: LENGTH });
            Ok(())
        })?;
        Ok(Type::list(of))
    }

    /// Sets the fields of an object that is being made: what the class says, undefined otherwise.
    pub fn class_fields(&mut self, class: &'p oxc_ast::ast::Class<'p>, shape: u16) -> Result<()> {
        for element in &class.body.body {
            let ClassElement::PropertyDefinition(property) = element else { continue };
            let Some(name) = key(&property.key) else { continue };
            let (field, of) = self.field(shape, name, property.span)?;
            self.step(property.span, Words::Code(property.span, ""));
            self.emit(Instruction::Load(0));
            match &property.value {
                Some(value) => self.expect(value, &of)?,
                None => self.emit(Instruction::Undefined),
            }
            self.emit(Instruction::Set { shape, field });
        }
        Ok(())
    }
}
