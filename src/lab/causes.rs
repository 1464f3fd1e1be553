//! Why a worker was late: the one cause that the known facts prove, or that they prove none.

use std::time::Duration;

use bytecode::{Bound, PathBound};
use machine::vm::{Location, LocationKind};
use machine::vm::{Since, Turns, Work, WorkKind};
use safepoint::clock::Timestamp;

use super::journal::us;
use super::sentence::{Conditions, amount, bytes, duration};
use super::views::CauseKind;

/// A worker that took longer than this to stop may be late, in microseconds.
pub(super) const LATE_AT_LEAST: f64 = 200.0;
/// It is late if it took so many times as long as the median of the workers that were not late,
const LATE_FACTOR: f64 = 3.0;
/// or at least this share of the whole pause.
const LATE_SHARE: f64 = 0.1;
/// Microseconds. No running worker needs longer for an instruction on average, except for work that
/// is known.
const SLOW_INSTRUCTION: f64 = 1.0;
/// Microseconds. The same of a browser that has not compiled the interpreter to fast code yet. A
/// cause that is proved by instructions alone must not count on more: the processor may have been
/// elsewhere.
const UNCOMPILED_INSTRUCTION: f64 = SLOW_INSTRUCTION / 10.0;
/// Instructions of a loop may take so many times as long as those of its worker on average.
const SLOW_FACTOR: f64 = 10.0;
/// Microseconds that no element of an array, or byte of a text, takes in an instruction on all of them. Ten times what
/// was measured in a browser, for memory that is touched for the first time.
const SLOW_ELEMENT: f64 = 0.1;
/// Turns with more instructions than this on average count as a long way, not as a loop.
const LONG_TURN: u64 = 10_000;

/// What is known of an awaited worker.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) armed_at: Timestamp,
    /// From arming to its stop, or until now.
    pub(super) late: Duration,
    pub(super) died: bool,
    /// For how long the page was hidden meanwhile.
    pub(super) hidden: Duration,
    pub(super) since: Since,
    /// Where it stopped.
    pub(super) stopped: Option<Location>,
    /// The most processor time that it had meanwhile, by its thread's clock; `None` if that was not
    /// read.
    pub(super) ran: Option<Duration>,
    /// Whether there are such clocks. If so, only they prove a lack of processor time.
    pub(super) clocked: bool,
    /// Its time for an instruction until it was asked to stop, on average, in microseconds.
    pub(super) average: Option<f64>,
    /// Workers that ran when it was asked to stop.
    pub(super) running: usize,
    pub(super) bounds: &'a [PathBound],
}

/// A cause and its proof.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Proof {
    pub(super) kind: CauseKind,
    pub(super) place: Option<Location>,
    pub(super) evidence: String,
}

/// Which workers are late. `afters` are the microseconds from arming to each stop, `pause` those of
/// the whole pause.
pub(super) fn late(afters: &[f64], pause: f64) -> Vec<bool> {
    let mut sorted = afters.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut from = sorted.len();
    for (index, &after) in sorted.iter().enumerate() {
        let median = if index == 0 { 0.0 } else { sorted[index / 2] };
        if after > LATE_AT_LEAST && (after > LATE_FACTOR * median || after > LATE_SHARE * pause) {
            from = index;
            break;
        }
    }
    let least = sorted.get(from).copied().unwrap_or(f64::INFINITY);
    afters.iter().map(|&after| after >= least).collect()
}

impl Known<'_> {
    /// The cause, or that no cause is proved.
    pub(super) fn cause(&self, conditions: &Conditions) -> Proof {
        let say = |time: Duration| duration(us(time), conditions.clock_step);
        let proof = |kind, place, evidence| Proof { kind, place, evidence };
        if self.died {
            return proof(CauseKind::Died, self.stopped, "it died".into());
        }
        let work = self.since.work.map(|work| (work, self.overlap(&work)));
        let long = work.filter(|(work, took)| self.is_most(*took) && self.explains(work));
        if let Some((work, took)) = long.filter(|(work, _)| work.kind == WorkKind::Stall) {
            let evidence = format!("blocked for {} of {}", say(took), say(self.late));
            return proof(CauseKind::Blocked, Some(work.location), evidence);
        }
        if let Some(evidence) = self.without_processor(work.map(|(_, took)| took), conditions) {
            let place = long.map(|(work, _)| work.location).or(self.stopped);
            return match self.while_hidden(conditions) {
                Some(hidden) => proof(CauseKind::Hidden, place, format!("{hidden}; {evidence}")),
                None => proof(CauseKind::NoProcessor, place, evidence),
            };
        }
        if let Some((work, took)) = long {
            let evidence = format!("{} for {} of {}", work_text(&work), say(took), say(self.late));
            let kind = match work.kind {
                WorkKind::Search | WorkKind::Grow | WorkKind::Trap | WorkKind::Unwind => {
                    CauseKind::Machine
                }
                _ => CauseKind::LongInstruction,
            };
            return proof(kind, Some(work.location), evidence);
        }
        if let Some(proof) = self.long_way() {
            return proof;
        }
        match self.while_hidden(conditions) {
            Some(evidence) => proof(CauseKind::Hidden, self.stopped, evidence),
            None => proof(CauseKind::Unknown, self.stopped, self.seen(conditions)),
        }
    }

    /// In words, if the page was hidden for most of the wait. This is the cause only if no other is
    /// proved: the workers of a hidden page may run on.
    fn while_hidden(&self, conditions: &Conditions) -> Option<String> {
        let say = |time: Duration| duration(us(time), conditions.clock_step);
        let (hidden, late) = (say(self.hidden), say(self.late));
        self.is_most(self.hidden).then(|| format!("the page was hidden for {hidden} of {late}"))
    }

    fn is_most(&self, part: Duration) -> bool {
        !part.is_zero() && part * 2 >= self.late
    }

    /// Whether so much work can have taken half of the wait. Without a processor's clock the worker may have been without
    /// one in the middle of it.
    fn explains(&self, work: &Work) -> bool {
        match work.kind {
            WorkKind::Copy | WorkKind::Fill | WorkKind::Clear => {}
            WorkKind::Compare | WorkKind::Join | WorkKind::Text => {}
            _ => return true,
        }
        self.ran.is_some() || work.amount as f64 * SLOW_ELEMENT * 2.0 >= us(self.late)
    }

    /// For how long the work went on during the wait.
    fn overlap(&self, work: &Work) -> Duration {
        work.until.since(work.from.max(self.armed_at)).min(self.late)
    }

    /// If it ran for half of the time at most, how that is known.
    pub(super) fn without_processor(
        &self,
        worked: Option<Duration>,
        conditions: &Conditions,
    ) -> Option<String> {
        let say = |time: Duration| duration(us(time), conditions.clock_step);
        let share = || match conditions.cores {
            Some(cores) if self.running > cores => format!(
                "; {} running workers share {}",
                self.running,
                if cores == 1 { "one core".into() } else { format!("{cores} cores") }
            ),
            _ => String::new(),
        };
        if let Some(ran) = self.ran {
            return (ran * 2 < self.late).then(|| {
                let (ran, late) = (say(ran), say(self.late));
                format!("it ran for {ran} of {late} by its processor's clock{}", share())
            });
        }
        if self.clocked {
            return None;
        }
        // Proof by its instructions, if no known work took the time and there were more workers
        // than cores.
        let executed = self.since.instructions?;
        let may_work = worked.is_some_and(|took| took * 4 >= self.late);
        let crowded = conditions.cores.is_some_and(|cores| self.running > cores);
        let running = executed as f64 * SLOW_INSTRUCTION;
        (crowded && !may_work && running * 2.0 <= us(self.late))
            .then(|| format!("it executed {}{}", at_most(executed), share()))
    }

    /// The proof that its instructions took that long.
    fn long_way(&self) -> Option<Proof> {
        // Instructions before it was asked to stop delayed no pause. Without turns it is all one way.
        let (executed, since) = match self.since.turns {
            Some(turns) => (turns.among, "it was asked to stop"),
            None => (self.since.instructions?, "its last poll"),
        };
        let late = us(self.late);
        let took = |instruction: f64| executed as f64 * instruction * 2.0 >= late;
        let quick = self.average.map_or(UNCOMPILED_INSTRUCTION, |average| {
            (average * SLOW_FACTOR).min(UNCOMPILED_INSTRUCTION)
        });
        // A processor's clock has proved already that it ran.
        if !took(if self.ran.is_some() { SLOW_INSTRUCTION } else { quick }) {
            return None;
        }
        let all = grouped(executed);
        if let Some(Turns { times, location, instructions, after, .. }) = self.since.turns
            && times >= 2
            && after * 2 <= executed
            && instructions / times <= LONG_TURN
        {
            let (kind, what) = match location.kind {
                LocationKind::Call => (CauseKind::UnpolledRecursion, "calls"),
                _ => (CauseKind::UnpolledLoop, "turns"),
            };
            // With less than half, the other loops had more together, but no other one had as much.
            let of = if instructions * 2 < executed {
                format!("with {} of", grouped(instructions))
            } else {
                "and".into()
            };
            let evidence =
                format!("{} {what} {of} {all} instructions since {since}", grouped(times));
            return Some(Proof { kind, place: Some(location), evidence });
        }
        if !took(UNCOMPILED_INSTRUCTION) {
            return None;
        }
        let mut evidence = format!("{all} instructions since {since}");
        if let Some(bound) = self.bound() {
            evidence.push_str(&bound);
        }
        Some(Proof { kind: CauseKind::LongPath, place: self.stopped, evidence })
    }

    /// The bound of the function where it stopped.
    fn bound(&self) -> Option<String> {
        let bound = self.bounds.get(self.stopped?.function as usize)?;
        Some(match bound.bound {
            Bound::AtMost { instructions } => {
                format!("; every path through this function has at most {}", grouped(instructions))
            }
            Bound::PerFrame { instructions } => format!(
                "; a path through this function may have {} for each frame that it leaves",
                grouped(instructions)
            ),
            Bound::Unbounded { .. } => "; paths through this function have no bound".into(),
        })
    }

    fn seen(&self, conditions: &Conditions) -> String {
        let mut seen = Vec::new();
        if let Some(executed) = self.since.instructions {
            seen.push(format!("it executed {} since its last poll", at_most(executed)));
        }
        if let Some(ran) = self.ran {
            let (ran, late) = (
                duration(us(ran), conditions.clock_step),
                duration(us(self.late), conditions.clock_step),
            );
            seen.push(format!("it ran for {ran} of {late} by its processor's clock"));
        }
        if seen.is_empty() { "it reported nothing".into() } else { seen.join(", and ") }
    }
}

fn at_most(executed: u64) -> String {
    match executed {
        0 => "no instruction".into(),
        1 => "at most one instruction".into(),
        n => format!("at most {} instructions", grouped(n)),
    }
}

fn work_text(work: &Work) -> String {
    let size = usize::try_from(work.amount).unwrap_or(usize::MAX);
    match work.kind {
        WorkKind::Copy => format!("copied {} elements", amount(size)),
        WorkKind::Fill => format!("filled {} elements", amount(size)),
        WorkKind::Clear => format!("made an array of {} elements", amount(size)),
        WorkKind::Compare => format!("compared strings of {}", bytes(size)),
        WorkKind::Join => format!("joined strings of {}", bytes(size)),
        WorkKind::Text => format!("made text of {}", bytes(size)),
        WorkKind::Print => format!("printed {}", bytes(size)),
        WorkKind::Search => "looked for room in the heap".into(),
        WorkKind::Stall => "blocked".into(),
        WorkKind::Grow => format!("made a stack of {} frames larger", amount(size)),
        WorkKind::Trap => "wrote down where a task trapped".into(),
        WorkKind::Unwind => "looked for a catch".into(),
    }
}

/// With commas between thousands.
pub(super) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONDITIONS: Conditions = Conditions { cores: Some(2), clock_step: 0.1 };
    const LATE: Duration = Duration::from_millis(4);

    fn place(kind: LocationKind) -> Location {
        Location { task: 1, function: 0, instruction: 3, kind }
    }

    fn known(since: Since) -> Known<'static> {
        Known {
            armed_at: Timestamp::from_nanos(1_000_000),
            late: LATE,
            died: false,
            hidden: Duration::ZERO,
            since,
            stopped: Some(place(LocationKind::Call)),
            ran: Some(LATE),
            clocked: true,
            average: None,
            running: 4,
            bounds: &[],
        }
    }

    fn since(instructions: u64) -> Since {
        Since { instructions: Some(instructions), ..Since::default() }
    }

    fn kind(known: &Known<'_>) -> CauseKind {
        known.cause(&CONDITIONS).kind
    }

    fn work(kind: WorkKind, from_us: u64, until_us: u64) -> Work {
        let at = |us: u64| Timestamp::from_nanos(us * 1000);
        let location = place(LocationKind::Bulk);
        Work { kind, location, amount: 9, from: at(from_us), until: at(until_us) }
    }

    #[test]
    fn turns_are_a_cause_only_if_they_took_the_time() {
        let turns = |times, after, kind| {
            let instructions = (1 << 20) - after;
            Some(Turns { times, location: place(kind), instructions, among: 1 << 20, after })
        };
        let of = |executed, turns| kind(&known(Since { turns, ..since(executed) }));
        assert_eq!(of(1 << 20, turns(1 << 18, 2, LocationKind::Unpolled)), CauseKind::UnpolledLoop);
        assert_eq!(
            of(1 << 20, turns(1 << 18, 2, LocationKind::Call)),
            CauseKind::UnpolledRecursion
        );
        // Much time after the last turn, or a few long turns, are a long way.
        assert_eq!(of(1 << 20, turns(5, 1 << 20, LocationKind::Unpolled)), CauseKind::LongPath);
        assert_eq!(of(1 << 20, turns(3, 2, LocationKind::Unpolled)), CauseKind::LongPath);
        // A handful of instructions does not take milliseconds.
        let few = |turns: Option<Turns>| turns.map(|it| Turns { instructions: 6, among: 8, ..it });
        assert_eq!(of(8, few(turns(2, 2, LocationKind::Unpolled))), CauseKind::Unknown);
        // Even after many instructions before the request.
        assert_eq!(of(1 << 30, few(turns(2, 2, LocationKind::Unpolled))), CauseKind::Unknown);
        assert_eq!(of(3000, None), CauseKind::Unknown);
        assert_eq!(of(1 << 20, None), CauseKind::LongPath);
    }

    #[test]
    fn of_several_loops_the_one_with_most_instructions_is_named_with_its_share() {
        let evidence = |instructions, among| {
            let location = place(LocationKind::Unpolled);
            let turns = Turns { times: 1000, location, instructions, among, after: 2 };
            known(Since { turns: Some(turns), ..since(1 << 30) }).cause(&CONDITIONS).evidence
        };
        assert_eq!(
            evidence(60_000, 100_000),
            "1,000 turns and 100,000 instructions since it was asked to stop"
        );
        assert_eq!(
            evidence(40_000, 100_000),
            "1,000 turns with 40,000 of 100,000 instructions since it was asked to stop"
        );
    }

    #[test]
    fn the_processors_clock_decides_if_there_is_one() {
        let mut known = known(since(1 << 30));
        known.ran = Some(LATE / 4);
        assert_eq!(kind(&known), CauseKind::NoProcessor);
        known.since = since(3);
        known.ran = Some(LATE);
        assert_eq!(kind(&known), CauseKind::Unknown);
        // Without a clock, the proof is: few instructions, no known work that took the time, and
        // more workers than cores.
        known.ran = None;
        assert_eq!(kind(&known), CauseKind::Unknown);
        known.clocked = false;
        assert_eq!(kind(&known), CauseKind::NoProcessor);
        let alone = Conditions { cores: Some(8), ..CONDITIONS };
        assert_eq!(known.cause(&alone).kind, CauseKind::Unknown);
        // Turns of which even code that is not compiled yet makes more in half of the wait are not its
        // cause: the processor may have been elsewhere.
        let location = place(LocationKind::Unpolled);
        let turns = |among| Turns { times: 900, location, instructions: among, among, after: 2 };
        known.since = Since { turns: Some(turns(14_000)), ..since(14_000) };
        assert_eq!(kind(&known), CauseKind::Unknown);
        known.since = Since { turns: Some(turns(30_000)), ..since(30_000) };
        assert_eq!(kind(&known), CauseKind::UnpolledLoop);
        // A worker that is known to be quicker makes even more.
        known.average = Some(0.003);
        assert_eq!(kind(&known), CauseKind::Unknown);
        known.since = Since { turns: Some(turns(70_000)), ..since(70_000) };
        assert_eq!(kind(&known), CauseKind::UnpolledLoop);
        known.average = None;
        // Nine bytes do not take milliseconds.
        known.since = Since { work: Some(work(WorkKind::Compare, 1_500, 4_500)), ..since(3) };
        assert_eq!(known.cause(&alone).kind, CauseKind::Unknown);
        let much = |from, until| Work { amount: 40_000, ..work(WorkKind::Compare, from, until) };
        known.since.work = Some(much(1_500, 4_500));
        assert_eq!(kind(&known), CauseKind::LongInstruction);
        known.since.work = Some(much(1_500, 3_000));
        assert_eq!(kind(&known), CauseKind::Unknown);
    }

    #[test]
    fn work_counts_only_during_the_wait() {
        let mut known = known(since(3));
        // Work that began before the request, and took most of the wait.
        known.since.work = Some(work(WorkKind::Copy, 0, 4_800));
        assert_eq!(kind(&known), CauseKind::LongInstruction);
        assert!(known.cause(&CONDITIONS).evidence.contains("3.80 ms of 4.00 ms"));
        // Long work that ended soon after the request.
        known.since.work = Some(work(WorkKind::Copy, 0, 1_100));
        assert_eq!(kind(&known), CauseKind::Unknown);
        known.since.work = Some(work(WorkKind::Stall, 0, 4_800));
        known.ran = Some(Duration::ZERO);
        assert_eq!(kind(&known), CauseKind::Blocked);
        known.since.work = Some(work(WorkKind::Search, 0, 4_800));
        known.ran = Some(LATE);
        assert_eq!(kind(&known), CauseKind::Machine);
        // Work that is proved is the cause even if the page was hidden.
        known.hidden = LATE;
        assert_eq!(kind(&known), CauseKind::Machine);
        known.ran = Some(Duration::ZERO);
        assert_eq!(kind(&known), CauseKind::Hidden);
        known.since.work = None;
        known.ran = Some(LATE);
        assert_eq!(kind(&known), CauseKind::Hidden);
        known.died = true;
        assert_eq!(kind(&known), CauseKind::Died);
    }

    #[test]
    fn all_workers_or_none_may_be_late() {
        assert_eq!(late(&[40.0, 35.0, 199.0], 300.0), [false; 3]);
        assert_eq!(late(&[3820.0, 90.0, 60.0, 10.0], 4000.0), [true, false, false, false]);
        assert_eq!(late(&[120_000.0, 80_000.0, 20.0], 120_100.0), [true, true, false]);
        assert_eq!(late(&[3820.0, 3700.0], 4000.0), [true, true]);
        // Late compared with the others, though the operation took much longer.
        assert_eq!(late(&[900.0, 100.0, 110.0], 1e6), [true, false, false]);
        assert_eq!(late(&[300.0, 150.0, 160.0], 1e6), [false, false, false]);
    }

    #[test]
    fn thousands_are_separated_by_commas() {
        for (n, text) in [(7, "7"), (144_007, "144,007"), (1_000_000, "1,000,000")] {
            assert_eq!(grouped(n), text);
        }
    }
}
