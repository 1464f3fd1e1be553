//! Names of places for readers, from the numbers that workers write.

use bytecode::{Instruction, VerifiedModule};
use language::{as_written, listing};
use machine::vm::{Location, LocationKind};

use super::views::{Site, SiteKind};

/// The places of a program, by function and instruction.
pub struct Places {
    functions: Vec<Vec<Named>>,
}

struct Named {
    function: String,
    offset: u32,
    line: Option<u32>,
    text: String,
    /// Whether the instruction blocks its worker inside a safe region.
    is_safe: bool,
    is_call: bool,
}

impl Places {
    /// The places of a module; `text` is the one to which its lines belong.
    pub fn new(module: &VerifiedModule, text: &str) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let mut functions: Vec<Vec<Named>> =
            module.functions().iter().map(|_| Vec::new()).collect();
        for row in listing(module) {
            let function = usize::from(row.function);
            let instruction =
                &module.functions()[function].instructions()[row.instruction as usize];
            functions[function].push(Named {
                function: module.module().functions[function].name.clone(),
                offset: row.offset,
                line: row.line,
                text: match row.words {
                    Some(words) => words,
                    None => as_written(&lines, row.line, row.text),
                },
                is_safe: matches!(instruction, Instruction::Block),
                is_call: matches!(instruction, Instruction::Call(_)),
            });
        }
        Self { functions }
    }

    /// Whether the instruction there is a call.
    pub fn is_call(&self, at: Location) -> bool {
        let function = self.functions.get(at.function as usize);
        function.and_then(|all| all.get(at.instruction as usize)).is_some_and(|it| it.is_call)
    }

    /// Where a worker was, by name.
    pub fn site(&self, location: Location) -> Site {
        let kind = match location.kind {
            LocationKind::Call => SiteKind::Call,
            LocationKind::BackEdge => SiteKind::BackEdge,
            LocationKind::Allocation => SiteKind::Allocation,
            LocationKind::Await => SiteKind::Await,
            LocationKind::Bulk => SiteKind::Bulk,
            LocationKind::Blocked => SiteKind::Stall,
            LocationKind::Unpolled => SiteKind::Unpolled,
            LocationKind::Idle => SiteKind::Idle,
            LocationKind::Poll => SiteKind::Scheduler,
            LocationKind::Halt => SiteKind::Breakpoint,
            LocationKind::Explicit => SiteKind::Explicit,
        };
        let nowhere = |text: &str| Site {
            kind,
            task: None,
            function: None,
            instruction: None,
            offset: None,
            line: None,
            text: text.into(),
        };
        match kind {
            SiteKind::Idle => return nowhere("no task to run"),
            SiteKind::Scheduler => return nowhere("between two tasks"),
            _ => {}
        }
        let at = location.instruction;
        let place = self
            .functions
            .get(location.function as usize)
            .and_then(|function| function.get(at as usize));
        let Some(place) = place else { return nowhere("an unknown place") };
        let position = place
            .line
            .map_or_else(|| format!("byte {}", place.offset), |line| format!("line {line}"));
        let kind = match kind {
            SiteKind::Stall if place.is_safe => SiteKind::Blocked,
            kind => kind,
        };
        Site {
            kind,
            task: (location.task != 0).then_some(location.task),
            function: Some(place.function.clone()),
            instruction: Some(at),
            offset: Some(place.offset),
            line: place.line,
            text: format!("{}, {position}, {}", place.function, place.text),
        }
    }
}
