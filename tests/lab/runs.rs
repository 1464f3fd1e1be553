//! The lab as a script uses it, natively.

use std::time::{Duration, Instant};

use ::machine::vm::WorkerState;
use bytecode::PollPolicy;
use safepoint_lab::lab::views::{Ended, Operation, Reason, RunOptions, SiteKind};
use safepoint_lab::lab::{Lab, News, Run, Source};

const LIMIT: Duration = Duration::from_secs(60);

const BUSY: &str = r#"
.module "busy"
.func count (from)
.local n
    load from
    store n
again:
    load n
    const 1
    add
    store n
    jmp again
.func main ()
.local a b
    const 1
    spawn count
    store a
    const 2
    spawn count
    store b
    load a
    await
    ret
"#;

fn start(source: &str, options: &RunOptions) -> (Lab, Run, Vec<std::thread::JoinHandle<()>>) {
    let lab = Lab::new();
    let loaded = lab.load(Source::Text(source.into()));
    assert!(loaded.ok, "{:?}", loaded.errors);
    let run = lab.start(options).expect("it starts");
    let threads = (0..options.workers)
        .map(|index| {
            let run = run.clone();
            std::thread::spawn(move || run.work(index).expect("a worker of its own"))
        })
        .collect();
    (lab, run, threads)
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !done() {
        assert!(begin.elapsed() < LIMIT, "waited in vain for {what}");
        std::thread::yield_now();
    }
}

fn instructions(run: &Run) -> Vec<u64> {
    (0..run.machine().workers()).map(|at| run.machine().worker_status(at).instructions).collect()
}

fn end(lab: &Lab, threads: Vec<std::thread::JoinHandle<()>>) {
    lab.stop();
    for thread in threads {
        thread.join().expect("no worker panics");
    }
}

#[test]
fn pauses_hold_operate_and_resume() {
    let options = RunOptions { workers: 3, ..RunOptions::default() };
    let (lab, run, threads) = start(BUSY, &options);
    until("work", || {
        run.tick();
        instructions(&run).iter().filter(|&&count| count > 0).count() >= 2
            && run.coordinator().worker_count() == 3
    });
    for (reason, by) in [(Reason::Gc, "page"), (Reason::Snapshot, "page"), (Reason::Debug, "timer")]
    {
        let pause = lab.pause(reason, by).expect("it stops");
        assert_eq!((pause.reason, pause.by.as_str()), (reason, by));
        assert_eq!(pause.arrivals.len(), 3);
        assert!(pause.total.is_none());
        assert!(!pause.sentence.is_empty());
        let before = instructions(&run);
        match (reason, pause.outcome.expect("an outcome")) {
            (Reason::Gc, Operation::Gc(collection)) => assert!(collection.live_objects > 0),
            (Reason::Snapshot, Operation::Snapshot { size }) => {
                assert_eq!(run.snapshot().expect("held").len(), size);
            }
            (Reason::Debug, Operation::Debug { tasks }) => {
                assert_eq!(tasks.len(), 3);
                let frame =
                    tasks.iter().flat_map(|task| &task.frames).find(|f| f.function == "count");
                assert_eq!(frame.expect("a frame").locals[0].name, "from");
            }
            (_, other) => panic!("{other:?} is not what {reason:?} does"),
        }
        assert_eq!(instructions(&run), before);
        let whole = lab.resume().expect("it was held");
        assert_eq!(whole.id, pause.id);
        assert!(whole.total.expect("over") >= whole.ttsp);
    }
    assert!(lab.resume().is_none());
    let stats = lab.stats();
    assert_eq!((stats.gc.count, stats.snapshot.count, stats.debug.count), (1, 1, 1));
    end(&lab, threads);
}

#[test]
fn a_held_world_takes_further_operations_without_running() {
    let options = RunOptions { workers: 2, ..RunOptions::default() };
    let (lab, run, threads) = start(BUSY, &options);
    let first = lab.pause(Reason::Debug, "page").expect("it stops");
    let before = instructions(&run);
    let second = lab.cycle(Reason::Gc, "page").expect("it is stopped");
    assert_eq!(second.id, first.id);
    assert!(matches!(second.outcome, Some(Operation::Gc(_))));
    assert_eq!(instructions(&run), before);
    assert!(lab.resume().is_some());
    end(&lab, threads);
}

#[test]
fn a_late_worker_is_named_with_the_line_that_kept_it() {
    let source = r#"
.func main ()
.local a
    const 400000
    newarray
    store a
again:
    load a
    const 1
    fill
    jmp again
"#;
    let options = RunOptions { workers: 1, ..RunOptions::default() };
    let (lab, run, threads) = start(source, &options);
    until("the loop", || {
        run.tick();
        instructions(&run)[0] > 10
    });
    let mut caught = false;
    for _ in 0..200 {
        let pause = lab.cycle(Reason::Gc, "page").expect("it stops");
        let site = pause.stragglers.first().and_then(|late| late.site.clone());
        if let Some(site) = site.filter(|site| site.text.contains("fill")) {
            assert_eq!((site.function.as_deref(), site.line), (Some("main"), Some(10)));
            assert!(site.text.starts_with("main, line 10, fill"), "{}", site.text);
            caught = true;
            break;
        }
    }
    assert!(caught, "no pause of 200 met a worker in the middle of its only work");
    end(&lab, threads);
}

#[test]
fn a_worker_blocked_in_a_safe_region_is_told_from_one_blocked_outside() {
    let source = ".func main ()\n    const 60000\n    block\n    const null\n    ret\n";
    let options = RunOptions { workers: 1, ..RunOptions::default() };
    let (lab, run, threads) = start(source, &options);
    until("the call", || run.machine().worker_status(0).state == WorkerState::SafeRegion);
    let pause = lab.pause(Reason::Gc, "page").expect("it stops");
    let arrival = &pause.arrivals[0];
    assert!(arrival.safe);
    assert_eq!(arrival.site.as_ref().map(|site| site.kind), Some(SiteKind::Blocked));
    end(&lab, threads);
}

#[test]
fn a_pause_is_given_up_at_its_deadline_and_the_next_one_works() {
    let source = r#"
.poll back-edges off
.func main ()
again:
    jmp again
"#;
    // Long enough for the loop to take a turn even beside busy processes.
    let options = RunOptions { workers: 1, deadline: Some(1_000_000.0), ..RunOptions::default() };
    let (lab, run, threads) = start(source, &options);
    until("registration", || run.machine().worker_status(0).task != 0);
    let refusal = lab.pause(Reason::Debug, "page").expect_err("nothing polls");
    assert_eq!(refusal.kind, "timed-out");
    assert_eq!(refusal.stragglers.len(), 1);
    assert!(refusal.message.contains("main, line 5"), "{}", refusal.message);
    // A worker that never polls cannot be stopped; its thread is left behind.
    lab.stop();
    drop(threads);
}

#[test]
fn a_run_that_is_stopped_in_order_takes_its_requests_back() {
    let policy = Some(PollPolicy { back_edges: false, calls: false, ..PollPolicy::default() });
    let options = RunOptions { workers: 2, policy, ..RunOptions::default() };
    let (_lab, run, threads) = start(BUSY, &options);
    until("work", || {
        run.tick();
        instructions(&run).iter().all(|&count| count > 0)
    });
    let asks = {
        let run = run.clone();
        std::thread::spawn(move || run.pause(Reason::Gc, "page"))
    };
    until("the request", || run.awaiting().is_some());
    run.stop_in_order(LIMIT);
    assert_eq!(asks.join().expect("no panic").expect_err("no pause").kind, "not-running");
    for thread in threads {
        thread.join().expect("no worker panics");
    }
    let records = run.tick().map(|news| news.pauses).unwrap_or_default();
    let told: Vec<_> = records.iter().map(|pause| (pause.ended, pause.id)).collect();
    assert_eq!(told, [(Ended::Cancelled, 1)]);
    assert_eq!(run.stats().gc.count, 0);
}

#[test]
fn every_event_is_in_the_news_once() {
    let source = r#"
.func main ()
    const "hello"
    print
    const 42
    ret
"#;
    let (lab, run, threads) = start(source, &RunOptions { workers: 2, ..RunOptions::default() });
    let mut all = News {
        output: String::new(),
        pauses: Vec::new(),
        held: None,
        handshakes: Vec::new(),
        finished: None,
    };
    until("the end", || {
        if let Some(news) = run.tick() {
            all.output += &news.output;
            assert!(all.finished.is_none(), "the end was reported twice");
            all.finished = news.finished;
        }
        all.finished.is_some()
    });
    assert_eq!(all.output, "hello\n");
    let finished = all.finished.expect("it ended");
    assert_eq!(finished.result.as_deref(), Some("42"));
    assert_eq!(finished.output, "hello\n");
    let refusal = lab.pause(Reason::Gc, "page").expect_err("nothing runs");
    assert_eq!(refusal.kind, "not-running");
    end(&lab, threads);
}

#[test]
fn the_record_of_a_collection_that_a_worker_requested_has_its_name() {
    let source = r#"
.func main ()
again:
    const 100
    newarray
    pop
    jmp again
"#;
    let options = RunOptions { workers: 2, heap: 256 << 10, ..RunOptions::default() };
    let (lab, run, threads) = start(source, &options);
    let mut seen = Vec::new();
    until("a collection", || {
        seen.extend(run.tick().into_iter().flat_map(|news| news.pauses));
        !seen.is_empty()
    });
    assert!(seen[0].by.starts_with("worker "), "{}", seen[0].by);
    assert!(matches!(seen[0].outcome, Some(Operation::Gc(c)) if c.freed_objects > 0));
    end(&lab, threads);
}

#[test]
fn a_module_loaded_from_bytes_has_the_lines_of_the_text_that_is_shown() {
    let lab = Lab::new();
    let text = format!("{}.func main\n    trap \"here\"\n", "; a line above it\n".repeat(20));
    assert!(lab.load(Source::Text(text)).ok);
    let bytes = lab.program().expect("it was loaded").bytes().to_vec();
    let loaded = lab.load(Source::Bytes(bytes.clone()));
    let program = loaded.program.expect("it is the module of a program");
    let row = program.listing.first().expect("an instruction");
    let line = row.line.expect("each instruction has one");
    let shown = program.source.lines().nth(line as usize - 1).expect("the text has that line");
    assert!(shown.contains("trap \"here\""), "line {line} is {shown:?}");
    assert_eq!(lab.program().expect("it was loaded").bytes(), bytes, "what was loaded is kept");
}

#[test]
fn a_probable_mistake_is_a_warning_and_the_program_runs() {
    let lab = Lab::new();
    let loaded = lab.load(Source::Text(".func main\n.local unused\n    const 1\n    ret\n".into()));
    assert!(loaded.ok);
    let warning = loaded.warnings.first().expect("a warning about the unused local");
    assert_eq!((warning.line, warning.column), (2, 8), "{warning:?}");
}

#[test]
fn a_listing_names_labels_as_the_text_does() {
    let lab = Lab::new();
    let source = ".func main\nagain: jmp there ; or not\nthere:\n jmp again\n";
    let program = lab.load(Source::Text(source.into())).program.expect("no faults");
    let texts: Vec<_> = program.listing.iter().map(|row| row.text.as_str()).collect();
    assert_eq!(texts, ["jmp there", "jmp again"]);
}

#[test]
fn the_view_of_a_deep_stack_says_how_many_frames_are_left_out() {
    let deep = "
.func down (n)
    load n
    const 0
    eq
    jt there
    load n
    const 1
    sub
    call down
    ret
there:
    jmp there

.func main
    const 1000
    call down
    ret
";
    let options = RunOptions { workers: 1, ..RunOptions::default() };
    let (lab, run, threads) = start(deep, &options);
    until("the bottom", || {
        run.tick();
        instructions(&run)[0] > 100_000
    });
    let pause = lab.pause(Reason::Debug, "page").expect("it stops");
    let Some(Operation::Debug { tasks }) = pause.outcome else { panic!("{:?}", pause.outcome) };
    let [task] = tasks.as_slice() else { panic!("{tasks:?}") };
    assert_eq!(task.frames.len() + task.frames_omitted as usize, 1002);
    assert!(task.frames_omitted > 900, "{}", task.frames_omitted);
    end(&lab, threads);
}
