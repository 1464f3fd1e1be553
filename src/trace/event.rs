//! What an event is.

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum EventKind {
    /// A task begins or goes on to run on the worker.
    TaskStart = 1,
    /// A task leaves the worker; the detail says why.
    TaskStop = 2,
    /// The worker has no task and parks.
    IdleBegin = 3,
    /// The worker looks for tasks again.
    IdleEnd = 4,
    /// The worker enters a safe region for a blocking call.
    SafeEnter = 5,
    /// The worker left that safe region.
    SafeLeave = 6,
    /// The worker stopped for a pause.
    Arrived = 7,
    /// The worker is about to run its first instruction after a pause.
    Resumed = 8,
    /// The worker registered.
    WorkerStart = 9,
    /// The worker deregistered.
    WorkerEnd = 10,
    /// The worker died.
    Died = 11,
    /// A pause was requested; the detail is the reason, as in all that follow.
    Requested = 32,
    /// Every worker was asked to stop.
    Armed = 33,
    /// The last worker has stopped.
    Stopped = 34,
    /// Every worker may go on.
    Released = 35,
    /// A request was given up at its deadline.
    TimedOut = 36,
    /// A request was cancelled.
    Cancelled = 37,
    /// A request has waited longer than its warning threshold, and still waits.
    Warned = 38,
    /// A handshake is over: its worker (plus one; 0 if nobody was awaited) is the detail, the microseconds that it took
    /// are the count.
    Handshake = 39,
}

impl EventKind {
    const ALL: [EventKind; 19] = [
        EventKind::TaskStart,
        EventKind::TaskStop,
        EventKind::IdleBegin,
        EventKind::IdleEnd,
        EventKind::SafeEnter,
        EventKind::SafeLeave,
        EventKind::Arrived,
        EventKind::Resumed,
        EventKind::WorkerStart,
        EventKind::WorkerEnd,
        EventKind::Died,
        EventKind::Requested,
        EventKind::Armed,
        EventKind::Stopped,
        EventKind::Released,
        EventKind::TimedOut,
        EventKind::Cancelled,
        EventKind::Warned,
        EventKind::Handshake,
    ];

    fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|&kind| kind as u8 == byte)
    }
}

/// One event. Fields that its kind does not use are 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    /// Microseconds since the clock's origin.
    pub time_us: f64,
    /// What happened.
    pub kind: EventKind,
    /// Reason of the pause, or why a task left its worker.
    pub detail: u8,
    /// Id of the pause, 0 when none.
    pub pause: u32,
    /// Number of the task.
    pub task: u32,
    /// Index of the function.
    pub function: u32,
    /// Index of the instruction in the function.
    pub instruction: u32,
    /// Low half of the worker's instruction count.
    pub count: u32,
}

/// Words of 32 bits in an encoded event.
pub(super) const EVENT_WORDS: usize = 8;

impl Event {
    /// An event of a kind at a time, everything else 0.
    pub fn new(time_us: f64, kind: EventKind) -> Self {
        Self { time_us, kind, detail: 0, pause: 0, task: 0, function: 0, instruction: 0, count: 0 }
    }

    pub(super) fn encode(&self) -> [u32; EVENT_WORDS] {
        let time = self.time_us.to_bits();
        [
            time as u32,
            (time >> 32) as u32,
            u32::from(self.kind as u8) | u32::from(self.detail) << 8,
            self.pause,
            self.task,
            self.function,
            self.instruction,
            self.count,
        ]
    }

    /// `None` for a kind that does not exist: the words were overwritten while they were read.
    pub(super) fn decode(words: [u32; EVENT_WORDS]) -> Option<Self> {
        Some(Self {
            time_us: f64::from_bits(u64::from(words[0]) | u64::from(words[1]) << 32),
            kind: EventKind::from_byte(words[2] as u8)?,
            detail: (words[2] >> 8) as u8,
            pause: words[3],
            task: words[4],
            function: words[5],
            instruction: words[6],
            count: words[7],
        })
    }
}
