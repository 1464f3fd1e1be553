//! A program whose tasks do one thing each, on workers that a test can keep from stopping.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::Instant;

use ::machine::vm::{Machine, WorkerState};
use safepoint::{Place, SafepointCoordinator, StopReason};
use safepoint_lab::lab::views::{Pause, Reason, Refusal, RunOptions};
use safepoint_lab::lab::{BreakpointOptions, Lab, Run, Source};

use super::support::{LIMIT, Straggling, eventually};

/// What a task does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Runs a loop that polls.
    Spins,
    /// Reaches the breakpoint again and again.
    Hits,
    /// Reaches it once.
    HitsOnce,
    /// Reaches it once, after a blocking call in which its worker does not stop.
    HitsLate,
    /// Allocates more than there is room for, then runs the loop.
    Collects,
    /// The same, after such a blocking call.
    CollectsLate,
    /// The same, in a heap that another task has filled.
    CollectsLateWithoutFilling,
    /// Never stops allocating.
    CollectsAgainAndAgain,
}

/// Milliseconds of that blocking call: the test acts meanwhile.
const STALL: u32 = 100;
/// Elements of an array of which two fit into the heap.
const LARGE: u32 = 25_000;
const HEAP: usize = 500 << 10;

impl Actor {
    fn body(self) -> String {
        let stall = format!("    const \"ready\"\n    print\n    const {STALL}\n    stall\n");
        let large = format!("    const {LARGE}\n    newarray\n    pop\n");
        let done = "    const \"done\"\n    print\n";
        let hit = "    call hit\n    pop\n";
        let before = match self {
            Self::Spins => String::new(),
            Self::Hits => return format!("again:\n{hit}    jmp again\n"),
            Self::HitsOnce => hit.into(),
            Self::HitsLate => format!("{stall}{hit}"),
            Self::Collects => format!("{large}{large}{large}{done}"),
            Self::CollectsLate => format!("{large}{large}{stall}{large}{done}"),
            Self::CollectsLateWithoutFilling => format!("{stall}{large}{done}"),
            Self::CollectsAgainAndAgain => return format!("again:\n{large}    jmp again\n"),
        };
        format!("{before}    call spin\n    ret\n")
    }
}

fn source(actors: &[Actor]) -> String {
    let mut text = String::from(
        ".module \"stage\"\n.poll calls off\n.poll allocations off\n.poll awaits off\n\
         .func hit\n    const 0\n    ret\n\
         .func never\n    const 0\n    ret\n\
         .func spin\nagain:\n    jmp again\n",
    );
    for (index, actor) in actors.iter().enumerate() {
        text += &format!(".func actor{index}\n{}", actor.body());
    }
    text += ".func main\n";
    for index in 1..actors.len() {
        text += &format!("    spawn actor{index}\n    pop\n");
    }
    text + "    spawn actor0\n    await\n    ret\n"
}

pub fn breakpoint_at(function: &str) -> BreakpointOptions {
    BreakpointOptions { function: Some(function.into()), ..BreakpointOptions::default() }
}

pub fn safepoint_reason(reason: Reason) -> StopReason {
    match reason {
        Reason::Gc => StopReason::GarbageCollection,
        Reason::Snapshot => StopReason::Snapshot,
        Reason::Debug => StopReason::Debug,
    }
}

/// A request on another thread.
pub struct Background<T> {
    answer: Receiver<Result<T, Refusal>>,
}

impl<T: Send + 'static> Background<T> {
    fn start(work: impl FnOnce() -> Result<T, Refusal> + Send + 'static) -> Self {
        let (send, answer) = channel();
        std::thread::spawn(move || _ = send.send(work()));
        Self { answer }
    }

    /// Whether the answer has come. Takes the answer: only for checks that it has not come.
    pub fn is_over(&self) -> bool {
        !matches!(self.answer.try_recv(), Err(TryRecvError::Empty))
    }

    pub fn get(self) -> Result<T, Refusal> {
        self.answer.recv_timeout(LIMIT).expect("an answer in time")
    }
}

/// A run with its lab, threads and records.
pub struct Stage {
    lab: Arc<Lab>,
    run: Run,
    threads: Vec<JoinHandle<()>>,
    /// A worker that does not stop, so that no pause is granted.
    late: Option<Straggling>,
    records: Vec<Pause>,
    held: Option<Pause>,
    output: String,
}

impl Stage {
    /// Starts a worker for each actor, and with `late` one that does not stop before
    /// [`let_go`](Self::let_go).
    pub fn start(actors: &[Actor], late: bool) -> Self {
        let lab = Arc::new(Lab::new());
        let loaded = lab.load(Source::Text(source(actors)));
        assert!(loaded.ok, "{:?}", loaded.errors);
        lab.breakpoint(&breakpoint_at("hit")).expect("it fits");
        let workers = actors.len();
        let options = RunOptions { workers, heap: HEAP, ..RunOptions::default() };
        let run = lab.start(&options).expect("it starts");
        let late = late.then(|| Straggling::start(run.coordinator(), Place::default()));
        let threads = (0..workers)
            .map(|index| {
                let run = run.clone();
                std::thread::spawn(move || run.work(index).expect("a worker of its own"))
            })
            .collect();
        let (records, held, output) = (Vec::new(), None, String::new());
        Self { lab, run, threads, late, records, held, output }
    }

    pub fn lab(&self) -> &Lab {
        &self.lab
    }

    pub fn run(&self) -> &Run {
        &self.run
    }

    pub fn machine(&self) -> &Machine {
        self.run.machine()
    }

    pub fn coordinator(&self) -> &SafepointCoordinator {
        self.run.coordinator()
    }

    /// Requests a pause in the background, and holds it.
    pub fn pause(&self, reason: Reason) -> Background<Pause> {
        let lab = Arc::clone(&self.lab);
        Background::start(move || lab.pause(reason, "page"))
    }

    /// Requests a pause in the background, and releases it.
    pub fn cycle(&self, reason: Reason) -> Background<Pause> {
        let lab = Arc::clone(&self.lab);
        Background::start(move || lab.cycle(reason, "page"))
    }

    /// Sets a breakpoint in the background, on the first instruction of a function.
    pub fn set_breakpoint(&self, function: &'static str) -> Background<()> {
        let lab = Arc::clone(&self.lab);
        Background::start(move || lab.breakpoint(&breakpoint_at(function)).map(|_| ()))
    }

    pub fn instructions(&self) -> Vec<u64> {
        let machine = self.machine();
        (0..machine.workers()).map(|at| machine.worker_status(at).instructions).collect()
    }

    pub fn pending(&self) -> usize {
        self.coordinator().pending_requests()
    }

    /// Whether a task is in its blocking call.
    pub fn a_worker_stalls(&self) -> bool {
        let machine = self.machine();
        let module = machine.module();
        (0..machine.workers()).any(|at| {
            let status = machine.worker_status(at);
            let code = module.functions().get(status.function as usize);
            let text = code.and_then(|it| it.instructions().get(status.instruction as usize));
            status.state == WorkerState::Running
                && text.is_some_and(|it| format!("{it:?}") == "Stall")
        })
    }

    /// Takes the news.
    pub fn tick(&mut self) {
        let Some(news) = self.lab.tick() else { return };
        self.records.extend(news.pauses);
        self.output += &news.output;
        if news.held.is_some() {
            self.held = news.held;
        }
    }

    /// Records of finished pauses.
    pub fn records(&self) -> &[Pause] {
        &self.records
    }

    pub fn until(&mut self, what: &str, mut done: impl FnMut(&mut Self) -> bool) {
        let begin = Instant::now();
        loop {
            self.tick();
            if done(self) {
                return;
            }
            assert!(begin.elapsed() < LIMIT, "waited in vain for {what}");
            std::thread::yield_now();
        }
    }

    /// The next stop by a breakpoint.
    pub fn halted(&mut self) -> Pause {
        self.until("a breakpoint", |stage| stage.held.is_some());
        self.held.take().expect("just seen")
    }

    pub fn wait_for_output(&mut self, text: &str) {
        self.until("output", |stage| stage.output.contains(text));
    }

    pub fn wait_for_record(&mut self, which: impl Fn(&Pause) -> bool) {
        self.until("a pause", |stage| stage.records.iter().any(&which));
    }

    /// Waits until every actor has a worker and has run.
    pub fn wait_for_work(&mut self) {
        self.until("work", |stage| {
            let machine = stage.machine();
            stage.coordinator().worker_count() == machine.workers()
                && (0..machine.workers()).all(|at| machine.worker_status(at).task > 1)
        });
    }

    pub fn wait_for_reason(&self, reason: StopReason) {
        eventually("it is being made", || self.coordinator().current_reason() == Some(reason));
    }

    pub fn wait_for_pending(&self, count: usize) {
        eventually("it waits", || self.pending() == count);
    }

    /// Lets the late worker stop, so that pauses are granted.
    pub fn let_go(&self) {
        if let Some(late) = &self.late {
            late.let_go();
        }
    }

    /// Waits for the end of the threads.
    pub fn join(&mut self) {
        for thread in self.threads.drain(..) {
            thread.join().expect("no worker panics");
        }
    }

    pub fn end(mut self) {
        self.lab.stop();
        self.let_go();
        self.join();
    }
}
