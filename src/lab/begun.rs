//! Pauses that were armed and have no record yet.

use super::lanes::Lane;
use super::views::{Operation, OperationPart};
use machine::vm::Location;
use safepoint::clock::Timestamp;
use safepoint::{PauseId, StopReason};

/// To reasons that are longer together, none is added.
const MANY_REASONS: usize = 200;

/// A pause from arming on.
#[derive(Clone)]
pub(super) struct Begun {
    pub(super) id: u64,
    pub(super) reason: StopReason,
    pub(super) by: String,
    /// The worker that requested it, if one did.
    pub(super) asked: Option<usize>,
    /// Where the program stopped the world, and why.
    pub(super) program: Option<(Location, String)>,
    pub(super) requested_at: Timestamp,
    pub(super) armed_at: Timestamp,
    /// The workers that it waits for, and how many instructions each had published.
    pub(super) running: Vec<(usize, u64)>,
    /// The first operation in it.
    pub(super) outcome: Option<Operation>,
    pub(super) parts: Vec<OperationPart>,
    /// The workers just after they were asked to stop.
    pub(super) asked_lanes: Vec<Lane>,
    /// The workers when all had stopped.
    pub(super) lanes: Vec<Lane>,
    pub(super) stopped: bool,
}

impl Begun {
    /// To be called on the requester's thread.
    pub(super) fn new(
        pause: PauseId,
        reason: StopReason,
        (asked, at): (Option<usize>, Option<Location>),
        note: Option<&str>,
        requested_at: Timestamp,
        armed_at: Timestamp,
    ) -> Self {
        let worker = asked.map(|lane| format!("worker {lane}"));
        Self {
            id: pause.number(),
            reason,
            by: worker.unwrap_or_else(|| note.unwrap_or_default().into()),
            asked,
            program: at.map(|at| (at, note.unwrap_or_default().into())),
            requested_at,
            armed_at,
            running: Vec::new(),
            outcome: None,
            parts: Vec::new(),
            asked_lanes: Vec::new(),
            lanes: Vec::new(),
            stopped: false,
        }
    }

    /// The program stops the world in this pause.
    pub(super) fn by_program(&mut self, at: Location, why: &str) {
        match &mut self.program {
            None => self.program = Some((at, why.into())),
            Some((_, all)) if all.split("; ").all(|one| one != why) && all.len() < MANY_REASONS => {
                all.push_str("; ");
                all.push_str(why);
            }
            Some(_) => {}
        }
    }

    /// Adds parts up by their kind.
    pub(super) fn did(&mut self, parts: &[OperationPart]) {
        for part in parts {
            match self.parts.iter_mut().find(|other| other.name == part.name) {
                Some(other) => other.took += part.took,
                None => self.parts.push(*part),
            }
        }
    }
}

/// The one of a pause.
pub(super) fn find(begun: &mut [Begun], id: PauseId) -> Option<&mut Begun> {
    begun.iter_mut().rev().find(|one| one.id == id.number())
}
