//! Loops.

use oxc_ast::ast::{ForStatementInit, ForStatementLeft, Statement, VariableDeclarationKind};
use oxc_span::{GetSpan, Span};

use super::code::Label;
use super::function::{Function, Target};
use super::passages::Words;
use super::polls::Placing;
use super::statements::{Declaration, names};
use super::types::{LENGTH, Type};
use super::unit::{Refused, Result};
use bytecode::Instruction;

impl<'p> Function<'_, 'p> {
    /// The body of a loop, and what stands behind it; `again` gets the label of the body.
    pub fn repeat(
        &mut self,
        next: Label,
        body: &'p Statement<'p>,
        again: impl FnOnce(&mut Self, Label) -> Result<()>,
    ) -> Result<()> {
        let (begin, leave) = (self.code.label(), self.code.label());
        let names = std::mem::take(&mut self.names);
        self.code.place(begin);
        self.directive(begin, Some(leave), body);
        self.targets.push(Target { names, leave, again: Some(next), is_plain: true });
        let done = self.alone(body);
        self.targets.pop();
        self.code.place(next);
        let turned = again(self, begin);
        self.code.place(leave);
        done.and(turned)
    }

    /// Jumps back to `begin`, and what is before `leave`, poll as the directive before the loop of that body says.
    fn directive(&mut self, begin: Label, leave: Option<Label>, body: &Statement<'p>) {
        if let Some(directive) = self.unit.polls.loops.get(&body.span().start)
            && !self.is_library
        {
            match directive.placing {
                Placing::Often(often) => self.code.polls(begin, often),
                Placing::Within(most) => {
                    if let Some(leave) = leave {
                        self.code.polls_within(begin, leave, most);
                    }
                }
            }
        }
    }

    pub fn for_statement(&mut self, one: &'p oxc_ast::ast::ForStatement<'p>) -> Result<()> {
        let labels = std::mem::take(&mut self.names);
        let declared: Vec<Declaration<'p>> = match &one.init {
            Some(ForStatementInit::VariableDeclaration(variables)) => names(variables).collect(),
            _ => Vec::new(),
        };
        let opened = self.open(declared);
        let begun = match &one.init {
            Some(ForStatementInit::VariableDeclaration(variables)) => self.variables(variables),
            Some(init) => match init.as_expression() {
                Some(expression) => {
                    self.step(expression.span(), Words::of(expression));
                    self.effect(expression)
                }
                None => Err(Refused),
            },
            None => Ok(()),
        };
        let own: Vec<&str> = match &one.init {
            Some(ForStatementInit::VariableDeclaration(variables)) => {
                names(variables).map(|(name, ..)| name).collect()
            }
            _ => Vec::new(),
        };
        let begun = begun.and(self.renew(&own));
        self.names = labels;
        let (next, test) = (self.code.label(), self.code.label());
        if one.test.is_some() {
            self.jump(Instruction::Jmp, test);
        }
        let done = self.repeat(next, &one.body, |function, again| {
            function.renew(&own)?;
            if let Some(update) = &one.update {
                function.step(update.span(), Words::of(update));
                function.effect(update)?;
            }
            function.code.place(test);
            match &one.test {
                Some(condition) => {
                    let words = Words::Said("the condition of the `for` loop");
                    function.step(condition.span(), words);
                    function.branch(condition, true, again)
                }
                None => {
                    let head = Span::new(one.span.start, one.body.span().start);
                    function.here.words = Words::Said("the `for` loop");
                    if one.update.is_none() {
                        function.step(head, Words::Said("the `for` loop"));
                    }
                    function.jump(Instruction::Jmp, again);
                    Ok(())
                }
            }
        });
        self.close();
        opened.and(begun).and(done)
    }

    pub fn for_of(&mut self, one: &'p oxc_ast::ast::ForOfStatement<'p>) -> Result<()> {
        let labels = std::mem::take(&mut self.names);
        if one.r#await {
            return self.unit.unsupported(one.span, "for await", "for … of with await inside");
        }
        let ForStatementLeft::VariableDeclaration(variables) = &one.left else {
            return self.unit.unsupported(
                one.left.span(),
                "a loop over a variable that exists",
                "const in the loop",
            );
        };
        if variables.kind == VariableDeclarationKind::Var {
            return self.unit.unsupported(variables.span, "var", "let or const");
        }
        let Some((name, span, is_constant)) = names(variables).next() else {
            return self.unit.unsupported(
                variables.span,
                "a pattern",
                "one variable for each part",
            );
        };
        let head = Span::new(one.left.span().start, one.right.span().end);
        let words = Words::Said("the head of the `for … of` loop");
        self.step(head, words);
        let of = self.expression(&one.right, None)?;
        let Type::List(element) = of else {
            let found = self.unit.name(&of);
            return self.unit.refuse(
                one.right.span(),
                format!("for … of over {found}"),
                "an array",
            );
        };
        let shape = self.unit.list(one.span)?;
        self.temporary(one.span, |function, list| {
            function.emit(Instruction::Store(list));
            function.temporary(one.span, |function, index| {
                function.emit(Instruction::Int(0));
                function.emit(Instruction::Store(index));
                let (next, test) = (function.code.label(), function.code.label());
                function.jump(Instruction::Jmp, test);
                function.names = labels;
                let opened = function.open([(name, span, is_constant)]);
                // The loop's first instructions give the variable its value.
                let begin = function.code.label();
                function.code.place(begin);
                function.directive(begin, None, &one.body);
                function.emit(Instruction::Load(list));
                function.emit(Instruction::Load(index));
                function.emit(Instruction::ListGet(shape));
                function.declare(name, (*element).clone());
                let done = function.repeat(next, &one.body, |function, _| {
                    function.step(head, words);
                    function.emit(Instruction::Load(index));
                    function.emit(Instruction::Int(1));
                    function.emit(Instruction::JsAdd);
                    function.emit(Instruction::Store(index));
                    function.code.place(test);
                    function.emit(Instruction::Load(index));
                    function.emit(Instruction::Load(list));
                    function.emit(Instruction::Get { shape, field: LENGTH });
                    function.emit(Instruction::Lt);
                    function.code.compares_numbers();
                    function.jump(Instruction::JmpIf, begin);
                    Ok(())
                });
                function.close();
                opened.and(done)
            })
        })
    }
}
