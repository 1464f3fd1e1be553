//! Tasks: spread over workers, preempted, waiting, deadlocked, trapped.

use std::time::{Duration, Instant};

use crate::machine::{Events, LIMIT, module, run, start};
use ::machine::vm::{Ended, MachineEvent, TaskState, WorkerState};
use safepoint::StopReason;

/// Counts to `n` and returns it.
const COUNT: &str = ".func count (n)\n.local i\nconst 0\nstore i\nagain:\nload i\nload n\nge\n\
    jt done\nload i\nconst 1\nadd\nstore i\njmp again\ndone:\nload i\nret\n";
/// Counts for ever in the global `ticks`.
const SPIN: &str = ".global ticks\n.func spin\n.local i\nconst 0\nstore i\nagain:\nload i\n\
    const 1\nadd\ndup\nstore i\ngstore ticks\njmp again\n";

#[test]
fn many_tasks_on_few_workers_all_end() {
    let program = format!(
        "{COUNT}.func main\n.local i sum tasks\nconst 200\nnewarray\nstore tasks\nconst 0\nstore i\n\
         more:\nload tasks\nload i\nload i\nspawn count\nastore\nload i\nconst 1\nadd\ndup\nstore i\n\
         const 200\nlt\njt more\nconst 0\nstore sum\nconst 0\nstore i\n\
         wait:\nload tasks\nload i\naload\nawait\nload sum\nadd\nstore sum\nload i\nconst 1\nadd\n\
         dup\nstore i\nconst 200\nlt\njt wait\nload sum\nret\n"
    );
    for workers in [1, 2, 8] {
        assert_eq!(run(&program, workers).outcome.result.as_deref(), Some("19900"), "{workers}");
    }
}

#[test]
fn an_endless_task_does_not_starve_the_others_on_one_worker() {
    let program = format!(
        "{SPIN}{COUNT}.func main\n.local t\nspawn spin\npop\nspawn spin\npop\nconst 100000\n\
         spawn count\nawait\nprint\nconst 5\nsleep\nconst \"woke\"\nprint\nconst 0\nret\n"
    );
    let running = start(&module(&program), 1, |config| config.slice = Duration::from_millis(1));
    running.wait_for("main's lines", |machine| machine.output_since(0).text == "100000\nwoke\n");
    let ran = running.stop();
    assert_eq!(ran.outcome.ended, Ended::Stopped);
}

#[test]
fn the_program_ends_with_its_last_task_and_not_with_main() {
    let program = ".func late\nconst 20\nsleep\nconst \"late\"\nprint\nconst 0\nret\n\
        .func main\nspawn late\npop\nconst 7\nret\n";
    let ran = run(program, 2);
    assert_eq!((ran.outcome.result.as_deref(), ran.output.as_str()), (Some("7"), "late\n"));
    assert_eq!(ran.outcome.ended, Ended::Finished);
}

#[test]
fn a_trap_of_main_ends_everything_at_once() {
    let program = format!("{SPIN}.func main\nspawn spin\npop\ntrap \"over\"\n");
    let ran = run(&program, 2);
    assert_eq!(ran.outcome.ended, Ended::Trapped);
    assert_eq!(ran.outcome.trap.expect("a trap").message, "over");
}

/// More traps than are kept, and each is caught twice: those that nobody caught are counted.
#[test]
fn what_was_caught_is_no_trap_of_the_program() {
    let program = |caught: u32| {
        format!(
            ".func fails\nconst \"no\"\nthrow\n\
             .func main\n.local i tasks\nconst 200\nnewarray\nstore tasks\nconst 0\nstore i\n\
             more:\nload tasks\nload i\nspawn fails\nastore\nload i\nconst 1\nadd\ndup\nstore i\n\
             const 200\nlt\njt more\nconst 0\nstore i\n\
             wait:\ntry caught\nload tasks\nload i\nconst 2\ndiv\naload\nawait\nend-try\n\
             caught:\npoll\npop\nload i\nconst 1\nadd\ndup\nstore i\n\
             const {}\nlt\njt wait\nload i\nret\n",
            2 * caught
        )
    };
    for (caught, left) in [(200, 0), (190, 10), (3, 197)] {
        for workers in [1, 3] {
            let outcome = run(&program(caught), workers).outcome;
            assert_eq!(outcome.result, Some((2 * caught).to_string()));
            let all = outcome.other_traps.len() as u64 + outcome.traps_omitted;
            assert_eq!(all, left, "{caught} caught, {workers} workers");
        }
    }
}

#[test]
fn a_trap_of_another_task_leaves_the_rest_running() {
    let program =
        ".func bad\ntrap \"bad\"\n.func main\nspawn bad\npop\nconst 5\nsleep\nconst 1\nret\n";
    let ran = run(program, 2);
    assert_eq!((ran.outcome.ended, ran.outcome.trap), (Ended::Finished, None));
    assert_eq!(ran.outcome.other_traps.len(), 1);
    assert_eq!(ran.outcome.other_traps[0].message, "bad");
}

#[test]
fn a_trap_reaches_awaiting_tasks_through_every_task_between() {
    let program = ".func bad\ntrap \"bad\"\n.func between\nspawn bad\nawait\nret\n\
        .func main\nspawn between\nawait\nret\n";
    for workers in [1, 4] {
        let trap = run(program, workers).outcome.trap.expect("a trap");
        assert_eq!(
            trap.message,
            "awaited task 2 (between) trapped: awaited task 3 (bad) trapped: bad"
        );
    }
}

#[test]
fn the_report_of_a_deadlock_names_each_task_and_what_it_waits_for() {
    let program =
        ".global a b\n.func other\ngload b\nlock\nconst 2\nsleep\ngload a\nlock\nconst 0\n\
        ret\n.func main\nnewmutex\ngstore a\nnewmutex\ngstore b\ngload a\nlock\nspawn other\n\
        const 2\nsleep\ngload b\nlock\nawait\nret\n"
            .replace(".global a b", ".global a\n.global b");
    let ran = run(&program, 2);
    assert_eq!(ran.outcome.ended, Ended::Deadlocked);
    let message = ran.outcome.trap.expect("a report").message;
    for part in [
        "deadlock",
        "task 1 (main) waits in main, line 23 for a mutex that task 2 (other) holds",
        "task 2 (other) waits in other, line 9 for a mutex that task 1 (main) holds",
    ] {
        assert!(message.contains(part), "{message}");
    }
    let ran = run(
        ".global me\n.func main\nconst 0\nspawn f\ngstore me\ngload me\nawait\nret\n\
        .func f\nwait:\ngload me\nconst null\neq\njt wait\ngload me\nawait\nret\n",
        1,
    );
    let message = ran.outcome.trap.expect("a report").message;
    assert!(message.contains("task 2 (f) awaits task 2 (f) in f, line 16"), "{message}");
}

#[test]
fn a_deadlock_of_some_tasks_is_shown_while_others_run() {
    let program = format!(
        "{SPIN}.global a\n.global b\n.global c\n\
         .func first\ngload a\nlock\nyield\ngload b\nlock\nconst 0\nret\n\
         .func second\ngload b\nlock\nyield\ngload a\nlock\nconst 0\nret\n\
         .func outside (t)\nload t\nawait\nret\n\
         .func main\n.local t\nnewmutex\ngstore a\nnewmutex\ngstore b\nspawn first\nstore t\n\
         spawn second\npop\nload t\nspawn outside\npop\ncall spin\nret\n"
    );
    // On one worker without slices the two take turns where they yield.
    let running = start(&module(&program), 1, |config| config.slice = Duration::from_millis(1));
    let mut tasks = Vec::new();
    running.wait_for("both to wait", |machine| {
        let stopped = running.coordinator.request_stw_pause(StopReason::Debug);
        tasks = machine.tasks(&stopped.expect("the world stops"));
        tasks.iter().filter(|task| task.waiting_for.is_some()).count() == 3
    });
    let seen: Vec<_> = tasks
        .iter()
        .map(|task| (task.id, task.circle.as_slice(), task.waiting_for.as_deref()))
        .collect();
    assert_eq!(
        seen,
        [
            (1, &[][..], None),
            (2, &[2, 3][..], Some("a mutex that task 3 holds: a deadlock of tasks 2, 3")),
            (3, &[3, 2][..], Some("a mutex that task 2 holds: a deadlock of tasks 3, 2")),
            // It waits in vain, too, but is not a part of the deadlock.
            (4, &[][..], Some("task 2")),
        ]
    );
    running.stop();
}

/// A hundred tasks for each way to wait, on one worker, while one task computes.
#[test]
fn tasks_that_wait_cost_no_worker() {
    let program = format!(
        "{COUNT}.global m\n.global done\n\
         .func sleeper\nconst 1000000\nsleep\nconst 0\nret\n\
         .func napper\nconst 1\nsleep\nconst 1\nret\n\
         .func locker\ngload m\nlock\ngload m\nunlock\nconst 1\nret\n\
         .func yielder\nagain:\nyield\ngload done\njf again\nconst 1\nret\n\
         .func awaiter (t)\nload t\nawait\npop\nconst 1\nret\n\
         .func main\n.local t i sum tasks\nconst false\ngstore done\n\
         newmutex\ngstore m\ngload m\nlock\nconst 300000\nspawn count\nstore t\n\
         const 400\nnewarray\nstore tasks\nconst 0\nstore i\n\
         more:\nspawn sleeper\npop\n\
         load tasks\nload i\nspawn napper\nastore\n\
         load tasks\nload i\nconst 100\nadd\nspawn locker\nastore\n\
         load tasks\nload i\nconst 200\nadd\nspawn yielder\nastore\n\
         load tasks\nload i\nconst 300\nadd\nload t\nspawn awaiter\nastore\n\
         load i\nconst 1\nadd\ndup\nstore i\nconst 100\nlt\njt more\n\
         load t\nawait\nprint\ngload m\nunlock\nconst true\ngstore done\n\
         const 0\nstore sum\nconst 0\nstore i\n\
         wait:\nload tasks\nload i\naload\nawait\nload sum\nadd\nstore sum\n\
         load i\nconst 1\nadd\ndup\nstore i\nconst 400\nlt\njt wait\nload sum\nprint\n\
         const 0\nret\n"
    );
    let running = start(&module(&program), 1, |config| config.slice = Duration::from_millis(1));
    running.wait_for("main's lines", |machine| machine.output_since(0).text == "300000\n400\n");
    // Only the long sleepers are left; they keep no worker busy.
    running.wait_for("the worker to be idle", |machine| {
        machine.worker_status(0).state == WorkerState::Idle
    });
    let stopped = running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops");
    let sleeping = running.machine.tasks(&stopped);
    assert_eq!(sleeping.len(), 100);
    assert!(sleeping.iter().all(|task| task.state == TaskState::Sleeping));
    drop(stopped);
    running.stop();
}

#[test]
fn a_trap_reaches_every_task_that_awaits_it_before_or_after() {
    let program = ".global bad\n.func bad\nconst 5\nsleep\ntrap \"bad\"\n\
        .func awaiter (ms)\nload ms\nsleep\ngload bad\nawait\nret\n\
        .func main\nspawn bad\ngstore bad\nconst 0\nspawn awaiter\npop\nconst 0\n\
        spawn awaiter\npop\nconst 20\nspawn awaiter\npop\nconst 0\nret\n";
    for workers in [1, 4] {
        let outcome = run(program, workers).outcome;
        assert_eq!((outcome.ended, outcome.trap), (Ended::Finished, None));
        let awaited = "awaited task 2 (bad) trapped: bad";
        let traps: Vec<_> =
            outcome.other_traps.iter().map(|trap| (trap.task, trap.message.as_str())).collect();
        assert_eq!(traps, [(2, "bad"), (3, awaited), (4, awaited), (5, awaited)]);
    }
}

#[test]
fn a_mutex_lets_one_task_in_at_a_time() {
    let program = ".global mutex\n.global sum\n.func add\n.local i\nconst 0\nstore i\nagain:\n\
        gload mutex\nlock\ngload sum\nyield\nconst 1\nadd\ngstore sum\ngload mutex\nunlock\n\
        load i\nconst 1\nadd\ndup\nstore i\nconst 200\nlt\njt again\nconst 0\nret\n\
        .func main\n.local a b c d\nconst 0\ngstore sum\nnewmutex\ngstore mutex\nspawn add\nstore a\n\
        spawn add\nstore b\nspawn add\nstore c\nspawn add\nstore d\nload a\nawait\npop\nload b\nawait\n\
        pop\nload c\nawait\npop\nload d\nawait\npop\ngload sum\nret\n";
    for workers in [1, 2, 4, 8] {
        assert_eq!(run(program, workers).outcome.result.as_deref(), Some("800"), "{workers}");
    }
}

#[test]
fn a_worker_without_work_sleeps_in_a_safe_region() {
    let program = ".func main\nconst 1000000\nsleep\nconst 0\nret\n";
    let running = start(&module(program), 4, |_| {});
    running.wait_for("every worker to be idle", |machine| {
        (0..4).all(|index| machine.worker_status(index).state == WorkerState::Idle)
    });
    assert_eq!(running.coordinator.workers_at_safepoint(), 4);
    let before = running.instructions();
    assert_eq!(running.instructions(), before);
    assert_eq!(running.stop().outcome.ended, Ended::Stopped);
}

#[test]
fn a_timer_wakes_one_idle_worker_and_not_all() {
    const NAPS: usize = 300;
    let program = format!(
        ".func main\n.local i\nconst 0\nstore i\nagain:\nconst 1\nsleep\nload i\nconst 1\nadd\ndup\n\
         store i\nconst {NAPS}\nlt\njt again\nload i\nret\n"
    );
    let events = Events::new();
    let observer = events.clone();
    let running = start(&module(&program), 8, |config| config.observer = Some(observer));
    assert_eq!(running.finish().outcome.result.as_deref(), Some(NAPS.to_string().as_str()));
    let woken = events.all().iter().filter(|event| matches!(event, MachineEvent::IdleEnd)).count();
    // One worker wakes up, and another one keeps the time while the first runs the task.
    assert!(woken < 4 * NAPS, "{woken} wake-ups for {NAPS} timers");
}

#[test]
fn stop_ends_every_activity_of_a_worker() {
    let bodies = [
        "again:\njmp again",
        "const 1000000\nsleep\nagain:\njmp again",
        "const 1000000\nblock\nagain:\njmp again",
        "const 1000000\nstall\nagain:\njmp again",
        "newmutex\ndup\nlock\npop\nagain:\nyield\njmp again",
    ];
    for body in bodies {
        for polls in [true, false] {
            let text = format!(".func main\n{body}\n");
            let running = start(&module(&text), 2, |config| {
                if !polls {
                    let mut policy = bytecode::PollPolicy::default();
                    (policy.calls, policy.back_edges) = (false, false);
                    config.policy = Some(policy);
                }
            });
            running.wait_for("main to start", |machine| {
                (0..2).any(|index| machine.worker_status(index).state != WorkerState::Starting)
            });
            let begin = Instant::now();
            assert_eq!(running.stop().outcome.ended, Ended::Stopped, "{body}");
            assert!(begin.elapsed() < LIMIT, "{body}");
        }
    }
}

#[test]
fn counts_of_running_workers_are_published_at_ticks() {
    let program = format!("{SPIN}.func main\ncall spin\nret\n");
    let running = start(&module(&program), 1, |config| config.profile = true);
    for more in [1, 1_000_000, 2_000_000] {
        running.wait_for("the count to move", |machine| {
            machine.worker_status(0).instructions > more
                && machine.worker_status(0).polls > more / 9
        });
    }
    running.stop();
}

#[test]
fn an_observer_gets_events_of_every_task() {
    let events = Events::new();
    let observer = events.clone();
    let text = format!("{COUNT}.func main\nconst 9\nspawn count\nawait\nret\n");
    let running = start(&module(&text), 2, |config| config.observer = Some(observer));
    running.finish();
    let events = events.all();
    let count = |wanted: fn(&MachineEvent) -> bool| events.iter().filter(|e| wanted(e)).count();
    assert_eq!(count(|event| matches!(event, MachineEvent::TaskSpawned { task: 2, by: 1, .. })), 1);
    assert_eq!(count(|event| matches!(event, MachineEvent::TaskFinished { .. })), 2);
    let started = count(|event| matches!(event, MachineEvent::TaskStarted { .. }));
    assert_eq!(started, count(|event| matches!(event, MachineEvent::TaskStopped { .. })));
    let slept = count(|event| matches!(event, MachineEvent::IdleBegin));
    assert_eq!(slept, count(|event| matches!(event, MachineEvent::IdleEnd)));
}

#[test]
fn too_many_tasks_and_too_deep_stacks_are_traps_of_one_task() {
    let program = ".func f (x)\nload x\ncall f\nret\n.func sleeper\nconst 1000000\nsleep\nconst 0\n\
        ret\n.func main\nconst 1\nspawn f\nyield\npop\nmore:\nspawn sleeper\npop\njmp more\n";
    let running = start(&module(program), 2, |config| config.heap_limit_bytes = 16 << 20);
    let ran = running.finish();
    let message = ran.outcome.trap.expect("main traps").message;
    assert!(message.starts_with("too many tasks") || message.contains("no room"), "{message}");
    assert!(ran.outcome.other_traps[0].message.starts_with("stack overflow"));
}

#[test]
fn profiling_counts_the_polls_of_each_site() {
    let text = format!("{COUNT}.func main\nconst 10\ncall count\nret\n");
    let module = module(&text);
    let running = start(&module, 1, |config| config.profile = true);
    let machine = running.machine.clone();
    let ran = running.finish();
    let hits = machine.site_hits();
    let sites: Vec<_> = module.sites().map(|site| (site.kind, hits[site.id as usize])).collect();
    use bytecode::PollKind;
    assert_eq!(sites, [(PollKind::BackEdge, 10), (PollKind::Call, 1)]);
    assert_eq!(ran.polls, 11);
}
