//! Stops that a program makes itself, in the lab's records.

use std::time::{Duration, Instant};

use safepoint_lab::lab::views::{Ended, Operation, Pause, Reason, RunOptions, SiteKind};
use safepoint_lab::lab::{Lab, Run, Source};

const LIMIT: Duration = Duration::from_secs(60);

struct Stage {
    lab: Lab,
    run: Run,
    threads: Vec<std::thread::JoinHandle<()>>,
    pauses: Vec<Pause>,
}

impl Stage {
    fn new(source: &str, workers: usize) -> Self {
        let lab = Lab::new();
        let loaded = lab.load(Source::Text(source.into()));
        assert!(loaded.ok, "{:?}", loaded.errors);
        let options = RunOptions { workers, ..RunOptions::default() };
        let run = lab.start(&options).expect("it starts");
        let threads = (0..workers)
            .map(|index| {
                let run = run.clone();
                std::thread::spawn(move || run.work(index).expect("a worker of its own"))
            })
            .collect();
        Self { lab, run, threads, pauses: Vec::new() }
    }

    fn until(&mut self, what: &str, mut done: impl FnMut(&Self) -> bool) {
        let begin = Instant::now();
        while !done(self) {
            assert!(begin.elapsed() < LIMIT, "waited in vain for {what}");
            self.tick();
            std::thread::yield_now();
        }
    }

    fn tick(&mut self) {
        if let Some(news) = self.run.tick() {
            self.pauses.extend(news.pauses);
        }
    }

    /// The records, and what main returned or printed, when all workers have left.
    fn end(mut self) -> (Vec<Pause>, String) {
        self.until("the end of the program", |stage| stage.run.finished().is_some());
        for thread in self.threads.drain(..) {
            thread.join().expect("no worker panics");
        }
        self.tick();
        (self.pauses, self.run.finished().map(|end| end.output).unwrap_or_default())
    }
}

#[test]
fn a_stop_of_the_program_has_its_reason_and_place() {
    let source = "const kept: number[][] = [];\nfor (let i = 0; i < 3; i++) {\n  kept.push(new Array<number>(100).fill(i));\n  stopTheWorld('revoke bias');\n}\ncollect();\nprint(kept.length);";
    let (pauses, output) = Stage::new(source, 2).end();
    assert_eq!(output, "3\n");
    let told: Vec<_> = pauses
        .iter()
        .map(|pause| {
            let program = pause.program.as_ref().expect("a stop of the program");
            (pause.reason, program.why.as_str(), program.site.line, program.site.kind)
        })
        .collect();
    let bias = (Reason::Debug, "revoke bias", Some(4), SiteKind::Explicit);
    assert_eq!(told, [bias, bias, bias, (Reason::Gc, "collect", Some(6), SiteKind::Explicit)]);
    for pause in &pauses {
        assert!(pause.by.starts_with("worker "), "{}", pause.by);
        assert_eq!(pause.ended, Ended::Completed);
        assert!(pause.total.is_some());
    }
    let said = &pauses[0].sentence;
    assert!(
        said.contains(
            "The program asked for it: revoke bias (top level, line 4, `stopTheWorld(…)`)."
        ),
        "{said}"
    );
    assert!(pauses[0].outcome.is_none());
    match &pauses[3].outcome {
        Some(Operation::Gc(collection)) => assert!(collection.live_objects > 3),
        other => panic!("{other:?}"),
    }
}

/// No stop is lost: each is a pause of its own, or was served by another one, which then has its reason.
#[test]
fn two_tasks_stop_the_world_at_the_same_time() {
    let source = "async function stops(why: string): Promise<void> {\n  for (let i = 0; i < 200; i++) stopTheWorld(why);\n}\nconst a = stops('a');\nconst b = stops('b');\nawait a;\nawait b;\nprint('over');";
    let (pauses, output) = Stage::new(source, 3).end();
    assert_eq!(output, "over\n");
    let served: u64 = pauses.iter().map(|pause| 1 + pause.served).sum();
    assert_eq!(served, 400);
    for pause in &pauses {
        let why = pause.program.as_ref().map(|program| program.why.as_str());
        let all = if pause.served > 0 { &["a; b", "b; a"][..] } else { &["a", "b"] };
        assert!(why.is_some_and(|why| all.contains(&why)), "{pause:?}");
    }
}

/// The page's requests and those of the program take turns, and the program ends as it would have.
#[test]
fn stops_of_the_program_and_of_the_page_take_turns() {
    let source = "let turns = 0;\nasync function garbage(): Promise<number> {\n  let sum = 0;\n  for (let i = 0; i < 300; i++) {\n    const some = [i, i + 1];\n    sum += some[0];\n    if (i % 3 === 0) collect();\n    if (i % 3 === 1) stopTheWorld('now');\n    turns++;\n  }\n  return sum;\n}\nconst a = garbage();\nconst b = garbage();\nprint(await a + await b);";
    let mut stage = Stage::new(source, 3);
    let mut asked = 0;
    for turn in 0..60 {
        let reason = [Reason::Debug, Reason::Gc, Reason::Snapshot][turn % 3];
        // The program may be over by then.
        if let Ok(held) = stage.lab.pause(reason, "page") {
            asked += 1;
            assert!(held.total.is_none());
            stage.lab.resume();
        }
        stage.tick();
    }
    let (pauses, output) = stage.end();
    assert_eq!(output, "89700\n");
    let served: u64 = pauses.iter().map(|pause| 1 + pause.served).sum();
    assert_eq!(served, 400 + asked, "{}", pauses.len());
}

/// The end of a run ends its stops: no worker waits for ever.
#[test]
fn a_run_ends_while_tasks_stop_the_world() {
    let source = "async function stops(): Promise<void> {\n  for (;;) {\n    stopTheWorld('again');\n    collect();\n  }\n}\n// @poll none\nasync function computes(): Promise<void> {\n  for (;;) {}\n}\nstops();\nstops();\ncomputes();\nawait stops();";
    let mut stage = Stage::new(source, 4);
    // With an endless loop that does not poll, the first stop does not come.
    stage.until("the stop that does not come", |stage| {
        stage.lab.awaiting().is_some_and(|awaiting| {
            awaiting.program.is_some() && awaiting.by.starts_with("worker ")
        })
    });
    stage.lab.stop();
    stage.end();
}

/// A world that was stopped for the program can be stepped in: what a step executes is not done once more.
#[test]
fn a_step_of_the_debugger_makes_the_stop() {
    let source = "let n = 0;\nwhile (n >= 0) {\n  n = (n + 1) & 127;\n  if (n === 5) {\n    stopTheWorld('step');\n    collect();\n  }\n}";
    let mut stage = Stage::new(source, 2);
    stage.until("a stop", |stage| !stage.pauses.is_empty());
    // So many that both instructions are among them. A pause that comes while the worker waits for its own stop takes
    // no step.
    let mut instructions = 0;
    let begin = Instant::now();
    while instructions < 5000 {
        assert!(begin.elapsed() < LIMIT, "{instructions} steps");
        stage.lab.pause(Reason::Snapshot, "page").expect("it stops");
        for _ in 0..5000 {
            let Ok(step) = stage.run.step(1, "over", 1000) else { break };
            instructions += step.instructions;
        }
        stage.lab.resume();
        stage.tick();
    }
    stage.lab.stop();
    stage.end();
}

/// A handshake stops nobody, and the one who waits for it is no longer waited for by anybody else.
#[test]
fn a_program_shakes_hands_with_a_task() {
    let source = "let turns = 0;\nlet over = false;\nasync function busy(): Promise<void> {\n  while (!over) turns++;\n}\nconst task = busy();\nwhile (turns === 0) await yieldNow();\nfor (let i = 0; i < 100; i++) handshake(task);\nover = true;\nawait task;\nhandshake(task);\nprint('over');";
    let mut stage = Stage::new(source, 2);
    stage.until("the end of the program", |stage| stage.run.finished().is_some());
    assert_eq!(stage.run.stats().handshakes.count, 101);
    let (pauses, output) = stage.end();
    assert_eq!((pauses.len(), output.as_str()), (0, "over\n"));
}

/// Two tasks that shake hands with each other wait for nothing, and pauses come meanwhile.
#[test]
fn two_tasks_shake_hands_with_each_other() {
    let source = "let others: Promise<void>[] = [];\nasync function shakes(me: number): Promise<void> {\n  for (let i = 0; i < 500; i++) {\n    while (others.length < 2) await yieldNow();\n    handshake(others[1 - me]);\n    if (i % 50 === 0) collect();\n  }\n}\nothers.push(shakes(0));\nothers.push(shakes(1));\nfor (const one of others) await one;\nprint('over');";
    let stage = Stage::new(source, 3);
    let run = stage.run.clone();
    let (pauses, output) = stage.end();
    assert_eq!(output, "over\n");
    assert_eq!(run.stats().handshakes.count, 1000);
    assert_eq!(pauses.iter().map(|pause| 1 + pause.served).sum::<u64>(), 20);
}

/// The page hears of its handshake when the worker has come to a poll, and not before.
#[test]
fn the_page_shakes_hands_with_a_worker() {
    let source = "let over = false;\n// @poll none\nasync function deaf(): Promise<void> {\n  while (!over) {}\n}\nasync function busy(): Promise<void> {\n  let n = 0;\n  for (;;) n = (n + 1) & 1023;\n}\nconst a = deaf();\nconst b = busy();\nawait a;\nawait b;";
    let mut stage = Stage::new(source, 3);
    // A worker is registered a little before the machine knows it.
    let has_come = |stage: &Stage, worker| stage.run.machine().worker(worker).is_some();
    stage.until("the workers", |stage| (0..3).all(|worker| has_come(stage, worker)));
    assert!(stage.run.handshake(99).is_err());
    let mut told = Vec::new();
    for worker in 0..3 {
        stage.run.handshake(worker).expect("a worker");
    }
    let begin = Instant::now();
    // One worker does not poll; the others do, or have nothing to do.
    while told.len() < 2 {
        assert!(begin.elapsed() < LIMIT, "waited in vain: {told:?}");
        told.extend(stage.run.tick().into_iter().flat_map(|news| news.handshakes));
    }
    stage.lab.stop();
    stage.until("the third one", |stage| stage.run.stats().handshakes.count == 3);
    stage.end();
}
