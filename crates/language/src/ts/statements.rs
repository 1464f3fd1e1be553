//! Statements.

use oxc_ast::ast::{
    BindingPattern, Expression, Statement, VariableDeclaration, VariableDeclarationKind,
};
use oxc_span::{GetSpan, Span};

use super::closures::functions;
use super::declare::{arrows, name_of};
use super::function::{Function, Target};
use super::passages::Words;
use super::types::Type;
use super::unit::Result;
use bytecode::Instruction;

/// A variable that a statement declares: name, where, whether it stays what it is.
pub(super) type Declaration<'p> = (&'p str, Span, bool);

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

fn function_names<'p>(statements: &'p [Statement<'p>]) -> impl Iterator<Item = Declaration<'p>> {
    functions(statements).filter_map(|one| {
        let id = one.id.as_ref()?;
        Some((id.name.as_str(), id.span, true))
    })
}

pub(super) fn names<'p>(
    variables: &'p VariableDeclaration<'p>,
) -> impl Iterator<Item = Declaration<'p>> {
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
        if !self.is_program {
            for (name, span, is_constant) in function_names(statements) {
                let _ = self.announce(name, span, is_constant);
            }
        }
        self.statements(statements);
    }

    /// Each one: a mistake in one does not hide those of the next ones.
    pub fn statements(&mut self, statements: &'p [Statement<'p>]) {
        let mut waiting: Vec<_> = match self.is_top() {
            true => Vec::new(),
            false => functions(statements).collect(),
        };
        self.make_ready(&mut waiting);
        for statement in statements {
            let _ = self.statement(statement);
            if !waiting.is_empty() {
                self.make_ready(&mut waiting);
            }
        }
    }

    pub fn block(&mut self, statements: &'p [Statement<'p>]) -> Result<()> {
        let functions = function_names(statements);
        let opened = self.open(declared(statements).chain(functions));
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
                self.step(one.span, Words::Sign("return"));
                match &one.argument {
                    _ if self.is_program => {
                        return self.unit.refuse(
                            one.span,
                            "return outside of a function",
                            "a function around it",
                        );
                    }
                    Some(value) => return self.result_of(value),
                    None => self.emit(Instruction::Undefined),
                }
                self.return_value(one.span)
            }
            Statement::ThrowStatement(one) => {
                self.step(one.span, Words::Sign("throw"));
                self.throw(&one.argument)
            }
            // Made as soon as what they use is there.
            Statement::FunctionDeclaration(_) if !self.is_top() => Ok(()),
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
            | Statement::TSEnumDeclaration(_)
                if self.is_top() =>
            {
                self.reached(statement);
                Ok(())
            }
            Statement::TryStatement(one) => self.try_statement(one),
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
                self.unit.unsupported(one.span, "an enum inside of a block", "one at the top level")
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
    pub fn alone(&mut self, statement: &'p Statement<'p>) -> Result<()> {
        if statement.as_declaration().is_some() {
            let span = statement.span();
            return self.unit.refuse(span, "a declaration without a block", "{ … } around it");
        }
        self.statement(statement)
    }

    pub fn variables(&mut self, variables: &'p VariableDeclaration<'p>) -> Result<()> {
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
        let is_constant = variables.kind == VariableDeclarationKind::Const;
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
            if let Some(Expression::ArrowFunctionExpression(arrow)) = &one.init {
                let annotation = one.type_annotation.as_deref();
                let wanted = annotation.map(|of| self.unit.of(&of.type_annotation)).transpose();
                let made = wanted
                    .and_then(|wanted| self.constant_function(name, arrow, wanted, is_constant));
                if made.is_err() {
                    self.declare(name, Type::Unknown);
                }
                done = done.and(made);
                continue;
            }
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

    /// Whether what comes next is of the program itself, in no block.
    fn is_top(&self) -> bool {
        self.is_program && self.depth() == 1
    }
}
