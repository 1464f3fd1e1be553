//! The table of causes on native threads, and the descriptions of requests that wait or were taken
//! back.

use std::time::{Duration, Instant};

use crate::stage::Native;
use crate::truth::{adds_up, start};
use safepoint_lab::lab::views::{CauseKind, Ended, Reason, Standing};

const LIMIT: Duration = Duration::from_secs(60);

macro_rules! tests {
    ($($program:ident)*) => { $(
        #[test]
        fn $program() {
            println!("{}", crate::truth::$program(&Native));
        }
    )* };
}

crate::truth::each_program!(tests);

#[test]
fn an_awaited_worker_and_the_request_are_described_at_any_time() {
    let text = "
.poll back-edges off
.func spin
again:
    jmp again
.func main
    call spin
    ret
";
    let stage = start(&Native, text, 2);
    assert_eq!(stage.lab.awaiting(), None);
    let lab = &stage.lab;
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| lab.cycle(Reason::Gc, "test"));
        let begun = Instant::now();
        let awaited = loop {
            // Until the loop has taken a turn since the worker was asked to stop.
            let awaiting = lab.awaiting().and_then(|awaiting| awaiting.workers.into_iter().next());
            if let Some(awaited) = awaiting.filter(|it| it.place.is_some()) {
                break awaited;
            }
            assert!(begun.elapsed() < LIMIT, "the loop is named");
        };
        assert_eq!(awaited.line, Some(5), "{awaited:?}");
        assert!(awaited.place.expect("a place").text.ends_with("jmp again"));
        stage.run.coordinator().cancel_pending();
        let refused = asked.join().expect("no panic").expect_err("taken back");
        assert_eq!(refused.kind, "cancelled");
    });
    assert_eq!(stage.lab.awaiting(), None);
    let pauses = stage.run.tick().expect("news").pauses;
    let [pause] = pauses.as_slice() else { panic!("{pauses:?}") };
    assert_eq!((pause.ended, pause.by.as_str()), (Ended::Cancelled, "test"));
    adds_up(pause);
    println!("{}", pause.sentence);
    let other = &pause.arrivals[0];
    assert!(matches!(other.standing, Standing::Idle | Standing::Awaited), "{pause:?}");
}

/// A request that is taken back before its turn has a record like other requests that were given
/// up: it spent all its time in the queue, and no worker was asked to stop.
#[test]
fn a_request_that_was_taken_back_in_the_queue_has_a_record() {
    let text = "
.poll back-edges off
.func main
again:
    jmp again
";
    let stage = start(&Native, text, 1);
    let lab = &stage.lab;
    std::thread::scope(|scope| {
        let ask = |reason| scope.spawn(move || lab.cycle(reason, "test").expect_err("taken back"));
        let until = |what: &str, done: &dyn Fn() -> bool| {
            let begun = Instant::now();
            while !done() {
                assert!(begun.elapsed() < LIMIT, "waited in vain for {what}");
                std::thread::yield_now();
            }
        };
        let first = ask(Reason::Gc);
        until("the first request to arm", &|| lab.awaiting().is_some());
        let second = ask(Reason::Snapshot);
        until("the second request in the queue", &|| {
            stage.run.coordinator().pending_requests() > 0
        });
        stage.run.coordinator().cancel_pending();
        for asked in [first, second] {
            assert_eq!(asked.join().expect("no panic").kind, "cancelled");
        }
    });
    let mut pauses = stage.run.tick().expect("news").pauses;
    pauses.sort_by_key(|pause| pause.id);
    let [asked, waited] = pauses.as_slice() else { panic!("{pauses:?}") };
    assert_eq!((asked.id, asked.reason, asked.ended), (1, Reason::Gc, Ended::Cancelled));
    assert_eq!((waited.id, waited.reason, waited.ended), (2, Reason::Snapshot, Ended::Cancelled));
    assert_eq!(waited.by, "test");
    pauses.iter().for_each(adds_up);
    assert_eq!((waited.total, waited.ttsp), (Some(waited.queue), 0.0));
    assert!(waited.queue > 0.0 && asked.ttsp > 0.0);
    let rest = [waited.noticing, waited.operation, waited.held, waited.release, waited.resuming];
    assert_eq!(rest, [None; 5]);
    assert!(waited.arrivals.is_empty() && waited.causes.is_empty() && waited.stragglers.is_empty());
    assert!(waited.sentence.starts_with("Taken back after "), "{}", waited.sentence);
    let end = " in the queue, behind pause 1; no worker had been asked to stop.";
    assert!(waited.sentence.ends_with(end), "{}", waited.sentence);
}

/// The last loop before a poll is not the cause if the loop before it took the time.
#[test]
fn of_two_loops_the_one_that_took_the_time_is_named() {
    let text = "
.poll back-edges off
.func nothing
    const null
    ret
.func polite
again:
    call nothing
    pop
    jmp again
.func hog
.local i
turn:
    call nothing
    pop
    const 100000
    store i
first:
    load i
    const 1
    sub
    dup
    store i
    const 0
    gt
    jt first
    const 3
    store i
second:
    load i
    const 1
    sub
    dup
    store i
    const 0
    gt
    jt second
    jmp turn
.func main
    spawn polite
    pop
    call hog
    ret
";
    let line = 1 + text.lines().position(|line| line == "    jt first").expect("it is there");
    let stage = start(&Native, text, 2);
    let (mut named, begun) = (0, Instant::now());
    while named < 10 {
        assert!(begun.elapsed() < LIMIT, "the loop is named, and was {named} times");
        stage.run.machine().wait_outcome(Some(Duration::from_millis(5)));
        stage.run.cycle(Reason::Gc, "test").expect("it stops");
        let told = stage.run.tick().into_iter().flat_map(|news| news.pauses);
        for cause in told.flat_map(|pause| pause.causes) {
            if cause.kind == CauseKind::UnpolledLoop {
                assert_eq!(cause.line, Some(line as u32), "{cause:?}");
                named += 1;
            }
        }
    }
}
