//! A table of programs, each with one possible reason to be late beside having no processor: no other
//! cause is ever named. Those that nothing proves are counted and printed.

use std::collections::BTreeMap;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use safepoint_lab::lab::views::{CauseKind, Ended, Pause, Reason, RunOptions, Standing};
use safepoint_lab::lab::{Lab, Run, Source};

/// Pauses of each program, at most.
const PAUSES: usize = 60;
/// Until so many have named its own cause.
const ENOUGH: usize = 12;
const LIMIT: Duration = Duration::from_secs(60);

const POLITE: &str = "
.func polite
again:
    jmp again
";

struct Stage {
    lab: Lab,
    run: Run,
    threads: Vec<JoinHandle<()>>,
}

fn start(text: &str, workers: usize) -> Stage {
    let lab = Lab::new();
    lab.set_cores(std::thread::available_parallelism().ok().map(usize::from));
    let loaded = lab.load(Source::Text(text.into()));
    assert!(loaded.ok, "{:?}", loaded.errors);
    let options = RunOptions { workers, heap: 256 << 20, ..RunOptions::default() };
    let run = lab.start(&options).expect("it starts");
    let work = |index| {
        let run = run.clone();
        std::thread::spawn(move || run.work(index).expect("it works"))
    };
    let threads = (0..workers).map(work).collect();
    let stage = Stage { lab, run, threads };
    let begun = Instant::now();
    while stage.run.coordinator().worker_count() < workers
        || stage.run.machine().worker_status(0).instructions == 0
            && stage.run.machine().worker_status(1).instructions == 0
    {
        stage.run.tick();
        assert!(begun.elapsed() < LIMIT, "the program runs");
        std::thread::yield_now();
    }
    stage
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.lab.stop();
        for thread in self.threads.drain(..) {
            thread.join().expect("no worker panics");
        }
    }
}

/// The parts are the whole, within a nanosecond for each.
fn adds_up(pause: &Pause) {
    let parts = [
        Some(pause.queue),
        Some(pause.ttsp),
        pause.noticing,
        pause.operation,
        pause.held,
        pause.release,
        pause.resuming,
    ];
    let sum: f64 = parts.into_iter().flatten().sum();
    let total = pause.total.expect("it is over");
    assert!((sum - total).abs() < 0.01, "{sum} is not {total}: {pause:?}");
}

/// The pauses of a program, and how often each cause was named.
fn causes(text: &str, workers: usize, own: Option<CauseKind>) -> BTreeMap<String, usize> {
    let stage = start(text, workers);
    let mut told = BTreeMap::new();
    let mut seen = 0;
    let mut pauses = 0;
    let begun = Instant::now();
    while pauses < PAUSES && seen < ENOUGH && begun.elapsed() < LIMIT {
        stage.run.machine().wait_outcome(Some(Duration::from_millis(5)));
        stage.lab.cycle(Reason::Gc, "test").expect("it stops");
        for pause in stage.run.tick().into_iter().flat_map(|news| news.pauses) {
            pauses += 1;
            adds_up(&pause);
            if pauses <= 3 {
                println!("{}", pause.sentence);
            }
            for cause in &pause.causes {
                let allowed = [CauseKind::NoProcessor, CauseKind::Unknown];
                assert!(
                    own == Some(cause.kind) || allowed.contains(&cause.kind),
                    "{cause:?}, {own:?} is its own: {}",
                    pause.sentence
                );
                assert!(!cause.evidence.is_empty() || cause.kind == CauseKind::Unknown);
                if cfg!(target_os = "linux") && cause.kind == CauseKind::NoProcessor {
                    assert!(cause.evidence.contains("by its processor's clock"), "{cause:?}");
                }
                seen += usize::from(own == Some(cause.kind));
                *told.entry(format!("{:?}", cause.kind)).or_default() += 1;
            }
        }
    }
    println!("{own:?}: {pauses} pauses, {told:?}");
    if own.is_some() {
        assert!(seen > 0, "{own:?} was never named in {pauses} pauses: {told:?}");
    }
    told
}

fn beside_polite(text: &str) -> String {
    format!("{POLITE}{text}")
}

#[test]
fn who_polls_in_every_turn_is_never_to_blame() {
    // Its back-edge does not poll, and need not.
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
.func main
    spawn polite
    pop
    spawn polite
    pop
    spawn polite
    pop
    call polite
    ret
";
    causes(text, 4, None);
}

#[test]
fn a_loop_without_a_poll() {
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
.func counted
.local i
round:
    const 0
    store i
again:
    load i
    const 1
    add
    store i
    load i
    const 2000000
    lt
    jt again
    call nothing
    pop
    jmp round
.func main
    spawn polite
    pop
    call counted
    ret
";
    causes(text, 2, Some(CauseKind::UnpolledLoop));
}

#[test]
fn a_recursion_without_a_poll() {
    let text = "
.poll all off
.poll allocations on
.shape Box v
.func fib (n)
    load n
    const 2
    lt
    jf more
    load n
    ret
more:
    load n
    const 1
    sub
    call fib
    load n
    const 2
    sub
    call fib
    add
    ret
.func allocating
again:
    new Box
    pop
    jmp again
.func computing
again:
    const 22
    call fib
    pop
    new Box
    pop
    jmp again
.func main
    spawn allocating
    pop
    call computing
    ret
";
    causes(text, 2, Some(CauseKind::UnpolledRecursion));
}

#[test]
fn a_long_way_out_of_a_recursion() {
    let text = beside_polite(
        "
.func sum (n)
    load n
    const 0
    eq
    jf more
    const 0
    ret
more:
    load n
    const 1
    sub
    call sum
    load n
    add
    ret
.func deep
again:
    const 60000
    call sum
    pop
    jmp again
.func main
    spawn polite
    pop
    call deep
    ret
",
    );
    causes(&text, 2, Some(CauseKind::LongPath));
}

#[test]
fn a_long_straight_way() {
    let kernel = "    load x\n    const 1.0\n    mul\n    store x\n".repeat(36_000);
    let text = beside_polite(&format!(
        "
.func kernel
.local x
    const 1.5
    store x
{kernel}
    const null
    ret
.func straight
again:
    call kernel
    pop
    jmp again
.func main
    spawn polite
    pop
    call straight
    ret
"
    ));
    causes(&text, 2, Some(CauseKind::LongPath));
}

#[test]
fn two_that_block_outside_of_safe_regions() {
    let text = beside_polite(
        "
.func solver
again:
    const 20
    stall
    jmp again
.func main
    spawn polite
    pop
    spawn solver
    pop
    call solver
    ret
",
    );
    causes(&text, 3, Some(CauseKind::Blocked));
}

#[test]
fn one_long_instruction() {
    let strings = "
.func grow (n)
.local s
    const \"x\"
    store s
again:
    load s
    load s
    concat
    store s
    load n
    const 1
    sub
    store n
    load n
    const 0
    gt
    jt again
    load s
    ret
";
    let of = |locals: &str, before: &str, each: &str| {
        beside_polite(&format!(
            "{strings}\n.func busy\n.local {locals}\n{before}\nagain:\n{each}\n    jmp again\n\
             .func main\n    spawn polite\n    pop\n    call busy\n    ret\n"
        ))
    };
    let array = |name: &str| format!("    const 2000000\n    newarray\n    store {name}\n");
    let string = |name: &str| format!("    const 23\n    call grow\n    store {name}\n");
    let pair = |of: &dyn Fn(&str) -> String| of("a") + &of("b");
    for (what, text) in [
        ("copy", of("a b", &pair(&array), "    load a\n    load b\n    arraycopy")),
        ("fill", of("a", &array("a"), "    load a\n    const 1\n    fill")),
        ("clear", of("a", "", "    const 2000000\n    newarray\n    pop")),
        ("compare", of("a b", &pair(&string), "    load a\n    load b\n    eq\n    pop")),
        ("join", of("a", &string("a"), "    load a\n    load a\n    concat\n    pop")),
    ] {
        println!("{what}");
        causes(&text, 2, Some(CauseKind::LongInstruction));
    }
}

#[test]
fn who_is_waited_for_in_vain_is_told_at_any_time_and_so_is_the_request() {
    let text = "
.poll back-edges off
.func spin
again:
    jmp again
.func main
    call spin
    ret
";
    let stage = start(text, 2);
    assert_eq!(stage.lab.awaiting(), None);
    let lab = &stage.lab;
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| lab.cycle(Reason::Gc, "test"));
        let begun = Instant::now();
        let awaited = loop {
            // Until it has taken a turn since it was asked.
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
