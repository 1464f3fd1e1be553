//! The assembler: see docs/assembler.md for the language.

mod declare;
mod emit;
mod function;
mod lexer;
mod syntax;

use crate::diagnostic::{Diagnostic, Findings, Problem, Span};

use bytecode::limits::MAX_SOURCE;
use bytecode::{Module, PollPolicy, VerifiedModule, VerifyError, elide, verify};

/// An assembled text.
#[derive(Debug, Clone)]
pub struct Assembly {
    /// Not yet verified.
    pub module: Module,
    /// What looks like a mistake.
    pub warnings: Vec<Diagnostic>,
    /// `.within`: polls are left out when it is verified.
    within: Option<u32>,
    map: SourceMap,
}

/// Where functions and instructions are in the text.
#[derive(Debug, Clone, Default)]
struct SourceMap {
    /// For each function, its name and its instructions.
    functions: Vec<(Span, Vec<Span>)>,
    entry: Span,
}

/// Text to module.
///
/// # Errors
/// Everything that is wrong with the text, at most 50 findings, in the order of the text.
pub fn assemble(text: &str) -> Result<Module, Vec<Diagnostic>> {
    assemble_with_map(text).map(|assembly| assembly.module)
}

/// Text to module, with warnings and the way back from instructions to the text.
///
/// # Errors
/// As [`assemble`].
pub fn assemble_with_map(text: &str) -> Result<Assembly, Vec<Diagnostic>> {
    let mut findings = Findings::default();
    if text.len() > MAX_SOURCE {
        findings.error(Problem::new(
            Span::default(),
            format!("the text has {} bytes", text.len()),
            format!("at most {MAX_SOURCE}"),
        ));
        return Err(findings.into_errors(text));
    }
    let statements = syntax::parse(text, &mut findings);
    let program = declare::declare(&statements, &mut findings);
    let within = program.within;
    let assembled = emit::emit(program, &mut findings);
    match assembled {
        Some((module, map)) if !findings.has_errors() => {
            Ok(Assembly { module, warnings: findings.into_warnings(text), within, map })
        }
        _ => Err(findings.into_errors(text)),
    }
}

/// Text to verified module, which a worker accepts. The verifier's findings have their place in the
/// text.
///
/// # Errors
/// As [`assemble`], and everything that [`verify`] finds.
pub fn assemble_verified(text: &str) -> Result<VerifiedModule, Vec<Diagnostic>> {
    assemble_with_warnings(text).map(|(module, _)| module)
}

/// Text to verified module, with warnings about probable mistakes.
///
/// # Errors
/// As [`assemble_verified`].
pub fn assemble_with_warnings(
    text: &str,
) -> Result<(VerifiedModule, Vec<Diagnostic>), Vec<Diagnostic>> {
    let Assembly { module, warnings, within, map } = assemble_with_map(text)?;
    let verified = match within {
        Some(most) => elide(module, Some(most.into()), &[]),
        None => verify(module),
    };
    match verified {
        Ok(module) => Ok((module, warnings)),
        Err(errors) => {
            let mut findings = Findings::default();
            for error in errors {
                let span = map.place(&error);
                findings.error(Problem::new(span, error.message, error.expected));
            }
            Err(findings.into_errors(text))
        }
    }
}

/// Changes a poll policy by the words of a `.poll` directive, such as `back-edges off` or `every
/// 8`.
///
/// # Errors
/// If `.poll` would not take these words: a sentence that says why.
pub fn set_polls(policy: &mut PollPolicy, words: &str) -> Result<(), String> {
    let setting = syntax::poll_setting(words).map_err(|problem| problem.to_string())?;
    declare::apply(policy, setting);
    Ok(())
}

impl SourceMap {
    fn place(&self, error: &VerifyError) -> Span {
        let Some((name, instructions)) =
            error.function.and_then(|function| self.functions.get(usize::from(function)))
        else {
            return self.entry;
        };
        let at = error.instruction.and_then(|at| instructions.get(at as usize));
        at.copied().unwrap_or(*name)
    }
}
