//! Which names lead out of the functions that use them, before anything is compiled.

use std::collections::{HashMap, HashSet};

use oxc_ast::ast::{
    ArrowFunctionExpression, BindingPattern, BlockStatement, CatchClause, Class, Expression,
    ForOfStatement, ForStatement, ForStatementInit, ForStatementLeft, FormalParameters, Function,
    FunctionBody, IdentifierReference, Program, SimpleAssignmentTarget, Statement, TSType,
    TSTypeParameterInstantiation, VariableDeclaration,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::Span;
use oxc_syntax::scope::ScopeFlags;

use super::DEPTH;

/// Declarations and functions are known by where they begin in the text.
#[derive(Default)]
pub(super) struct Resolved<'p> {
    /// Variables that a function inside of their own one uses.
    pub captured: HashSet<u32>,
    /// Variables that are changed after their declaration.
    pub changed: HashSet<u32>,
    /// Whether there is a `catch` that looks at what was thrown.
    pub catches: bool,
    /// For each function and class, the names that lead out of it.
    pub free: HashMap<u32, HashSet<&'p str>>,
}

/// Looks at the whole program.
pub(super) fn resolve<'p>(program: &Program<'p>) -> Resolved<'p> {
    let mut walk = Resolver::default();
    walk.scope(names(&program.body), |walk| {
        program.body.iter().for_each(|statement| walk.visit_statement(statement));
    });
    walk.resolved
}

struct Scope<'p> {
    /// How many functions it is inside of.
    depth: usize,
    names: HashMap<&'p str, u32>,
}

#[derive(Default)]
struct Resolver<'p> {
    resolved: Resolved<'p>,
    scopes: Vec<Scope<'p>>,
    /// For each function around: where it begins, and the scopes around it.
    functions: Vec<(u32, usize)>,
    /// What is nested more deeply is refused when it is compiled.
    nested: u32,
}

/// What statements of one block declare, and where.
fn names<'p>(statements: &[Statement<'p>]) -> Vec<(&'p str, u32)> {
    let mut all = Vec::new();
    for statement in statements {
        match statement {
            Statement::VariableDeclaration(variables) => all.extend(variable_names(variables)),
            Statement::FunctionDeclaration(one) => {
                all.extend(one.id.iter().map(|id| (id.name.as_str(), id.span.start)));
            }
            Statement::ClassDeclaration(one) => {
                all.extend(one.id.iter().map(|id| (id.name.as_str(), id.span.start)));
            }
            _ => {}
        }
    }
    all
}

fn variable_names<'p>(variables: &VariableDeclaration<'p>) -> Vec<(&'p str, u32)> {
    let ids = variables.declarations.iter().filter_map(|one| match &one.id {
        BindingPattern::BindingIdentifier(id) => Some((id.name.as_str(), id.span.start)),
        _ => None,
    });
    ids.collect()
}

impl<'p> Resolver<'p> {
    fn scope(&mut self, names: Vec<(&'p str, u32)>, with: impl FnOnce(&mut Self)) {
        let depth = self.functions.len();
        let mut first = HashMap::new();
        for (name, declared) in names {
            // A second declaration is refused when it is compiled.
            first.entry(name).or_insert(declared);
        }
        self.scopes.push(Scope { depth, names: first });
        with(self);
        self.scopes.pop();
    }

    fn function(&mut self, span: Span, names: Vec<(&'p str, u32)>, with: impl FnOnce(&mut Self)) {
        self.functions.push((span.start, self.scopes.len()));
        self.resolved.free.entry(span.start).or_default();
        self.scope(names, with);
        self.functions.pop();
    }

    /// The declaration of a name, and the scope it is in.
    fn find(&self, name: &str) -> Option<(usize, u32)> {
        let scopes = self.scopes.iter().enumerate().rev();
        scopes.filter_map(|(at, scope)| Some((at, *scope.names.get(name)?))).next()
    }

    fn used(&mut self, name: &'p str) {
        let found = self.find(name);
        if let Some((at, declared)) = found
            && self.scopes[at].depth < self.functions.len()
        {
            self.resolved.captured.insert(declared);
        }
        for (start, scopes) in &self.functions {
            if found.is_none_or(|(at, _)| at < *scopes) {
                self.resolved.free.entry(*start).or_default().insert(name);
            }
        }
    }
}

fn parameters<'p>(params: &FormalParameters<'p>) -> Vec<(&'p str, u32)> {
    let ids = params.items.iter().filter_map(|one| match &one.pattern {
        BindingPattern::BindingIdentifier(id) => Some((id.name.as_str(), id.span.start)),
        _ => None,
    });
    ids.collect()
}

impl<'p> Visit<'p> for Resolver<'p> {
    fn visit_function(&mut self, function: &Function<'p>, _: ScopeFlags) {
        // The name of an expression is known inside of it.
        let own = function.id.iter().filter(|_| function.is_expression());
        let own = own.map(|id| (id.name.as_str(), id.span.start)).collect();
        self.scope(own, |walk| {
            walk.function(function.span, parameters(&function.params), |walk| {
                walk.visit_formal_parameters(&function.params);
                if let Some(body) = &function.body {
                    walk.visit_function_body(body);
                }
            });
        });
    }

    fn visit_arrow_function_expression(&mut self, arrow: &ArrowFunctionExpression<'p>) {
        self.function(arrow.span, parameters(&arrow.params), |walk| {
            walk.visit_formal_parameters(&arrow.params);
            walk.visit_function_body(&arrow.body);
        });
    }

    fn visit_function_body(&mut self, body: &FunctionBody<'p>) {
        self.scope(names(&body.statements), |walk| walk::walk_function_body(walk, body));
    }

    fn visit_class(&mut self, class: &Class<'p>) {
        self.function(class.span, Vec::new(), |walk| walk::walk_class(walk, class));
    }

    fn visit_block_statement(&mut self, block: &BlockStatement<'p>) {
        self.scope(names(&block.body), |walk| walk::walk_block_statement(walk, block));
    }

    fn visit_catch_clause(&mut self, one: &CatchClause<'p>) {
        let name = one.param.iter().filter_map(|param| match &param.pattern {
            BindingPattern::BindingIdentifier(id) => Some((id.name.as_str(), id.span.start)),
            _ => None,
        });
        self.resolved.catches |= one.param.is_some();
        self.scope(name.collect(), |walk| walk::walk_catch_clause(walk, one));
    }

    fn visit_for_statement(&mut self, one: &ForStatement<'p>) {
        let names = match &one.init {
            Some(ForStatementInit::VariableDeclaration(variables)) => variable_names(variables),
            _ => Vec::new(),
        };
        self.scope(names, |walk| walk::walk_for_statement(walk, one));
    }

    fn visit_for_of_statement(&mut self, one: &ForOfStatement<'p>) {
        let names = match &one.left {
            ForStatementLeft::VariableDeclaration(variables) => variable_names(variables),
            _ => Vec::new(),
        };
        self.scope(names, |walk| walk::walk_for_of_statement(walk, one));
    }

    fn visit_expression(&mut self, expression: &Expression<'p>) {
        if self.nested < DEPTH {
            self.nested += 1;
            walk::walk_expression(self, expression);
            self.nested -= 1;
        }
    }

    fn visit_statement(&mut self, statement: &Statement<'p>) {
        if self.nested < DEPTH {
            self.nested += 1;
            walk::walk_statement(self, statement);
            self.nested -= 1;
        }
    }

    fn visit_simple_assignment_target(&mut self, target: &SimpleAssignmentTarget<'p>) {
        if let SimpleAssignmentTarget::AssignmentTargetIdentifier(id) = target
            && let Some((_, declared)) = self.find(id.name.as_str())
        {
            self.resolved.changed.insert(declared);
        }
        walk::walk_simple_assignment_target(self, target);
    }

    fn visit_identifier_reference(&mut self, name: &IdentifierReference<'p>) {
        self.used(name.name.as_str());
    }

    // A type is no use of what runs.
    fn visit_ts_type(&mut self, _: &TSType<'p>) {}
    fn visit_ts_type_parameter_instantiation(&mut self, _: &TSTypeParameterInstantiation<'p>) {}
}
