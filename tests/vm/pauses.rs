//! The world stands still between stop and release, whatever the program does; and workers die.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::machine::{LIMIT, module, start};
use ::machine::vm::{Ended, Machine, MachineEvent, MachineObserver, WorkerState};
use safepoint::StopReason;

/// Eight tasks that share an array of lists, replace its elements, make garbage, lock and yield.
const BUSY: &str = ".shape Node value next\n.global shared\n.global mutex\n\
    .func work (n)\n.local i node\nload n\nstore i\nagain:\nload i\nconst 1103515245\nmul\n\
    const 12345\nadd\nstore i\nnew Node\nstore node\nload node\nload i\nset Node.value\n\
    load node\ngload shared\nload i\nconst 7\nand\naload\nset Node.next\n\
    load i\nconst 8\nshr\nconst 63\nand\nconst 0\nne\njt keep\n\
    load node\nconst null\nset Node.next\nyield\n\
    keep:\ngload shared\nload i\nconst 7\nand\nload node\nastore\n\
    gload mutex\nlock\nload i\ntostr\nstore node\ngload mutex\nunlock\njmp again\n\
    .func main\nconst 8\nnewarray\ngstore shared\nnewmutex\ngstore mutex\n";

fn busy() -> String {
    let spawns: String = (1..8).map(|n| format!("const {n}\nspawn work\npop\n")).collect();
    format!("{BUSY}{spawns}const 9\ncall work\nret\n")
}

#[test]
fn nothing_moves_in_a_thousand_pauses() {
    let running = start(&module(&busy()), 8, |config| {
        config.heap_limit_bytes = 2 << 20;
        config.slice = Duration::from_millis(1);
    });
    for number in 0..1000 {
        let reason = StopReason::ALL[number % 3];
        let stopped = running.coordinator.request_stw_pause(reason).expect("the world stops");
        let counts = running.instructions();
        let digest = running.machine.heap_digest(&stopped);
        std::thread::yield_now();
        if number % 20 == 0 {
            let tasks = running.machine.tasks(&stopped);
            std::thread::yield_now();
            assert_eq!(running.machine.tasks(&stopped), tasks, "a task moved in pause {number}");
        }
        assert_eq!(running.instructions(), counts, "a worker ran in pause {number}");
        assert_eq!(running.machine.heap_digest(&stopped), digest, "a word changed in {number}");
        drop(stopped);
    }
    let ran = running.stop();
    assert_eq!((ran.outcome.ended, ran.outcome.other_traps), (Ended::Stopped, vec![]));
}

/// Panics once, in the worker that begins a task of that function.
struct Assassin {
    function: u16,
    armed: AtomicBool,
}

impl MachineObserver for Assassin {
    fn event(&self, _: Option<usize>, event: MachineEvent) {
        if matches!(event, MachineEvent::TaskStarted { function, .. } if function == self.function)
            && self.armed.swap(false, Ordering::Relaxed)
        {
            panic!("this worker is to die");
        }
    }
}

#[test]
fn the_death_of_a_worker_ends_its_task_and_no_other() {
    let text = ".func victim\nconst 1\nret\n.func other\nconst 10\nsleep\nconst 2\nret\n\
        .func main\n.local o\nspawn other\nstore o\nspawn victim\nawait\nret\n";
    let module = module(text);
    let coordinator = safepoint::SafepointCoordinator::new();
    let mut config = ::machine::vm::MachineConfig::new(coordinator.clone());
    config.workers = 3;
    config.observer = Some(Arc::new(Assassin { function: 0, armed: AtomicBool::new(true) }));
    let machine = Machine::new(module, config).expect("memory");
    let threads: Vec<_> = (0..3)
        .map(|index| {
            let machine = machine.clone();
            std::thread::spawn(move || machine.run_worker(index))
        })
        .collect();
    let outcome = machine.wait_outcome(Some(LIMIT)).expect("the program ends");
    let died = threads.into_iter().filter_map(|thread| thread.join().err()).count();
    assert_eq!(died, 1);
    let dead = (0..3).filter(|i| machine.worker_status(*i).state == WorkerState::Dead).count();
    assert_eq!(dead, 1);
    let message = outcome.trap.expect("main awaited the victim").message;
    assert!(message.starts_with("awaited task 3 (victim) trapped: worker "), "{message}");
    drop(
        coordinator
            .request_stw_pause(StopReason::Debug)
            .expect("no request waits for a dead worker"),
    );
}

#[test]
fn every_example_of_the_page_survives_pauses_and_collections() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/examples");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("the folder of examples") {
        let path = entry.expect("an entry").path();
        if path.to_string_lossy().ends_with(".d.ts") {
            continue;
        }
        seen += 1;
        let source = std::fs::read_to_string(&path).expect("an example");
        let running = start(&module(&source), 4, |config| config.heap_limit_bytes = 16 << 20);
        running.wait_for("the example to begin", |machine| {
            machine.outcome().is_some()
                || (0..4).any(|i| machine.worker_status(i).state != WorkerState::Starting)
        });
        for _ in 0..10 {
            let stopped = running
                .coordinator
                .request_stw_pause(StopReason::GarbageCollection)
                .expect("it stops");
            let digest = running.machine.heap_digest(&stopped);
            running.machine.tasks(&stopped);
            assert_eq!(running.machine.heap_digest(&stopped), digest, "{}", path.display());
            let live = running.machine.collect(&stopped).objects_live;
            assert_eq!(running.machine.collect(&stopped).objects_live, live, "{}", path.display());
        }
        let ran = running.stop();
        for trap in ran.outcome.other_traps {
            assert!(!trap.message.contains("needs"), "{}: {trap:?}", path.display());
        }
    }
    assert!(seen >= 8, "only {seen} examples were found");
}
