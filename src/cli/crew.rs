//! The threads of a run. The command line waits for each with a limit, because a worker that never
//! polls never leaves.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, Builder};
use std::time::{Duration, Instant};

use safepoint_lab::lab::Run;

use super::Failure;
use super::requests::Requests;

/// How long a worker may take to leave a program that has ended.
const LEAVE: Duration = Duration::from_secs(1);
/// How long a request may take after it was taken back: a large snapshot may still be written to a
/// disk.
const FINISH: Duration = Duration::from_secs(60);

/// Which thread has ended, and how.
type Done = (Who, thread::Result<Result<(), String>>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Worker(usize),
    Requests,
}

pub(super) struct Crew {
    done: Receiver<Done>,
    running: Vec<Who>,
}

/// What is left when all threads should have ended.
#[derive(Default)]
pub(super) struct Left {
    /// Workers that have not left.
    pub(super) behind: Vec<usize>,
    pub(super) failures: Vec<Failure>,
}

impl Crew {
    pub(super) fn start(
        run: &Run,
        workers: usize,
        requests: Option<&Arc<Requests>>,
    ) -> Result<Self, Failure> {
        let (sender, done) = channel();
        let mut crew = Self { done, running: Vec::new() };
        for index in 0..workers {
            let run = run.clone();
            crew.spawn(&sender, Who::Worker(index), move || run.work(index))?;
        }
        let Some(requests) = requests else { return Ok(crew) };
        let (run, requests) = (run.clone(), Arc::clone(requests));
        crew.spawn(&sender, Who::Requests, move || {
            requests.make(&run);
            Ok(())
        })?;
        Ok(crew)
    }

    fn spawn(
        &mut self,
        done: &Sender<Done>,
        who: Who,
        work: impl FnOnce() -> Result<(), String> + Send + 'static,
    ) -> Result<(), Failure> {
        let done = done.clone();
        let body = move || {
            // Unwind safe: what the thread worked on is used only through the machine, which knows
            // that a worker died.
            let ended = catch_unwind(AssertUnwindSafe(work));
            // The receiver may be gone already.
            let _ = done.send((who, ended));
        };
        Builder::new().spawn(body).map_err(|error| {
            Failure::Other(format!("a thread for the run cannot be started: {error}"))
        })?;
        self.running.push(who);
        Ok(())
    }

    /// Waits for all threads, with a limit. The run was stopped before.
    pub(super) fn leave(mut self) -> Left {
        let mut left = Left::default();
        let begin = Instant::now();
        while !self.running.is_empty() {
            let limit = if self.running == [Who::Requests] { FINISH } else { LEAVE };
            let (who, ended) = match self.done.recv_timeout(limit.saturating_sub(begin.elapsed())) {
                Ok(done) => done,
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    let behind = self.running.iter();
                    left.behind.extend(behind.filter_map(|who| match who {
                        Who::Worker(index) => Some(*index),
                        Who::Requests => None,
                    }));
                    if !self.running.contains(&Who::Requests) || limit == FINISH {
                        break;
                    }
                    self.running.retain(|who| *who == Who::Requests);
                    continue;
                }
            };
            self.running.retain(|running| *running != who);
            left.failures.extend(match (ended, who) {
                (Ok(Ok(())), _) => None,
                (Ok(Err(error)), _) => Some(Failure::Other(error)),
                (Err(_), Who::Worker(index)) => {
                    Some(Failure::Other(format!("worker {index} panicked")))
                }
                (Err(_), Who::Requests) => {
                    Some(Failure::Other("the thread that requests pauses panicked".into()))
                }
            });
        }
        left
    }
}
