//! Statements that go on elsewhere: `switch`, `break`, `continue`.

use oxc_ast::ast::LabelIdentifier;
use oxc_span::{GetSpan, Span};

use super::code::Label;
use super::function::{Function, Target};
use super::passages::Words;
use super::types::Type;
use super::unit::Result;
use bytecode::Instruction;

impl<'p> Function<'_, 'p> {
    pub fn switch(&mut self, one: &'p oxc_ast::ast::SwitchStatement<'p>) -> Result<()> {
        self.step(one.discriminant.span(), Words::Sign("switch"));
        let of = self.expression(&one.discriminant, None)?;
        self.temporary(one.span, |function, value| {
            function.emit(Instruction::Store(value));
            let labels: Vec<Label> = one.cases.iter().map(|_| function.code.label()).collect();
            let leave = function.code.label();
            let mut default = leave;
            for (case, label) in one.cases.iter().zip(&labels) {
                let Some(test) = &case.test else {
                    default = *label;
                    continue;
                };
                function.step(test.span(), Words::Sign("case"));
                function.emit(Instruction::Load(value));
                function.expect(test, &of)?;
                function.emit(Instruction::Eq);
                if of != Type::Text {
                    function.code.compares_numbers();
                }
                function.jump(Instruction::JmpIf, *label);
            }
            function.jump(Instruction::Jmp, default);
            function.targets.push(Target { names: Vec::new(), leave, again: None, is_plain: true });
            for (case, label) in one.cases.iter().zip(labels) {
                function.code.place(label);
                for statement in &case.consequent {
                    let _ = function.alone(statement);
                }
            }
            function.targets.pop();
            function.code.place(leave);
            Ok(())
        })
    }

    pub fn leave(
        &mut self,
        span: Span,
        name: Option<&LabelIdentifier<'p>>,
        again: bool,
    ) -> Result<()> {
        let found = self.targets.iter().rposition(|target| match name {
            Some(name) => target.names.contains(&name.name.as_str()),
            None => target.is_plain && (!again || target.again.is_some()),
        });
        let to = found.and_then(|at| {
            let target = &self.targets[at];
            Some((at, if again { target.again? } else { target.leave }))
        });
        match to {
            Some((at, to)) => {
                let left = self.leave_tries(at + 1);
                self.jump(Instruction::Jmp, to);
                left
            }
            None => {
                let word = if again { "continue" } else { "break" };
                self.unit.refuse(span, format!("{word} has nothing to lead to"), "a loop around it")
            }
        }
    }
}
