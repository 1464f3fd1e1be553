//! How a worker stops: at a safepoint, in a safe region, for memory, for the debugger. Before it stops, a
//! worker publishes its own data, so that the holder finds them; afterwards it takes them back.

use super::{Context, Role};
use crate::heap::{Buffer, CollectionFigures, Heap};
use crate::vm::debug::{Halt, HaltReason};
use crate::vm::location::{Location, LocationKind};
use crate::vm::observer::{MachineEvent, StopKind};
use crate::vm::since::{Account, Since, Turns};
use crate::vm::status::WorkerState;
use crate::vm::task::Task;
use safepoint::sync::Ordering;
use safepoint::{Answer, HandshakeTarget, OwnWorld, StopReason, StoppedWorld, clock};

/// If less than this part of the heap is free after a collection, the heap counts as full: the next
/// collection would follow at once.
const SPARE: u64 = 64;

/// How often a worker relies on another worker's collection before it requests a stopped world for itself.
/// One collection serves all workers that wait for memory at once, while a stopped world goes from one of
/// them to the next. But after another worker's collection the others may take all free words before this
/// worker runs.
const SHARES: u32 = 4;

/// Why there is no room for an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::vm) enum NoRoom {
    /// The heap is full of reachable objects, or has no gap that is large enough.
    Full,
    /// The world could not be stopped in time: try again later.
    Later,
    /// The machine is over.
    Over,
}

impl Context<'_> {
    /// A safepoint's slow path. The running task must be saved.
    pub(in crate::vm) fn stop_at(&mut self, location: Location) {
        self.show(location);
        self.before_stop(StopKind::Poll);
        if let Role::Worker(worker) = self.role {
            worker.stop_at(location);
        }
        self.after_stop();
    }

    /// Does something that touches no shared state while this worker counts as stopped. The running
    /// task is saved.
    pub(in crate::vm) fn in_safe_region(&mut self, kind: StopKind, work: impl FnOnce()) {
        let Role::Worker(worker) = self.role else { return };
        self.before_stop(kind);
        let region = worker.enter_safe_region();
        work();
        drop(region);
        self.after_stop();
    }

    fn before_stop(&mut self, kind: StopKind) {
        self.buffer.park(&self.store.heap);
        self.publish();
        self.kept.leaves();
        let since = self.since();
        if let Role::Worker(worker) = self.role
            && self.workers.profile
            && kind == StopKind::Poll
            && (since.turns.is_none() && since.work.is_none())
        {
            worker.withdraw_note();
        }
        if let (Role::Worker(worker), Some(instructions)) = (&self.role, since.instructions) {
            worker.note_since_poll(instructions);
        }
        self.observe(MachineEvent::Stops { kind, since });
        self.block.set_state(match kind {
            StopKind::Blocked | StopKind::Compiles | StopKind::Program(_) => {
                WorkerState::SafeRegion
            }
            StopKind::Idle => WorkerState::Idle,
            StopKind::Poll | StopKind::Memory | StopKind::Debugger => WorkerState::Stopped,
        });
    }

    /// What the worker did since its last poll. Work that was kept is reported once.
    fn since(&self) -> Since {
        let work = self.kept.take_work();
        if !self.workers.profile {
            return Since { work, ..Since::default() };
        }
        let executed = self.measured.since_poll(self.total);
        let turned = self.kept.turned(self.total.wrapping_sub(executed));
        let turns = turned.map(|Account { most, before, last }| {
            let place = self.program.code.place(most.op);
            let location = Location {
                task: self.block.task.load(Ordering::Relaxed),
                function: place.function.into(),
                instruction: place.instruction,
                kind: most.kind,
            };
            Turns {
                times: most.times,
                location: if most.times == 0 { Location::default() } else { location },
                instructions: most.instructions,
                among: self.total.wrapping_sub(before),
                after: self.total.wrapping_sub(last),
            }
        });
        Since { instructions: Some(executed), turns, work }
    }

    fn after_stop(&mut self) {
        self.buffer.revalidate(&self.store.heap);
        self.block.set_state(WorkerState::Running);
    }

    /// Allocates with `take` after a collection: after another worker's, if there is one meanwhile that frees
    /// enough, or else after its own. The running task must be saved.
    ///
    /// After its own collection this worker allocates before it releases the world, because afterwards other
    /// workers may use up the free words. Until it runs again, only `in_flight` holds the object: another
    /// pause may come first.
    pub(in crate::vm) fn take_stopped(
        &mut self,
        take: &dyn Fn(&Heap, &mut Buffer) -> Option<u32>,
    ) -> Result<u32, NoRoom> {
        let (program, store) = (self.program, self.store);
        let heap = &store.heap;
        let worker = match self.role {
            Role::Worker(worker) => worker,
            Role::Stepper(stopped) => return self.take_now(stopped, take),
        };
        const WHY: StopReason = StopReason::GarbageCollection;
        let mut shares = if store.gc_stress { 0 } else { SHARES };
        self.before_stop(StopKind::Memory);
        let stopped = loop {
            if shares == 0 {
                break worker.request_stw_pause(WHY);
            }
            shares -= 1;
            match worker.request(WHY).stop_unless_done() {
                Ok(Answer::World(stopped)) => break Ok(stopped),
                Err(error) => break Err(error),
                Ok(Answer::Done(_)) => {}
            }
            self.after_stop();
            if store.is_over() {
                return Err(NoRoom::Over);
            }
            if let Some(object) = take(heap, &mut self.buffer) {
                return Ok(object);
            }
            // Other workers took what the collection had freed.
            self.before_stop(StopKind::Memory);
        };
        let taken = match stopped {
            Err(_) => Err(NoRoom::Later),
            Ok(stopped) => {
                self.buffer.revalidate(heap);
                // Another worker may have run out at the same time, and have collected first.
                let mut taken = if store.gc_stress { None } else { take(heap, &mut self.buffer) };
                let mut collected = None;
                if taken.is_none() {
                    let figures = self.workers.collect(program, store, &stopped);
                    collected = Some(figures);
                    stopped.operation_done();
                    self.observe(MachineEvent::Collected(figures));
                    self.buffer.revalidate(heap);
                    let spare = figures.capacity_bytes - figures.after_bytes;
                    if spare >= figures.capacity_bytes / SPARE {
                        taken = take(heap, &mut self.buffer);
                    }
                } else {
                    // There is room: other workers that wait for memory need not wait for the world.
                    stopped.operation_done();
                }
                self.buffer.park(heap);
                store.set_in_flight(self.index, taken);
                self.let_go(stopped, collected);
                taken.ok_or(NoRoom::Full)
            }
        };
        self.after_stop();
        store.set_in_flight(self.index, None);
        if store.is_over() { Err(NoRoom::Over) } else { taken }
    }

    /// Releases the world that this worker held.
    fn let_go(&self, stopped: OwnWorld<'_>, collected: Option<CollectionFigures>) {
        let report = stopped.resume_from_pause();
        if let Some(observer) = &self.workers.observer {
            observer.paused(&report, collected);
        }
    }

    /// The program stops the world and lets it run; `collects`: after a collection. Other pauses may come first, and
    /// if the request is given up, there is no stop. The running task must be saved. `done` is called once, when its
    /// instruction is done: while this worker has the world, unless there was no stop.
    pub(in crate::vm) fn stop_world(
        &mut self,
        at: Location,
        why: &str,
        collects: bool,
        done: &dyn Fn(),
    ) {
        let (program, store) = (self.program, self.store);
        let worker = match self.role {
            Role::Worker(worker) => worker,
            // The world is stopped.
            Role::Stepper(stopped) => {
                if collects {
                    self.collect_now(stopped);
                }
                return done();
            }
        };
        self.show(at);
        self.before_stop(StopKind::Program(at));
        let reason = if collects { StopReason::GarbageCollection } else { StopReason::Debug };
        let Ok(stopped) = worker.request(reason).note(why).stop() else {
            self.after_stop();
            return done();
        };
        if let Some(observer) = &self.workers.observer {
            observer.stopped_by_program(self.index, at, why);
        }
        let collects = collects && !store.is_over();
        let collected = collects.then(|| self.workers.collect(program, store, &stopped));
        stopped.operation_done();
        if let Some(figures) = collected {
            self.observe(MachineEvent::Collected(figures));
        }
        // Whoever has the world next, such as a debugger or a snapshot, finds the instruction done and may step on.
        done();
        self.block.set_state(WorkerState::Stopped);
        self.let_go(stopped, collected);
        self.after_stop();
    }

    /// Waits until the worker that runs a task has come to a poll. Without such a worker it returns at once. The
    /// running task must be saved.
    pub(in crate::vm) fn handshake(&mut self, at: Location, task: u32) {
        let Role::Worker(worker) = self.role else { return };
        let from = clock::now();
        // The task may leave its worker meanwhile: between two tasks the worker polls, too.
        let with = self.store.scheduler.worker_of_task(task).filter(|with| *with != self.index);
        let handle = with.and_then(|with| self.workers.all()[with].worker.get());
        if let Some(handle) = handle {
            self.show(at);
            self.before_stop(StopKind::Blocked);
            worker.handshake(HandshakeTarget::Worker(handle.clone()), |_| {});
            self.after_stop();
        }
        self.observe(MachineEvent::Handshake { with, at, took: clock::now().since(from) });
    }

    /// As [`take_stopped`](Self::take_stopped), if the world is stopped already.
    fn take_now(
        &mut self,
        stopped: &StoppedWorld<'_>,
        take: &dyn Fn(&Heap, &mut Buffer) -> Option<u32>,
    ) -> Result<u32, NoRoom> {
        let heap = &self.store.heap;
        if !self.store.gc_stress
            && let Some(object) = take(heap, &mut self.buffer)
        {
            return Ok(object);
        }
        self.collect_now(stopped);
        take(heap, &mut self.buffer).ok_or(NoRoom::Full)
    }

    fn collect_now(&mut self, stopped: &StoppedWorld<'_>) {
        let heap = &self.store.heap;
        self.buffer.park(heap);
        let figures = self.workers.collect(self.program, self.store, stopped);
        self.workers.observe(None, MachineEvent::Collected(figures));
        self.buffer.revalidate(heap);
    }

    /// Stops the world for the debugger and hands it to the machine's sink; returns when the world runs
    /// again. The running task is saved. Without a sink nothing happens.
    pub(in crate::vm) fn halt(&mut self, task: &Task, why: HaltReason) {
        let (program, debugger) = (self.program, self.debugger);
        let (Role::Worker(worker), Some(sink)) = (self.role, &debugger.sink) else {
            return;
        };
        // SAFETY: this worker has the task and does not run it, and the world is not stopped yet;
        // the reference does not outlive the block.
        let (function, instruction) = unsafe {
            let body = &mut *task.body();
            body.halting = true;
            (program.code.function(body.pc), body.visible)
        };
        let halt = Halt { worker: self.index, task: task.id, function, instruction, why };
        let kind = LocationKind::Halt;
        let location = Location { task: task.id, function: function.into(), instruction, kind };
        self.show(location);
        self.note(location);
        self.before_stop(StopKind::Debugger);
        if let Ok(stopped) = worker.request_stw_pause(StopReason::Debug) {
            // SAFETY: the world is stopped and this worker has it; the reference does not outlive
            // the statement.
            let stands = unsafe { (*task.body()).halting };
            // Another holder may have had the world first, and may have moved the task or removed the
            // breakpoint.
            if stands && !self.store.is_over() && debugger.still_wants(&halt) {
                let (world, region) = stopped.hand_over();
                sink.halted(world, halt);
                drop(region);
            } else {
                self.let_go(stopped, None);
            }
        }
        self.after_stop();
    }
}
