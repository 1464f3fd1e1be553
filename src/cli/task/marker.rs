//! Does at the prompt what a reader of the page would do by hand.

use std::time::{Duration, Instant};

use bytecode::PollPolicy;
use machine::snapshot::Snapshot;
use safepoint_lab::lab::views::{Awaited, Reason, RestoreOptions, RunOptions};
use safepoint_lab::lab::{Program, Run};

use super::super::crew::Crew;
use super::super::run::TAKE_BACK;
use super::super::watch::TICK;
use super::check::{Check, Facts, Value};
use super::facts::{self, number};
use super::read::{Step, Task};

/// The requester, as on the page.
const BY: &str = "page";
/// How long a stop must not come for a step that waits for that.
const NOTICED: Duration = Duration::from_secs(1);
/// How long the program runs on between two attempts.
const BETWEEN: Duration = Duration::from_millis(10);

pub(super) struct Marker<'m> {
    program: &'m Program,
    task: &'m Task,
    limit: Duration,
    policy: PollPolicy,
    live: Option<Live>,
    /// What has happened and was not judged yet.
    left: Vec<(&'static str, Facts)>,
    snapshot: Option<Vec<u8>>,
    /// Workers of the run that goes on.
    restored: usize,
}

/// A run, and the threads that work for it.
struct Live {
    run: Run,
    crew: Crew,
    begun: Instant,
    /// How long it stood still.
    stood: Duration,
    facts: Facts,
    policy: PollPolicy,
    restored: bool,
}

impl<'m> Marker<'m> {
    pub(super) fn new(program: &'m Program, task: &'m Task, limit: Duration) -> Self {
        let mut policy = program.module.module().policy;
        for change in &task.polls {
            change.apply(&mut policy);
        }
        let (live, left, snapshot) = (None, Vec::new(), None);
        Self { program, task, limit, policy, live, left, snapshot, restored: task.workers }
    }

    /// What the button of a step does, where that is more than its check asks for.
    pub(super) fn begin(&mut self, step: &Step) -> Result<(), String> {
        self.restored = step.restored;
        let Some(polls) = &step.rerun else { return Ok(()) };
        let mut policy = self.policy;
        for change in polls {
            change.apply(&mut policy);
        }
        self.start(policy)
    }

    /// Whether another attempt could end otherwise.
    pub(super) fn may_differ(check: &Check) -> bool {
        matches!(check.name.as_str(), "stops" | "snapshot")
    }

    /// The next happening of a kind, which is brought about if it has not come already. `next`: what the step after
    /// waits for.
    pub(super) fn next(&mut self, check: &Check, next: Option<&Check>) -> Result<Facts, String> {
        let is = |left: &[(&str, Facts)]| left.iter().position(|(name, _)| *name == check.name);
        if is(&self.left).is_none() {
            self.left.clear();
            self.act(check, next)?;
        }
        let found = is(&self.left).map(|at| self.left.swap_remove(at).1);
        found.ok_or_else(|| "it did not happen".into())
    }

    fn act(&mut self, check: &Check, next: Option<&Check>) -> Result<(), String> {
        match check.name.as_str() {
            "runs" | "path" => self.start(self.policy),
            "stops" => self.stop(check),
            "waits" | "given-up" => {
                let asked = |check: &Check| {
                    let after = check.at_least("after").unwrap_or_default();
                    Duration::from_nanos((after * 1e3) as u64)
                };
                let next = next.filter(|next| next.name == "given-up").map(asked);
                self.give_up(NOTICED.max(asked(check)).max(next.unwrap_or_default()))
            }
            // Every stop here goes on at once.
            "resumes" => {
                let facts = self.live()?.facts.clone();
                self.left.push(("resumes", facts));
                Ok(())
            }
            "snapshot" => self.take_snapshot(),
            "restored" => self.restore(),
            "ends" => self.wait_for_end(),
            other => Err(format!("\"{other}\" happens on the page only")),
        }
    }

    /// Ends what runs.
    pub(super) fn end(&mut self) {
        if let Some(Live { run, crew, .. }) = self.live.take() {
            run.stop_in_order(TAKE_BACK);
            // Those that never poll are left behind: the process ends soon.
            crew.leave();
        }
    }

    /// What runs; starts it if nothing has run yet.
    fn live(&mut self) -> Result<&mut Live, String> {
        if self.live.is_none() {
            self.start(self.policy)?;
            self.left.clear();
        }
        self.live.as_mut().ok_or_else(|| "nothing runs".into())
    }

    fn start(&mut self, policy: PollPolicy) -> Result<(), String> {
        self.end();
        let options = RunOptions {
            workers: self.task.workers,
            policy: Some(policy),
            profile: self.task.counted,
            ..RunOptions::default()
        };
        let run = Run::new(self.program, &options, cores())?;
        self.begun(run, policy, options.workers, false)
    }

    fn begun(
        &mut self,
        run: Run,
        policy: PollPolicy,
        workers: usize,
        restored: bool,
    ) -> Result<(), String> {
        let crew =
            Crew::start(&run, workers, None).map_err(|failure| failure.message().to_owned())?;
        let facts = facts::run(workers, policy, self.task.counted);
        let mut path = facts.clone();
        path.extend(facts::path(&self.program.bounds(policy)));
        self.left = vec![("runs", facts.clone()), ("path", path)];
        if restored {
            self.left.push(("restored", facts.clone()));
        }
        let (begun, stood) = (Instant::now(), Duration::ZERO);
        self.live = Some(Live { run, crew, begun, stood, facts, policy, restored });
        Ok(())
    }

    fn stop(&mut self, check: &Check) -> Result<(), String> {
        let limit = self.limit;
        let reason = match check.asks("reason").as_deref() {
            Some("snapshot") => Reason::Snapshot,
            Some("debug") => Reason::Debug,
            _ => Reason::Gc,
        };
        let live = self.live()?;
        let wanted = Duration::from_nanos((check.at_least("ran").unwrap_or_default() * 1e3) as u64);
        live.run_for(wanted.saturating_sub(live.ran()).max(BETWEEN))?;
        live.run.set_timeouts(None, Some(limit.as_micros() as f64));
        let ran = live.ran();
        let pause = live.run.cycle(reason, BY).map_err(|refusal| live.refused(&refusal.message))?;
        live.stood += Duration::from_nanos((pause.total.unwrap_or_default() * 1e3) as u64);
        let mut facts = live.facts.clone();
        facts.extend(facts::stop(&pause, ran.as_micros() as f64));
        self.left = vec![("stops", facts)];
        Ok(())
    }

    /// Requests a stop that should not come, and takes it back. One that comes is no proof: the loop that never polls may
    /// not have begun.
    fn give_up(&mut self, after: Duration) -> Result<(), String> {
        let (program, workers, limit) = (self.program, self.task.workers, self.limit);
        let live = self.live()?;
        live.run.set_timeouts(None, Some(after.as_micros() as f64));
        let begin = Instant::now();
        let (refusal, awaited) = loop {
            live.run_for(BETWEEN)?;
            match live.watch_request() {
                (Err(refusal), awaited) => break (refusal, awaited),
                (Ok(()), _) if begin.elapsed() < limit => {}
                (Ok(()), _) => return Err("every stop came: no worker kept one waiting".into()),
            }
        };
        if refusal.kind != "timed-out" {
            return Err(live.refused(&refusal.message));
        }
        let missing = refusal.stragglers.len();
        let both =
            [("arrived", number(workers.saturating_sub(missing))), ("missing", number(missing))];
        let (mut waits, mut given_up) = (live.facts.clone(), live.facts.clone());
        waits.extend(both.clone());
        if let Some(first) = &awaited {
            waits.insert("worker", number(first.worker));
            waits.extend(facts::word(&first.kind).map(|kind| ("cause", kind)));
            waits.extend(first.line.map(|line| ("line", number(line as usize))));
            let function = first.place.as_ref().and_then(|place| place.function.clone());
            waits.extend(function.map(|name| ("function", Value::Text(name))));
        }
        given_up.extend(facts::path(&program.bounds(live.policy)));
        given_up.extend(both);
        let waited = refusal.stragglers.iter().map(|late| late.waited).fold(0.0, f64::max);
        given_up.insert("after", Value::Number(waited));
        self.left = vec![("waits", waits), ("given-up", given_up)];
        Ok(())
    }

    fn take_snapshot(&mut self) -> Result<(), String> {
        let limit = self.limit;
        let live = self.live()?;
        live.run_for(BETWEEN)?;
        live.run.set_timeouts(None, Some(limit.as_micros() as f64));
        let bytes = live.run.take_snapshot(BY).map_err(|refusal| live.refused(&refusal.message))?;
        let mut facts = live.facts.clone();
        let described = Snapshot::read(&bytes).map_err(|error| error.to_string())?.describe();
        facts.extend([
            ("size", number(bytes.len())),
            ("tasks", number(described.task_count)),
            ("objects", number(described.objects)),
        ]);
        self.snapshot = Some(bytes);
        self.left = vec![("snapshot", facts)];
        Ok(())
    }

    fn restore(&mut self) -> Result<(), String> {
        let bytes = self.snapshot.take().ok_or("no step before has taken a snapshot")?;
        self.end();
        let snapshot = Snapshot::read(&bytes).map_err(|error| error.to_string())?;
        let options = RestoreOptions { workers: Some(self.restored), ..RestoreOptions::default() };
        let options = options.over(&snapshot.describe());
        let policy = options.policy.unwrap_or(self.policy);
        let run = Run::restored(self.program, snapshot, &options, cores().into())?;
        let begun = self.begun(run, policy, options.workers, true);
        self.snapshot = Some(bytes);
        begun
    }

    fn wait_for_end(&mut self) -> Result<(), String> {
        let limit = self.limit;
        let live = self.live()?;
        let begin = Instant::now();
        while live.run.machine().wait_outcome(Some(TICK)).is_none() {
            live.run.tick();
            if begin.elapsed() >= limit {
                return Err(format!("the program had not ended after {limit:?}"));
            }
        }
        let outcome = live.run.machine().outcome().ok_or("the program has not ended")?;
        let output = live.run.machine().output_since(0).text;
        let mut facts = live.facts.clone();
        facts.extend(facts::end(&outcome, output, live.restored));
        self.left = vec![("ends", facts)];
        Ok(())
    }
}

impl Live {
    /// How long the program has run, without the time in which it stood still.
    fn ran(&self) -> Duration {
        self.begun.elapsed().saturating_sub(self.stood)
    }

    /// Lets the program run on for a time.
    fn run_for(&self, time: Duration) -> Result<(), String> {
        let begin = Instant::now();
        while begin.elapsed() < time {
            let left = time.saturating_sub(begin.elapsed());
            if self.run.machine().wait_outcome(Some(left.min(TICK))).is_some() {
                return Err(self.refused("the program had ended"));
            }
            self.run.tick();
        }
        Ok(())
    }

    /// Requests a stop. Also returns the worker that was missing while it waited.
    fn watch_request(&self) -> (Result<(), safepoint_lab::lab::views::Refusal>, Option<Awaited>) {
        let run = &self.run;
        std::thread::scope(|scope| {
            let request = scope.spawn(|| run.cycle(Reason::Gc, BY).map(|_| ()));
            let mut first = None;
            while !request.is_finished() {
                let ended = self.run.machine().wait_outcome(Some(TICK)).is_some();
                self.run.tick();
                first =
                    self.run.awaiting().and_then(|one| one.workers.into_iter().next()).or(first);
                if ended {
                    break;
                }
            }
            let asked = request.join();
            let failed =
                |_| Err(safepoint_lab::lab::views::Refusal::failed("the request panicked".into()));
            (asked.unwrap_or_else(failed), first)
        })
    }

    /// Why nothing more happens in this run.
    fn refused(&self, message: &str) -> String {
        match self.run.machine().outcome() {
            None => message.to_owned(),
            Some(outcome) => match (outcome.result, outcome.trap) {
                (_, Some(trap)) => format!("a trap had ended the program: {}", trap.message),
                (Some(result), None) => format!("the program had ended with {result}"),
                (None, None) => "the program had ended".into(),
            },
        }
    }
}

fn cores() -> Option<usize> {
    std::thread::available_parallelism().ok().map(usize::from)
}
