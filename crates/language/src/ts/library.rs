//! What JavaScript brings with it and the machine does not have: functions that are written in the language itself, and
//! are compiled where a program uses them. They stand in no line of the program's text.

use std::collections::HashMap;

use oxc_allocator::Allocator;
use oxc_ast::ast::{Function, Program, Statement};
use oxc_parser::Parser;
use oxc_span::SourceType;

use super::declare::Body;
use super::signatures::{Head, plain, signature, variables};
use super::types::Type;
use super::unit::{Refused, Result, Signature, Unit};

/// The files of the library, and what the names of their functions begin with.
const FILES: &[(&str, &str)] = &[
    ("Math.", include_str!("../../library/math.ts")),
    ("Number.", include_str!("../../library/numbers.ts")),
    ("number.", include_str!("../../library/number.ts")),
    ("Array.", include_str!("../../library/arrays.ts")),
    ("Array.sort", include_str!("../../library/sort.ts")),
    ("String.", include_str!("../../library/strings.ts")),
    ("spread.", include_str!("../../library/spread.ts")),
];

/// Characters of a function's name.
const LONGEST: usize = 50;

/// A function of the library that is to be compiled.
pub(super) struct Waiting<'p> {
    pub signature: Signature,
    pub body: Body<'p>,
}

#[derive(Default)]
pub(super) struct Library<'p> {
    pub allocator: Option<&'p Allocator>,
    /// Files that were read.
    read: Vec<&'static str>,
    parsed: HashMap<String, &'p Function<'p>>,
    generic: HashMap<String, Signature>,
    used: Vec<(String, Vec<Type>, u16)>,
    pub waiting: Vec<Waiting<'p>>,
}

impl<'p> Library<'p> {
    /// Parses the files that may have a function of this name.
    fn read(&mut self, name: &str) {
        for (prefix, text) in FILES.iter().filter(|(prefix, _)| name.starts_with(prefix)) {
            let Some(allocator) = self.allocator.filter(|_| !self.read.contains(prefix)) else {
                continue;
            };
            self.read.push(*prefix);
            let program = Parser::new(allocator, text, SourceType::ts()).parse().program;
            let program: &'p Program<'p> = allocator.alloc(program);
            for statement in &program.body {
                if let Statement::FunctionDeclaration(function) = statement
                    && let Some(id) = &function.id
                {
                    let object = prefix.split_inclusive('.').next().unwrap_or_default();
                    self.parsed.insert(format!("{object}{}", id.name), function);
                }
            }
        }
    }
}

impl<'p> Unit<'p> {
    /// A function of the library, as its calls see it; `None` if there is no such function.
    pub fn library(&mut self, name: &str) -> Option<Result<Signature>> {
        if let Some(known) = self.library.generic.get(name) {
            return Some(Ok(known.clone()));
        }
        self.library.read(name);
        let function = *self.library.parsed.get(name)?;
        Some(self.library_function(name, function))
    }

    fn library_function(&mut self, name: &str, function: &'p Function<'p>) -> Result<Signature> {
        let variables = variables(self, function.type_parameters.as_deref())?;
        let made = self.with_variables(&variables, |unit| {
            let body = plain(unit, function)?;
            signature(unit, name.to_owned(), body, Head::of(function))
        });
        let made = Signature { variables, ..made? };
        self.library.generic.insert(name.to_owned(), made.clone());
        Ok(made)
    }

    /// The function of the library that is compiled for these types.
    pub fn library_for(&mut self, generic: &Signature, types: &[Type]) -> Result<u16> {
        let name = generic.name.as_str();
        let function = *self.library.parsed.get(name).ok_or(Refused)?;
        let mut used = self.library.used.iter();
        if let Some((.., index)) = used.find(|(known, of, _)| *known == name && of == types) {
            return Ok(*index);
        }
        let names = generic.variables.iter().map(|(name, _)| name.clone());
        let variables: Vec<(String, Type)> = names.zip(types.iter().cloned()).collect();
        let made = self.with_variables(&variables, |unit| -> Result<(Signature, Body<'p>)> {
            let body = plain(unit, function)?;
            Ok((signature(unit, name.to_owned(), body, Head::of(function))?, body))
        });
        let (mut signature, body) = made?;
        if !types.is_empty() {
            let types: Vec<String> = types.iter().map(|of| self.name(of)).collect();
            let full = format!("{name}<{}>", types.join(", "));
            signature.name = full.chars().take(LONGEST).collect();
        }
        signature.index = self.next_function();
        let index = signature.index;
        self.library.used.push((name.to_owned(), types.to_vec(), index));
        let signature = Signature { variables, ..signature };
        self.library.waiting.push(Waiting { signature, body });
        Ok(index)
    }

    /// The methods of arrays, strings or numbers, in words.
    pub fn library_methods(&mut self, whose: &str) -> String {
        let (prefix, own): (&str, &[&str]) = match whose {
            "arrays" => ("Array.", &["push", "pop", "fill", "sort"]),
            "strings" => ("String.", &["charCodeAt"]),
            _ => ("number.", &["toString"]),
        };
        self.library.read(prefix);
        let names = self.library.parsed.keys().filter_map(|name| name.strip_prefix(prefix));
        let names = names.filter(|name| *name != "from" && !name.starts_with("sort"));
        let mut all: Vec<&str> = own.iter().copied().chain(names).collect();
        all.sort_unstable();
        let last = all.pop().unwrap_or_default();
        format!("{} or {last}", all.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_library_has_functions_and_nothing_else() {
        for (_, text) in FILES {
            let allocator = Allocator::default();
            let parsed = Parser::new(&allocator, text, SourceType::ts()).parse();
            assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
            for statement in &parsed.program.body {
                assert!(matches!(statement, Statement::FunctionDeclaration(_)), "{statement:?}");
            }
        }
    }
}
