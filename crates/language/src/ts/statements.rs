//! Statements.

use oxc_ast::ast::{
    BindingPattern, Expression, ForStatementInit, ForStatementLeft, LabelIdentifier, Statement,
    VariableDeclaration, VariableDeclarationKind,
};
use oxc_span::{GetSpan, Span};

use super::code::Label;
use super::declare::{arrows, name_of};
use super::function::{Function, Target};
use super::passages::Words;
use super::types::{LENGTH, Type};
use super::unit::{Refused, Result};
use bytecode::Instruction;

/// A variable that a statement declares: name, where, whether it stays what it is.
type Declaration<'p> = (&'p str, Span, bool);

/// The variables that statements of one block declare.
pub(super) fn declared<'p>(
    statements: &'p [Statement<'p>],
) -> impl Iterator<Item = Declaration<'p>> {
    let declarations = statements.iter().filter_map(|statement| match statement {
        Statement::VariableDeclaration(variables) => Some(&**variables),
        _ => None,
    });
    declarations.flat_map(names)
}

fn names<'p>(variables: &'p VariableDeclaration<'p>) -> impl Iterator<Item = Declaration<'p>> {
    let is_constant = variables.kind == VariableDeclarationKind::Const;
    variables.declarations.iter().filter_map(move |one| match &one.id {
        BindingPattern::BindingIdentifier(id) => Some((id.name.as_str(), id.span, is_constant)),
        _ => None,
    })
}

impl<'p> Function<'_, 'p> {
    /// The statements of a function, or of the program.
    pub fn body(&mut self, statements: &'p [Statement<'p>]) {
        for statement in statements {
            // Of the top level: arrow functions, which are no variables here.
            let functions = if self.is_program { name_of(statement) } else { Vec::new() };
            for (name, span, is_constant) in declared(std::slice::from_ref(statement)) {
                if !functions.contains(&name) {
                    // Reported.
                    let _ = self.announce(name, span, is_constant);
                }
            }
        }
        self.statements(statements);
    }

    /// Each one: a mistake in one does not hide those of the next ones.
    pub fn statements(&mut self, statements: &'p [Statement<'p>]) {
        for statement in statements {
            let _ = self.statement(statement);
        }
    }

    fn block(&mut self, statements: &'p [Statement<'p>]) -> Result<()> {
        let opened = self.open(declared(statements));
        self.statements(statements);
        self.close();
        opened
    }

    pub fn statement(&mut self, statement: &'p Statement<'p>) -> Result<()> {
        self.down(statement.span(), |function| function.any_statement(statement))
    }

    fn any_statement(&mut self, statement: &'p Statement<'p>) -> Result<()> {
        let code = |span| Words::Code(span, "");
        self.at(statement.span());
        if !matches!(
            statement,
            Statement::LabeledStatement(_)
                | Statement::ForStatement(_)
                | Statement::ForOfStatement(_)
                | Statement::WhileStatement(_)
                | Statement::DoWhileStatement(_)
                | Statement::BlockStatement(_)
        ) {
            self.names.clear();
        }
        match statement {
            Statement::EmptyStatement(_) => Ok(()),
            Statement::ExpressionStatement(one) => {
                self.step(one.span, Words::of(&one.expression));
                self.effect(&one.expression)
            }
            Statement::VariableDeclaration(variables) => {
                let done = self.variables(variables);
                if self.is_top() {
                    self.reached(statement);
                }
                done
            }
            Statement::BlockStatement(block) => {
                let names = std::mem::take(&mut self.names);
                if names.is_empty() {
                    return self.block(&block.body);
                }
                let leave = self.code.label();
                self.targets.push(Target { names, leave, again: None, is_plain: false });
                let done = self.block(&block.body);
                self.targets.pop();
                self.code.place(leave);
                done
            }
            Statement::IfStatement(one) => {
                let (otherwise, end) = (self.code.label(), self.code.label());
                self.step(one.test.span(), Words::Said("the condition of the `if`"));
                self.branch(&one.test, false, otherwise)?;
                let then = self.alone(&one.consequent);
                if let Some(alternate) = &one.alternate {
                    self.jump(Instruction::Jmp, end);
                    self.code.place(otherwise);
                    self.alone(alternate)?;
                    self.code.place(end);
                } else {
                    self.code.place(otherwise);
                }
                then
            }
            Statement::WhileStatement(one) => {
                let test = self.code.label();
                let words = Words::Said("the condition of the `while` loop");
                self.jump(Instruction::Jmp, test);
                self.repeat(test, &one.body, |function, again| {
                    function.step(one.test.span(), words);
                    function.branch(&one.test, true, again)
                })
            }
            Statement::DoWhileStatement(one) => {
                let test = self.code.label();
                let words = Words::Said("the condition of the `do` loop");
                self.repeat(test, &one.body, |function, again| {
                    function.step(one.test.span(), words);
                    function.branch(&one.test, true, again)
                })
            }
            Statement::ForStatement(one) => self.for_statement(one),
            Statement::ForOfStatement(one) => self.for_of(one),
            Statement::SwitchStatement(one) => self.switch(one),
            Statement::BreakStatement(one) => {
                self.step(one.span, code(one.span));
                self.leave(one.span, one.label.as_ref(), false)
            }
            Statement::ContinueStatement(one) => {
                self.step(one.span, code(one.span));
                self.leave(one.span, one.label.as_ref(), true)
            }
            Statement::LabeledStatement(one) => {
                self.names.push(one.label.name.as_str());
                self.statement(&one.body)
            }
            Statement::ReturnStatement(one) => {
                let result = self.result.clone();
                self.step(one.span, Words::Sign("return"));
                match &one.argument {
                    _ if self.is_program => {
                        return self.unit.refuse(
                            one.span,
                            "return outside of a function",
                            "a function around it",
                        );
                    }
                    Some(value) => self.expect(value, &result)?,
                    None => self.emit(Instruction::Undefined),
                }
                self.emit(Instruction::Ret);
                Ok(())
            }
            Statement::ThrowStatement(one) => {
                self.step(one.span, Words::Sign("throw"));
                self.throw(&one.argument)
            }
            Statement::FunctionDeclaration(one) if !self.is_top() => self.unit.unsupported(
                one.span,
                "a function inside of another one",
                "a function of the top level",
            ),
            Statement::ClassDeclaration(one) if !self.is_top() => self.unit.unsupported(
                one.span,
                "a class inside of a function",
                "a class of the top level",
            ),
            // Collected before.
            Statement::FunctionDeclaration(_)
            | Statement::ClassDeclaration(_)
            | Statement::TSInterfaceDeclaration(_)
            | Statement::TSTypeAliasDeclaration(_)
                if self.is_top() =>
            {
                self.reached(statement);
                Ok(())
            }
            Statement::TryStatement(one) => {
                self.unit.unsupported(one.span, "try", "a check before what may go wrong")
            }
            Statement::ForInStatement(one) => {
                self.unit.unsupported(one.span, "for … in", "for … of over an array")
            }
            Statement::WithStatement(one) => {
                self.unit.unsupported(one.span, "with", "the object's name")
            }
            Statement::DebuggerStatement(one) => {
                self.unit.unsupported(one.span, "debugger", "a breakpoint in the margin")
            }
            Statement::TSEnumDeclaration(one) => {
                self.unit.unsupported(one.span, "an enum", "constants, e.g. const RED = 0")
            }
            other => {
                let is_declaration = other.as_declaration().is_some();
                let what = if is_declaration { "this declaration" } else { "this statement" };
                self.unit.unsupported(
                    other.span(),
                    what,
                    "a program in one file, without import and export",
                )
            }
        }
    }

    /// What a statement of the top level declares is there from now on.
    fn reached(&mut self, statement: &'p Statement<'p>) {
        for name in name_of(statement) {
            self.unit.pending.remove(name);
        }
    }

    /// A statement that stands where a block could stand.
    fn alone(&mut self, statement: &'p Statement<'p>) -> Result<()> {
        if let Statement::VariableDeclaration(one) = statement {
            return self.unit.refuse(one.span, "a declaration without a block", "{ … } around it");
        }
        self.statement(statement)
    }

    fn variables(&mut self, variables: &'p VariableDeclaration<'p>) -> Result<()> {
        if variables.declare {
            return self.unit.unsupported(variables.span, "declare", "a declaration with a value");
        }
        match variables.kind {
            VariableDeclarationKind::Let | VariableDeclarationKind::Const => {}
            VariableDeclarationKind::Var => {
                return self.unit.unsupported(variables.span, "var", "let or const");
            }
            _ => return self.unit.unsupported(variables.span, "using", "const"),
        }
        let arrows: Vec<&str> = match self.is_top() {
            true => arrows(variables).map(|(name, ..)| name).collect(),
            false => Vec::new(),
        };
        let mut done = Ok(());
        for one in &variables.declarations {
            let BindingPattern::BindingIdentifier(id) = &one.id else {
                done = self.unit.unsupported(one.span, "a pattern", "one variable for each part");
                continue;
            };
            let name = id.name.as_str();
            if arrows.contains(&name) {
                continue;
            }
            self.step(one.span, Words::Code(one.span, ""));
            let of =
                self.initial(one.type_annotation.as_deref(), one.init.as_ref(), one.span, name);
            // A mistake here is not reported again wherever the variable is used.
            self.declare(name, of.clone().unwrap_or(Type::Unknown));
            done = done.and(of.map(|_| ()));
        }
        done
    }

    /// Leaves a variable's first value on the stack.
    fn initial(
        &mut self,
        annotation: Option<&'p oxc_ast::ast::TSTypeAnnotation<'p>>,
        init: Option<&'p Expression<'p>>,
        span: Span,
        name: &str,
    ) -> Result<Type> {
        let wanted = match annotation {
            Some(annotation) => Some(self.unit.of(&annotation.type_annotation)?),
            None => None,
        };
        match (wanted, init) {
            (Some(wanted), Some(init)) => {
                self.expect(init, &wanted)?;
                Ok(wanted)
            }
            (Some(wanted), None) => {
                self.emit(Instruction::Undefined);
                Ok(wanted)
            }
            (None, Some(init)) => {
                let of = self.expression(init, None)?;
                if of == Type::Nothing || of == Type::list(Type::Unknown) {
                    let expected = format!("a type behind the name, e.g. {name}: number[]");
                    return self.unit.refuse(
                        span,
                        format!("what {name} holds is not known"),
                        expected,
                    );
                }
                Ok(of)
            }
            (None, None) => {
                let expected = format!("a type or a value, e.g. {name}: number or {name} = 0");
                self.unit.refuse(span, format!("{name} has neither a type nor a value"), expected)
            }
        }
    }

    /// The body of a loop, and what stands behind it; `again` gets the label of the body.
    fn repeat(
        &mut self,
        next: Label,
        body: &'p Statement<'p>,
        again: impl FnOnce(&mut Self, Label) -> Result<()>,
    ) -> Result<()> {
        let (begin, leave) = (self.code.label(), self.code.label());
        let names = std::mem::take(&mut self.names);
        self.code.place(begin);
        if let Some(directive) = self.unit.polls.loops.get(&body.span().start) {
            self.code.polls(begin, directive.often);
        }
        self.targets.push(Target { names, leave, again: Some(next), is_plain: true });
        let done = self.alone(body);
        self.targets.pop();
        self.code.place(next);
        let turned = again(self, begin);
        self.code.place(leave);
        done.and(turned)
    }

    fn for_statement(&mut self, one: &'p oxc_ast::ast::ForStatement<'p>) -> Result<()> {
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
        self.names = labels;
        let (next, test) = (self.code.label(), self.code.label());
        if one.test.is_some() {
            self.jump(Instruction::Jmp, test);
        }
        let done = self.repeat(next, &one.body, |function, again| {
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

    fn for_of(&mut self, one: &'p oxc_ast::ast::ForOfStatement<'p>) -> Result<()> {
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

    fn switch(&mut self, one: &'p oxc_ast::ast::SwitchStatement<'p>) -> Result<()> {
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

    fn leave(&mut self, span: Span, name: Option<&LabelIdentifier<'p>>, again: bool) -> Result<()> {
        let target = self.targets.iter().rev().find(|target| match name {
            Some(name) => target.names.contains(&name.name.as_str()),
            None => target.is_plain && (!again || target.again.is_some()),
        });
        let to = target.and_then(|target| if again { target.again } else { Some(target.leave) });
        match to {
            Some(to) => {
                self.jump(Instruction::Jmp, to);
                Ok(())
            }
            None => {
                let word = if again { "continue" } else { "break" };
                self.unit.refuse(span, format!("{word} has nothing to lead to"), "a loop around it")
            }
        }
    }

    fn throw(&mut self, value: &'p Expression<'p>) -> Result<()> {
        let message = match value {
            Expression::NewExpression(new) if is_error(&new.callee) => new.arguments.first(),
            Expression::CallExpression(call) if is_error(&call.callee) => call.arguments.first(),
            other => {
                self.expect(other, &Type::Text)?;
                self.emit(Instruction::Throw);
                return Ok(());
            }
        };
        match message.map(|message| message.as_expression()) {
            Some(Some(message)) => self.as_text(message)?,
            Some(None) => return self.unit.unsupported(value.span(), "a spread", "the message"),
            None => self.text("Error", value.span()),
        }
        self.emit(Instruction::Throw);
        Ok(())
    }

    /// Whether what comes next is of the program itself, in no block.
    fn is_top(&self) -> bool {
        self.is_program && self.depth() == 1
    }
}

fn is_error(callee: &Expression<'_>) -> bool {
    matches!(callee, Expression::Identifier(name) if name.name.ends_with("Error"))
}
