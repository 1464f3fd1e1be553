//! Calls of functions with type parameters, and of the library.

use std::collections::HashMap;

use oxc_ast::ast::{Argument, Expression};
use oxc_span::{GetSpan, Span};

use super::calls::count;
use super::function::Function;
use super::types::Type;
use super::unit::{Result, Signature};
use bytecode::Instruction;

/// What type parameters are.
pub(super) type Bound = HashMap<u16, Type>;

impl<'p> Function<'_, 'p> {
    /// A call of a function of the library. Of a method its object is on the stack, and its type `this`; the library
    /// names it as its first parameter. `None` if there is no such function.
    pub fn library(
        &mut self,
        name: &str,
        this: Option<&Type>,
        arguments: &'p [Argument<'p>],
        span: Span,
    ) -> Result<Option<Type>> {
        let Some(signature) = self.unit.library(name) else { return Ok(None) };
        let signature = signature?;
        let mut bound = Bound::new();
        let mut given = signature.clone();
        if let Some(this) = this {
            signature.params[0].of.bind(this, &mut bound);
            given.params.remove(0);
        }
        self.generic(&given, &mut bound, arguments, span)?;
        self.at(span);
        let types = signature.variables.iter().map(|(_, variable)| match variable.with(&bound) {
            Type::Unknown => Type::Nothing,
            of => of,
        });
        let types: Vec<Type> = types.collect();
        let index = self.unit.library_for(&signature, &types)?;
        self.emit(Instruction::Call(index));
        let of = signature.result.with(&bound);
        if !of.is_known() {
            let message = format!("what {name} gives here is not known");
            return self.unit.refuse(span, message, "a function with a result");
        }
        Ok(Some(of))
    }

    /// The arguments of a function with type parameters. Functions are compiled after the other arguments, which say
    /// what their parameters are: nobody can tell when a function is made.
    pub fn generic(
        &mut self,
        signature: &Signature,
        bound: &mut Bound,
        arguments: &'p [Argument<'p>],
        span: Span,
    ) -> Result<()> {
        self.count(signature, arguments, span)?;
        let mut given = Vec::new();
        for argument in arguments {
            given.push(self.argument(argument)?);
        }
        let first = given.iter().position(|one| is_function(one));
        let is_late = first.is_some_and(|first| !given[first..].iter().all(|one| is_function(one)));
        if is_late {
            let functions = (0..given.len()).filter(|at| is_function(given[*at]));
            let others = (0..given.len()).filter(|at| !is_function(given[*at]));
            let order: Vec<usize> = others.chain(functions).collect();
            self.temporaries(given.len(), Vec::new(), span, &mut |this, slots| {
                for at in &order {
                    this.generic_argument(&signature.params[*at].of, given[*at], bound)?;
                    this.emit(Instruction::Store(slots[*at]));
                }
                slots.iter().for_each(|slot| this.emit(Instruction::Load(*slot)));
                Ok(())
            })?;
        } else {
            for (param, argument) in signature.params.iter().zip(&given) {
                self.generic_argument(&param.of, argument, bound)?;
            }
        }
        for _ in given.len()..signature.params.len() {
            self.emit(Instruction::Undefined);
        }
        Ok(())
    }

    pub fn generic_argument(
        &mut self,
        of: &Type,
        argument: &'p Expression<'p>,
        bound: &mut Bound,
    ) -> Result<()> {
        let found = self.expression(argument, Some(&of.with(bound)))?;
        of.bind(&found, bound);
        self.fits(&found, &of.with(bound), argument.span())
    }

    /// Variables without names.
    pub fn temporaries(
        &mut self,
        count: usize,
        mut slots: Vec<u8>,
        span: Span,
        with: &mut dyn FnMut(&mut Self, &[u8]) -> Result<()>,
    ) -> Result<()> {
        if slots.len() == count {
            return with(self, &slots);
        }
        self.temporary(span, |this, slot| {
            slots.push(slot);
            this.temporaries(count, slots, span, with)
        })
    }

    /// As many arguments as there are parameters.
    pub fn count(
        &mut self,
        signature: &Signature,
        arguments: &'p [Argument<'p>],
        span: Span,
    ) -> Result<()> {
        let most = signature.params.len();
        let least = signature.params.iter().filter(|param| !param.optional).count();
        if arguments.len() <= most && arguments.len() >= least {
            return Ok(());
        }
        let expected = if least == most { format!("{most}") } else { format!("{least} to {most}") };
        let names: Vec<&str> = signature.params.iter().map(|param| param.name.as_str()).collect();
        let expected = format!("{expected}: {}({})", signature.name, names.join(", "));
        let message = format!("{} gets {}", signature.name, count(arguments.len()));
        self.unit.refuse(span, message, expected)
    }
}

fn is_function(expression: &Expression<'_>) -> bool {
    matches!(
        expression.without_parentheses(),
        Expression::ArrowFunctionExpression(_) | Expression::FunctionExpression(_)
    )
}
