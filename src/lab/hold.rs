//! Keeps a held world until it is released. Its requester (page, script, or a worker at a
//! breakpoint) leaves it here.

use std::sync::Arc;
use std::time::Duration;

use machine::vm::{DebugSink, Halt};
use safepoint::clock;
use safepoint::sync::{Futex, Mutex, MutexGuard, lock};
use safepoint::{CancelToken, StoppedWorld};

use super::journal::Journal;
use super::views::Operation;

/// Where the stopped world is held.
pub(super) struct Holder {
    holding: Mutex<Holding>,
    /// No request is under way any more.
    settled: Futex,
    /// Carried by the requests of page and scripts.
    cancel: CancelToken,
    journal: Arc<Journal>,
}

/// The held pause, and the requests that wait.
#[derive(Default)]
pub(super) struct Holding {
    pub(super) held: Option<HeldWorld>,
    /// Requests under way.
    waiting: u32,
    /// These were cancelled because the world is held here.
    interrupted: bool,
    closed: bool,
}

/// A pause that is in force until it is released.
pub(super) struct HeldWorld {
    pub(super) world: StoppedWorld<'static>,
    pub(super) outcome: Option<Operation>,
    pub(super) snapshot: Option<Vec<u8>>,
    /// The worker that stopped the world, and why.
    pub(super) halt: Option<Halt>,
    /// Whether a tick has reported it.
    pub(super) told: bool,
}

/// Why there is no stopped world.
pub(super) enum Failed<E> {
    /// The run was stopped.
    Closed,
    /// The request was not granted.
    Refused(E),
}

impl Holder {
    pub(super) fn new(cancel: CancelToken, journal: Arc<Journal>) -> Self {
        Self { holding: Mutex::default(), settled: Futex::new(0), cancel, journal }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Holding> {
        lock(&self.holding)
    }

    /// From now on no world is held; requests that are under way are taken back.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.cancel.cancel();
    }

    /// Waits until no request is under way, at most for `limit`.
    pub(super) fn settle(&self, limit: Duration) {
        let until = clock::now().saturating_add(limit);
        loop {
            let seen = self.settled.load();
            let left = until.since(clock::now());
            if self.lock().waiting == 0 || left.is_zero() {
                return;
            }
            self.settled.wait(seen, Some(left));
        }
    }

    /// The held world, and whether it was requested here (with `ask`) because none was held. If a
    /// worker stops the world meanwhile, its world is taken: its release may depend on the
    /// requester that waits here. `keep`: the world stays held when the guard is dropped, and
    /// waiting requests are cancelled to work in it. Without `keep` they stay in the queue.
    pub(super) fn hold<E>(
        &self,
        keep: bool,
        ask: impl Fn() -> Result<StoppedWorld<'static>, E>,
    ) -> Result<(MutexGuard<'_, Holding>, bool), Failed<E>> {
        loop {
            let mut holding = self.lock();
            if holding.held.is_some() {
                return Ok((holding, false));
            }
            if holding.closed {
                return Err(Failed::Closed);
            }
            holding.waiting += 1;
            drop(holding);
            let asked = ask();
            let mut holding = self.lock();
            holding.waiting -= 1;
            if holding.waiting == 0 {
                self.settled.ring();
            }
            let interrupted = holding.interrupted;
            if holding.waiting == 0 && interrupted && !holding.closed {
                holding.interrupted = false;
                self.cancel.reset();
            }
            match asked {
                Ok(world) if holding.closed => {
                    drop(holding);
                    self.let_go(world);
                    return Err(Failed::Closed);
                }
                Err(_) if holding.closed => return Err(Failed::Closed),
                Ok(world) => {
                    let (outcome, snapshot, halt) = (None, None, None);
                    let held = HeldWorld { world, outcome, snapshot, halt, told: true };
                    if keep {
                        self.keep(&mut holding, held);
                    } else {
                        holding.held = Some(held);
                    }
                    return Ok((holding, true));
                }
                Err(_) if interrupted => {}
                Err(refused) => return Err(Failed::Refused(refused)),
            }
        }
    }

    /// Releases a world that was granted after the end of the run; its pause has a record
    /// nevertheless.
    fn let_go(&self, world: StoppedWorld<'static>) {
        self.journal.completed(&world.resume_from_pause(), None, None);
    }

    fn keep(&self, holding: &mut Holding, held: HeldWorld) {
        holding.held = Some(held);
        if holding.waiting > 0 {
            holding.interrupted = true;
            self.cancel.cancel();
        }
    }
}

impl DebugSink for Holder {
    fn halted(&self, world: StoppedWorld<'static>, halt: Halt) {
        let mut holding = self.lock();
        if holding.closed {
            drop(holding);
            return self.let_go(world);
        }
        let (outcome, snapshot) = (None, None);
        let held = HeldWorld { world, outcome, snapshot, halt: Some(halt), told: false };
        self.keep(&mut holding, held);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{Conditions, Program, Source};
    use machine::vm::HaltReason;
    use safepoint::{Config, Observer, SafepointCoordinator, StopReason};

    fn holder() -> (SafepointCoordinator, Arc<Journal>, Holder) {
        let text = ".func main\n const 1\n ret\n";
        let program = Program::load(Source::Text(text.into())).expect("it is right");
        let policy = program.module.module().policy;
        let conditions = Conditions::new(None, Duration::ZERO);
        let journal = Arc::new(Journal::new(&program, policy, 1, 1 << 20, conditions));
        let coordinator = SafepointCoordinator::with_config(Config {
            observer: Some(Arc::clone(&journal) as Arc<dyn Observer>),
            ..Config::default()
        });
        let holder = Holder::new(coordinator.cancel_token(), Arc::clone(&journal));
        (coordinator, journal, holder)
    }

    #[test]
    fn settling_waits_for_every_request_that_is_under_way() {
        let (_coordinator, _journal, holder) = holder();
        let (asking, asked) = std::sync::mpsc::channel();
        let answered = safepoint::sync::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let refused = holder.hold(true, || {
                    asking.send(()).expect("the test listens");
                    while !holder.lock().closed {
                        std::thread::yield_now();
                    }
                    // Long enough for `settle` to return if it does not wait.
                    (0..10_000).for_each(|_| std::thread::yield_now());
                    answered.store(true, safepoint::sync::Ordering::SeqCst);
                    Err(())
                });
                assert!(matches!(refused, Err(Failed::Closed)));
            });
            asked.recv().expect("the request is under way");
            holder.close();
            holder.settle(Duration::from_secs(60));
            assert!(answered.load(safepoint::sync::Ordering::SeqCst));
        });
    }

    #[test]
    fn a_world_granted_after_the_end_is_released_and_has_a_record() {
        let (coordinator, journal, holder) = holder();
        let stop = |reason| coordinator.request_stw_pause(reason).map_err(|_| ());
        let asked = holder.hold(true, || {
            holder.close();
            stop(StopReason::GarbageCollection)
        });
        assert!(matches!(asked, Err(Failed::Closed)));
        let (task, function, instruction) = (1, 0, 0);
        let halt = |why| Halt { worker: 0, task, function, instruction, why };
        let world = stop(StopReason::Debug).expect("the world before was released");
        holder.halted(world, halt(HaltReason::Trap { message: "no".into() }));

        let records = journal.take();
        let told: Vec<_> = records.iter().map(|pause| (pause.id, pause.total.is_some())).collect();
        assert_eq!(told, [(1, true), (2, true)]);
    }
}
