//! A pool of threads that wait for jobs in a safe region: no pause waits for an idle thread, and a busy thread polls.

use safepoint::{SafepointCoordinator, StopReason};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};

type Job = Box<dyn FnOnce(&dyn Fn()) + Send>;

struct Pool {
    coordinator: SafepointCoordinator,
    jobs: Option<mpsc::Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    fn new(threads: usize) -> Self {
        let coordinator = SafepointCoordinator::new();
        let (jobs, queue) = mpsc::channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        let threads = (0..threads)
            .map(|_| {
                let (coordinator, queue) = (coordinator.clone(), Arc::clone(&queue));
                thread::spawn(move || {
                    let worker = coordinator.register_worker();
                    loop {
                        // Waiting for the lock of the queue and for a job touches nothing that a pause protects.
                        let next = worker.safely(|| {
                            let queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
                            queue.recv()
                        });
                        // The safe region has ended, so the world runs: in a stopped world the end of the region waits.
                        let Ok(job) = next else { break };
                        job(&|| worker.poll());
                    }
                })
            })
            .collect();
        Self { coordinator, jobs: Some(jobs), threads }
    }

    fn run(&self, job: impl FnOnce(&dyn Fn()) + Send + 'static) {
        let jobs = self.jobs.as_ref().expect("the channel is open until the pool is dropped");
        jobs.send(Box::new(job)).expect("the threads receive jobs until the pool is dropped");
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        drop(self.jobs.take());
        for thread in self.threads.drain(..) {
            thread.join().expect("no job panics");
        }
    }
}

fn main() {
    let pool = Pool::new(4);
    let counted = Arc::new(AtomicU64::new(0));
    for _ in 0..8 {
        let counted = Arc::clone(&counted);
        pool.run(move |poll| {
            for _ in 0..200_000 {
                counted.fetch_add(1, Relaxed);
                poll();
            }
        });
    }
    for _ in 0..20 {
        let world = pool.coordinator.request_stw_pause(StopReason::Snapshot);
        let world = world.expect("no deadline, nothing cancels");
        let before = counted.load(Relaxed);
        thread::yield_now();
        assert_eq!(counted.load(Relaxed), before, "no job runs in a stopped world");
        world.resume_from_pause();
    }
    drop(pool);
    assert_eq!(counted.load(Relaxed), 1_600_000);
    println!("20 snapshots of the count, each while no job ran");
}

#[test]
fn no_job_runs_in_a_stopped_world() {
    main();
}
